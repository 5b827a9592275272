"""The same three households in every format and every spelling become the same records."""

from __future__ import annotations

import csv
import datetime
import io
import json
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pyogrio.raw
import pytest
import shapely

from gis.crs import from_wgs84
from tests import workbooks
from tests.conftest import NETWORK, Intake

DAYS = (datetime.date(2017, 1, 2), datetime.date(2017, 12, 31), None)
PLACES = ((100.5018, 13.7563), (100.5123, 13.7601), None)
HEADS = ("นายสมชาย ใจดี", "นางสมศรี ดีใจ", 'ยาย "แดง", ริมน้ำ')
TENURES = (("lease", "เช่ามีสัญญา"), ("squat_state", "บุกรุกที่รัฐ"), (None, None))
CAUSES = ((("canal", "แนวคลอง"), ("flood", "น้ำท่วม")), (("eviction", "ไล่รื้อ"),), ())
LEASES = (2.5, None, 12.25)
PEOPLE = (4, 2, 1)
WANTED = [
    {
        "community": "ริมคลอง",
        "house_seq": str(n + 1),
        "household_no": "1",
        "head_name": HEADS[n],
        "people": PEOPLE[n],
        "land_tenure": TENURES[n][0],
        "lease_years": LEASES[n],
        "causes": json.dumps([code for code, _ in CAUSES[n]]) if CAUSES[n] else None,
        "visit_date": DAYS[n],
        "place": None if (spot := PLACES[n]) is None else f"POINT ({spot[0]} {spot[1]})",
    }
    for n in range(3)
]

Column = tuple[str, list[Any]]
# Thai, English as a programmer names columns, and names of at most ten letters for a DBF.
THAI = ("ชุมชน", "ลำดับบ้านในผัง", "ครัวเรือนที่", "ชื่อหัวหน้าครัวเรือน", "จำนวนสมาชิก", "สถานะการอยู่บนที่ดิน", "อายุสัญญาเช่า",
        "สาเหตุความเดือดร้อน", "วันที่สำรวจ")  # fmt: skip
ENGLISH = (
    "community",
    "house_seq",
    "household_no",
    "head_name",
    "people",
    "land_tenure",
    "lease_years",
    "causes",
    "visit_date",
)
DBF = ("community", "house_seq", "hh_no", "head", "people", "tenure", "lease", "causes", "day")
DBF_MEANS = {"tenure": "land_tenure", "lease": "lease_years", "day": "visit_date"}


def columns(
    names: Sequence[str] = THAI,
    day: Callable[[datetime.date], Any] = datetime.date.isoformat,
    lease: Callable[[float], Any] = lambda years: years,
    codes: bool = False,
    between: str = "; ",
) -> list[Column]:
    """The households as columns, without their places."""
    which = 0 if codes else 1
    values: list[list[Any]] = [
        ["ริมคลอง"] * 3,
        [1, 2, 3],
        [1, 1, 1],
        list(HEADS),
        list(PEOPLE),
        [tenure[which] for tenure in TENURES],
        [None if years is None else lease(years) for years in LEASES],
        [between.join(cause[which] for cause in causes) or None for causes in CAUSES],
        [None if date is None else day(date) for date in DAYS],
    ]
    return list(zip(names, values, strict=True))


def at(write: Callable[[float, float], Sequence[Any]], *names: str) -> list[Column]:
    """The places as columns: `write` gives the cells of (longitude, latitude)."""
    cells = [write(*spot) if spot else [None] * len(names) for spot in PLACES]
    return [(name, [each[place] for each in cells]) for place, name in enumerate(names)]


def lat_lon(write: Callable[[float], Any] = lambda degrees: degrees) -> list[Column]:
    return at(lambda x, y: (write(y), write(x)), "lat", "lon")


def utm(x: float, y: float, zone: int = 47) -> tuple[str, str]:
    spot = from_wgs84(np.array([shapely.Point(x, y)], dtype=object), f"EPSG:326{zone}")[0]
    return f"{spot.x:.3f}", f"{spot.y:.3f}"


def wkb_hex(x: float, y: float) -> tuple[str]:
    return (shapely.to_wkb(shapely.set_srid(shapely.Point(x, y), 4326), hex=True, include_srid=True),)


def sexagesimal(degrees: float) -> str:
    minutes, seconds = divmod(round(degrees * 3600, 4), 60)
    whole, minutes = divmod(int(minutes), 60)
    return f"{whole}°{minutes}'{seconds:.4f}\""


def records(table: list[Column]) -> list[list[Any]]:
    return [[name for name, _ in table], *map(list, zip(*(values for _, values in table), strict=True))]


def dicts(table: list[Column]) -> list[dict[str, Any]]:
    head, *rows = records(table)
    return [dict(zip(head, row, strict=True)) for row in rows]


def changed(table: list[Column], change: Callable[[Any], str]) -> list[Column]:
    return [(name, [v if v is None else change(v) for v in values]) for name, values in table]


def text(table: list[Column], delimiter: str = ",", ends: str = "\r\n", above: str = "") -> str:
    file = io.StringIO(newline="")
    csv.writer(file, delimiter=delimiter, lineterminator=ends).writerows(records(table))
    return above + file.getvalue()


def zipped(*members: tuple[str, bytes | str]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, content in members:
            archive.writestr(name, content)
    return file.getvalue()


# --- tables -----------------------------------------------------------------------------------------------

PLAIN = columns() + lat_lon()
GROUPED = (
    (0, 0, 0, 10), *((1, place, 2, place) for place in range(9)), (1, 9, 1, 10),
)  # fmt: skip


def grouped() -> list[list[Any]]:
    """A title, then headings over two rows: the coordinates under one."""
    table = columns(day=lambda date: date)
    head = [name for name, _ in table]
    rows = records(table + lat_lon())[1:]
    return [["แบบสำรวจครัวเรือน", *[None] * 10], [*head, "พิกัด", None], [*[None] * 9, "lat", "lon"], *rows]


def buddhist(date: datetime.date) -> str:
    return f"{date.day}/{date.month}/{date.year + 543}"


def in_thai_digits(value: Any) -> str:
    return str(value).translate(str.maketrans("0123456789", "๐๑๒๓๔๕๖๗๘๙"))


def sheet(table: list[Column]) -> workbooks.Sheets:
    return {"ครัวเรือน": records(table)}


def calculated() -> bytes:
    """Numbers as formulas with their values."""
    table = [(name, [f"=1*{v}->{v}" if name == THAI[4] else v for v in values]) for name, values in PLAIN]
    return workbooks.xlsx(sheet(table))


# --- maps -------------------------------------------------------------------------------------------------


def point(x: float, y: float) -> dict[str, Any]:
    return {"type": "Point", "coordinates": [x, y]}


def features(table: list[Column]) -> list[dict[str, Any]]:
    spots = [None if spot is None else point(*spot) for spot in PLACES]
    rows = zip(dicts(table), spots, strict=True)
    return [{"type": "Feature", "properties": row, "geometry": spot} for row, spot in rows]


def geojson(kind: str = "FeatureCollection", **more: Any) -> str:
    return json.dumps(
        {"type": kind, **more, "features": features(columns())}, ensure_ascii=False, default=str
    )


def in_utm() -> str:
    crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::32647"}}
    made = features(columns())
    for each, spot in zip(made, PLACES, strict=True):
        if spot:
            each["geometry"]["coordinates"] = [float(metres) for metres in utm(*spot)]
    return json.dumps({"type": "FeatureCollection", "crs": crs, "features": made}, default=str)


def kml(write: Callable[[dict[str, Any]], str]) -> str:
    rows = zip(dicts(columns()), PLACES, strict=True)
    placemarks = "".join(
        f"<Placemark>{write({name: value for name, value in row.items() if value is not None})}"
        + (f"<Point><coordinates>{spot[0]},{spot[1]},0</coordinates></Point>" if spot else "")
        + "</Placemark>"
        for row, spot in rows
    )
    return f'<kml xmlns="http://www.opengis.net/kml/2.2"><Document><Folder>{placemarks}</Folder></Document></kml>'


def data(row: dict[str, Any]) -> str:
    inside = "".join(f'<Data name="{n}"><value>{escape(str(v))}</value></Data>' for n, v in row.items())
    return f"<ExtendedData>{inside}</ExtendedData>"


def schema_data(row: dict[str, Any]) -> str:
    inside = "".join(f'<SimpleData name="{n}">{escape(str(v))}</SimpleData>' for n, v in row.items())
    return f'<ExtendedData><SchemaData schemaUrl="#s">{inside}</SchemaData></ExtendedData>'


def html(row: dict[str, Any]) -> str:
    cells = "".join(f"<tr><th>{n}</th><td>{escape(str(v))}</td></tr>" for n, v in row.items())
    return f"<description><![CDATA[<b>บ้าน</b><table>{cells}</table>]]></description>"


def gpx() -> str:
    """Waypoints; what GPX has no word for stands in extensions. The third household has no place: another file."""
    points = "".join(
        f'<wpt lat="{spot[1]}" lon="{spot[0]}"><extensions>'
        + "".join(f"<{n}>{escape(str(v))}</{n}>" for n, v in row.items() if v is not None)
        + "</extensions></wpt>"
        for row, spot in zip(dicts(columns(ENGLISH)), PLACES, strict=True)
        if spot
    )
    return f'<gpx version="1.1" creator="x" xmlns="http://www.topografix.com/GPX/1/1">{points}</gpx>'


def by_gdal(path: Path, names: Sequence[str] = THAI, crs: str = "EPSG:4326", **options: Any) -> Path:
    table = columns(names, lease=float)
    spots = np.array([None if spot is None else shapely.Point(spot) for spot in PLACES], dtype=object)
    arrays = [
        np.array(values, dtype=object if any(isinstance(v, str) for v in values) else np.float64)
        for _, values in table
    ]
    shapes = shapely.to_wkb(from_wgs84(spots, crs))
    pyogrio.raw.write(
        path, shapes, arrays, [name for name, _ in table], geometry_type="Point", crs=crs, **options
    )
    return path


def gpkg(folder: Path, crs: str = "EPSG:4326") -> bytes:
    return by_gdal(folder / "a.gpkg", crs=crs, layer="ครัวเรือน").read_bytes()


def several_layers(folder: Path) -> bytes:
    path = by_gdal(folder / "a.gpkg", layer="household")
    line = shapely.to_wkb(np.array([shapely.LineString([(100.5, 13.7), (100.6, 13.8)])], dtype=object))
    pyogrio.raw.write(path, line, [np.array(["x"], dtype=object)], ["a"], layer="ซอย", geometry_type="LineString",
                      crs="EPSG:4326", append=True)  # fmt: skip
    return path.read_bytes()


def shapefile(
    folder: Path,
    encoding: str = "UTF-8",
    inside: str = "{}",
    without: Sequence[str] = (),
    cpg: bytes | None = None,
) -> bytes:
    by_gdal(folder / "household.shp", DBF, encoding=encoding)
    parts = {path.suffix: path.read_bytes() for path in sorted(folder.iterdir())}
    if cpg is not None:
        parts[".cpg"] = cpg
    return zipped(*((inside.format(f"household{s}"), c) for s, c in parts.items() if s not in without))


def two_shapefiles(folder: Path) -> bytes:
    """The households, and an empty layer of another folder with the name in other letters."""
    whole = zipfile.ZipFile(io.BytesIO(shapefile(folder)))
    members = [(f"ก/{name.upper()}", whole.read(name)) for name in whole.namelist()]
    other = folder / "other"
    other.mkdir()
    line = shapely.to_wkb(np.array([shapely.LineString([(100.5, 13.7), (100.6, 13.8)])], dtype=object))
    pyogrio.raw.write(
        other / "soi.shp",
        line,
        [np.array(["x"], dtype=object)],
        ["a"],
        geometry_type="LineString",
        crs="EPSG:4326",
    )
    return zipped(*members, *((f"ข/soi{path.suffix}", path.read_bytes()) for path in other.iterdir()))


def geoparquet(folder: Path, native: bool = False) -> bytes:
    shapes: Any = [None if spot is None else shapely.to_wkb(shapely.Point(spot)) for spot in PLACES]
    if native:
        shapes = [None if spot is None else {"x": spot[0], "y": spot[1]} for spot in PLACES]
    about = {"encoding": "point" if native else "WKB", "geometry_types": []}
    table = pa.table(dict(columns(day=lambda date: date)) | {"geom": shapes})
    geo = {"version": "1.1.0", "primary_column": "geom", "columns": {"geom": about}}
    pq.write_table(table.replace_schema_metadata({"geo": json.dumps(geo)}), folder / "a.parquet")
    return (folder / "a.parquet").read_bytes()


def parquet(folder: Path) -> bytes:
    pq.write_table(pa.table(dict(columns(day=lambda date: date) + lat_lon())), folder / "a.parquet")
    return (folder / "a.parquet").read_bytes()


# --- surveys ----------------------------------------------------------------------------------------------

KOBO = [f"hh/{name}" for name in ENGLISH]
GEOPOINT = at(lambda x, y: (f"{y} {x} 0 4.5",), "gps")
NUMBERED = {"land_tenure": "t", "causes": "c"}
SURVEY_SHEET: list[list[workbooks.Cell]] = [
    ["type", "name", "label::English (en)", "label::ไทย (th)"],
    ["begin group", "hh", None, None],
    *([{"land_tenure": "select_one t", "causes": "select_multiple c"}.get(name, "text"), f"q{n}", name, thai]
      for n, (name, thai) in enumerate(zip(ENGLISH, THAI, strict=True))),
    ["end group", None, None, None],
]  # fmt: skip
CHOICES_SHEET: list[list[workbooks.Cell]] = [
    ["list_name", "name", "label::English (en)", "label::ไทย (th)"],
    *(["t", f"t{n}", "x", label] for n, (_, label) in enumerate(TENURES[:2])),
    *(["c", f"c-{code}", "x", label] for causes in CAUSES for code, label in causes),
]
FORM = workbooks.xlsx({"survey": SURVEY_SHEET, "choices": CHOICES_SHEET})


def by_names() -> list[Column]:
    """An export that knows questions and choices only by the names the form gives them."""
    table = columns([f"hh/q{n}" for n in range(9)])
    table[5] = (table[5][0], ["t0", "t1", None])
    table[7] = (table[7][0], [" ".join(f"c-{code}" for code, _ in causes) or None for causes in CAUSES])
    return [*table, *GEOPOINT, ("_uuid", ["a", "b", "c"])]


def with_options() -> list[Column]:
    """A Kobo export as it is by default: the question and a column for each choice."""
    split = [
        (f"hh/causes/{code}", ["1" if code in dict(causes) else "0" for causes in CAUSES])
        for code in ("canal", "flood", "eviction")
    ]
    return [*columns(KOBO, codes=True, between=" "), *split, *GEOPOINT, ("_uuid", ["a", "b", "c"])]


def only_options() -> list[Column]:
    """An Ona export without the question itself, and "n/a" where nothing was asked."""
    table = [column for column in with_options() if column[0] != "hh/causes"]
    words = {"1": "True", "0": "False"}
    said = [
        (n, [words[v] for v in values]) if n.startswith("hh/causes/") else (n, values) for n, values in table
    ]
    return [(n, ["n/a" if v is None and n != "gps" else v for v in values]) for n, values in said]


def nested(row: dict[str, Any]) -> dict[str, Any]:
    """A submission as ODK Central gives it: groups as objects, places as GeoJSON."""
    spot = row.pop("gps")
    place = [float(number) for number in spot.split()] if spot else None
    gps = {"type": "Point", "coordinates": [place[1], place[0], 0]} if place else None
    return {
        "_uuid": row["hh/house_seq"],
        "hh": {n.removeprefix("hh/"): v for n, v in row.items()},
        "gps": gps,
    }


def submission(row: dict[str, Any]) -> str:
    inside = "".join(f"<{n}>{escape(str(row[f'hh/{n}'] or ''))}</{n}>" for n in ENGLISH)
    return (
        f'<data id="f"><hh>{inside}</hh><gps>{row["gps"] or ""}</gps><meta><instanceID>uuid:{row["hh/house_seq"]}'
        "</instanceID></meta></data>"
    )


def briefcase() -> bytes:
    return zipped(*((f"{n}/submission.xml", submission(row)) for n, row in enumerate(dicts(SUBMITTED))))


SUBMITTED = [*columns(KOBO, codes=True, between=" "), *GEOPOINT]


@dataclass(frozen=True)
class File:
    """A file of the households: its name, how it is made, what a person says of it."""

    name: str
    make: Callable[[Path], bytes | str]
    options: dict[str, Any] = field(default_factory=dict)


def csv_of(what: str, table: list[Column], encoding: str = "utf-8", **how: Any) -> File:
    return File(f"{what}.csv", lambda _: text(table, **how).encode(encoding))


DBF_OPTIONS = {"columns": DBF_MEANS}
FILES = [
    csv_of("utf-8", PLAIN),
    csv_of("with a mark", PLAIN, "utf-8-sig"),
    csv_of("cp874", PLAIN, "cp874"),
    csv_of("utf-16", PLAIN, "utf-16", delimiter="\t"),
    csv_of("LF", PLAIN, ends="\n"),
    csv_of("CR", PLAIN, ends="\r"),
    csv_of("semicolons", PLAIN, delimiter=";"),
    csv_of("bars", PLAIN, delimiter="|"),
    csv_of("sep", PLAIN, delimiter=";", above="sep=;\r\n"),
    csv_of("a title", PLAIN, above="แบบสำรวจครัวเรือน ชุมชนริมคลอง\r\n\r\n"),
    csv_of("facts above", PLAIN, above="ชุมชน,ริมคลอง\r\nผู้สำรวจ,สมหมาย\r\n"),
    csv_of("English headings", columns(ENGLISH) + lat_lon()),
    csv_of("codes", columns(codes=True, between=",") + lat_lon()),
    csv_of(
        "decimal commas",
        columns(lease=lambda years: str(years).replace(".", ",")) + lat_lon(lambda d: str(d).replace(".", ",")),
        delimiter=";",
    ),
    csv_of("Buddhist days", columns(day=buddhist) + lat_lon()),
    csv_of("Thai digits", changed(columns(day=buddhist) + lat_lon(), in_thai_digits)),
    csv_of("serial days", columns(day=lambda date: int(workbooks.serial(date))) + lat_lon()),
    csv_of("degrees and minutes", columns() + lat_lon(sexagesimal)),
    csv_of("one cell", columns() + at(lambda x, y: (f"{y}, {x}",), "พิกัด")),
    csv_of("one cell no heading tells", columns() + at(lambda x, y: (f"{y}, {x}",), "ช่อง 12")),
    csv_of("geopoint", columns() + at(lambda x, y: (f"{y} {x} 0.0 4.5",), "ที่ตั้งของบ้าน")),
    csv_of("UTM and its zone", columns() + at(lambda x, y: (*utm(x, y), "WGS84 47N"), "E", "N", "zone")),
    csv_of("UTM zone in the heading", columns() + at(lambda x, y: utm(x, y), "X (WGS84 UTM 47N)", "Y (WGS84 UTM 47N)")),
    csv_of("UTM in one cell", columns() + at(lambda x, y: ("47P " + " ".join(utm(x, y)),), "พิกัด")),
    File("UTM, the zone said.csv", lambda _: text(columns() + at(utm, "easting", "northing")), {"crs": "EPSG:32647"}),
    csv_of("EWKT", columns() + at(lambda x, y: (f"SRID=4326;POINT ({x} {y})",), "geom")),
    File("WKT.csv", lambda _: text(columns() + at(lambda x, y: (f"POINT ({x} {y})",), "wkt")), {"crs": "EPSG:4326"}),
    csv_of("WKB", columns() + at(wkb_hex, "geom")),
    csv_of("GeoJSON in a cell", columns() + at(lambda *spot: (json.dumps(point(*spot)),), "geojson")),
    File("tabs.tsv", lambda _: text(PLAIN, "\t")),
    File("tabs named txt.txt", lambda _: text(PLAIN, "\t")),
    File("in an archive.zip", lambda _: zipped(("ข้อมูล/household.csv", text(PLAIN)), ("readme.md", "x"))),
    File("plain.xlsx", lambda _: workbooks.xlsx(sheet(columns(day=lambda date: date) + lat_lon()))),
    File("texts.xlsx", lambda _: workbooks.xlsx(sheet(changed(PLAIN, str)))),
    File("serial days.xlsx", lambda _: workbooks.xlsx(sheet(columns(day=workbooks.serial) + lat_lon()))),
    File("formulas.xlsx", lambda _: calculated()),
    File("merged headings.xlsx", lambda _: workbooks.xlsx({"ครัวเรือน": grouped()}, GROUPED)),
    File("merged headings.xls", lambda _: workbooks.xls({"ครัวเรือน": grouped()}, GROUPED)),
    File("merged headings.ods", lambda _: workbooks.ods({"ครัวเรือน": grouped()}, GROUPED)),
    File("a sheet of notes.xlsx", lambda _: workbooks.xlsx({"หมายเหตุ": [["อ่านก่อน"], ["x"]], **sheet(PLAIN)})),
    File("plain.xls", lambda _: workbooks.xls(sheet(columns(day=lambda date: date) + lat_lon()))),
    File("plain.ods", lambda _: workbooks.ods(sheet(columns(day=lambda date: date) + lat_lon()))),
    File("plain.geojson", lambda _: geojson()),
    File("wrong case.geojson", lambda _: geojson("featurecollection").replace('"Point"', '"POINT"')),
    File("wrong case too.geojson", lambda _: geojson().replace('"Feature"', '"feature"')),
    File("metres.geojson", lambda _: in_utm()),
    File("lines.ndjson", lambda _: "\n".join(json.dumps(each, default=str) for each in features(columns()))),
    File("sequence.geojsonl", lambda _: "".join(f"\x1e{json.dumps(each)}\n" for each in features(columns()))),
    File("in an archive.zip", lambda _: zipped(("a/household.geojson", geojson()))),
    File("data.kml", lambda _: kml(data)),
    File("schema.kml", lambda _: kml(schema_data)),
    File("tables.kml", lambda _: kml(html)),
    File("thai.kml", lambda _: f'<?xml version="1.0" encoding="TIS-620"?>{kml(data)}'.encode("cp874")),
    File("doc.kmz", lambda _: zipped(("doc.kml", kml(data)), ("files/1.png", b"\x89PNG"))),
    File("plain.gpkg", gpkg),
    File("Indian 1975.gpkg", lambda folder: gpkg(folder, "EPSG:24047")),
    File("several.gpkg", several_layers),
    File("utf-8.zip", shapefile, DBF_OPTIONS),
    File("cp874 and no cpg.zip", lambda folder: shapefile(folder, "CP874", without=[".cpg"]), DBF_OPTIONS),
    File("cp874 and OEM 874.zip", lambda folder: shapefile(folder, "CP874", cpg=b"OEM 874"), DBF_OPTIONS),
    File("Thai folder.zip", lambda folder: shapefile(folder, inside="ชั้นข้อมูล/บ้าน/{}"), DBF_OPTIONS),
    File("no index.zip", lambda folder: shapefile(folder, without=[".shx"]), DBF_OPTIONS),
    File("no prj.zip", lambda folder: shapefile(folder, without=[".prj"]), {"crs": "EPSG:4326", **DBF_OPTIONS}),
    File("two layers.zip", two_shapefiles, DBF_OPTIONS),
    File("wkb.parquet", geoparquet),
    File("native.parquet", lambda folder: geoparquet(folder, native=True)),
    File("table.parquet", parquet),
    File("kobo.csv", lambda _: text(with_options())),
    File("kobo.xlsx", lambda _: workbooks.xlsx({"household": records(with_options())})),
    File("ona.csv", lambda _: text(only_options())),
    File("by name, with the form.zip", lambda _: zipped(("data.csv", text(by_names())), ("form.xlsx", FORM))),
    File("kobo.json", lambda _: json.dumps({"results": dicts([*SUBMITTED, ("_uuid", ["a", "b", "c"])])})),
    File("central.json", lambda _: json.dumps({"value": [nested(row) for row in dicts(SUBMITTED)]})),
    File("list.xml", lambda _: f"<root><results>{''.join(map(submission, dicts(SUBMITTED)))}</results></root>"),
    File("briefcase.zip", lambda _: briefcase()),
]  # fmt: skip
# GPX has no rows without a place and so a test of its own; a shapefile comes as an archive.
ELSEWHERE = {"gpx", "shapefile"}


def current(take: Intake) -> list[dict[str, Any]]:
    """What stands in the store, as WANTED says it."""
    found = take.store.read(NETWORK, "household").sort_values("house_seq")
    names = {c["id"]: c["name"] for c in take.store.read(NETWORK, "community").to_dict("records")}
    told = []
    for row in found.to_dict("records"):
        clean = {name: None if value is None or value != value else value for name, value in row.items()}
        shape = clean.get("geometry")
        place = None if shape is None else shapely.to_wkt(shape, rounding_precision=6, trim=True)
        community = names.get(str(clean["community"]), clean["community"])
        day = clean["visit_date"]
        day = day.date() if isinstance(day, datetime.datetime) else day
        told.append(
            {name: clean[name] for name in ENGLISH}
            | {"community": community, "visit_date": day, "place": place}
        )
    return told


@pytest.mark.parametrize("file", FILES, ids=[file.name for file in FILES])
def test_the_same_households_become_the_same_records(file: File, take: Intake, tmp_path: Path) -> None:
    folder = tmp_path / "made"
    folder.mkdir()
    content = file.make(folder)
    path = folder / "sent"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    report = take(path, file.name, type="household", **file.options)
    assert (report["rows"], report["new"], report["quarantined"]) == (3, 3, 0), report["problems"]
    assert current(take) == WANTED


def test_waypoints_with_extensions_become_the_same_records(take: Intake, tmp_path: Path) -> None:
    (tmp_path / "sent").write_text(gpx(), encoding="utf-8")
    report = take(tmp_path / "sent", "a.gpx", type="household")
    assert (report["new"], report["quarantined"]) == (2, 0), report["problems"]
    assert current(take) == WANTED[:2]


def test_every_reader_has_a_file_here() -> None:
    from gis.formats.readers import BY_SUFFIX, READERS

    read = {BY_SUFFIX["." + file.name.rsplit(".", 1)[-1]].name for file in FILES} | ELSEWHERE
    assert read == {reader.name for reader in READERS}
