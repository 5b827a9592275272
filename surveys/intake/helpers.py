"""Worker processes that help with a large file."""

from __future__ import annotations

import gc
import multiprocessing
import os
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from pathlib import Path

from gis.parentage import end_with

# Files from this size on are shared among processes.
LARGE_BYTES = 32 << 20
MOST_PROCESSES = 8
# Those that wait for the next file, if any.
_waiting: list[ProcessPoolExecutor] = []


def helpers() -> int:
    """Return how many worker processes help this one with a large file."""
    return min(os.cpu_count() or 1, MOST_PROCESSES) - 1


def prepare(file: Path) -> None:
    """Fork the helpers for a large file, before this process starts a thread or opens a store.

    A fork has our libraries loaded and shares their memory; a new process takes most of a second to get there.
    Nothing is done where forks are not to be had or come too late: :func:`helping` starts new processes then.
    """
    if _is_large(file) and sys.platform == "linux" and threading.active_count() == 1:
        _waiting.append(_started("fork"))


@contextmanager
def helping(file: Path) -> Iterator[ProcessPoolExecutor | None]:
    """Give the helpers for a file to the ``with`` block, and send them away at its end; small files need none.

    Those not prepared load what they need while the file is being read.
    """
    if not _is_large(file):
        yield None
        return
    pool = _waiting.pop() if _waiting else _started("spawn")
    try:
        yield pool
    finally:
        # Nobody waits until they have gone.
        pool.shutdown(wait=False, cancel_futures=True)


def _is_large(file: Path) -> bool:
    return helpers() > 0 and file.stat().st_size >= LARGE_BYTES


def _started(method: str) -> ProcessPoolExecutor:
    """Start the helpers; they end with this process.

    Forks of a process that has threads or an open store are not safe; a server of forks leaves its folder behind when
    it is killed.
    """
    context = multiprocessing.get_context(method)
    pool = ProcessPoolExecutor(helpers(), context, initializer=end_with, initargs=(os.getpid(),))
    for _ in range(helpers()):
        pool.submit(_ready)
    return pool


def _ready() -> None:
    """Make a worker process ready: by now it has loaded what it needs, and nothing of that will be garbage."""
    gc.freeze()
