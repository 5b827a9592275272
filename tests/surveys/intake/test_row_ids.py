"""Row ids of other programs and ours: what counts as one, and what does not overwrite another record."""

from __future__ import annotations

import csv
import json
from typing import Any

import pytest

from surveys import export
from tests.conftest import NETWORK, STEWARD, Intake

HEADINGS = ("ชุมชน", "ลำดับบ้าน", "ครัวเรือนที่", "ชื่อหัวหน้าครัวเรือน")
UUID = "0b5e6fb4-4a55-4b0b-9a6e-2f3c1d8b7a12"


def family(*cells: str, **more: str) -> dict[str, str]:
    return dict(zip(HEADINGS, cells, strict=True)) | more


def heads(take: Intake) -> list[tuple[str, str, str | None]]:
    found = take.store.read_table(NETWORK, "household").to_pylist()
    return [(row["community"], row["head_name"], row["source_id"]) for row in found]


def codes(report: dict[str, Any]) -> dict[str, int]:
    return {code: count for code, count in report["problem_counts"].items() if code != "community_unknown"}


@pytest.mark.parametrize("heading", ["key", "KEY", "Key", "บ้าน/key"])
def test_a_sheets_own_numbers_are_no_row_ids(take: Intake, heading: str) -> None:
    here = [family("ก", n, "1", f"นาย{n} สมมติ", **{heading: n}) for n in ("1", "2")]
    there = [family("ข", f"9{n}", "1", f"นาง{n} สมมุติ", **{heading: n}) for n in ("1", "2")]
    take.rows(here, "household.csv")
    report = take.rows(there, "household.csv")
    assert (report["new"], report["updated"], codes(report)) == (2, 0, {})
    assert report["unmapped"] == [heading]
    assert sorted(heads(take)) == [
        ("ก", "นาย1 สมมติ", None), ("ก", "นาย2 สมมติ", None), ("ข", "นาง1 สมมุติ", None), ("ข", "นาง2 สมมุติ", None),
    ]  # fmt: skip


INSTANCES = [f"uuid:{UUID}", UUID, UUID.upper(), f"uuid:{UUID}/members[1]"]


@pytest.mark.parametrize("text", INSTANCES)
def test_what_odk_calls_key_finds_its_record_again(take: Intake, text: str) -> None:
    take.rows(
        [family("ก", "1", "1", "นายหนึ่ง สมมติ", KEY=text), family("ก", "2", "1", "นายสอง สมมติ")],
        "household.csv",
    )
    report = take.rows([family("ก", "7", "1", "นายหนึ่ง สมมติ", KEY=text)], "household.csv")
    assert (report["new"], report["updated"]) == (0, 1)


def test_beside_a_key_that_is_none_another_row_id_counts(take: Intake) -> None:
    row = {"ชื่อสถานที่": "วัด", "ประเภทสถานที่": "วัด", "x": "100.5", "y": "13.7", "key": "1", "osm_id": "way/7"}
    take.rows([row], "facility.csv")
    assert take.store.read_table(NETWORK, "facility")["source_id"].to_pylist() == ["way/7"]


OTHERS = [
    # (row id, what the second file says, new, matched by its key instead)
    ("1", family("ข", "1", "1", "นายหนึ่ง สมมติ"), 1, 0),
    ("1", family("ก", "2", "1", "นางสอง สมมติ"), 1, 0),
    ("1", family("ก", "1", "1", "นางสอง สมมติ"), 1, 0),
    ("1", family("ก", "3", "1", "นายสาม สมมติ"), 0, 1),
    # The number of the house was wrong, a title was left out: the same.
    ("1", family("ก", "2", "1", "หนึ่ง สมมติ"), 0, 0),
    ("1", family("", "2", "1", ""), 0, 0),
    # There is one such id in the world: a name or a community was corrected.
    (UUID, family("ก", "1", "1", "นางสอง สมมติ"), 0, 0),
    (f"uuid:{UUID}", family("ข", "1", "1", "นายหนึ่ง สมมติ"), 0, 0),
    (UUID, family("ข", "1", "1", "นางสอง สมมติ"), 1, 0),
]  # fmt: skip


@pytest.mark.parametrize(("row_id", "row", "new", "by_key"), OTHERS)
def test_a_row_id_of_another_community_or_person_is_no_match(
    take: Intake, row_id: str, row: dict[str, str], new: int, by_key: int
) -> None:
    first = [family("ก", "1", "1", "นายหนึ่ง สมมติ", _uuid=row_id), family("ก", "3", "1", "นายสาม สมมติ")]
    take.rows(first, "household.csv")
    # "นายสาม" has no row id yet, and "1" is another's.
    report = take.rows([row | {"_uuid": row_id, "จำนวนสมาชิก": "4"}], "household.csv")
    assert (report["new"], report["updated"]) == (new, 1 - new)
    told = [p for p in report["problems"] if p["code"] == "source_id_of_another"]
    assert [(p["row"], p["column"], p["value"]) for p in told] == [(2, "_uuid", row_id)] * (new or by_key)
    if new or by_key:
        assert ("ก", "นายหนึ่ง สมมติ", row_id) in heads(take)


def test_what_was_new_once_is_found_again_by_its_row_id_and_its_person(take: Intake) -> None:
    for who in ("ก", "ข"):
        rows = [family(who, f"{n}", "1", f"คน{who}{n} สมมติ", source_id=str(n)) for n in range(1, 4)]
        assert take.rows(rows, "household.csv")["new"] == 3
    for who in ("ก", "ข"):
        rows = [family(who, f"{n + 10}", "1", f"คน{who}{n} สมมติ", source_id=str(n)) for n in range(1, 4)]
        report = take.rows(rows, "household.csv")
        assert (report["new"], report["updated"], codes(report)) == (0, 3, {})
    assert len(heads(take)) == 6


def test_an_id_corrected_under_the_same_name_is_the_same_person(take: Intake) -> None:
    row = family("ก", "1", "1", "นายหนึ่ง สมมติ", _uuid="1")
    take.rows([row | {"เลขบัตรประชาชน": "1112034563562"}], "household.csv")
    report = take.rows([row | {"เลขบัตรประชาชน": "3100500000011"}], "household.csv")
    assert (report["new"], report["updated"], codes(report)) == (0, 1, {})


# --- ours -------------------------------------------------------------------------------------------------

FAMILIES = [family("ก", str(n), "1", f"นาย{n} สมมติ") for n in (1, 2)]


def exported(take: Intake) -> list[dict[str, str]]:
    """The rows of an export of ours, as a program reads them."""
    file = take.folder / "ours.csv"
    export.write(take.store, NETWORK, "household", file, STEWARD)
    with file.open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.DictReader(stream))


@pytest.mark.parametrize("first", [True, False])
def test_what_is_no_id_of_ours_is_kept_beside_the_record(take: Intake, first: bool) -> None:
    take.rows(FAMILIES, "household.csv")
    rows = exported(take)
    added = {"id": " HH-77 ", "community": "ก", "house_seq": "50", "household_no": "1"}
    blank = {"id": " - ", "community": "ก", "house_seq": "51", "household_no": "1"}
    more = [added, *rows, blank] if first else [*rows, blank, added]
    report = take.rows(
        [row | {"house_seq": f"{n}0"} if row in rows else row for n, row in enumerate(more)],
        "household.csv",
    )
    # Rows of ours are found by their ids, whatever number they have now.
    assert (report["new"], report["updated"], report["quarantined"]) == (2, 2, 0)
    (said,) = [p for p in report["problems"] if p["code"] == "id_not_ours"]
    assert (said["row"], said["column"], said["value"]) == (2 if first else 5, "id", " HH-77 ")
    found = {
        row["house_seq"]: row["extra"] for row in take.store.read_table(NETWORK, "household").to_pylist()
    }
    assert json.loads(found.pop("50")) == {"id": " HH-77 "} and set(found.values()) == {None}
    # The next export has both, and comes back without a change.
    again = exported(take)
    assert [row["id (extra)"] for row in again if row["house_seq"] == "50"] == [" HH-77 "]
    report = take.rows(again, "household.csv")
    assert (report["unchanged"], report["taken"], codes(report)) == (4, 0, {})
    # Foreign beside what was kept before.
    report = take.rows([*again, added | {"id": "HH-78", "house_seq": "52"}], "household.csv")
    assert (report["new"], report["unchanged"], codes(report)) == (1, 4, {"id_not_ours": 1})
    extras = [row["extra"] for row in take.store.read_table(NETWORK, "household").to_pylist() if row["extra"]]
    assert sorted(json.loads(extra)["id"] for extra in extras) == [" HH-77 ", "HH-78"]


def test_a_column_of_other_ids_is_a_column_like_any_other(take: Intake) -> None:
    report = take.rows([row | {"id": f"HH-{n}"} for n, row in enumerate(FAMILIES)], "household.csv")
    assert (report["new"], report["unmapped"], codes(report)) == (2, ["id"], {})


def test_a_national_id_among_our_ids_is_kept_encrypted_and_masked(take: Intake) -> None:
    take.rows(FAMILIES, "household.csv")
    added = {"id": "1112034563562", "community": "ก", "house_seq": "50", "household_no": "1"}
    report = take.rows([*exported(take), added], "household.csv")
    assert codes(report) == {"id_not_ours": 1, "secret_column": 1}
    assert "1112034563562" not in json.dumps(report)
    extras = [row["extra"] or "" for row in take.store.read_table(NETWORK, "household").to_pylist()]
    assert not any("1112034563562" in extra for extra in extras) and any("enc:" in extra for extra in extras)


def test_a_shape_that_comes_by_our_id_alone_takes_no_number_away(take: Intake) -> None:
    def plots(name: str, facts: dict[str, str], side: float) -> dict[str, Any]:
        ring = [[100.5, 13.7], [100.5 + side, 13.7], [100.5 + side, 13.7 + side], [100.5, 13.7]]
        feature = {
            "type": "Feature",
            "properties": facts,
            "geometry": {"type": "Polygon", "coordinates": [ring]},
        }
        path = take.folder / name
        path.write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}), "utf-8")
        return take(path, type="land_plot")

    told = {"เลขแปลงในผัง": "7", "ชุมชน": "ก"}
    assert plots("หนึ่ง.geojson", told, 0.001)["new"] == 1
    own = take.store.read(NETWORK, "land_plot", []).index[0]
    assert plots("สอง.geojson", {"id": own}, 0.002)["updated"] == 1
    again = plots("สาม.geojson", told | {"เจ้าของที่ดิน": "วัด"}, 0.002)
    assert (again["new"], again["updated"]) == (0, 1)
