"""Rows of a GeoJSON read: our reader child, Arrow files and all, beside pyogrio reading the file into Arrow.

``python -m benchmarks.read_geojson [ROWS ...]`` (100,000 when none are given). The file has the households of
:mod:`benchmarks.households`. Both run as whole processes in turn; what is compared is processor time. The peer
keeps the types of the file; ours also looks at its depth and size first, makes every value a text as the surveyor
wrote it, checks every shape, and writes the layer.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from benchmarks import side_by_side
from benchmarks.households import as_csv, as_geojson

_PEER = """
import sys, pyogrio
print(pyogrio.read_arrow(sys.argv[1])[1].num_rows)
"""


def main(arguments: list[str]) -> None:
    """Time both in turn at every size."""
    side_by_side.peer_version()
    for rows in side_by_side.sizes(arguments, (100_000,)):
        with tempfile.TemporaryDirectory(prefix="mankong-bench-") as name:
            folder = Path(name)
            dataset = as_geojson(as_csv(rows, folder).path)
            side_by_side.readers(dataset.path, rows, ("pyogrio", _PEER), folder)


if __name__ == "__main__":
    main(sys.argv[1:])
