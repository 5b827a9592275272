"""The list of records that a file spoke of: every row taken or unchanged, none that was kept out."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow as pa
import xlsxwriter

from surveys.intake import seen
from surveys.intake.accept import import_folder
from surveys.intake.examination import Part
from surveys.store.store import Store
from tests.conftest import NETWORK, Intake

ROWS = [
    {"ชุมชน": "K1", "ลำดับบ้าน": str(n), "ครัวเรือนที่": "1", "ชื่อหัวหน้าครัวเรือน": f"คนที่ {n}", "รายได้": "9000"}
    for n in range(1, 6)
]


def listed(store: Store, import_id: int) -> list[tuple[Any, ...]]:
    table = seen.read(import_folder(store, import_id))
    assert table is not None and table.schema.equals(seen.SCHEMA)
    return sorted(tuple(row.values()) for row in table.to_pylist())


def ids(store: Store) -> dict[str, str]:
    frame = store.read(NETWORK, "household", ["house_seq"])
    return {seq: str(key) for key, seq in frame["house_seq"].items()}


def test_rows_that_change_nothing_are_listed_and_rows_kept_out_are_not(store: Store, take: Intake) -> None:
    first = take.rows(ROWS, "a.csv", type="household")
    known = ids(store)
    assert listed(store, first["import_id"]) == sorted(
        ("household", "a", known[str(n)], n + 1) for n in range(1, 6)
    )
    # Three as they were, one with another value, one twice the same, one without a key, a new one.
    again = [*ROWS[:3], ROWS[3] | {"รายได้": "1"}, ROWS[0], {"ชุมชน": "K1", "รายได้": "5"}]
    second = take.rows([*again, ROWS[0] | {"ลำดับบ้าน": "9"}], "b.csv", type="household")
    assert (second["new"], second["updated"], second["unchanged"], second["quarantined"]) == (1, 1, 4, 1)
    known = ids(store)
    wanted = [
        (known["1"], 2),
        (known["2"], 3),
        (known["3"], 4),
        (known["4"], 5),
        (known["1"], 6),
        (known["9"], 8),
    ]
    assert listed(store, second["import_id"]) == sorted(("household", "b", key, row) for key, row in wanted)


def test_what_is_skipped_was_spoken_of_and_a_row_repeated_before_it_is_here_stands_once(
    store: Store, take: Intake
) -> None:
    take.rows(ROWS[:2], "a.csv", type="household")
    # The new one stands twice in the file: the second row is the same record, not one more.
    report = take.rows(
        [ROWS[0] | {"รายได้": "7"}, ROWS[4], ROWS[4]], "b.csv", type="household", existing="skip"
    )
    known = ids(store)
    assert listed(store, report["import_id"]) == sorted(
        [("household", "b", known["1"], 2), ("household", "b", known["5"], 3)]
    )


def test_every_sheet_of_a_file_is_in_one_list(store: Store, take: Intake, tmp_path: Path) -> None:
    with xlsxwriter.Workbook(str(tmp_path / "lists.xlsx")) as book:
        for name, rows in (("รายชื่อ ก", ROWS[:2]), ("รายชื่อ ข", ROWS[2:])):
            sheet = book.add_worksheet(name)
            for row, values in enumerate([list(rows[0]), *(list(one.values()) for one in rows)]):
                sheet.write_row(row, 0, values)
    report = take(tmp_path / "lists.xlsx", type="household")
    known = ids(store)
    told = [
        ("รายชื่อ ก", "1", 2),
        ("รายชื่อ ก", "2", 3),
        ("รายชื่อ ข", "3", 2),
        ("รายชื่อ ข", "4", 3),
        ("รายชื่อ ข", "5", 4),
    ]
    assert listed(store, report["import_id"]) == sorted(
        ("household", layer, known[seq], row) for layer, seq, row in told
    )


def test_spans_of_several_processes_come_together(tmp_path: Path) -> None:
    parts = []
    for name, count in (("a", 2), ("b", 3)):
        files = []
        for span in range(count):
            table = pa.table({"id": [f"{name}{span}{n}" for n in range(4)], "row": list(range(4))})
            files.append(f"seen-{name}-{span}.arrow")
            with pa.ipc.new_file(tmp_path / files[-1], table.schema) as writer:
                writer.write_table(table, max_chunksize=3)
        parts.append(Part(name, "house", None, None, {}, (), seen=tuple(files)))
    parts.append(Part("empty", "member", None, None, {}, ()))
    seen.gather(tmp_path, parts)
    found = seen.read(tmp_path)
    assert found is not None
    assert [(r["layer"], r["id"], r["row"]) for r in found.to_pylist()] == [
        (name, f"{name}{span}{n}", n)
        for name, count in (("a", 2), ("b", 3)) for span in range(count) for n in range(4)
    ]  # fmt: skip
    assert set(found["type"].to_pylist()) == {"house"}


def test_an_import_made_before_lists_were_kept_has_none(tmp_path: Path) -> None:
    assert seen.read(tmp_path) is None
