"""``mankong import`` within a process that has its libraries loaded, and a reader that waits for a file.

``python -m benchmarks.loaded`` reads lines of JSON, the words of a command, and answers each with the seconds it took.
What the command prints goes nowhere.
"""

from __future__ import annotations

import gc
import io
import json
import sys
import time
from collections.abc import Sequence
from contextlib import redirect_stdout

from api import importing  # noqa: F401 - what the command loads while its reader is at work
from api.cli_import import import_app
from gis.formats.reading import warm

# The reader needs this long to load, in seconds.
_SETTLED = 1.5


def main() -> None:
    """Answer one line after another."""
    gc.freeze()
    for line in sys.stdin:
        warm()
        time.sleep(_SETTLED)
        print(json.dumps(_timed(json.loads(line))), flush=True)


def _timed(words: Sequence[str]) -> float:
    began = time.perf_counter()
    with redirect_stdout(io.StringIO()):
        code = import_app(words, standalone_mode=False)
    if code not in (0, 3):
        raise SystemExit(f"exit code {code}")
    return time.perf_counter() - began


if __name__ == "__main__":
    main()
