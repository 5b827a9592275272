"""The file formats of the demonstration city, written so that the same cells make the same bytes."""

from __future__ import annotations

import json
import sqlite3
import tempfile
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from datetime import date, datetime
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape, quoteattr

import geopandas as gpd
import pyogrio
import shapely
import xlsxwriter

Cells = Mapping[str, object]
# Every time inside a file: noon of the day the demonstration is told from.
STAMP = datetime(2026, 11, 21, 12, 0, 0)
_PLAIN_TAGS = ("name", "description")
_SCHEMA = "layer"


def geojson(path: Path, rows: Iterable[Cells], shapes: Iterable[Any], members: Mapping[str, object]) -> None:
    """A FeatureCollection in degrees, a feature a line; ``members`` stand at its head."""
    features = []
    for row, shape in zip(rows, shapes, strict=True):
        plain = json.loads(shapely.to_geojson(shapely.set_precision(shape, 1e-7, mode="pointwise")))
        feature = {"type": "Feature", "properties": row, "geometry": plain}
        features.append(json.dumps(feature, ensure_ascii=False))
    head = json.dumps({"type": "FeatureCollection", **members}, ensure_ascii=False)[:-1]
    path.write_text(f'{head}, "features": [\n' + ",\n".join(features) + "\n]}\n", "utf-8", newline="\n")


def csv_thai(path: Path, title: str, rows: Sequence[Cells], unquoted: Iterable[int] = ()) -> None:
    """A CSV as Thai Excel saves it: CP874, CRLF, a title row filled up with commas, then the headings.

    Cells with a comma are quoted, but not in the rows at the places ``unquoted``.
    """
    headings = list(rows[0])
    careless = set(unquoted)
    lines = [title + "," * (len(headings) - 1), _line(headings, quote=True)]
    for place, row in enumerate(rows):
        lines.append(_line([row[heading] for heading in headings], quote=place not in careless))
    path.write_bytes("".join(line + "\r\n" for line in lines).encode("cp874"))


def _line(cells: Sequence[object], quote: bool) -> str:
    texts = ["" if cell is None else str(cell) for cell in cells]
    return ",".join(_quoted(text) if quote else text for text in texts)


def _quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"' if set(text) & set(',"\n') else text


def workbook(path: Path, sheets: Mapping[str, Sequence[Cells]]) -> None:
    """A workbook, headings in row 1: texts as text, numbers as numbers, dates as date cells."""
    book = xlsxwriter.Workbook(str(path), {"strings_to_numbers": False, "strings_to_formulas": False})
    book.set_properties({"title": "ข้อมูลสมมติเพื่อการสาธิต", "created": STAMP})
    day, bold = book.add_format({"num_format": "d/m/yyyy"}), book.add_format({"bold": True})
    for name, rows in sheets.items():
        sheet = book.add_worksheet(name)
        sheet.write_row(0, 0, list(rows[0]), bold)
        for number, row in enumerate(rows, 1):
            for column, cell in enumerate(row.values()):
                _write_cell(sheet, (number, column), cell, day)
    book.close()


def _write_cell(sheet: Any, place: tuple[int, int], cell: object, day: Any) -> None:
    if isinstance(cell, date):
        sheet.write_datetime(*place, datetime(cell.year, cell.month, cell.day), day)
    elif isinstance(cell, int | float):
        sheet.write_number(*place, cell)
    elif cell is not None:
        sheet.write_string(*place, str(cell))


def shapefile_zip(path: Path, stem: str, frame: gpd.GeoDataFrame) -> None:
    """A zipped shapefile with a CP874 .dbf and a .prj but no .cpg, as older desktop programs make it."""
    with tempfile.TemporaryDirectory() as folder:
        options = {"DBF_DATE_LAST_UPDATE": f"{STAMP:%Y-%m-%d}"}
        pyogrio.write_dataframe(frame, Path(folder) / f"{stem}.shp", encoding="CP874", layer_options=options)
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for suffix in (".dbf", ".prj", ".shp", ".shx"):
                member = zipfile.ZipInfo(stem + suffix, STAMP.timetuple()[:6])
                member.compress_type, member.external_attr = zipfile.ZIP_DEFLATED, 0o644 << 16
                archive.writestr(member, (Path(folder) / (stem + suffix)).read_bytes())


def geopackage(path: Path, layer: str, frame: gpd.GeoDataFrame) -> None:
    """A GeoPackage of one layer; the time of its last change is a fixed one."""
    path.unlink(missing_ok=True)
    pyogrio.write_dataframe(frame, path, layer=layer, driver="GPKG")
    with closing(sqlite3.connect(path)) as store, store:
        store.execute("UPDATE gpkg_contents SET last_change = ?", (f"{STAMP:%Y-%m-%dT%H:%M:%S.000Z}",))


def kml(path: Path, name: str, rows: Sequence[Cells], shapes: Iterable[Any], schema: bool) -> None:
    """A KML of points and lines; cells other than name and description become ExtendedData.

    With a schema it looks like the export of a desktop program, without one like a phone's.
    """
    marks = "\n".join(_placemark(row, shape, schema) for row, shape in zip(rows, shapes, strict=True))
    named = [quoteattr(heading) for heading in rows[0] if heading not in _PLAIN_TAGS]
    fields = "".join(f'<SimpleField type="string" name={name}/>' for name in named)
    head = f'<Schema name="{_SCHEMA}" id="{_SCHEMA}">{fields}</Schema>\n' if schema else ""
    path.write_text(
        '<?xml version="1.0" encoding="UTF-8"?>\n<kml xmlns="http://www.opengis.net/kml/2.2">\n'
        f"<Document><name>{escape(name)}</name>\n{head}{marks}\n</Document>\n</kml>\n", "utf-8", newline="\n",
    )  # fmt: skip


def _placemark(row: Cells, shape: Any, schema: bool) -> str:
    filled = {heading: escape(str(cell)) for heading, cell in row.items() if cell is not None}
    plain = "".join(f"<{tag}>{filled.pop(tag)}</{tag}>" for tag in _PLAIN_TAGS if tag in filled)
    if schema:
        cells = [f"<SimpleData name={quoteattr(key)}>{cell}</SimpleData>" for key, cell in filled.items()]
        data = f'<SchemaData schemaUrl="#{_SCHEMA}">{"".join(cells)}</SchemaData>'
    else:
        cells = [f"<Data name={quoteattr(key)}><value>{cell}</value></Data>" for key, cell in filled.items()]
        data = "".join(cells)
    places = " ".join(f"{x:.7f},{y:.7f}" for x, y in shapely.get_coordinates(shape))
    drawn = f"<{shape.geom_type}><coordinates>{places}</coordinates></{shape.geom_type}>"
    return f"<Placemark>{plain}<ExtendedData>{data}</ExtendedData>{drawn}</Placemark>"
