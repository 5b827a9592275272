"""Workbooks: sheets as layers, cells as text, and ranges that would kill the reader."""

from __future__ import annotations

import datetime
import io
import time
import zipfile
from collections.abc import Callable
from typing import Any

import pytest
import xlsxwriter

from gis.formats import Layer, Limits, Reading
from tests import workbooks

Read = Callable[..., Reading]
Rows = Callable[[Layer], list[dict[str, Any]]]


def workbook(**sheets: list[list[Any]]) -> bytes:
    file = io.BytesIO()
    book = xlsxwriter.Workbook(
        file, {"in_memory": True, "strings_to_numbers": False, "strings_to_formulas": False}
    )
    date = book.add_format({"num_format": "yyyy-mm-dd"})
    moment = book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
    for name, records in sheets.items():
        sheet = book.add_worksheet(name)
        for row, record in enumerate(records):
            for column, value in enumerate(record):
                if isinstance(value, datetime.datetime):
                    sheet.write_datetime(row, column, value, moment)
                elif isinstance(value, datetime.date):
                    sheet.write_datetime(row, column, datetime.datetime.combine(value, datetime.time()), date)
                elif value is not None:
                    sheet.write(row, column, value)
    book.close()
    return file.getvalue()


def remade(content: bytes, /, **members: bytes | None) -> bytes:
    """A zip with members replaced or, when None, left out; "__" in a name stands for "/"."""
    file = io.BytesIO()
    replaced = {name.replace("__", "/"): data for name, data in members.items()}
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as new:
        for info in old.infolist():
            data = replaced.get(info.filename.removesuffix(".xml"), old.read(info))
            if data is not None:
                new.writestr(info.filename, data)
    return file.getvalue()


def sheet_xml(cells: str) -> bytes:
    return (
        '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
        f'<dimension ref="A1"/><sheetData>{cells}</sheetData></worksheet>'
    ).encode()


def test_cells_of_every_kind_come_as_text(here: Read, rows: Rows) -> None:
    record = [
        1234567890123,
        1.5,
        "0812345678",
        True,
        datetime.date(2008, 8, 21),
        datetime.datetime(2008, 8, 21, 14, 30),
        "",
        -3.0,
        "๑๒",
        12345678901234567,
    ]
    layer = here(workbook(a=[[f"c{place}" for place in range(10)], record]), "a.xlsx").layers[0]
    assert [rows(layer)[0][f"c{place}"] for place in range(10)] == [
        "1234567890123",
        "1.5",
        "0812345678",
        "true",
        "2008-08-21",
        "2008-08-21T14:30:00",
        None,
        "-3",
        "๑๒",
        "1.234567890123457e+16",
    ]


def test_every_sheet_with_rows_is_a_layer(here: Read, rows: Rows) -> None:
    content = workbook(
        ครัวเรือน=[
            ["แบบสำรวจ"],
            [],
            ["ชื่อ", "lat", "lon"],
            ["ก", 13.75, 100.5],
            [],
            [None, "", ""],
            ["ข", "13,7", "100.5"],
        ],
        ว่าง=[],
        หัวเท่านั้น=[["a", "b"]],
        plots=[["id"], [7]],
    )
    reading = here(content, "a.xlsx")
    assert [(layer.name, layer.rows, layer.crs) for layer in reading.layers] == [
        ("ครัวเรือน", 2, "EPSG:4326"),
        ("plots", 1, None),
    ]
    assert [(row["#row"], row["ชื่อ"], row["lat"]) for row in rows(reading.layers[0])] == [
        (4, "ก", "13.75"),
        (7, "ข", "13,7"),
    ]
    assert [(each.code, each.layer) for each in reading.defects] == [
        ("layer_empty", "ว่าง"),
        ("layer_empty", "หัวเท่านั้น"),
    ]


def test_columns_without_heading_stay_only_when_filled(here: Read) -> None:
    layer = here(workbook(a=[["x", None, None, None], [1, None, 5, ""]]), "a.xlsx").layers[0]
    assert layer.columns == ("x", "column 2", "column 3")


def test_mixed_columns_keep_their_numbers(here: Read, rows: Rows) -> None:
    layer = here(workbook(a=[["x", "y"], [1, "a"], [2.5, None], ["ค", 3], [None, 4.25]]), "a.xlsx").layers[0]
    assert [(row["x"], row["y"]) for row in rows(layer)] == [
        ("1", "a"),
        ("2.5", None),
        ("ค", "3"),
        (None, "4.25"),
    ]


FAR = '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'


@pytest.mark.parametrize(
    "cells",
    [
        FAR,
        FAR.replace('"', "'"),
        FAR.replace("<c r", '<c s="0" r').replace("<row r", '<row spans="1:1" r'),
        FAR.replace('r="XFD', 'r = "XFD'),
        FAR.replace(' r="1048576"', ""),
        FAR.replace("XFD", "ZZ"),
    ],
)
def test_a_range_that_would_kill_is_refused_before(cells: str, here: Read) -> None:
    content = remade(workbook(a=[["x"], [1]]), xl__worksheets__sheet1=sheet_xml(cells))
    assert len(content) < 8000
    refusal = here(content, "a.xlsx").refusal
    assert refusal is not None
    assert refusal.code == "too_many_cells"


def test_a_range_hidden_from_the_scan_only_ends_the_child(child: Read) -> None:
    hidden = FAR.replace('r="XFD1048576"', 'r="&#88;FD1048576"').replace(
        'row r="1048576"', 'row r="&#49;048576"'
    )
    content = remade(workbook(a=[["x"], [1]]), xl__worksheets__sheet1=sheet_xml(hidden))
    refusal = child(content, "a.xlsx").refusal
    assert refusal is not None
    assert refusal.code in ("reader_died", "too_many_cells", "spreadsheet_unreadable")


def test_a_sheet_over_the_budget_is_refused(here: Read) -> None:
    refusal = here(workbook(a=[["x", "y"], [1, 2], [3, 4]]), "a.xlsx", limits=Limits(cells=77)).refusal
    assert refusal is not None
    assert (refusal.code, refusal.detail["rows"]) == ("too_many_cells", "3")


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("xl__workbook", "content_mismatch"),
        ("xl__worksheets__sheet1", "spreadsheet_unreadable"),
    ],
)
def test_a_workbook_with_a_part_missing(name: str, code: str, child: Read) -> None:
    refusal = child(remade(workbook(a=[["x"], [1]]), **{name: None}), "a.xlsx").refusal
    assert refusal is not None
    assert refusal.code == code


@pytest.mark.parametrize("name", ["a.xls", "a.csv", "a.zip", "a"])
def test_a_workbook_under_another_name_is_found_by_its_bytes(name: str, here: Read) -> None:
    reading = here(workbook(a=[["x"], [1]]), name)
    assert [layer.name for layer in reading.layers] == (["a"] if name != "a.zip" else [])


def test_a_table_named_xls_is_read_as_the_text_it_is(here: Read) -> None:
    reading = here("a\tb\n1\t2\n", "a.xls")
    assert (reading.format, reading.layers[0].columns) == ("csv", ("a", "b"))


@pytest.mark.parametrize("kind", ["xlsx", "xls", "ods"])
def test_the_same_cells_in_every_workbook(kind: str, here: Read, rows: Rows) -> None:
    sheets: dict[str, list[list[workbooks.Cell]]] = {
        "บ้าน": [
            ["ชื่อ", "เลข", "วัน", "ใช่"],
            ["ก", 1234567890123, datetime.date(2008, 8, 21), True],
            ["ข", 1.5, None, None],
        ],
        "แปลง": [["รหัส"], ["7"]],
    }  # fmt: skip
    layers = here(getattr(workbooks, kind)(sheets), f"a.{kind}").layers
    assert [(layer.name, layer.rows) for layer in layers] == [("บ้าน", 2), ("แปลง", 1)]
    assert [[row[name] for name in layers[0].columns] for row in rows(layers[0])] == [
        ["ก", "1234567890123", "2008-08-21", "true"],
        ["ข", "1.5", None, None],
    ]


@pytest.mark.parametrize("kind", ["xlsx", "xls", "ods"])
def test_rows_merged_at_the_edge_of_a_sheet(kind: str, here: Read, rows: Rows) -> None:
    sheet: list[list[workbooks.Cell]] = [["a", "b"], ["1", "x"], ["2", None], ["3", None]]
    merged = ((1, 1, 3, 1), (2, 5, 900, 9))
    layer = here(
        getattr(workbooks, kind)({"s": sheet}, merged[:1] if kind == "ods" else merged), f"a.{kind}"
    ).layers[0]
    assert [(row["a"], row["b"]) for row in rows(layer)] == [("1", "x"), ("2", "x"), ("3", "x")]


FORMATS_OF_DATES = ("yyyy-mm-dd", "d/m/yy", "[$-107041E]d mmm yyyy;@", "[$-D07041E]d mmmm yyyy;@", "dd-mmm-yy",
                    "[$-41E]d mmmm bbbb", "m/d/yyyy h:mm")  # fmt: skip


@pytest.mark.parametrize("date_format", FORMATS_OF_DATES)
def test_the_serial_number_of_a_date_is_its_date(date_format: str, here: Read, rows: Rows) -> None:
    content = workbooks.xlsx({"s": [["a", "b"], [datetime.date(2008, 8, 21), "x"]]}, date_format=date_format)
    assert rows(here(content, "a.xlsx").layers[0])[0]["a"] == "2008-08-21"


def test_formulas_give_their_values_and_those_without_are_told(here: Read, rows: Rows) -> None:
    sheet: list[list[workbooks.Cell]] = [
        ["a", "b", "c"], ["=A1+1->5", "=1/0->#DIV/0!", "x"], ["=B1->ก", "=NA()->#N/A", "y"], ['=""->', 1, "z"],
    ]  # fmt: skip
    content = workbooks.xlsx({"แผ่น 1": [["x", "y"], ["1", "2"]], "สูตร": sheet})
    layer = here(content, "a.xlsx").layers[1]
    assert [(row["a"], row["b"]) for row in rows(layer)][:2] == [("5", None), ("ก", None)]
    assert [(each.row, each.column, each.value) for each in layer.defects] == [
        (2, "b", "#DIV/0!"),
        (3, "b", "#N/A"),
    ]


@pytest.mark.parametrize("value", ["", "<v></v>", "<v/>"])
def test_formulas_nobody_calculated_are_told(value: str, here: Read) -> None:
    cell = '<c r="{}" t="inlineStr"><is><t>{}</t></is></c>'
    sheet = sheet_xml(
        f'<row r="1">{cell.format("A1", "a")}{cell.format("B1", "b")}</row>'
        f'<row r="2">{cell.format("A2", "x")}<c r="B2"><f>SUM(A1:A9)</f>{value}</c></row>'
        f'<row r="3">{cell.format("A3", "y")}<c r="B3" t="str"><f>T(A1)</f><v></v></c></row>'
    )
    layer = here(remade(workbook(a=[["x"], [1]]), xl__worksheets__sheet1=sheet), "a.xlsx").layers[0]
    assert [(each.code, each.row, each.column) for each in layer.defects] == [
        ("formula_without_value", 2, "b")
    ]


def test_a_sheet_made_to_keep_the_patterns_busy_is_done_in_time(here: Read) -> None:
    busy = '<c r="A1" t="e"' * 400_000 + ">" + '<c r="A1"><f>' * 300_000 + "</f></c>" + '<c r="B1" t="e"><f>x'
    content = remade(workbook(a=[["x"], [1]]), xl__worksheets__sheet1=sheet_xml(busy))
    started = time.process_time()
    assert here(content, "a.xlsx").refusal is not None
    assert time.process_time() - started < 20


def test_an_ods_whose_rows_repeat_for_ever_only_ends_the_child(child: Read) -> None:
    content = workbooks.ods({"s": [["a", "b"], ["1", "2"]]})
    many = b'<table:table-row table:number-rows-repeated="1048576"><table:table-cell '
    many += b'table:number-columns-repeated="16384" '
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        text = archive.read("content.xml").replace(b"<table:table-row><table:table-cell ", many)
    refusal = child(remade(content, content=text), "a.ods").refusal
    assert refusal is not None
    assert refusal.code in ("reader_died", "too_many_cells", "spreadsheet_unreadable")
