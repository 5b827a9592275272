"""``python -m benchmarks [ROWS ...]``: every side-by-side measurement there is.

Sizes are those of the imports, 100,000 and 1,000,000 rows when none are given; readers are timed at 100,000 rows, or
at the smallest size named, features of the map at 10,000. What is measured without a peer is asked for by its own
name: ``benchmarks.upload_page`` (large files through the page), ``benchmarks.doubles`` and
``benchmarks.mutated_files``.
"""

from __future__ import annotations

import sys

from benchmarks import features, import_formats, read_geojson, read_xlsx

if __name__ == "__main__":
    import_formats.main(sys.argv[1:])
    smallest = sorted(sys.argv[1:], key=lambda text: int(text.replace("_", "")))[:1]
    print("XLSX read")
    read_xlsx.main(smallest)
    print("GeoJSON read")
    read_geojson.main(smallest)
    print("Features for the map")
    features.main([])
