"""Delimited text as it really comes: encodings, delimiters, line ends, titles, ragged and blank rows."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gis.formats import Layer, Limits, Reading, delimited, encoding

Rows = Callable[[Layer], list[dict[str, Any]]]
Read = Callable[..., Reading]
THAI = "ชุมชน,ครัวเรือน\r\nคลองเตย,120\r\nบ่อนไก่,๔๕\r\n"
WANTED = [{"#row": 2, "ชุมชน": "คลองเตย", "ครัวเรือน": "120"}, {"#row": 3, "ชุมชน": "บ่อนไก่", "ครัวเรือน": "๔๕"}]


def plain(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [
        {key: value for key, value in row.items() if key not in ("#geometry", "#defect", "#beyond")}
        for row in rows
    ]


@pytest.mark.parametrize(
    ("content", "note"),
    [
        (THAI.encode(), "utf-8"),
        (THAI.encode("utf-8-sig"), "utf-8-sig"),
        (THAI.encode("utf-16"), "utf-16"),
        (b"\xfe\xff" + THAI.encode("utf-16-be"), "utf-16"),
        (THAI.encode("cp874"), "cp874 guessed"),
        (THAI.replace(",", ";").encode(), "utf-8"),
        (THAI.replace(",", "\t").encode(), "utf-8"),
        (THAI.replace(",", "|").encode(), "utf-8"),
        (THAI.replace("\r\n", "\n").encode(), "utf-8"),
        (THAI.replace("\r\n", "\r").encode(), "utf-8"),
        (THAI.replace("\r\n", "\n", 1).encode(), "utf-8"),
        (THAI.strip().encode(), "utf-8"),
    ],
)
def test_the_same_table_however_it_was_saved(content: bytes, note: str, here: Read, rows: Rows) -> None:
    layer = here(content, "สำรวจ.csv").layers[0]
    assert plain(rows(layer)) == WANTED
    assert (layer.name, layer.encoding_note, layer.defect_counts) == ("สำรวจ", note, {})


@pytest.mark.parametrize(
    ("content", "name", "options", "code"),
    [
        (b"", "a.csv", {}, "file_empty"),
        (b"a,b\n", "a.csv", {}, "no_rows"),
        (b"a,b\n,\n\n", "a.csv", {}, "no_rows"),
        (b"\n\n\n", "a.csv", {}, "no_rows"),
        (b"a,b\n1,\x00\n", "a.csv", {}, "nul_byte"),
        (b"a,b\ncaf\xe9,1\n", "a.csv", {}, "encoding_unknown"),
        (b"a,b\n\xfc\xfd\xfe\xff,1\n", "a.csv", {}, "encoding_unknown"),
        (b"\xef\xbb\xbfa,b\n\xff,1\n", "a.csv", {}, "encoding_wrong"),
        (b"a,b\n\xa1,1\n", "a.csv", {"encoding": "utf-8"}, "encoding_wrong"),
        (b"a,b\n1,2\n", "a.csv", {"encoding": "klingon"}, "encoding_wrong"),
        (b"a,b\n1,2\n", "a.csv", {"encoding": "hex"}, "encoding_wrong"),
        (b"<html><table></table></html>", "a.csv", {}, "content_mismatch"),
        (b"\x89PNG\r\n\x1a\n", "a.csv", {}, "content_mismatch"),
        (b"a,b\n1,2\n", "a.doc", {}, "format_unknown"),
        (b"a,b\n1,2\n", "a.csv", {"layer": ("b",)}, "layer_unknown"),
        (b"a,b\n1,2\n", "a.csv", {"coordinates": {"x": "a", "y": "c"}}, "column_unknown"),
        (b"a,b\n1,2\n", "a.csv", {"limits": Limits(columns=1)}, "too_many_columns"),
        (b"a,b\n1,2\n3,4\n", "a.csv", {"limits": Limits(rows=1)}, "too_many_rows"),
        (b"a,b\n1,2\n3,4\n", "a.csv", {"limits": Limits(file_bytes=5)}, "file_too_large"),
        (b"a,b\n1," + b"x" * 9000 + b"\n", "a.csv", {"limits": Limits(cell_bytes=4096)}, "cell_too_long"),
    ],
)
def test_a_file_refused(content: bytes, name: str, options: dict[str, Any], code: str, here: Read) -> None:
    reading = here(content, name, **options)
    assert reading.refusal is not None
    assert reading.refusal.code == code
    assert reading.layers == ()


def test_ragged_rows_stay_at_their_place_with_what_fits(here: Read, rows: Rows) -> None:
    layer = here(
        b'a,b,c\n1,2,3\n4,5\n\n6,7,8,"nine, ten"\n,,\n11,12,13,,\n14,15,"16\n17"\n18,19,20\n', "a.csv"
    ).layers[0]
    told = ("#row", "a", "b", "c", "#defect", "#beyond")
    assert [tuple(row[name] for name in told) for row in rows(layer)] == [
        (2, "1", "2", "3", None, None),
        (3, "4", "5", None, "ragged_row", None),
        (5, "6", "7", "8", "ragged_row", '["nine, ten"]'),
        (7, "11", "12", "13", None, None),
        (8, "14", "15", "16\n17", None, None),
        (9, "18", "19", "20", None, None),
    ]
    assert [(each.row, each.detail["rest"]) for each in layer.defects] == [(3, ""), (5, "nine, ten")]


def test_ragged_rows_at_the_end_of_many_blocks(here: Read, rows: Rows) -> None:
    lines = [f"{number},{'x' * 90}" + (",more" if number % 1000 == 999 else "") for number in range(60_000)]
    layer = here("id,text\n" + "\n".join(lines) + "\n", "a.csv").layers[0]
    table = rows(layer)
    assert [row["#row"] for row in table] == list(range(2, 60_002))
    assert [int(row["id"]) for row in table] == list(range(60_000))
    assert layer.defect_counts == {"ragged_row": 60}
    assert sum(row["#defect"] == "ragged_row" for row in table) == 60


def test_titles_blank_and_repeated_headings(here: Read, rows: Rows) -> None:
    layer = here("แบบสำรวจชุมชน,,\n,,\nชื่อ,,ชื่อ\nก,ข,ค\n", "a.csv").layers[0]
    assert layer.columns == ("ชื่อ", "column 2", "ชื่อ (2)")
    assert rows(layer)[0]["#row"] == 4
    assert layer.defect_counts == {"title_row_skipped": 1, "heading_blank": 1, "heading_repeated": 1}


@pytest.mark.parametrize(
    ("content", "columns", "count"),
    [
        ("name\nก\nข\n", ("name",), 2),
        ("#row,#geometry\n1,2\n", ("#row (2)", "#geometry (2)"), 1),
        ('a;b\n"13,75";"100,5"\n1,5;2,5\n', ("a", "b"), 2),
        ("a,b\n1;2,3;4\n", ("a", "b"), 1),
        ('"a","b"\n"1","2"\n', ("a", "b"), 1),
    ],
)
def test_layouts(content: str, columns: tuple[str, ...], count: int, here: Read) -> None:
    layer = here(content, "a.csv").layers[0]
    assert (layer.columns, layer.rows) == (columns, count)


COMMAS: list[tuple[str, list[str], list[str | None]]] = [
    # what, cells of a column between semicolons, what is read
    ("decimals", ["12,5", "7", "1500,25"], ["12.5", "7", "1500.25"]),
    ("with dots for thousands", ["1.234,5", "7", ""], ["1234.5", "7", None]),
    ("below one", ["0,125", "3", "4"], ["0.125", "3", "4"]),
    ("thousands only", ["1,500", "12,000", "7"], ["1,500", "12,000", "7"]),
    ("codes", ["1,2,3", "2,5", "1"], ["1,2,3", "2,5", "1"]),
    ("texts", ["12,5", "ก", "1"], ["12,5", "ก", "1"]),
    ("points elsewhere", ["12,5", "13.75", "1"], ["12,5", "13.75", "1"]),
    ("thousands beside decimals", ["12.000", "12.000,50", "1.250.000"], ["12000", "12000.50", "1250000"]),
    ("points of both sorts", ["12.000", "13.75", "1"], ["12.000", "13.75", "1"]),
    ("below one with a point", ["12.000", "0.125"], ["12.000", "0.125"]),
    ("numbers of sections", ["12.000.001", "12.000"], ["12.000.001", "12.000"]),
]


@pytest.mark.parametrize(("cells", "wanted"), [case[1:] for case in COMMAS], ids=[case[0] for case in COMMAS])
def test_decimal_commas(cells: list[str], wanted: list[str | None], here: Read, rows: Rows) -> None:
    text = "a;n\n" + "\n".join(f"ก;{cell}" for cell in cells)
    layer = here(text, "a.csv").layers[0]
    assert [row["n"] for row in rows(layer)] == wanted
    changed = wanted != [cell or None for cell in cells]
    assert [(each.code, each.column) for each in layer.defects] == (
        [("decimal_comma", "n")] if changed else []
    )
    quoted = "a,n\n" + "\n".join(f'ก,"{cell}"' for cell in cells)
    assert [row["n"] for row in rows(here(quoted, "a.csv").layers[0])] == [cell or None for cell in cells]


# Cells of a column between semicolons, and of another; the row, the value and how it is read where that is in doubt.
DOUBTS: list[tuple[list[str], list[str], list[tuple[int, str, str]]]] = [
    (["7", "12.000", "1.250"], ["ก", "ข", "ค"], [(3, "12.000", "12")]),
    (["-1.250", "7", ""], ["ก", "ข", "ค"], [(2, "-1.250", "-1.25")]),
    # A decimal comma in another column does not tell what a point is in this one.
    (["12.000", "7"], ["12,5", "3"], [(2, "12.000", "12")]),
    (["12.000", "7"], ["13.7563", "100.5018"], []),
    (["12.000", "7 บ้าน"], ["ก", "ข"], []),
    (["0.125", "12.000"], ["ก", "ข"], []),
    (["1234", "7"], ["ก", "ข"], []),
]


@pytest.mark.parametrize(("cells", "others", "expected"), DOUBTS)
def test_a_point_that_may_stand_between_thousands_is_noted(
    cells: list[str], others: list[str], expected: list[tuple[int, str, str]], here: Read, rows: Rows
) -> None:
    text = "a;n\n" + "\n".join(f"{other};{cell}" for cell, other in zip(cells, others, strict=True))
    layer = here(text, "a.csv").layers[0]
    assert [row["n"] for row in rows(layer)] == [cell or None for cell in cells]
    doubts = [each for each in layer.defects if each.code == "point_or_thousands"]
    assert [(each.row, each.value, each.detail["read"]) for each in doubts] == expected
    assert all(each.column == "n" for each in doubts)


@pytest.mark.parametrize(("said", "delimiter"), [("sep=;", ";"), ('"sep=|"', "|"), ("SEP=\t", "\t")])
def test_the_delimiter_a_first_line_names(said: str, delimiter: str, here: Read, rows: Rows) -> None:
    text = f"{said}\r\nname, or so{delimiter}b\r\nx, y{delimiter}2\r\n"
    layer = here(text, "a.csv").layers[0]
    assert [(row["#row"], row["name, or so"], row["b"]) for row in rows(layer)] == [(3, "x, y", "2")]


def test_the_guard_of_our_own_exports_is_taken_off(here: Read, rows: Rows) -> None:
    layer = here("a,b\n'=1+1,'-5\n'@x,'quoted'\n'+66,o'=k\n''=1,''x\n", "a.csv").layers[0]
    assert [(row["a"], row["b"]) for row in rows(layer)] == [
        ("=1+1", "-5"),
        ("@x", "'quoted'"),
        ("+66", "o'=k"),
        ("'=1", "''x"),
    ]


@pytest.mark.parametrize("before", range(4))
def test_a_guard_where_two_blocks_meet_is_seen(
    before: int, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(encoding, "BLOCK", 4)
    path = tmp_path / "a.csv"
    path.write_bytes(b"a\n" + b"x" * before + b"\n'=1\n")
    assert encoding.survey(path, None).formula_guards


@pytest.mark.parametrize("text", ["a,b", "=1", "'", "บ้าน", 'say "hi"', "two\nlines", " spaced "])
def test_a_cell_comes_through_as_it_is(text: str, here: Read, rows: Rows) -> None:
    file = io.StringIO(newline="")
    csv.writer(file).writerows([["a", "b"], [text, "x"]])
    assert rows(here(file.getvalue(), "a.csv").layers[0])[0]["a"] == text


CELLS = st.text(st.characters(blacklist_categories=("Cs", "Cc"), blacklist_characters="'"), max_size=8)


@settings(max_examples=40)
@given(table=st.lists(st.lists(CELLS, min_size=3, max_size=3), min_size=1, max_size=8))
def test_any_table_written_as_csv_reads_back(
    table: list[list[str]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    import pyarrow as pa

    from gis.formats import ReadOptions
    from gis.formats.child import read_here

    folder = tmp_path_factory.mktemp("any")
    path = folder / "t.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([["one", "two", "three"], *table])
    reading = read_here(path, "t.csv", ReadOptions(), folder / "out", lambda rows: None)
    wanted = [[cell or None for cell in row] for row in table if any(row)]
    if not wanted:
        assert reading.refusal is not None
        return
    read = pa.ipc.open_file(str(reading.layers[0].path)).read_all()
    columns = [read.column(name).to_pylist() for name in ("one", "two", "three")]
    assert [list(row) for row in zip(*columns, strict=True)] == wanted


@pytest.mark.parametrize(
    ("written", "codec"),
    [
        ("OEM 874", "cp874"),
        ("ANSI 874", "cp874"),
        ("874", "cp874"),
        ("TIS-620", "tis-620"),
        ("UTF8", "utf-8"),
        ("windows-874", "cp874"),
        ("1252", "cp1252"),
        ("ISO 88591", "iso8859-1"),
        ("ISO-8859-11", "iso8859-11"),
        ("hex", None),
        ("rot13", None),
        ("", None),
        ("system", None),
    ],
)
def test_encodings_as_people_write_them(written: str, codec: str | None) -> None:
    assert encoding.codec_name(written) == codec


@pytest.mark.parametrize(
    ("text", "codec", "thai"),
    [
        ("คลองเตย", "cp874", True),
        ("ราคา ฿500", "cp874", True),
        ("Ñandú", "latin-1", False),
        ("café à la crème", "latin-1", False),
        ("", "cp874", True),
    ],
)
def test_thai_is_told_from_latin(text: str, codec: str, thai: bool) -> None:
    assert encoding.looks_thai(text.encode(codec)) is thai


def test_the_delimiter_is_the_one_that_cuts_evenly() -> None:
    assert delimited._delimiter(["lat;lon\n", "13,75;100,5\n", "13,76;100,6\n"], ".csv", True) == ";"
    assert delimited._delimiter(["name\n", "x\n"], ".tsv", True) == "\t"
