"""The command ``mankong``: what takes long to begin is begun first."""

from __future__ import annotations

import gc
import sys
from typing import NoReturn

from gis.formats.reading import warm


def main() -> NoReturn:
    """Run the command line."""
    if sys.argv[1:2] == ["import"]:
        # The reader loads what it needs while this process does.
        warm()
    # Nothing of what is loaded will be garbage.
    gc.disable()
    from api import cli

    gc.freeze()
    gc.enable()
    cli.main()
