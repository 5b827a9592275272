"""Which rows are headings: titles above, headings over several columns, and tables that only look so."""

from __future__ import annotations

import csv
import datetime
import io
from collections.abc import Callable
from typing import Any

import pytest

from gis.formats import Layer, Reading
from gis.formats.header import Range, find_heading
from tests import workbooks

Read = Callable[..., Reading]
Rows = Callable[[Layer], list[dict[str, Any]]]


def grid(text: str) -> list[list[str | None]]:
    """Rows of cells between bars; "." is an empty one."""
    lines = [line.split("|") for line in text.strip().splitlines()]
    return [[None if cell.strip() == "." else cell.strip() for cell in line] for line in lines]


PLAIN = grid("ชื่อ | ลำดับ | รายได้\n ก | 1 | 5\n ข | 2 | 6")
TWO_ROWS = grid(
    "ลำดับ | พิกัด | . | จำนวน | . | วันที่\n . | lat | lon | ชาย | หญิง | .\n 1|13.7|100.5|1|2|x\n 2|13.7|100.5|1|2|y"
)
HEADINGS: list[tuple[str, list[list[str | None]], tuple[Range, ...], tuple[str | None, ...], int, int]] = [
    # what, rows, merged cells, headings, last heading row, titles
    ("plain", PLAIN, (), ("ชื่อ", "ลำดับ", "รายได้"), 0, 0),
    ("a title", grid("แบบสำรวจ | . | .") + PLAIN, (), ("ชื่อ", "ลำดับ", "รายได้"), 1, 1),
    ("title, blank, title", grid("แบบสำรวจ|.|.\n.|.|.\nปี 2560|.|.") + PLAIN, (), ("ชื่อ", "ลำดับ", "รายได้"), 3, 2),
    (
        "facts above the table",
        grid("ชุมชน | คลองเตย | . | .\n วันที่ | 1 ม.ค. 2560 | . | .\n ชื่อ | ลำดับ | รายได้ | หนี้\n ก|1|2|3\n ข|2|3|4"),
        (), ("ชื่อ", "ลำดับ", "รายได้", "หนี้"), 2, 2,
    ),
    (
        "two headings and a wide row of numbers are a broken table, not a title",
        grid("a | b\n 1 | 2 | 3 | 4\n 5 | 6 | 7 | 8"), (), ("a", "b"), 0, 0,
    ),
    ("one column", grid("name\n ก\n ข"), (), ("name",), 0, 0),
    ("nothing below the wide row", grid("a\n b | c"), (), ("a",), 0, 0),
    (
        "merged over columns and rows",
        TWO_ROWS,
        ((0, 0, 1, 0), (0, 1, 0, 2), (0, 3, 0, 4), (0, 5, 1, 5)),
        ("ลำดับ", "พิกัด/lat", "พิกัด/lon", "จำนวน/ชาย", "จำนวน/หญิง", "วันที่"), 1, 0,
    ),
    (
        "the same from a CSV, where blanks say it",
        TWO_ROWS,
        (), ("ลำดับ", "พิกัด/lat", "พิกัด/lon", "จำนวน/ชาย", "จำนวน/หญิง", "วันที่"), 1, 0,
    ),
    (
        "three rows",
        grid("บ้าน | สมาชิก | . | .\n . | ชาย | . | หญิง\n . | เด็ก | ใหญ่ | .\n 1 | 1 | 2 | 3\n 2 | 1 | 2 | 3"),
        ((0, 0, 2, 0), (0, 1, 0, 3), (1, 1, 1, 2), (1, 3, 2, 3)),
        ("บ้าน", "สมาชิก/ชาย/เด็ก", "สมาชิก/ชาย/ใหญ่", "สมาชิก/หญิง"), 2, 0,
    ),
    (
        "a name over two columns is no group of headings",
        grid("ชื่อ-สกุล | . | หมายเหตุ\n สมชาย | ใจดี | .\n สมหญิง | ดีใจ | ย้าย\n วิไล | สุข | เช่า"),
        (), ("ชื่อ-สกุล", None, "หมายเหตุ"), 0, 0,
    ),
    (
        "nor when its cells are merged",
        grid("ชื่อ-สกุล | . | เลข\n สมชาย | ใจดี | 1\n สมหญิง | ดีใจ | 2"),
        ((0, 0, 0, 1),), ("ชื่อ-สกุล", None, "เลข"), 0, 0,
    ),
    ("cells merged in the data", PLAIN + grid("ค | 3 | .\n . | 4 | ."), ((3, 0, 4, 0),), ("ชื่อ", "ลำดับ", "รายได้"), 0, 0),
]  # fmt: skip


@pytest.mark.parametrize(
    ("rows", "merged", "names", "index", "titles"), [case[1:] for case in HEADINGS], ids=[c[0] for c in HEADINGS]
)  # fmt: skip
def test_headings(
    rows: list[list[str | None]], merged: tuple[Range, ...], names: tuple[str | None, ...], index: int, titles: int
) -> None:  # fmt: skip
    found = find_heading(rows, merged)
    assert found is not None
    assert (found.names, found.index, len(found.titles)) == (names, index, titles)


@pytest.mark.parametrize("rows", [[], [[None, None]], [["", None], []]])
def test_nothing_is_no_heading(rows: list[list[str | None]]) -> None:
    assert find_heading(rows) is None


DAY = datetime.date(2017, 1, 2)
SHEET: list[list[workbooks.Cell]] = [
    ["แบบสำรวจ", None, None, None, None, None, None],
    ["ลำดับ", "พิกัด", None, "จำนวน", None, "วันที่", "ชุมชน"],
    [None, "lat", "lon", "ชาย", "หญิง", None, None],
    [1, 13.7, 100.5, 1, 2, DAY, "คลองเตย"],
    [2, 13.8, 100.5, 3, 4, DAY, None],
    [3, 13.9, 100.5, 5, 6, DAY, "บ่อนไก่"],
]
MERGED = ((0, 0, 0, 5), (1, 0, 2, 0), (1, 1, 1, 2), (1, 3, 1, 4), (1, 5, 2, 5), (1, 6, 2, 6), (3, 6, 4, 6))


@pytest.mark.parametrize("kind", ["xlsx", "xls", "ods"])
def test_a_sheet_with_merged_headings_and_merged_communities(kind: str, here: Read, rows: Rows) -> None:
    layer = here(getattr(workbooks, kind)({"บ้าน": SHEET}, MERGED), f"a.{kind}").layers[0]
    assert layer.columns == ("ลำดับ", "พิกัด/lat", "พิกัด/lon", "จำนวน/ชาย", "จำนวน/หญิง", "วันที่", "ชุมชน")
    assert layer.coordinate_columns == ("พิกัด/lon", "พิกัด/lat")
    found = [(row["#row"], row["ลำดับ"], row["จำนวน/หญิง"], row["วันที่"], row["ชุมชน"]) for row in rows(layer)]
    assert found == [
        (4, "1", "2", "2017-01-02", "คลองเตย"),
        (5, "2", "4", "2017-01-02", "คลองเตย"),
        (6, "3", "6", "2017-01-02", "บ่อนไก่"),
    ]
    assert layer.defect_counts == {"title_row_skipped": 1, "merged_cells": 1}
    assert [(each.row, each.column) for each in layer.defects if each.code == "merged_cells"] == [(4, "ชุมชน")]


def test_the_same_sheet_saved_as_csv(here: Read, rows: Rows) -> None:
    file = io.StringIO(newline="")
    csv.writer(file).writerows(SHEET)
    layer = here(file.getvalue(), "a.csv").layers[0]
    assert layer.columns == ("ลำดับ", "พิกัด/lat", "พิกัด/lon", "จำนวน/ชาย", "จำนวน/หญิง", "วันที่", "ชุมชน")
    assert [row["#row"] for row in rows(layer)] == [4, 5, 6]
