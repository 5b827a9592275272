"""Any valid records of any type, out to a file of ours and in again: nothing changes; elsewhere they are the same."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from itertools import count
from pathlib import Path
from typing import Any

import pytest
import shapely
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from surveys import export, records
from surveys.cells import MISSING_WORDS, Missing
from surveys.codes import Code, Codes
from surveys.fields import Flag, Integer, Kind, Number, Text
from surveys.record import Field, RecordType
from surveys.sight import Sight
from surveys.store.store import Store
from surveys.thai import AreaCode, Day, LandArea, PersonId, Sequence, Year, id_check_digit
from tests.conftest import NETWORK, STEWARD, Intake

# Formats that hold all there is to a record, a Shapefile and a KMZ with their manifest; a workbook has no shapes and
# a KML alone not all letters: they have tests of what they hold (test_export_return).
FULL = (".gpkg", ".parquet", ".geojson", ".csv", ".zip", ".kmz")
FROM_FILES = [name for name, declared in records.ALL.items() if declared.by_file]
NUMBERS = count(1)

# Letters of Thai and Latin, digits of both, marks that formats use for themselves.
LETTERS = st.sampled_from([*"กขคงำแ่้์ฯaBzé ๐๕09,;|\"'=+-@/\\\n\t<&>%#()[]{}:.\u200b😀"])
TEXTS = st.one_of(
    st.text(LETTERS, min_size=1, max_size=20),
    st.text(st.characters(codec="utf-8", exclude_characters="\x00"), min_size=1, max_size=8),
    st.sampled_from(["n/a", "12/3", "007", "1.10E+12", "TRUE", "=1+1", "นาย ก", "2551-01-02", "1e5", "NULL"]),
)
DEGREES = st.integers(0, 9_000_000).map(lambda n: n / 1e7)
POINTS = st.tuples(DEGREES, DEGREES).map(lambda at: (100.1 + at[0], 13.1 + at[1]))


def areas(at: tuple[float, float]) -> Any:
    return shapely.box(*at, at[0] + 0.001, at[1] + 0.001)


POINT, LINE, AREA = (
    POINTS.map(shapely.Point),
    st.lists(POINTS, min_size=2, max_size=5, unique=True).map(shapely.LineString),
    POINTS.map(areas),
)
HOLED = POINTS.map(lambda at: areas(at).difference(areas(at).buffer(-0.0002)))
SEVERAL = POINTS.map(lambda at: shapely.MultiPolygon([areas(at), areas((at[0] + 0.01, at[1]))]))
# The shapes of a file are of one kind, as those of most programs are.
SHAPES: dict[str, tuple[st.SearchStrategy[Any], ...]] = {
    "point": (POINT,),
    "line": (LINE,),
    "polygon": (AREA, HOLED, SEVERAL),
    "place": (POINT, AREA, SEVERAL),
    "course": (LINE, AREA),
    "any": (POINT, LINE, AREA, HOLED, SEVERAL),
}


def numbers(kind: Number) -> st.SearchStrategy[Any]:
    low, high = kind.low if kind.low is not None else -1e9, kind.high if kind.high is not None else 1e9
    if isinstance(kind, Integer):
        return st.integers(int(low), int(high))
    return st.floats(low, high).map(lambda n: round(n, 3))


def spelt(choice: Any) -> st.SearchStrategy[str]:
    return st.sampled_from([choice.code, choice.words.th, choice.words.en])


def coded(kind: Code) -> st.SearchStrategy[Any]:
    one = st.sampled_from(kind.choices).flatmap(spelt)
    return st.lists(one, min_size=1, max_size=3).map("; ".join) if isinstance(kind, Codes) else one


# Valid values of each kind, as a file says them; the first class that a kind is of counts.
VALUES: tuple[tuple[type[Kind], Callable[[Any], st.SearchStrategy[Any]]], ...] = (
    (Code, lambda kind: st.one_of(coded(kind), TEXTS)),
    (Number, numbers),
    (Flag, lambda _: st.booleans()),
    (Day, lambda _: st.dates(date(1900, 1, 1), date(2025, 12, 31)).map(str)),
    (Year, lambda _: st.integers(1750, 2024)),
    (LandArea, lambda _: st.floats(0.01, 1e8).map(lambda area: f"{area:.4f} ตร.ม.")),
    (AreaCode, lambda _: st.integers(1000, 9999).map(str)),
    (
        PersonId,
        lambda _: st.text("123456789", min_size=12, max_size=12).map(lambda d: f"{d}{id_check_digit(d)}"),
    ),
    (Sequence, lambda _: st.one_of(st.integers(1, 999).map(str), st.sampled_from(["12ก", "7/1", "๑๒"]))),
    (Text, lambda kind: TEXTS.map(lambda text: text[: kind.limit])),
)


def values(kind: Kind) -> st.SearchStrategy[Any]:
    return next(make for one, make in VALUES if isinstance(kind, one))(kind)


# What no kind but a text can read.
UNREAD = st.sampled_from(
    ["อ่านไม่ออก", "1.25E+05x", " 12 หรือ 13 ", "=1+1", "'-5", "31/11/2551", "two\nlines", "5 บาท?"]
)


def cells(field: Field, keyed: bool) -> st.SearchStrategy[Any]:
    """What stands in a cell: a value, nothing, why there is none, or what cannot be read."""
    if keyed:
        return values(field.kind)
    words = st.sampled_from([MISSING_WORDS[code].th for code in Missing if code is not Missing.UNREADABLE])
    return st.one_of(values(field.kind), values(field.kind), st.none(), words, UNREAD)


@st.composite
def features(draw: st.DrawFn, declared: RecordType, shapes: st.SearchStrategy[Any]) -> dict[str, Any]:
    """A record of a type as a feature; columns of nobody's stand beside its own."""
    keyed = {part for key in declared.keys for part in key} | {"community"}
    row = {field.name: draw(cells(field, field.name in keyed)) for field in declared.fields}
    row |= {heading: draw(st.one_of(st.none(), TEXTS)) for heading in ("สีรั้ว", "fid", "version")}
    shape = draw(st.one_of(st.none(), shapes))
    return {"type": "Feature", "properties": row, "geometry": shape and json.loads(shapely.to_geojson(shape))}


def frames(declared: RecordType) -> st.SearchStrategy[list[dict[str, Any]]]:
    """A file of records of a type."""
    kinds = SHAPES[declared.geometry] if declared.geometry else (st.none(),)
    return st.sampled_from(kinds).flatmap(
        lambda shapes: st.lists(features(declared, shapes), min_size=3, max_size=8)
    )


@contextmanager
def another(made_store: Path, folder: Path) -> Iterator[Intake]:
    """A fresh store, and what takes files into it."""
    here = folder / f"store-{next(NUMBERS)}"
    here.mkdir()
    shutil.copyfile(made_store, here / "s.gpkg")
    shutil.copyfile(f"{made_store}.key", here / "s.gpkg.key")
    opened = Store.open(here / "s.gpkg")
    try:
        yield Intake(opened, here)
    finally:
        opened.close()
        shutil.rmtree(here)


def held(take: Intake, declared: RecordType) -> list[dict[str, Any]]:
    """What the records say, in order of their rows: all that an export may hold."""
    frame = take.store.read(NETWORK, declared.name).sort_values("source_row")
    open_fields = [field.name for field in Sight.of(declared, STEWARD).plain]
    told = []
    for row in frame.to_dict("records"):
        row = {k: None if v is None or v != v else v for k, v in row.items()}
        notes = {
            name: {k: v for k, v in json.loads(row[name] or "{}").items() if k in open_fields}
            for name in ("missing", "raw")
        }
        shape = row.get("geometry")
        told.append(
            {name: row[name] for name in open_fields}
            | notes
            | {"extra": json.loads(row["extra"] or "{}")}
            | {"shape": None if shape is None else shapely.to_wkt(shape, rounding_precision=7)}
        )
    return told


@pytest.mark.slow
@pytest.mark.parametrize("name", FROM_FILES)
@settings(max_examples=2, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_any_records_go_out_and_come_back_the_same(
    name: str, data: st.DataObject, made_store: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    declared = records.ALL[name]
    rows = data.draw(frames(declared))
    folder = tmp_path_factory.mktemp("trip")
    with another(made_store, folder) as take:
        sent = folder / f"{name}.geojson"
        sent.write_text(json.dumps({"type": "FeatureCollection", "features": rows}), encoding="utf-8")
        taken = take(sent, type=name)["new"]
        said = held(take, declared)
        assert len(said) == taken
        for suffix in FULL if taken else ():
            out = folder / f"{name}{suffix}"
            assert export.write(take.store, NETWORK, name, out, STEWARD) == taken
            again = take.examine(out)
            told = {what: again.total(what) for what in ("rows", "unchanged", "quarantined")}
            assert told == {"rows": taken, "unchanged": taken, "quarantined": 0}, (suffix, again.problems)
            with another(made_store, folder) as other:
                report = other(out)
                assert (report["new"], report["quarantined"]) == (taken, 0), (suffix, report["problems"])
                assert held(other, declared) == said, suffix
    shutil.rmtree(folder)
