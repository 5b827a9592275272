"""A PDF drawn page by page, in millimetres from the top left corner: matplotlib's press without its figures.

Matplotlib shapes Thai right (tone marks over vowels, no collisions), but writes every part of a
cluster with the text of the whole; each text here carries its own wording beside the shapes, so that
what is read, searched or copied from the file is what was printed.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Literal

import matplotlib as mpl
import numpy as np
import shapely
from matplotlib.backends.backend_pdf import GraphicsContextPdf, PdfFile, RendererPdf
from matplotlib.path import Path
from matplotlib.transforms import Affine2D, Bbox, IdentityTransform
from numpy.typing import NDArray

from maps.sheet import fonts
from maps.sheet.paper import POINTS_PER_MM, Box, Paper

# Fonts are embedded as TrueType: sharper on screens than matplotlib's Type 3, and read by every printer.
# It is a setting of the whole process, and matplotlib prints nothing else here.
mpl.rcParams["pdf.fonttype"] = 42

Align = Literal["left", "centre", "right"]
Points = NDArray[np.float64]


@dataclass(frozen=True)
class Pen:
    """How a line is drawn: width in mm, grey from 0 (black) to 1, dashes in mm (on, off, ...)."""

    width: float = 0.2
    grey: float = 0.0
    dashes: tuple[float, ...] = ()


@dataclass(frozen=True)
class Type:
    """How a text is set: size in points, weight, grey, alignment, angle in degrees (anticlockwise)."""

    size: float = 10.0
    bold: bool = False
    grey: float = 0.0
    align: Align = "left"
    angle: float = 0.0


class Document:
    """A PDF that is being made."""

    def __init__(self, title: str) -> None:
        self._buffer = io.BytesIO()
        # No time of making: the same data gives the same file.
        facts = {"Title": title, "Creator": "Mankong", "Producer": "Mankong", "CreationDate": None}
        self._file = PdfFile(self._buffer, metadata=facts)
        self.pages = 0

    @contextmanager
    def page(self, paper: Paper) -> Iterator[Page]:
        """Begin a page; it is finished when the block is left."""
        inches = (paper.width / 25.4, paper.height / 25.4)
        self._file.newPage(*inches)
        renderer = RendererPdf(self._file, 72, inches[1] * 72, inches[0] * 72)
        self.pages += 1
        yield Page(renderer, paper)
        renderer.finalize()
        self._file.endStream()

    def finish(self) -> bytes:
        """Return the file."""
        self._file.finalize()
        self._file.close()
        return self._buffer.getvalue()


class Page:
    """One page: what is drawn later lies on top."""

    def __init__(self, renderer: RendererPdf, paper: Paper) -> None:
        self._renderer = renderer
        self._clip: Bbox | None = None
        self.paper = paper

    def text(self, x: float, y: float, said: str, how: Type = Type()) -> float:
        """Write a text with its baseline at ``y``; return its width in mm."""
        plain = fonts.printable(said)
        wide = fonts.width_mm(plain, how.size, how.bold)
        if not plain:
            return 0.0
        back = {"left": 0.0, "centre": wide / 2, "right": wide}[how.align]
        turn = np.deg2rad(how.angle)
        left, base = x - back * np.cos(turn), y + back * np.sin(turn)
        gc = self._gc(Pen(grey=how.grey))
        file = self._renderer.file
        # /ActualText is what a reader takes for the text of the shapes that follow.
        file.write(f"/Span <</ActualText <FEFF{plain.encode('utf-16-be').hex()}>>> BDC\n".encode())
        self._renderer.draw_text(
            gc, *self._place(left, base), plain, fonts.face(how.size, how.bold), how.angle
        )
        file.write(b"EMC\n")
        return wide

    def line(self, places: Sequence[tuple[float, float]], pen: Pen = Pen()) -> None:
        """Draw a line through places."""
        self._draw(Path(np.asarray(places, dtype=float)), pen, None)

    def box(self, box: Box, pen: Pen | None = Pen(), fill: float | None = None) -> None:
        """Draw a rectangle; ``fill`` is a grey from 0 (black) to 1 (white)."""
        corners = [
            (box.x, box.y),
            (box.right, box.y),
            (box.right, box.bottom),
            (box.x, box.bottom),
            (box.x, box.y),
        ]
        self._draw(Path(np.asarray(corners), closed=True), pen, fill)

    def circle(self, x: float, y: float, radius: float, pen: Pen | None, fill: float | None = None) -> None:
        """Draw a circle."""
        round_ = Path.unit_circle()
        path = Path(np.asarray(round_.vertices, dtype=float) * radius + np.array([x, y]), round_.codes)
        self._draw(path, pen, fill)

    def shapes(
        self, shapes: Iterable[shapely.Geometry], pen: Pen | None, fill: float | None = None, hatch: str = ""
    ) -> None:
        """Draw lines or areas whose coordinates are places on the page; holes stay open."""
        found = [part for part in (_path(shape) for shape in shapes) if part is not None]
        if found:
            self._draw(Path.make_compound_path(*found), pen, fill, hatch)

    @contextmanager
    def clipped(self, box: Box) -> Iterator[None]:
        """Let nothing that is drawn in the block show outside a rectangle."""
        before = self._clip
        left, bottom = self._place(box.x, box.bottom)
        right, top = self._place(box.right, box.y)
        self._clip = Bbox.from_extents(left, bottom, right, top)
        yield
        self._clip = before

    def _place(self, x: float, y: float) -> tuple[float, float]:
        return x * POINTS_PER_MM, (self.paper.height - y) * POINTS_PER_MM

    def _gc(self, pen: Pen | None) -> GraphicsContextPdf:
        gc: GraphicsContextPdf = self._renderer.new_gc()
        drawn = pen or Pen(width=0)
        gc.set_foreground((drawn.grey,) * 3, isRGBA=False)
        gc.set_linewidth(drawn.width * POINTS_PER_MM)
        if drawn.dashes:
            gc.set_dashes(0, [dash * POINTS_PER_MM for dash in drawn.dashes])
        gc.set_capstyle("butt")
        if self._clip is not None:
            gc.set_clip_rectangle(self._clip)
        return gc

    def _draw(self, path: Path, pen: Pen | None, fill: float | None, hatch: str = "") -> None:
        gc = self._gc(pen)
        if hatch:
            gc.set_hatch(hatch)
            gc.set_hatch_color((0.45,) * 3)
            gc.set_hatch_linewidth(0.4)
        flip = Affine2D().scale(1, -1).translate(0, self.paper.height).scale(POINTS_PER_MM)
        grey = None if fill is None else (fill,) * 3
        self._renderer.draw_path(gc, flip.transform_path(path), IdentityTransform(), grey)


def _path(shape: shapely.Geometry) -> Path | None:
    """Return the path of a line or an area; of a collection that of its parts."""
    if shape is None or shape.is_empty or shape.geom_type == "Point":
        return None
    if shape.geom_type == "Polygon":
        # Outer and inner rings turn opposite ways: that is what leaves holes open.
        turned = shapely.orient_polygons(shape)
        return Path.make_compound_path(*(_ring(r) for r in (turned.exterior, *turned.interiors)))
    if hasattr(shape, "geoms"):
        parts = [part for part in map(_path, shape.geoms) if part is not None]
        return Path.make_compound_path(*parts) if parts else None
    return Path(shapely.get_coordinates(shape))


def _ring(ring: shapely.Geometry) -> Path:
    return Path(shapely.get_coordinates(ring), closed=True)
