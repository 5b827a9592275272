"""``python -m benchmarks [ROWS ...]``: every side-by-side measurement there is."""

from __future__ import annotations

from benchmarks import read_xlsx
from benchmarks.import_csv import main

if __name__ == "__main__":
    main()
    read_xlsx.main(100_000)
