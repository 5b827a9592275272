"""The same households as CSV, GeoJSON, Shapefile and GeoPackage into the live, indexed store, beside ogr2ogr.

``python -m benchmarks.import_formats [FORMAT ...] [ROWS ...]``: every format at 100,000 and 1,000,000 rows when
none are given; ``python -m benchmarks.import_formats shapefile 100000`` measures one.

What is compared is what :mod:`benchmarks.import_csv` compares: a whole ``mankong import`` with ogr2ogr copying the
same file, in turns, by wall time. What :mod:`benchmarks.households` did to make a file is printed where it matters,
and so is a size that a format cannot hold.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from benchmarks import side_by_side
from benchmarks.households import CannotHold, Dataset, as_csv, as_geojson, as_geopackage, as_shapefile

_FORMATS: dict[str, tuple[str, Callable[[Path], Dataset] | None]] = {
    "csv": ("CSV", None),
    "geojson": ("GeoJSON", as_geojson),
    "shapefile": ("Shapefile", as_shapefile),
    "geopackage": ("GeoPackage", as_geopackage),
}


def compare(formats: list[str], rows: int, folder: Path) -> None:
    """Compare the formats at one size; of each, only its own file and the CSV it is made of lie on the disk."""
    table = as_csv(rows, folder)
    for name in formats:
        title, convert = _FORMATS[name]
        print(f"{title}")
        try:
            dataset = convert(table.path) if convert else table
        except CannotHold as reason:
            print(f"{rows:>9,} rows: {reason}; not measured", flush=True)
            continue
        side_by_side.imports(dataset, rows, folder)
        if convert:
            dataset.path.unlink()


def main(arguments: list[str]) -> None:
    """Compare the formats and sizes named."""
    print(side_by_side.peer_version())
    named = [text.lower() for text in arguments if not text.replace("_", "").isdecimal()]
    if unknown := [text for text in named if text not in _FORMATS]:
        raise SystemExit(f"{', '.join(unknown)}: there are {', '.join(_FORMATS)}.")
    numbers = [text for text in arguments if text.lower() not in named]
    for rows in side_by_side.sizes(numbers, (100_000, 1_000_000)):
        with tempfile.TemporaryDirectory(prefix="mankong-bench-") as folder:
            compare(named or list(_FORMATS), rows, Path(folder))


if __name__ == "__main__":
    main(sys.argv[1:])
