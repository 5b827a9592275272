"""The parent's door to users' files: hand a file to the reader child, take back layers or a refusal."""

from __future__ import annotations

import dataclasses
import json
import os
import selectors
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from gis.formats.model import Defect, Layer, Limits, Reading, ReadOptions, reading_from

__all__ = ["Defect", "Layer", "Limits", "ReadOptions", "Reading", "read", "warm"]

Progress = Callable[[int, int | None], None]
# On Linux the child ends with this process by itself (child.py); elsewhere it must stay in its group.
_OWN_SESSION = sys.platform == "linux"
_NOWHERE = "http://127.0.0.1:9"
# A child that waits for its file, if any.
_waiting: list[subprocess.Popen[bytes]] = []


def warm() -> None:
    """Start a child that waits for the next file; while it loads what it needs, so may the caller.

    It ends with this process, used or not.
    """
    _waiting.append(_child())


def read(
    path: Path, name: str, options: ReadOptions, workdir: Path, on_progress: Progress | None = None
) -> Reading:
    """Read a user's file in a process of its own and give its layers, or the reason it was refused.

    `name` is the file's name as its owner knows it (only its suffix and stem are used, never as a path);
    `workdir` gets the Arrow files and is the caller's to delete. `on_progress(rows, None)` is called as rows
    are done. Never raises on the file's account: a reader that dies or takes too long is a refusal.
    """
    directory = workdir / "read"
    (directory / "scratch").mkdir(parents=True, exist_ok=True)
    request = workdir / "request.json"
    content = {
        "path": str(path.resolve()),
        "name": name,
        "directory": str(directory.resolve()),
        "log": str((workdir / "reader.log").resolve()),
        "options": dataclasses.asdict(dataclasses.replace(options, coordinates=dict(options.coordinates))),
    }
    request.write_text(json.dumps(content), encoding="utf-8")
    child = _waiting.pop() if _waiting else _child()
    if child.poll() is not None:
        # It died while it waited.
        child = _child()
    try:
        _ask(child, request)
        ended = _follow(child, options.limits.seconds, on_progress)
    except BaseException:
        # Whoever waited has stopped waiting.
        child.kill()
        child.wait()
        raise
    return _result(child, ended, directory)


def _child() -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-I", "-m", "gis.formats.child", str(os.getpid())],
        env=_environment(),
        cwd="/",
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        start_new_session=_OWN_SESSION,
    )


def _ask(child: subprocess.Popen[bytes], request: Path) -> None:
    """Hand the child its file; one that has died already is seen to when its result is."""
    pipe = child.stdin
    if pipe is None:
        raise RuntimeError("the reader child has no input pipe")
    with suppress(BrokenPipeError), pipe:
        pipe.write(os.fsencode(request.resolve()))


def _environment() -> dict[str, str]:
    """Nothing of ours: no secrets, no proxies that answer; the child makes its scratch folder its home."""
    return {
        "LANG": "C.UTF-8",
        "GDAL_HTTP_PROXY": _NOWHERE,
        "http_proxy": _NOWHERE,
        "https_proxy": _NOWHERE,
        "PROJ_NETWORK": "OFF",
        "GDAL_PAM_ENABLED": "NO",
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
    }


def _follow(child: subprocess.Popen[bytes], seconds: float, on_progress: Progress | None) -> bool:
    """Pass progress on until the child ends (True) or its time is over (False, and it is killed)."""
    deadline = time.monotonic() + seconds
    pipe = child.stdout
    if pipe is None:
        raise RuntimeError("the reader child has no output pipe")
    waiting = b""
    with selectors.DefaultSelector() as selector, pipe:
        selector.register(pipe, selectors.EVENT_READ)
        while (left := deadline - time.monotonic()) > 0:
            if not selector.select(left):
                continue
            chunk = os.read(pipe.fileno(), 65536)
            if not chunk:
                break
            *lines, waiting = (waiting + chunk).split(b"\n")
            if lines and on_progress:
                on_progress(int(json.loads(lines[-1])["rows"]), None)
    try:
        child.wait(max(0.0, deadline - time.monotonic()))
        return True
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()
        return False


def _result(child: subprocess.Popen[bytes], ended: bool, directory: Path) -> Reading:
    manifest = directory / "manifest.json"
    if not ended or child.returncode == -signal.SIGXCPU:
        return Reading("", (), Defect("reader_timeout"))
    if child.returncode != 0 or not manifest.exists():
        return Reading("", (), Defect("reader_died", detail={"exit": str(child.returncode)}))
    return reading_from(json.loads(manifest.read_text(encoding="utf-8")))
