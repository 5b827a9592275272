"""Whatever bytes under whatever name: examining and accepting them gives a report, and the store goes on."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from gis.formats.readers import BY_SUFFIX
from surveys import records
from surveys.intake.problems import CATALOGUE
from tests.conftest import NETWORK, Intake
from tests.surveys.intake.test_formats import FILES

# How files of each kind begin, by what they are called: what follows is then read by the reader of that kind.
STARTS = [
    (b"", ".csv"), (b"a,b\n1,2\n", ".csv"), ("ชุมชน,ลำดับบ้าน\nก,1\n".encode(), ".csv"), (b"\xff\xfea\x00,\x00", ".txt"),
    (b"[", ".json"), (b'{"type":"FeatureCollection","features":[', ".geojson"),
    (b'{"type":"Point","coordinates":', ".ndjson"),
    (b"PK\x03\x04", ".xlsx"), (b"PK\x03\x04", ".zip"), (b"PAR1", ".parquet"), (b"SQLite format 3\x00", ".gpkg"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", ".xls"), (b"\x00\x00\x27\x0a", ".shp"), (b"<?xml version='1.0'?>", ".xml"),
    (b"<kml xmlns='http://www.opengis.net/kml/2.2'>", ".kml"), (b"<gpx version='1.1'>", ".gpx"),
    (b"<data id='f'>", ".xml"),
]  # fmt: skip
# Any bytes, or bytes that are text.
RESTS = st.one_of(
    st.binary(max_size=300),
    st.text(max_size=80).map(lambda text: text.encode("utf-8", "replace")),
    st.text(st.sampled_from("a1,;\t\n\"'<>{}[]/ก-. "), max_size=80).map(str.encode),
)
TYPES = st.sampled_from([None, *(name for name, declared in records.ALL.items() if declared.by_file)])
# A name is what a person's device calls a file; a path is none.
STEMS = st.text(st.characters(codec="utf-8", exclude_characters="/\x00"), max_size=12)
NAMES = st.builds(
    lambda stem, suffix, upper: stem + (suffix.upper() if upper else suffix),
    STEMS, st.sampled_from([*BY_SUFFIX, "", ".", ".exe"]), st.booleans(),
)  # fmt: skip


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, bytes]:
    """Whole files of every format, by name."""
    made = {}
    for number, file in enumerate(FILES):
        folder = tmp_path_factory.mktemp(f"whole{number}")
        content = file.make(folder)
        made[file.name] = content.encode() if isinstance(content, str) else content
    return made


def changed(content: bytes, data: st.DataObject) -> bytes:
    """The bytes of a file with some of them other ones, or gone, or there twice."""
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(content)))
        upto = min(len(content), at + data.draw(st.sampled_from([0, 1, 4, 100, len(content)])))
        piece = data.draw(st.one_of(st.binary(max_size=6), st.just(content[at:upto] * 2)))
        content = content[:at] + piece + content[upto:]
    return content


def check(take: Intake, content: bytes, name: str, type_name: str | None) -> None:
    path = take.folder / f"sent-{next(take.numbers)}"
    path.write_bytes(content)
    before = take.store.counts(NETWORK)
    report: dict[str, Any] = take(path, name, type=type_name)
    assert json.loads(json.dumps(report)) == report
    assert report["rows"] == report["taken"] + report["unchanged"] + report["quarantined"]
    assert "reader_failed" not in report["problem_counts"], "a reader met what it does not foresee"
    severities = {CATALOGUE[code].severity for code in report["problem_counts"]}
    assert ("refuse" in severities) == (report["status"] == "refused")
    after = take.store.counts(NETWORK)
    assert sum(after.values()) - sum(before.values()) == report["new"]


ANY = settings(max_examples=30, suppress_health_check=list(HealthCheck), phases=[Phase.generate])


@ANY
@given(start=st.sampled_from(STARTS), rest=RESTS, name=NAMES, named=st.booleans(), type_name=TYPES)
def test_any_bytes_give_a_report(
    take: Intake, start: tuple[bytes, str], rest: bytes, name: str, named: bool, type_name: str | None
) -> None:
    check(take, start[0] + rest, f"a{start[1]}" if named else name, type_name)


@ANY
@given(data=st.data(), file=st.sampled_from(FILES), type_name=TYPES)
def test_a_file_of_any_format_with_any_bytes_changed_gives_a_report(
    take: Intake, whole: Mapping[str, bytes], data: st.DataObject, file: Any, type_name: str | None
) -> None:
    name = data.draw(st.one_of(st.just(file.name), NAMES))
    check(take, changed(whole[file.name], data), name, type_name)
