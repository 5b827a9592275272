"""The plan of a community on paper: houses and plots with their numbers, readable in black and white, to write on."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, partial

import numpy as np
import shapely

from maps.sheet import dense, fonts, grid, labels, signs
from maps.sheet.dense import Block, Trouble
from maps.sheet.frame import FOOT, Facts, Leaf
from maps.sheet.grid import Extent, Extents, Grid, Tile, Window
from maps.sheet.ground import Ground, Named, Shapes
from maps.sheet.labels import Label, Room, Written
from maps.sheet.panel import panel
from maps.sheet.paper import Box, Paper
from maps.sheet.pdf import Page, Pen, Type
from surveys.words import words

# The panel at the right, and the white margin around the plan for writing, in mm.
PANELS = {"A3": (66.0, 20.0), "A4": (50.0, 12.0)}
# How many sheets a plan may take: as many, or one for so many houses where they lie far apart.
MOST_SHEETS = {"A3": 6, "A4": 12}
_HOUSES_A_SHEET = 25
# Where along a house its number is tried.
_SHARES = (0.3, 0.7, 0.4, 0.6, 0.2, 0.8)
# Numbers can be read and told apart when houses stand this far from each other on paper, in mm; and how
# much further they must where more than a share of the numbers found no place of their own.
_READABLE_MM = 2.8
_FURTHER = (1.0, 1.5, 2.0, 3.0)
_TROUBLED = 0.5
# The size of numbers in points, at that distance and where there is more room.
_SIZES = (7.0, 10.0)
CONTINUES = words("ต่อแผ่น {n}", "sheet {n}")
LARGER = words("ดูแผ่น {n}", "see sheet {n}")
NO_PLAN = words(
    "ยังไม่มีบ้าน แปลง หรือขอบเขตของชุมชนนี้บนแผนที่ จึงยังพิมพ์ผังไม่ได้",
    "No house, plot or boundary of this community is on the map yet: there is no plan to print.",
)


@dataclass(frozen=True)
class Plan:
    """The plan of one community: what is on the ground, on which paper, under which title."""

    ground: Ground
    paper: Paper
    title: str
    facts: Facts

    @cached_property
    def grid(self) -> Grid | None:
        """Scale and sheets; None where nothing is on the map."""
        extent = self.ground.extent
        if extent is None:
            return None
        legible = grid.spacing(self.ground.points) * 1000 / _READABLE_MM
        things = self._edges[~self.ground.stray]
        most = max(MOST_SHEETS[self.paper.name], len(things) // _HOUSES_A_SHEET)
        made = grid.layout(extent, things, legible, self._windows, most)
        for further in _FURTHER[1:]:
            if self._trouble(made).count <= _TROUBLED * len(things):
                break
            closer = grid.layout(extent, things, legible / further, self._windows, most)
            # More sheets than may be leave one for all: then the dense parts are drawn again.
            made = closer if closer.scale < made.scale else made
        return made

    @cached_property
    def blocks(self) -> list[Block]:
        """The dense parts of the plan that are drawn again, larger, on sheets after its own."""
        made = self.grid
        if made is None or not len(self.ground.things):
            return []
        edges = self._edges[~self.ground.stray]
        return dense.blocks(self._trouble(made), edges, self.ground.points, made, self._windows)

    def _trouble(self, made: Grid) -> Trouble:
        """Return the houses whose number has no place of its own on any sheet they are on."""
        position = {int(at): n for n, at in enumerate(np.flatnonzero(~self.ground.stray))}
        away, over, good = set[int](), set[int](), set[int]()
        for tile in made.tiles:
            for held, written in self._on(made, tile).numbered():
                told = over if written.over else away if written.away else good
                told.update(position[n] for n in held if n in position)
        return Trouble(frozenset(away - good), frozenset(over - away - good))

    @cached_property
    def _edges(self) -> Extents:
        return np.asarray(shapely.bounds(self.ground.things).reshape(-1, 4))

    @cached_property
    def _windows(self) -> list[Window]:
        return [self._window(self.paper.landscape), self._window(self.paper.portrait)]

    def _window(self, paper: Paper) -> Window:
        box = self.boxes(paper)[0]
        return Window(box.width, box.height, paper.width > paper.height)

    def boxes(self, paper: Paper) -> tuple[Box, Box]:
        """Return where the plan is drawn, and its panel."""
        width, margin = PANELS[self.paper.name]
        inside = paper.inside.split_bottom(FOOT)[0]
        left, right = inside.split_right(width, 4.0)
        return left.smaller(margin), right

    def leaves(self) -> list[Leaf]:
        """Return its sheets; one that says so where there is nothing to draw."""
        made = self.grid
        if made is None:
            return [Leaf(self.paper.landscape, self.title, self.facts, self._nothing)]
        grids = [made, *(block.grid for block in self.blocks)]
        return [
            Leaf(self._paper(one.window), self.title, self.facts, partial(self._sheet, one, tile))
            for one in grids for tile in one.tiles
        ]  # fmt: skip

    def _paper(self, window: Window) -> Paper:
        return self.paper.landscape if window.landscape else self.paper.portrait

    def _nothing(self, page: Page, box: Box) -> None:
        _, right = self.boxes(page.paper)
        panel(page, right, (self.title, self.facts), None, None)
        page.text(box.x + 8, box.y + 20, self.facts.of(NO_PLAN), Type(13))

    def _sheet(self, made: Grid, tile: Tile, page: Page, _box: Box) -> None:
        window, right = self.boxes(page.paper)
        sheet = self._on(made, tile, self.blocks if made is self.grid else ())
        with page.clipped(window):
            sheet.draw(page)
            self._larger(page, sheet)
        page.box(window, Pen(0.35))
        self._continued(page, window, made, tile)
        # The panel counts and shows every sheet, those of the dense parts too.
        tiles = (*(self.grid or made).tiles, *(one for block in self.blocks for one in block.grid.tiles))
        panel(page, right, (self.title, self.facts), (replace(made, tiles=tiles), tile), self.ground)

    def _on(self, made: Grid, tile: Tile, blocks: Sequence[Block] = ()) -> _Sheet:
        """Return a sheet; the numbers of houses in ``blocks`` are not written on it."""
        window = self.boxes(self._paper(made.window))[0]
        apart = grid.spacing(self.ground.points) * 1000 / made.scale / _READABLE_MM
        size = min(_SIZES[1], max(1.0, apart) * _SIZES[0])
        return _Sheet(self.ground, made, tile, window, size, tuple(block.extent for block in blocks))

    def _larger(self, page: Page, sheet: _Sheet) -> None:
        """Frame the dense parts that are on a sheet, and say on which sheet each is drawn larger."""
        for block in self.blocks if sheet.without else ():
            if not sheet.meets(block.extent):
                continue
            left, top = sheet.point(block.extent[0], block.extent[3])
            right, bottom = sheet.point(block.extent[2], block.extent[1])
            page.box(Box(left, top, right - left, bottom - top), Pen(0.5, 0.0, (1.6, 1.0)))
            numbers = [tile.number for tile in block.grid.tiles]
            said = self.facts.of(LARGER.fill(n="–".join(map(str, dict.fromkeys((numbers[0], numbers[-1]))))))
            how = Type(9, bold=True)
            wide = fonts.width_mm(fonts.printable(said), how.size, how.bold)
            # Inside, where no number stands.
            x = min(max(left, sheet.window.x) + 1.2, sheet.window.right - wide - 1)
            y = max(top, sheet.window.y) + 4.4
            page.box(Box(x - 0.4, y - 3.4, wide + 0.8, 4.4), None, fill=1.0)
            page.text(x, y, said, how)

    def _continued(self, page: Page, window: Box, made: Grid, tile: Tile) -> None:
        """Say at each edge which sheet goes on there."""
        middle = (window.x + window.width / 2, window.y + window.height / 2)
        edges = (
            (0, -1, middle[0], window.y - 1.5, 0.0), (0, 1, middle[0], window.bottom + 4, 0.0),
            (-1, 0, window.x - 1.5, middle[1], 90.0), (1, 0, window.right + 4, middle[1], 90.0),
        )  # fmt: skip
        for right, down, x, y, angle in edges:
            if other := made.at(tile.column + right, tile.row + down):
                said = self.facts.of(CONTINUES.fill(n=other.number))
                page.text(x, y, said, Type(9, bold=True, align="centre", angle=angle))


@dataclass(frozen=True)
class _Sheet:
    """One sheet: the ground of a tile, drawn in a window of the page."""

    ground: Ground
    made: Grid
    tile: Tile
    window: Box
    size: float
    without: tuple[Extent, ...] = ()

    def on_page(self, shapes: Shapes) -> Shapes:
        """Return shapes as places on the page, cut a little outside the window."""
        west, south, east, north = self.tile.extent
        pad = 10 * self.made.scale / 1000
        near = shapes[
            shapely.intersects(shapes, shapely.box(west - pad, south - pad, east + pad, north + pad))
        ]
        cut = shapely.clip_by_rect(near, west - pad, south - pad, east + pad, north + pad)
        cut = cut[~shapely.is_empty(cut)]
        per_metre = 1000 / self.made.scale

        def move(xy: np.ndarray) -> np.ndarray:
            x = self.window.x + (xy[:, 0] - west) * per_metre
            return np.column_stack([x, self.window.y + (north - xy[:, 1]) * per_metre])

        return np.asarray(shapely.transform(cut, move), dtype=object)

    def meets(self, extent: Extent) -> bool:
        """Tell whether a house or plot inside an extent, in metres, is on the sheet."""
        shared = shapely.intersection(shapely.box(*extent), shapely.box(*self.tile.extent))
        return bool(shapely.intersects_xy(shared, self.ground.points).any())

    def point(self, x: float, y: float) -> tuple[float, float]:
        """Return a place in metres as a place on the page."""
        per_metre = 1000 / self.made.scale
        west, _, _, north = self.tile.extent
        return self.window.x + (x - west) * per_metre, self.window.y + (north - y) * per_metre

    def draw(self, page: Page) -> None:
        """Draw everything, the ground first and the numbers last."""
        ground = self.ground
        for named, (pen, grey) in ((ground.canals, signs.CANAL), (ground.roads, signs.ROAD)):
            page.shapes(self.on_page(_one(named.shapes)), pen, grey)
        signs.railway(page, list(self.on_page(ground.railways.shapes)))
        page.shapes(self.on_page(ground.plots), signs.PLOT)
        page.shapes(self.on_page(ground.things[ground.is_plot]), signs.NUMBERED_PLOT)
        lacking = ground.things[ground.is_plot & ground.unnumbered]
        page.shapes(self.on_page(lacking), signs.NUMBERED_PLOT, None, signs.UNNUMBERED_HATCH)
        page.shapes(self.on_page(ground.boundary), signs.DISPUTED if ground.disputed else signs.BOUNDARY)
        self._houses(page, ground.others, signs.OTHER_HOUSE, None)
        self._houses(page, ground.houses(unnumbered=False), signs.HOUSE, 1.0)
        self._houses(page, ground.houses(unnumbered=True), signs.HOUSE, 1.0, signs.UNNUMBERED_HATCH)
        for x, y, _ in self._landmarks():
            signs.place_mark(page, x, y)
        room = self._room()
        labels.write(page, labels.place([self._number(x, y, held) for (x, y), held in self._places()], room))
        self._names(page, room)

    def _room(self) -> Room:
        """Return the room of the page that the landmarks leave."""
        room = Room(self.window)
        for x, y, _ in self._landmarks():
            room.take(Box(x, y, 0, 0).smaller(-signs.PLACE_MM / 2))
        return room

    def numbered(self) -> list[tuple[Sequence[int], Written]]:
        """Return where numbers would be written, each with the positions of the houses it is of."""
        places = self._places()
        written = labels.place([self._number(x, y, held) for (x, y), held in places], self._room())
        return [(held, one) for (_, held), one in zip(places, written[: len(places)], strict=True)]

    def _houses(self, page: Page, houses: Shapes, pen: Pen, fill: float | None, hatch: str = "") -> None:
        flat = shapely.get_dimensions(houses) == 2
        page.shapes(self.on_page(houses[flat]), pen, fill, hatch)
        for x, y in shapely.get_coordinates(shapely.centroid(houses[~flat])):
            page.circle(*self.point(float(x), float(y)), signs.HOUSE_MM, pen, fill)

    def _places(self) -> list[tuple[tuple[float, float], list[int]]]:
        """Return what is numbered here, by its place: those on one place share a label."""
        west, south, east, north = self.tile.extent
        places: dict[tuple[float, float], list[int]] = defaultdict(list)
        spots = shapely.get_coordinates(shapely.point_on_surface(self.ground.things))
        for n, (x, y) in enumerate(spots.tolist()):
            larger = any(w <= x <= e and s <= y <= t for w, s, e, t in self.without)
            if west <= x <= east and south <= y <= north and not larger:
                places[round(x, 1), round(y, 1)].append(n)
        return list(places.items())

    def _number(self, x: float, y: float, held: Sequence[int]) -> Label:
        numbers = [self.ground.numbers[n] for n in held]
        given = [self.ground.more_numbers[n] for n in held]
        known = [
            number or (f"({other})" if other else "?") for number, other in zip(numbers, given, strict=True)
        ]
        small = f"({given[0]})" if len(held) == 1 and numbers[0] and given[0] else ""
        shape = self.ground.things[held[0]]
        flat = shape.area > 0
        spots = tuple(self.point(*spot) for spot in _inside_spots(shape)) if flat else ()
        left, top = self.point(x, y)
        plots = self.ground.is_plot
        # Beside houses a plot is called one: a longer text.
        size = self.size if plots.all() or not plots[held[0]] else _SIZES[0]
        return Label(left, top, ", ".join(known), small, size, any(numbers), spots, aside=not flat)

    def _names(self, page: Page, room: Room) -> None:
        """Write the names of places, then of ways and water where they leave room for them."""
        for x, y, name in self._landmarks():
            if name:
                labels.write(page, labels.place([Label(x, y, name, size=7.5, bold=False, aside=True)], room))
        for named in (self.ground.roads, self.ground.canals, self.ground.railways):
            for name, shapes in _by_name(named).items():
                self._along(page, self.on_page(np.array(shapes, dtype=object)), name, room)

    def _landmarks(self) -> Iterator[tuple[float, float, str]]:
        """Give the landmarks of this sheet: where they are on the page, and what they are called."""
        for shape, name in _pairs(self.ground.places):
            x, y = self.point(*shapely.get_coordinates(shapely.point_on_surface(shape))[0].tolist())
            if _inside(self.window, x, y):
                yield x, y, name

    def _along(self, page: Page, shapes: Shapes, name: str, room: Room) -> None:
        """Write a name once, along the longest stretch in the window, where nothing else is written."""
        window = shapely.box(self.window.x, self.window.y, self.window.right, self.window.bottom)
        parts = [part for part in shapely.get_parts(shapely.intersection(shapes, window)) if part.length > 0]
        size = 7.5
        wide = fonts.width_mm(fonts.printable(name), size)
        for part in sorted(parts, key=lambda one: -one.length):
            (x, y), angle, long = _course(part)
            box = (
                Box(x - wide / 2, y - wide / 2, wide, wide)
                if abs(angle) > 30
                else Box(x - wide / 2, y - 1.5, wide, 3)
            )
            if long > wide and room.free(box):
                room.take(box)
                page.text(x, y + 0.9, name, Type(size, grey=0.2, align="centre", angle=angle))
                return


def _inside_spots(shape: shapely.Geometry) -> list[tuple[float, float]]:
    """Return places inside a house where its number may stand: its middle, then along its length."""
    middle = shapely.point_on_surface(shape)
    (x, y), angle, long = _course(shape)
    right, down = np.cos(np.radians(-angle)) * long / 2, np.sin(np.radians(-angle)) * long / 2
    line = shapely.LineString([(x - right, y - down), (x + right, y + down)])
    inside = shapely.intersection(shape, line)
    whole = inside.geom_type == "LineString" and not inside.is_empty
    along = shapely.line_interpolate_point(inside, _SHARES, normalized=True) if whole else ()
    return [(float(place.x), float(place.y)) for place in (middle, *along)]


def _one(shapes: Shapes) -> Shapes:
    """Join areas, so that ways that meet have no edge between them."""
    joined = shapely.union_all(shapes) if len(shapes) else None
    return np.array([] if joined is None or joined.is_empty else [joined], dtype=object)


def _pairs(named: Named) -> list[tuple[shapely.Geometry, str]]:
    return list(zip(named.shapes, named.names, strict=True))


def _by_name(named: Named) -> dict[str, list[shapely.Geometry]]:
    found: dict[str, list[shapely.Geometry]] = defaultdict(list)
    for shape, name in _pairs(named):
        if name:
            found[name].append(shape)
    return found


def _inside(box: Box, x: float, y: float) -> bool:
    return box.x <= x <= box.right and box.y <= y <= box.bottom


def _course(shape: shapely.Geometry) -> tuple[tuple[float, float], float, float]:
    """Return the middle of a stretch, its angle in degrees (never upside down), and how long it is."""
    corners = shapely.get_coordinates(shapely.minimum_rotated_rectangle(shape))
    if len(corners) < 4:
        corners = np.vstack([corners[0], corners[-1], corners[-1], corners[0]])
    sides = np.diff(corners[:3], axis=0)
    lengths = np.hypot(sides[:, 0], sides[:, 1])
    along = sides[int(lengths.argmax())]
    # The page counts down, angles count up.
    angle = float(np.degrees(np.arctan2(-along[1], along[0])))
    angle = (angle + 90) % 180 - 90
    x, y = corners[:4].mean(axis=0)
    return (float(x), float(y)), angle, float(lengths.max())
