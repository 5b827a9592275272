"""Records as a zipped Shapefile: short headings, short texts, not too many columns; manifest.json says the rest.

What the format could not hold is not reasoned about but looked up: the file is read as it will be when it comes back.
"""

from __future__ import annotations

import base64
import re
import tempfile
import zipfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import shapely

from gis.formats import cells, shapefile
from gis.formats.manifest import ID, NAME, Manifest, digest, restored
from gis.formats.model import GEOMETRY, ReadOptions
from gis.formats.output import Output
from gis.formats.source import Source
from surveys.record import RecordType

# What a Shapefile of a kind of shape is called after its type. It has none for several kinds in one.
_KINDS = {
    "Point": "_point", "MultiPoint": "_points", "LineString": "_line", "MultiLineString": "_line",
    "LinearRing": "_line", "Polygon": "_polygon", "MultiPolygon": "_polygon",
}  # fmt: skip
_OF_ONE_KIND = tuple(_KINDS)
# A DBF's heading and its widest text, in bytes.
_HEADING, _WIDTH = 10, 254
# So many columns every program reads, and as many of the widest texts make no row too long for a DBF.
_COLUMNS = 255
_PLAIN = re.compile(r"[^\W\d]\w*")


def write(frame: gpd.GeoDataFrame, path: Path, record_type: RecordType) -> None:
    """Write a zipped Shapefile; shapes of several kinds become several in the zip."""
    texts = texts_of(frame)
    short = short_names(list(texts.columns), _is_dbf_heading)
    held = texts[texts.columns[:_COLUMNS]].map(_cut).rename(columns=short)
    brief = gpd.GeoDataFrame(held, geometry=_of_one_kind(frame))
    with tempfile.TemporaryDirectory() as made:
        folder, cut = Path(made), _Cut()
        for ending, part in _by_kind(brief):
            target = folder / f"{record_type.name}{ending}.shp"
            part.to_file(target, driver="ESRI Shapefile", engine="pyogrio", encoding="UTF-8", RESIZE="YES")
            rows = brief.index.get_indexer(part.index)
            cut.compare(_come_back(target), texts.iloc[rows], frame.geometry.iloc[rows])
        (folder / NAME).write_bytes(cut.manifest(record_type.name, short).dumped())
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for file in sorted(folder.iterdir()):
                archive.write(file, file.name)


def texts_of(frame: gpd.GeoDataFrame) -> pd.DataFrame:
    """Return what a frame says, its shapes aside, as texts; None for nothing. Its index is new."""
    plain = pd.DataFrame(frame.drop(columns="geometry")).reset_index(drop=True)
    return pd.DataFrame({str(name): pd.Series(_texts(plain[name]), dtype=object) for name in plain.columns})


def _texts(column: pd.Series) -> list[str | None]:
    values = (None if value is None or value != value else value for value in column)
    return [cells.text(value.item() if isinstance(value, np.generic) else value) for value in values]


def short_names(headings: Sequence[str], fits: Callable[[str], bool]) -> dict[str, str]:
    """Return the name each heading has in a file: its own where it fits, else F and its place."""
    plain = {name for name in headings if fits(name)}
    taken = {name.casefold() for name in plain}
    short = {}
    for place, heading in enumerate(headings):
        made = heading if heading in plain else f"F{place:03d}"
        while heading not in plain and made.casefold() in taken:
            made = f"F{made}"
        taken.add(made.casefold())
        short[heading] = made
    return short


def _is_dbf_heading(name: str) -> bool:
    return _PLAIN.fullmatch(name) is not None and len(name.encode()) <= _HEADING


def _cut(text: str | None) -> str | None:
    """Cut a text as a DBF does, but between letters; GDAL would print the text it cuts.

    A DBF has no blanks at the ends of a text, and GDAL does not count them where it sets the width of a column.
    """
    return text and text.strip().encode()[:_WIDTH].decode("utf-8", "ignore").strip()


def _of_one_kind(frame: gpd.GeoDataFrame) -> gpd.GeoSeries:
    """Return the shapes a Shapefile can hold."""
    held = frame.geometry.where(frame.geom_type.isin(_OF_ONE_KIND).to_numpy(), None)
    return gpd.GeoSeries(held.to_numpy(), crs=4326)


def _by_kind(frame: gpd.GeoDataFrame) -> list[tuple[str, gpd.GeoDataFrame]]:
    """Part a frame by kind of shape, each with the ending of its name; rows without a shape go first."""
    kinds = [_KINDS.get(kind, "") for kind in frame.geometry.geom_type]
    there = sorted({kind for kind in kinds if kind})
    if len(there) < 2:
        return [("", frame)]
    filed = np.array([kind or there[0] for kind in kinds])
    return [(kind, frame[filed == kind]) for kind in there]


def _come_back(written: Path) -> pa.Table | None:
    """Read a Shapefile as it will be when it comes back; None where it has no rows."""
    with tempfile.TemporaryDirectory() as made:
        parts = {suffix: written.with_suffix(suffix) for suffix in shapefile.PARTS}
        parts = {suffix: file for suffix, file in parts.items() if file.exists()}
        declared = written.with_suffix(".cpg").read_bytes()
        output = Output(Path(made), ReadOptions(), lambda rows: None)
        main = parts.get(".shp", parts[".dbf"])
        # It takes the .cpg away from GDAL.
        shapefile.read_set(parts, Source(main, main.name, output.options, Path(made)), output)
        written.with_suffix(".cpg").write_bytes(declared)
        if not output.layers:
            return None
        with pa.OSFile(str(output.layers[0].path)) as file:
            return pa.ipc.open_file(file).read_all()


class _Cut:
    """What did not come back as it went out, gathered part by part."""

    def __init__(self) -> None:
        self.cells: dict[str, dict[str, tuple[str | None, str]]] = {}
        self.shapes: dict[str, tuple[str, str]] = {}
        self.turned: set[str] = set()
        self.several: set[str] = set()

    def compare(self, back: pa.Table | None, texts: pd.DataFrame, shapes: gpd.GeoSeries) -> None:
        """Compare a part as it comes back with what was written of it."""
        if back is None:
            return
        ids = texts[ID].tolist()
        for place, heading in enumerate(texts.columns):
            whole = pa.array(texts[heading].tolist(), pa.string())
            # The row's number stands before its columns.
            held = back.column(place + 1) if place < _COLUMNS else pa.nulls(len(whole), pa.string())
            other = pc.fill_null(pc.not_equal(held, whole), pc.not_equal(pc.is_null(held), pc.is_null(whole)))
            for row in np.flatnonzero(np.asarray(other)).tolist():
                self.cells.setdefault(ids[row], {})[heading] = (held[row].as_py(), whole[row].as_py())
        whole_shapes = shapely.to_wkb(np.asarray(shapes.array, dtype=object), byte_order=1)
        for one, held_wkb, wkb in zip(ids, back[GEOMETRY].to_pylist(), whole_shapes, strict=True):
            if wkb is not None and held_wkb != wkb:
                self._shape(one, held_wkb, wkb)

    def _shape(self, one: str, held: bytes | None, whole: bytes) -> None:
        ways = ((True, False), (False, True), (True, True)) if held else ()
        found = next(((t, s) for t, s in ways if held and restored(held, t, s) == whole), None)
        if found is None:
            self.shapes[one] = (digest(held), base64.b64encode(whole).decode())
            return
        for way, marked in zip(found, (self.turned, self.several), strict=True):
            if way:
                marked.add(one)

    def manifest(self, type_name: str, columns: Mapping[str, str]) -> Manifest:
        """Return what was gathered."""
        told = self.cells, frozenset(self.turned), frozenset(self.several), self.shapes
        return Manifest(type_name, dict(columns), *told)
