"""Helper processes end with the process they help."""

from __future__ import annotations

import ctypes
import os
import signal
import sys

# From linux/prctl.h.
_PR_SET_PDEATHSIG = 1


def end_with(parent: int) -> None:
    """End when the process that asked ends, however it does: nobody waits for the work any more.

    Called in the helper. Only Linux tells of the death of a parent; elsewhere a helper must end by other means.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        # It was gone before that could be said.
        sys.exit(1)
