# ruff: noqa: E501 - rows of test data, one a line.
"""Corners that stand twice in a row: offered record by record with the place, mended by an import that can be undone."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely
from shapely.geometry import mapping

from surveys import edit, networks
from surveys.errors import NotAllowed, Refused
from surveys.intake import imports, repair, suggestion
from surveys.intake.repeated_records import Repeating
from surveys.roles import Actor
from surveys.store.blobs import to_geometries
from surveys.store.store import Store
from tests.conftest import NETWORK, STEWARD, Intake

X, Y, D = 100.5, 13.7, 0.001
MUMBAI = Path(__file__).resolve().parents[3].parent / "shared/data/parcels/mumbai_slum_clusters.geojson"
Corners = list[tuple[float, float]]


def ring(x: float = X, y: float = Y, side: float = D) -> Corners:
    return [(x, y), (x + side, y), (x + side, y + side), (x, y + side), (x, y)]


def twice(corners: Corners, *places: int) -> Corners:
    return [corner for n, corner in enumerate(corners) for corner in [corner] * (1 + places.count(n))]


HOLE = ring(X + D / 4, Y + D / 4, D / 4)
# A shape as it is sent, how many corners repeat, and the first.
SHAPES = [
    ("one corner", shapely.Polygon(twice(ring(), 1)), 1, (X + D, Y)),
    ("three times one corner", shapely.Polygon(twice(ring(), 2, 2)), 2, (X + D, Y + D)),
    ("the end", shapely.Polygon(twice(ring(), 4)), 1, (X, Y)),
    ("several corners", shapely.Polygon(twice(ring(), 1, 2, 3)), 3, (X + D, Y)),
    ("a hole", shapely.Polygon(ring(), [twice(HOLE, 3)]), 1, (X + D / 4, Y + D / 2)),
    ("a part of several", shapely.MultiPolygon([shapely.Polygon(ring()), shapely.Polygon(twice(ring(X + 2 * D), 1))]), 1, (X + 3 * D, Y)),
]  # fmt: skip
SOUND = shapely.Polygon(ring(X + 5 * D))


def file(take: Intake, shapes: Sequence[shapely.Geometry], name: str = "แปลง.geojson", **facts: Any) -> Path:
    """Plots 1, 2, 3 ... of community ก, with what is said of each; a list gives each its own."""
    features = [
        {"type": "Feature", "geometry": mapping(shape), "properties": {
            "เลขแปลงในผัง": str(n), "ชุมชน": "ก", **{key: told[n - 1] if isinstance(told, list) else told for key, told in facts.items()}}}
        for n, shape in enumerate(shapes, 1)
    ]  # fmt: skip
    folder = take.folder / f"sent-{next(take.numbers)}"
    folder.mkdir()
    path: Path = folder / name
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}), encoding="utf-8")
    return path


def offered(take: Intake, number: int) -> Sequence[Repeating]:
    return repair.repeated(take.store, take.network, STEWARD, number).rows


def mend(take: Intake, number: int, *rows: int) -> dict[str, Any]:
    (report,) = repair.take(take.store, take.network, STEWARD, number, {(0, row) for row in rows})
    return report


def plots(store: Store) -> dict[str, dict[str, Any]]:
    """The plots as they stand, by their number, without what a new version changes; the shape apart."""
    stamps = ["fid", "version", "opened_by", "opened_at", "source_row"]
    rows = store.read_table(NETWORK, "land_plot").drop_columns(stamps).to_pylist()
    shapes = to_geometries([row.pop("geom") for row in rows])
    return {row["plot_no"]: row | {"geometry": shape} for row, shape in zip(rows, shapes, strict=True)}


def said(row: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name != "geometry"}


@pytest.mark.parametrize(
    ("shape", "corners", "place"), [case[1:] for case in SHAPES], ids=[case[0] for case in SHAPES]
)
def test_a_shape_is_offered_without_its_repeated_corners_and_mended_when_it_is_taken(
    take: Intake, shape: shapely.Geometry, corners: int, place: tuple[float, float]
) -> None:
    first = take(file(take, [SOUND, shape], หมายเหตุ="สมชาย"), type="land_plot")
    assert (first["taken"], first["quarantined"]) == (2, 0)
    before = plots(take.store)
    (one,) = offered(take, first["import_id"])
    assert (one.part, one.row, one.title, one.type, one.id) == (0, 2, "2", "land_plot", before["2"]["id"])
    assert one.corners == corners
    assert (one.repair.longitude_deg, one.repair.latitude_deg) == pytest.approx(place)
    assert one.repair.area_before_m2 == pytest.approx(one.repair.area_after_m2, rel=1e-9)
    report = mend(take, first["import_id"], 2)
    assert (report["status"], report["updated"], report["new"], report["quarantined"]) == ("taken", 1, 0, 0)
    after = plots(take.store)
    assert shapely.get_num_coordinates(after["2"]["geometry"]) == shapely.get_num_coordinates(shape) - corners
    assert after["2"]["geometry"].is_valid and after["2"]["geometry"].equals(before["2"]["geometry"])
    # Nothing else of either plot is another.
    for number, row in before.items():
        assert said(row) == said(after[number])
    assert after["1"]["geometry"].equals_exact(before["1"]["geometry"], 0)
    assert offered(take, first["import_id"]) == []


def test_it_is_an_import_with_a_history_that_can_be_undone(take: Intake) -> None:
    shapes = [shapely.Polygon(twice(ring(X + n * D * 2), 1)) for n in range(3)]
    first = take(file(take, shapes), type="land_plot")["import_id"]
    assert [one.row for one in offered(take, first)] == [1, 2, 3]
    report = mend(take, first, 1, 3)
    assert report["updated"] == 2
    assert [one.row for one in offered(take, first)] == [2]
    kept = imports.get(take.store, report["import_id"], STEWARD)["report"]
    assert (kept["continues"], kept["file"]) == (first, "ลบจุดซ้ำ แปลง.geojson")
    changed = plots(take.store)["1"]["id"]
    now, then = take.store.history(NETWORK, "land_plot", changed)
    assert (now["version"], then["version"], then["closed_by"]) == (2, 1, now["opened_by"])
    # What it brought itself repeats nothing.
    assert offered(take, report["import_id"]) == [] and "vertices_repeated" not in report["problem_counts"]
    imports.undo(take.store, report["import_id"], STEWARD)
    assert [one.row for one in offered(take, first)] == [1, 2, 3]
    assert shapely.get_num_coordinates(plots(take.store)["1"]["geometry"]) == 6
    imports.redo(take.store, report["import_id"], STEWARD)
    assert [one.row for one in offered(take, first)] == [2]


TWICE = shapely.Polygon(twice(ring(), 1))


def moved(take: Intake) -> None:
    """Another file brings the plot with another shape, which repeats a corner too."""
    take(file(take, [SOUND, shapely.Polygon(twice(ring(X + 3 * D), 2))]), type="land_plot")


def renamed(take: Intake) -> None:
    """A person corrects something else."""
    one = plots(take.store)["2"]["id"]
    values = edit.Correction("land_plot", one, 1, {"note": "ติดคลอง"}, "ชุมชนแจ้ง")
    assert edit.correct(take.store, NETWORK, STEWARD, values).change


def sent_again(take: Intake) -> None:
    """Another file brings the same shapes and a name."""
    assert take(file(take, [SOUND, TWICE], หมายเหตุ="สม"), type="land_plot")["updated"] == 2


def ended(take: Intake) -> None:
    one = plots(take.store)["2"]["id"]
    edit.end(take.store, NETWORK, STEWARD, edit.Correction("land_plot", one, 1, {}, "ไม่มีแล้ว"))


@pytest.mark.parametrize(("since", "rows"), [(moved, []), (renamed, [2]), (sent_again, [2]), (ended, [])])
def test_only_a_shape_that_is_still_the_one_brought_is_offered(
    take: Intake, since: Callable[[Intake], None], rows: list[int]
) -> None:
    first = take(file(take, [SOUND, TWICE]), type="land_plot")["import_id"]
    since(take)
    assert [one.row for one in offered(take, first)] == rows
    if not rows:
        with pytest.raises(Refused):
            mend(take, first, 2)
        return
    told = said(plots(take.store)["2"])
    assert mend(take, first, 2)["updated"] == 1
    assert told == said(plots(take.store)["2"])


def test_a_file_that_changed_nothing_offers_what_it_holds(take: Intake) -> None:
    path = file(take, [SOUND, TWICE])
    first = take(path, type="land_plot")["import_id"]
    path.write_text(path.read_text("utf-8") + "\n", "utf-8")
    again = take(path, type="land_plot")
    assert (again["taken"], again["unchanged"], again["import_id"]) == (0, 2, first + 1)
    for number in (first, first + 1):
        assert [one.row for one in offered(take, number)] == [2]
    mend(take, first + 1, 2)
    for number in (first, first + 1):
        assert offered(take, number) == []


@pytest.mark.parametrize("existing", ["update", "skip", "refuse"])
def test_whatever_was_to_become_of_records_here_a_repair_is_taken(take: Intake, existing: str) -> None:
    first = take(file(take, [TWICE]), type="land_plot", existing=existing)["import_id"]
    report = mend(take, first, 1)
    assert (report["updated"], report["quarantined"]) == (1, 0)


# Files whose records are told in other ways: their type and what each row says.
TOLD = [
    ("house", {"ลำดับบ้าน": ["7"], "ชุมชน": "ก"}),
    ("house", {"ชุมชน": "ก"}),
    ("community", {"ชื่อชุมชน": ["คลองเตย"]}),
    ("land_plot", {"เลขโฉนด": ["123"], "เลขแปลงในผัง": None, "ชุมชน": None}),
    ("land_plot", {"เลขแปลงในผัง": None, "เจ้าของที่ดิน": "วัด"}),
    ("zoning_area", {"zone": ["ที่อยู่อาศัย"]}),
    ("facility", {"osm_id": ["way/17"], "ชื่อ": ["วัด"]}),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "facts"), TOLD)
def test_a_record_is_mended_by_its_id_however_it_is_told(
    take: Intake, kind: str, facts: dict[str, Any]
) -> None:
    path = file(take, [TWICE], "รูป.geojson", **({"เลขแปลงในผัง": None} | facts))
    first = take(path, type=kind)
    assert first["taken"] == 1, first["problems"]
    before = take.store.read(NETWORK, kind)
    (one,) = offered(take, first["import_id"])
    assert mend(take, first["import_id"], 1)["updated"] == 1
    after = take.store.read(NETWORK, kind)
    assert list(after.index) == list(before.index) == [one.id]
    assert list(after.geometry.count_coordinates()) == [5]
    fields = [name for name in take.store.types(NETWORK)[kind].by_name if name in before]
    assert before[fields].astype(object).fillna("").equals(after[fields].astype(object).fillna(""))
    assert after["extra"].tolist() == before["extra"].tolist()


def test_the_whole_file_sent_again_finds_a_record_that_only_its_shape_told(take: Intake) -> None:
    facts = {"เลขแปลงในผัง": None, "ชุมชน": None, "เจ้าของที่ดิน": ["วัด", "กรม", "วัด"]}
    shapes = [TWICE, SOUND, shapely.Polygon(ring(X + 8 * D))]
    first = take(file(take, shapes[:2], **facts), type="land_plot")
    assert first["new"] == 2 and mend(take, first["import_id"], 1)["updated"] == 1
    again = take(file(take, shapes, **facts), type="land_plot")
    assert (again["new"], again["updated"], again["unchanged"]) == (1, 1, 1)


def test_the_first_are_offered_and_the_rest_follow(take: Intake, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(suggestion, "MOST", 2)
    first = take(
        file(take, [shapely.Polygon(twice(ring(X + n * D * 2), 1)) for n in range(4)]), type="land_plot"
    )["import_id"]
    for rows, more in (([1, 2], True), ([3, 4], False), ([], False)):
        found = repair.repeated(take.store, NETWORK, STEWARD, first)
        assert ([one.row for one in found.rows], found.more) == (rows, more)
        if rows:
            mend(take, first, *rows)
    imports.undo(take.store, first, STEWARD)
    monkeypatch.setattr(suggestion, "PATIENCE_S", -1.0)
    second = take(file(take, [TWICE], "อื่น.geojson"), type="land_plot")["import_id"]
    found = repair.repeated(take.store, NETWORK, STEWARD, second)
    assert (list(found.rows), found.more) == ([], True)


def test_who_may_not_and_what_is_undone(take: Intake) -> None:
    first = take(file(take, [TWICE]), type="land_plot")["import_id"]
    for role in ("secretary", "public"):
        with pytest.raises(NotAllowed):
            repair.repeated(take.store, NETWORK, Actor("ก", role), first)
    imports.undo(take.store, first, STEWARD)
    with pytest.raises(Refused):
        repair.repeated(take.store, NETWORK, STEWARD, first)


def test_a_shape_too_large_to_mend_is_not_offered(take: Intake) -> None:
    turn = np.linspace(0, 2 * np.pi, 6_000, endpoint=False)
    circle = list(zip(X + D * np.cos(turn), Y + D * np.sin(turn), strict=True))
    first = take(file(take, [shapely.Polygon([circle[0], *circle])]), type="land_plot")
    assert (first["taken"], first["problem_counts"]["vertices_repeated"]) == (1, 1)
    assert offered(take, first["import_id"]) == []


def test_real_clusters_are_offered_a_hundred_at_a_time(take: Intake) -> None:
    if not MUMBAI.exists():
        pytest.skip("the shared real files are not here")
    networks.add(take.store, STEWARD, "MUM", "มุมไบ", (72.7, 18.8, 73.1, 19.4))
    take.network = "MUM"
    first = take(MUMBAI, type="community")["import_id"]
    seen: set[int] = set()
    for _ in range(2):
        started = time.process_time()
        found = repair.repeated(take.store, "MUM", STEWARD, first)
        assert time.process_time() - started < 5
        rows = {one.row for one in found.rows}
        assert len(rows) == 100 and found.more and not rows & seen
        assert all(one.corners and one.repair.geometry.is_valid for one in found.rows)
        seen |= rows
        assert mend(take, first, *rows)["updated"] == 100
