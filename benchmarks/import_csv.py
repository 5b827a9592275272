"""CSV of households x 32 columns into the live, indexed store: ours, every rule checked, beside ogr2ogr.

``python -m benchmarks.import_csv [ROWS ...]`` (100,000 and 1,000,000 when none are given).

The peer copies the file into a new GeoPackage with a spatial index (``ogr2ogr``, its defaults); it
checks nothing, matches nothing and keeps no history. Ours is the ordinary ``mankong import`` into a
new store: read in the child, types, rules, identity, places by house, one transaction, receipt.
Both run as whole processes; what is compared is wall time, and the peak memory is printed.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from benchmarks import side_by_side
from benchmarks.households import as_csv


def main() -> None:
    """Compare at every size named on the command line."""
    print(side_by_side.peer_version())
    for rows in side_by_side.sizes(sys.argv[1:], (100_000, 1_000_000)):
        with tempfile.TemporaryDirectory(prefix="mankong-bench-") as folder:
            side_by_side.imports(as_csv(rows, Path(folder)), rows, Path(folder))


if __name__ == "__main__":
    main()
