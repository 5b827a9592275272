"""The process of one job: ``python -m surveys.job STORE JOB [FILE]``, started by :mod:`surveys.jobs`.

FILE is what the job will examine, if anything: its reader loads what it needs while this process does, and helpers
are at hand for a large one.
"""

from __future__ import annotations

import gc
import sys
from pathlib import Path

from gis.formats.reading import warm


def main(store: str, job_id: str, file: str | None = None) -> None:
    """Run a job to its end."""
    if file is not None:
        warm()
    # Nothing of what is loaded will be garbage.
    gc.disable()
    from surveys.intake.helpers import prepare
    from surveys.jobs import limit, run

    gc.freeze()
    gc.enable()
    limit()
    if file is not None:
        prepare(Path(file))
    run(Path(store), job_id)


if __name__ == "__main__":
    main(*sys.argv[1:])
