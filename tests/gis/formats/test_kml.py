"""KML as map programs and phones write it: folders, extended data, tables in descriptions, tracks, odd numbers."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from typing import Any

import pytest

from gis.formats import Layer, Limits, Reading, html_table

Read = Callable[..., Reading]
Rows = Callable[[Layer], list[dict[str, Any]]]
Wkt = Callable[[Layer], list[str | None]]
HEAD = (
    '<?xml version="1.0" encoding="{}"?><kml xmlns="http://www.opengis.net/kml/2.2" '
    'xmlns:gx="http://www.google.com/kml/ext/2.2"><Document><name>เมือง</name>{}</Document></kml>'
)
POINT = "<Point><coordinates>100.5,13.75,0</coordinates></Point>"


def kml(*placemarks: str, encoding: str = "UTF-8") -> bytes:
    body = "".join(
        f"<Placemark>{each}</Placemark>" if "<Placemark" not in each else each for each in placemarks
    )
    return HEAD.format(encoding, body).encode("cp874" if encoding in THAI else encoding)


THAI = ("TIS-620", "windows-874", "CP874", "x-windows-874", "iso-8859-11")


def said(rows: Rows, layer: Layer, number: int = 0) -> dict[str, str]:
    row = rows(layer)[number]
    return {name: row[name] for name in layer.columns if row[name] is not None}


SAYS: list[tuple[str, str, dict[str, str]]] = [
    ("nothing", "", {}),
    ("name", "<name> บ้าน 1 </name>", {"Name": "บ้าน 1"}),
    ("description", "<description>ริม คลอง</description>", {"description": "ริม คลอง"}),
    (
        "address",
        "<address>12/3</address><phoneNumber>02</phoneNumber>",
        {"address": "12/3", "phoneNumber": "02"},
    ),
    ("time", "<TimeStamp><when>2017-01-02</when></TimeStamp>", {"timestamp": "2017-01-02"}),
    ("span", "<TimeSpan><begin>2017</begin><end>2018</end></TimeSpan>", {"begin": "2017", "end": "2018"}),
    (
        "data",
        '<ExtendedData><Data name="ชื่อ"><displayName>x</displayName><value>ก</value></Data></ExtendedData>',
        {"ชื่อ": "ก"},
    ),
    (
        "data of a schema that is not there",
        '<ExtendedData><SchemaData schemaUrl="#s"><SimpleData name="ชื่อ">ก</SimpleData></SchemaData></ExtendedData>',
        {"ชื่อ": "ก"},
    ),
    ("data of others", "<ExtendedData><camp:number>14</camp:number></ExtendedData>", {"number": "14"}),
    (
        "a table",
        "<description><![CDATA[<table><tr><th>ชื่อ</th><td>ก &amp; ข</td></tr>"
        "<tr><td>จำนวน:</td><td>5</td></tr></table>]]></description>",
        {"ชื่อ": "ก & ข", "จำนวน": "5"},
    ),
    (
        "a table as elements",
        "<description><table><tr><td>ชื่อ</td><td>ก</td></tr></table></description>",
        {"ชื่อ": "ก"},
    ),
    (
        "a table with texts around it",
        "<description><![CDATA[<b>บ้าน</b> 7<table><tr><td>a</td><td>1</td></tr></table>"
        "<img src='files/1.jpg'>]]></description>",
        {"description": "บ้าน 7 files/1.jpg", "a": "1"},
    ),
    (
        "a table in a table",
        "<description><![CDATA[<table><tr><td>บ้าน</td></tr><tr><td><table><tr><td>a</td><td>1</td></tr>"
        "<tr bgcolor='#D4E4F3'><td>b</td><td>&lt;Null&gt;</td></tr></table></td></tr></table>]]></description>",
        {"a": "1", "b": "<Null>"},
    ),
    (
        "headings above one row",
        "<description><![CDATA[<table><tr><th>a</th><th>b</th><th>c</th></tr><tr><td>1</td><td>2</td><td>3</td></tr></table>]]>"
        "</description>",
        {"a": "1", "b": "2", "c": "3"},
    ),
    (
        "a layout table that says nothing",
        "<description><![CDATA[<table><tr><td>one</td></tr></table>]]></description>",
        {"description": "<table><tr><td>one</td></tr></table>"},
    ),
    (
        "an unclosed table",
        "<description><![CDATA[<table><tr><td>a<td>1<tr><td>b<td>2]]></description>",
        {"a": "1", "b": "2"},
    ),
]


@pytest.mark.parametrize(("body", "wanted"), [case[1:] for case in SAYS], ids=[case[0] for case in SAYS])
def test_what_a_placemark_says(body: str, wanted: dict[str, str], here: Read, rows: Rows) -> None:
    assert said(rows, here(kml(body + POINT), "a.kml").layers[0]) == wanted


RING = "<LinearRing><coordinates>{}</coordinates></LinearRing>"
AREA = f"<Polygon><outerBoundaryIs>{RING}</outerBoundaryIs></Polygon>"
LINE = "<LineString><coordinates>{}</coordinates></LineString>"
SQUARE = "100,13 101,13 101,14 100,13"
SPOT = "<gx:coord>100 13 5</gx:coord>"
TRACK = "<gx:Track>{}</gx:Track>"
SHAPES: list[tuple[str, str, str | None]] = [
    ("point", POINT, "POINT (100.5 13.75)"),
    ("prefixes", POINT.replace("<", "<k:").replace("<k:/", "</k:"), "POINT (100.5 13.75)"),
    ("line", LINE.format("100,13,5\n 101,14,6"), "LINESTRING (100 13, 101 14)"),
    ("area", AREA.format(SQUARE), "POLYGON ((100 13, 101 13, 101 14, 100 13))"),
    (
        "area with a hole",
        AREA.format(SQUARE).replace(
            "</Polygon>",
            f"<innerBoundaryIs>{RING.format('100.5,13.1 100.6,13.1 100.6,13.2 100.5,13.1')}"
            "</innerBoundaryIs></Polygon>",
        ),
        "POLYGON ((100 13, 101 13, 101 14, 100 13), (100.5 13.1, 100.6 13.1, 100.6 13.2, 100.5 13.1))",
    ),
    ("ring", RING.format(SQUARE), "LINESTRING (100 13, 101 13, 101 14, 100 13)"),
    ("points", f"<MultiGeometry>{POINT}{POINT}</MultiGeometry>", "MULTIPOINT ((100.5 13.75), (100.5 13.75))"),
    (
        "areas",
        f"<MultiGeometry>{AREA.format(SQUARE)}</MultiGeometry>",
        "MULTIPOLYGON (((100 13, 101 13, 101 14, 100 13)))",
    ),
    (
        "mixed",
        f"<MultiGeometry>{POINT}{LINE.format('1,2 3,4')}</MultiGeometry>",
        "GEOMETRYCOLLECTION (POINT (100.5 13.75), LINESTRING (1 2, 3 4))",
    ),
    ("track", TRACK.format(SPOT + SPOT.replace("100", "101")), "LINESTRING (100 13, 101 13)"),
    ("a track of one place", TRACK.format(SPOT), "POINT (100 13)"),
    (
        "tracks",
        f"<gx:MultiTrack>{TRACK.format('<gx:coord>1 2 0</gx:coord><gx:coord>3 4 0</gx:coord>')}</gx:MultiTrack>",
        "MULTILINESTRING ((1 2, 3 4))",
    ),
    ("blanks after commas", LINE.format("100, 13, 0 101, 14, 0"), "LINESTRING (100 13, 101 14)"),
    ("one long run", LINE.format("100,13,0,101,14,0"), "LINESTRING (100 13, 101 14)"),
    ("one long run of pairs", LINE.format("100,13,101,14"), "LINESTRING (100 13, 101 14)"),
    ("a comma at the end", LINE.format("100,13, 101,14,"), "LINESTRING (100 13, 101 14)"),
    ("no coordinates", "<Point><coordinates/></Point>", None),
    ("none, then a track", "<Point><coordinates/></Point>" + TRACK.format(SPOT), "POINT (100 13)"),
    ("no shape", "", None),
]  # fmt: skip


@pytest.mark.parametrize(("body", "shape"), [case[1:] for case in SHAPES], ids=[case[0] for case in SHAPES])
def test_shapes(body: str, shape: str | None, here: Read, wkt: Wkt) -> None:
    layer = here(kml(body), "a.kml").layers[0]
    assert (wkt(layer), layer.defect_counts) == ([shape], {})


@pytest.mark.parametrize(
    ("body", "code", "value"),
    [
        ("<Point><coordinates>{{x}}, {{y}}</coordinates></Point>", "coordinates_unreadable", "{{x}}, {{y}}"),
        ("<Point><coordinates>100.5</coordinates></Point>", "coordinates_unreadable", "100.5"),
        ("<Point><coordinates>1_0,2</coordinates></Point>", "coordinates_unreadable", "1_0,2"),
        ("<Point><coordinates>nan,2</coordinates></Point>", "geometry_not_finite", "nan,2"),
        (LINE.format("1,2"), "ring_too_short", "1,2"),
        (AREA.format("0,0 1,0 1,1 0,0.5"), "unclosed_ring", "0.500000, 0.000000"),
        (AREA.format("0,0 1,0"), "ring_too_short", "0,0 1,0"),
        ("<MultiGeometry>" * 30 + POINT * 2 + LINE.format("1,2 3,4") + "</MultiGeometry>" * 30, None, None),
    ],
)
def test_one_bad_shape_is_one_bad_row(
    body: str, code: str | None, value: str | None, here: Read, wkt: Wkt, rows: Rows
) -> None:
    layer = here(kml(POINT, "<name>x</name>" + body, POINT), "a.kml").layers[0]
    assert layer.rows == 3 and said(rows, layer, 1)["Name"] == "x"
    assert [(each.code, each.row, each.value) for each in layer.defects] == (
        [(code, 2, value)] if code else []
    )
    closed = "POLYGON ((0 0, 1 0, 1 1, 0 0.5, 0 0))" if code == "unclosed_ring" else None
    assert code is None or wkt(layer)[1] == closed


def test_every_folder_with_placemarks_is_a_layer(here: Read, wkt: Wkt) -> None:
    inside = f"<Folder><name>ใน</name><Placemark>{POINT}</Placemark></Folder>"
    body = (
        f"<Placemark>{POINT}</Placemark><Folder><name>บ้าน</name>{inside}<Placemark/></Folder>"
        f"<Folder><name>บ้าน</name><Placemark/></Folder><Folder><name>ว่าง</name></Folder><Folder><Placemark/></Folder>"
        "<NetworkLink><Link><href>http://127.0.0.1:9/</href></Link></NetworkLink>"
    )
    reading = here(HEAD.format("UTF-8", body), "สำรวจ.kml")
    assert [(layer.name, layer.rows) for layer in reading.layers] == [
        ("เมือง", 1), ("บ้าน", 1), ("ใน", 1), ("บ้าน (2)", 1), ("สำรวจ", 1),
    ]  # fmt: skip
    assert [(each.code, each.layer) for each in reading.defects] == [("layer_empty", "ว่าง")]
    assert [layer.name for layer in here(HEAD.format("UTF-8", body), "a.kml", layer=("ใน",)).layers] == ["ใน"]


@pytest.mark.parametrize(
    "text",
    [
        f"<Placemark><name>ก</name>{POINT}</Placemark>",
        f"<kml><Placemark><name>ก</name>{POINT}</Placemark></kml>",
        f"<Folder><Placemark><name>ก</name>{POINT}</Placemark></Folder>",
        f"<kml><Document><name>x</name></Document><Placemark><name>ก</name>{POINT}</Placemark></kml>",
    ],
)
def test_placemarks_wherever_they_stand(text: str, here: Read, rows: Rows) -> None:
    assert [said(rows, layer) for layer in here(text, "a.kml").layers] == [{"Name": "ก"}]


@pytest.mark.parametrize("encoding", ["UTF-8", "UTF-16", "utf-8-sig", *THAI])
def test_encodings(encoding: str, here: Read, rows: Rows) -> None:
    layer = here(kml("<name>คลองเตย</name>", encoding=encoding), "a.kml").layers[0]
    assert (layer.name, said(rows, layer)) == ("เมือง", {"Name": "คลองเตย"})


def test_thai_bytes_that_say_they_are_utf_8(here: Read, rows: Rows) -> None:
    text = kml("<name>คลองเตย</name>").decode().encode("cp874")
    assert said(rows, here(text, "a.kml").layers[0]) == {"Name": "คลองเตย"}


@pytest.mark.parametrize("encoding", ["klingon", "hex", "UTF-8"])
def test_an_encoding_that_is_not_so_is_refused(encoding: str, here: Read) -> None:
    text = HEAD.format(encoding, "<Placemark><name>a\xff\xfd\xfc</name></Placemark>").encode(
        "utf-8" if encoding != "UTF-8" else "latin-1", "replace"
    )
    refusal = here(text, "a.kml").refusal
    assert refusal is not None and refusal.code == "xml_unreadable"


def test_more_placemarks_than_the_limit_are_refused(here: Read) -> None:
    refusal = here(kml(POINT, POINT, POINT), "a.kml", limits=Limits(rows=2)).refusal
    assert refusal is not None and refusal.code == "too_many_rows"


def test_documents_of_a_kmz(here: Read) -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("doc.kml", kml(POINT))
        archive.writestr("files/บ้าน.kml", kml(POINT, POINT))
        archive.writestr("files/1.jpg", b"\xff\xd8\xff")
    assert [(layer.name, layer.rows) for layer in here(file.getvalue(), "a.kmz").layers] == [
        ("เมือง", 1),
        ("เมือง (2)", 2),
    ]


@pytest.mark.parametrize(
    "text", ["<table" * 30_000, "<table><td>" * 20_000, "<table>" + "<!" * 90_000, "<table " + "a=" * 90_000]
)
def test_descriptions_made_to_keep_a_reader_busy(text: str) -> None:
    values, rest = html_table.split(text)
    assert values == {} or rest is not None
