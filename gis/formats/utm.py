"""Places in UTM zones: the zone in a column of its own, in a heading, or in one cell with both numbers."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import shapely

from gis.formats import shapes
from gis.formats.model import Defect
from gis.formats.output import Codes, Output
from gis.formats.places import joined
from gis.formats.written_numbers import is_blank, number, numbers

Numbers = npt.NDArray[np.float64]
_EPSG = re.compile(r"EPSG\s*:\s*(326|327|240)(\d\d)", re.IGNORECASE)
_INDIAN = re.compile(r"indian\s*(?:19)?75|อินเดีย\S*\s*(?:19)?75", re.IGNORECASE)
_WGS84 = re.compile(r"wgs[\s_]*(?:19)?84", re.IGNORECASE)
# A letter is a latitude band, C to X; S beside a zone number means south in every table seen.
_ZONE = re.compile(r"([1-6]?\d)(?:\.0+)?\s*(north|south|เหนือ|ใต้|[C-HJ-NP-X])?", re.IGNORECASE)
_WORDS = re.compile(r"utm|zone|โซน|[\s/:_,]+", re.IGNORECASE)
_THAI_DIGITS = str.maketrans("๐๑๒๓๔๕๖๗๘๙", "0123456789")
_IN_HEADING = re.compile(r"(?:utm|zone|โซน)[^\d,;]{0,6}([1-6]?\d[\s_]*[NSPQ]?)(?![A-Z\d])", re.IGNORECASE)
_ONE_CELL = re.compile(
    r"(?P<zone>(?:UTM|ZONE|โซน|\s)*[1-6]?\d\s*[C-HJ-NP-X]?)[\s,;/]+"
    r"(?:X|E)?\s*[=:]?\s*(?P<x>\d{5,7}(?:\.\d+)?)\s*(?:m\s?E|E|m)?[\s,;/]+"
    r"(?:Y|N)?\s*[=:]?\s*(?P<y>\d{5,8}(?:\.\d+)?)\s*(?:m\s?N|N|m)?",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Zone:
    """A UTM zone (1 to 60) and its datum: "wgs84", "indian1975", or "" where nothing says."""

    number: int
    south: bool = False
    datum: str = ""

    @property
    def crs(self) -> str:
        """EPSG:326nn or 327nn; EPSG:240nn for Indian 1975 (zones 47 and 48)."""
        if self.datum == "indian1975":
            return f"EPSG:{24000 + self.number}"
        return f"EPSG:{(32700 if self.south else 32600) + self.number}"


def zone_of(text: str) -> Zone | None:
    """The zone a text names: "47", "47N", "47P", "UTM zone 47", "Indian 1975 / UTM zone 47N", "EPSG:32647"."""
    plain = _plain(text)
    coded = _EPSG.fullmatch(plain)
    if coded:
        datum = "indian1975" if coded[1] == "240" else "wgs84"
        return _checked(Zone(int(coded[2]), coded[1] == "327", datum))
    datum = "indian1975" if _INDIAN.search(plain) else "wgs84" if _WGS84.search(plain) else ""
    found = _ZONE.fullmatch(_WORDS.sub("", _WGS84.sub("", _INDIAN.sub("", plain))))
    if not found:
        return None
    letter = (found[2] or "N").upper()
    return _checked(Zone(int(found[1]), letter in ("S", "SOUTH", "ใต้") or letter in "CDEFGHJKLM", datum))


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).translate(_THAI_DIGITS).strip()


def _checked(zone: Zone) -> Zone | None:
    known = zone.number in (47, 48) if zone.datum == "indian1975" else 1 <= zone.number <= 60
    return zone if known else None


def zone_in_heading(heading: str) -> Zone | None:
    """The zone a heading of eastings or northings names, as "E (UTM 47N)"."""
    plain = _plain(heading)
    found = _IN_HEADING.search(_WGS84.sub(" ", _INDIAN.sub(" ", plain)))
    if not found:
        return None
    datum = "Indian 1975 " if _INDIAN.search(plain) else "WGS 84 " if _WGS84.search(plain) else ""
    return zone_of(datum + found[1].replace("_", " "))


def looks_like_utm(cell: str) -> bool:
    """Whether a cell holds zone, easting and northing."""
    return _one_cell(cell) is not None


def _one_cell(cell: str) -> tuple[Zone, float, float] | None:
    found = _ONE_CELL.fullmatch(_plain(cell))
    zone = zone_of(found["zone"]) if found else None
    return (zone, float(found["x"]), float(found["y"])) if found and zone else None


@dataclass
class Utm:
    """Easting and northing with their zone; `zone` is a column's place, or the zone of every row.

    `places` are the columns of easting and northing; the same column twice holds zone and both numbers.
    Rows of other zones than the first are brought into the first.
    """

    places: tuple[int, int]
    columns: tuple[str, ...]
    zone: int | Zone
    others: tuple[str, ...] = ()
    seen: list[Zone] = field(default_factory=list)

    @property
    def crs(self) -> str | None:
        """The CRS of the first zone seen."""
        return self.seen[0].crs if self.seen else None

    def remarks(self) -> list[Defect]:
        """Zones that differ, and a datum nothing tells."""
        named = ", ".join(f"{zone.number}{'S' if zone.south else 'N'}" for zone in self.seen)
        several = len({zone.crs for zone in self.seen}) > 1
        unsaid = any(not zone.datum for zone in self.seen)
        told = {"zones_joined": several, "utm_datum_assumed": unsaid}
        return [Defect(code, value=named) for code, said in told.items() if said]

    def build(self, columns: Sequence[pa.Array], output: Output) -> tuple[pa.Array, Codes]:
        """Points in the first zone's CRS; coordinates_unreadable where a number or the zone is not read."""
        x, y, zones, blank = self._read(columns)
        good = np.isfinite(x) & np.isfinite(y) & np.array([zone is not None for zone in zones], dtype=bool)
        self.seen += dict.fromkeys(
            zone for zone, sound in zip(zones, good, strict=True) if zone and sound and zone not in self.seen
        )
        for zone in {each.crs: each for each in self.seen}.values():
            if zone.crs != self.crs:
                here = good & np.array([each is not None and each.crs == zone.crs for each in zones])
                x[here], y[here] = _moved(x[here], y[here], zone, self.seen[0])
        good &= np.isfinite(x) & np.isfinite(y)
        output.count_vertices(int(good.sum()))
        faulty = np.flatnonzero(~good & ~blank).tolist()
        return shapes.point_wkb(x, y, good), dict.fromkeys(faulty, "coordinates_unreadable")

    def _read(
        self, columns: Sequence[pa.Array]
    ) -> tuple[Numbers, Numbers, list[Zone | None], npt.NDArray[np.bool_]]:
        """Easting, northing and zone of every row, and which rows have none."""
        if self.places[0] == self.places[1]:
            cells = columns[self.places[0]].to_pylist()
            found = [None if is_blank(cell) else _one_cell(cell) for cell in cells]
            x, y = (np.array([each[part] if each else np.nan for each in found]) for part in (1, 2))
            blank = np.array([is_blank(cell) for cell in cells], dtype=bool)
            return x, y, [each[0] if each else None for each in found], blank
        x, x_blank = numbers(columns[self.places[0]], "metres")
        y, y_blank = numbers(columns[self.places[1]], "metres")
        if isinstance(self.zone, Zone):
            return x, y, [self.zone] * len(x), x_blank & y_blank
        texts = columns[self.zone].to_pylist()
        known = {text: None if is_blank(text) else zone_of(text) for text in set(texts)}
        return x, y, [known[text] for text in texts], x_blank & y_blank

    def cells(self, columns: Sequence[pa.Array], position: int) -> str:
        """Easting, northing and, where it has a column, the zone."""
        zone = [self.zone] if isinstance(self.zone, int) else []
        return joined(columns, list(dict.fromkeys([*self.places, *zone])), position)


def _moved(x: Numbers, y: Numbers, zone: Zone, into: Zone) -> tuple[Numbers, Numbers]:
    from gis import crs  # only here: PROJ takes 0.1 s to load, and few files need it

    points = np.asarray(shapely.points(x, y), dtype=object)
    placed = crs.from_wgs84(crs.to_wgs84(points, zone.crs), into.crs)
    return shapely.get_x(placed), shapely.get_y(placed)


def zone_column(names: Sequence[str], sample: Sequence[Sequence[str]], words: Sequence[str]) -> int | None:
    """The column whose heading is one of `words` and whose cells name zones; None when there is none.

    `names` are headings made plain for comparing, `sample` the first filled cells of each column.
    """
    for place, name in enumerate(names):
        if any(word in name for word in words) and sample[place] and all(map(zone_of, sample[place])):
            return place
    return None


def plausible(easting: Sequence[str], northing: Sequence[str]) -> bool:
    """Whether numbers may be metres in a UTM zone: most eastings 100,000 to 900,000, northings to 10,000,000."""
    x = np.array([number(cell, "metres") for cell in easting])
    y = np.array([number(cell, "metres") for cell in northing])
    sound = [(x >= 100_000) & (x <= 900_000), (y >= 0) & (y <= 10_000_000)]
    return all(len(each) and 2 * int(each.sum()) >= len(each) for each in sound)
