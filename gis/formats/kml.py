"""KML and KMZ: every folder a layer, every KML document of a KMZ read; what placemarks say as columns."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import shapely

from gis.formats import archive, cells, geojson_shapes, manifest, pictures, shapes, signature, xmlshape
from gis.formats.kml_features import SHAPES, Node, attributes, geometry
from gis.formats.model import BATCH_ROWS, Defect, Refused
from gis.formats.output import Output
from gis.formats.source import Source

_CRS = "EPSG:4326"
_CONTAINERS = frozenset(("Document", "Folder"))
_FEATURES = frozenset(("Placemark", "GroundOverlay"))
_CHANGES = frozenset(("Update", "NetworkLinkControl"))


@dataclass(frozen=True)
class _Row:
    """One placemark: what it says, its shape, the code of what is wrong with it, and where."""

    values: dict[str, str]
    shape: shapely.Geometry | None
    code: str | None = None
    seen: str | None = None


@dataclass
class _Container:
    """A document or folder; the placemarks directly in it are a layer. `within` is the folder around a folder."""

    name: str = ""
    within: _Container | None = None
    rows: list[_Row] = field(default_factory=list)
    holds_others: bool = False

    @property
    def folders(self) -> tuple[str, ...]:
        """The names of the folders around it, the outermost first."""
        return (*self.within.folders, self.within.name) if self.within else ()


def read(source: Source, output: Output) -> None:
    """Read one KML file."""
    _read_document(source, output)


def read_kmz(source: Source, output: Output) -> None:
    """Read every KML document of a KMZ; Refused archive_nothing_readable when there is none."""
    held = archive.survey(source, output.limits)
    members = [member for member in held if member.suffix == ".kml"]
    if not members:
        raise Refused("archive_nothing_readable")
    manifest.find(source, held, output)
    shown = pictures.among(source, held)
    if output.photos is None:
        output.photos = shown
    elif shown:
        output.log.add(Defect("pictures_inside", value=f"{source.name} ({len(shown)})"))
    around = output.folders
    for number, member in enumerate(members):
        copy = archive.extracted(source, member, source.scratch / f"member{number}.kml", output.limits)
        document = Source(copy, member.name, source.options, source.scratch)
        if not signature.is_kml(document):
            raise Refused("kml_unreadable", value=member.name)
        output.folders = (*around, *document.folders)
        _read_document(document, output)
    pictures.left_aside(held, shown, output)


def _read_document(source: Source, output: Output) -> None:
    walker = _Walker(output.limits.rows)
    path = xmlshape.utf8(source, source.scratch / f"utf8-{len(output.layers)}.kml")
    xmlshape.walk(path, walker.start, walker.end, walker.text)
    output.drawn |= walker.drawn
    around = output.folders
    for container in walker.containers:
        shown = container.name or source.stem
        if container.rows and output.wants(shown):
            output.folders = (*around, *container.folders, *shown.split("/")[:-1])
            _write(shown, container.rows, output)
        elif not container.rows and not container.holds_others:
            output.log.add(Defect("layer_empty", shown, value=shown))
    output.folders = around


class _Walker:
    """Follows the elements of a KML document; each placemark is read and let go when it ends."""

    def __init__(self, limit: int) -> None:
        self.containers: list[_Container] = []
        # The addresses of icons and overlays.
        self.drawn: set[str] = set()
        self._limit = limit
        self._loose: _Container | None = None
        self._open: list[_Container] = []
        self._path: list[str] = []
        self._nodes: list[Node] = []
        self._address = ""

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """Begin an element."""
        if self._nodes or (tag in _FEATURES and not _CHANGES & set(self._path)):
            node = Node(tag, attributes)
            if self._nodes:
                self._nodes[-1].content.append(node)
            self._nodes.append(node)
        elif tag in _CONTAINERS:
            for outer in self._open[-1:]:
                outer.holds_others = True
            opened = self._container()
            # A document is called as its file is: what is in it lies in folders.
            opened.within = self._open[-1] if self._path[-1:] == ["Folder"] else None
            self._open.append(opened)
        self._path.append(tag)

    def _container(self) -> _Container:
        self.containers.append(_Container())
        return self.containers[-1]

    def text(self, characters: str) -> None:
        """Take text."""
        if self._path[-1:] == ["href"]:
            self._address += characters
        if self._nodes:
            self._nodes[-1].content.append(characters)
        elif self._path[-1:] == ["name"] and self._open and self._path[-2] in _CONTAINERS:
            self._open[-1].name += characters

    def end(self, tag: str) -> None:
        """End an element."""
        self._path.pop()
        if tag == "href":
            self.drawn.add(self._address.strip())
            self._address = ""
        if self._nodes:
            node = self._nodes.pop()
            if not self._nodes:
                self._keep(node)
        elif tag in _CONTAINERS:
            ended = self._open.pop()
            ended.name = ended.name.strip()

    def _keep(self, feature: Node) -> None:
        """Read a placemark into the layer it stands in; those in no document or folder make one layer."""
        if sum(len(container.rows) for container in self.containers) >= self._limit:
            raise Refused("too_many_rows", detail={"limit": str(self._limit)})
        if not self._open and self._loose is None:
            self._loose = self._container()
        holder = self._open[-1] if self._open else self._loose
        if holder is not None:
            holder.rows.append(_row(feature))


def _row(feature: Node) -> _Row:
    values = attributes(feature)
    raw: dict[str, Any] | None = None
    try:
        raw = geometry(feature)
    except geojson_shapes.Unbuildable as fault:
        return _Row(values, None, fault.code, _coordinates(feature))
    built, codes = geojson_shapes.build([raw])
    code = codes.get(0)
    open_end = shapes.place_text(*geojson_shapes.open_end(raw)) if raw and code == "unclosed_ring" else None
    return _Row(values, built[0], code, open_end or (_coordinates(feature) if code else None))


def _coordinates(feature: Node) -> str:
    """The first coordinates of a placemark as they are written."""
    stack = [child for child in feature.children if child.tag in SHAPES]
    while stack:
        node = stack.pop(0)
        if node.tag in ("coordinates", "coord") and node.text:
            return " ".join(node.text.split())
        stack = [*node.children, *stack]
    return ""


def _write(name: str, rows: list[_Row], output: Output) -> None:
    names = list(dict.fromkeys(heading for row in rows for heading in row.values))
    writer = output.layer(name, names)
    for start in range(0, len(rows), BATCH_ROWS):
        part = rows[start : start + BATCH_ROWS]
        built = np.full(len(part), None, dtype=object)
        built[:] = [row.shape for row in part]
        wkb, codes = shapes.finished(built, output)
        codes |= {place: row.code for place, row in enumerate(part) if row.code}
        for place, code in sorted(codes.items()):
            writer.note(code, start + place + 1, value=part[place].seen)
        columns = [cells.column(row.values.get(heading) for row in part) for heading in names]
        numbers = np.arange(start + 1, start + len(part) + 1, dtype=np.int32)
        writer.write(numbers, columns, wkb, codes)
    writer.close(_CRS)
