"""The parent's door to users' files: hand a file to the reader child, take back layers or a refusal."""

from __future__ import annotations

import dataclasses
import json
import os
import selectors
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from gis.formats.model import Defect, Layer, Limits, Reading, ReadOptions, reading_from

__all__ = ["Defect", "Layer", "Limits", "ReadOptions", "Reading", "begun", "is_begun", "read", "warm"]

Progress = Callable[[int, int | None], None]
# On Linux the child ends with this process by itself (child.py); elsewhere it must stay in its group.
_OWN_SESSION = sys.platform == "linux"
_NOWHERE = "http://127.0.0.1:9"
_REQUEST = "request.json"
# A child that waits for its file, if any.
_waiting: list[subprocess.Popen[bytes]] = []
# Children at work on what nobody has asked for yet, by their request.
_begun: dict[Path, tuple[bytes, subprocess.Popen[bytes]]] = {}


def warm() -> None:
    """Start a child that waits for the next file; while it loads what it needs, so may the caller.

    It ends with this process, used or not.
    """
    _waiting.append(_child())


@contextmanager
def begun(path: Path, name: str, options: ReadOptions, workdir: Path) -> Iterator[None]:
    """Begin what :func:`read` will be asked for with the same arguments; what nobody asks for ends with the block."""
    request, content = _request(path, name, options, workdir)
    _begun[request] = (content, _started(request, content))
    try:
        yield
    finally:
        _give_up(request)


def is_begun(workdir: Path) -> bool:
    """Tell whether a file that nobody has asked for yet is being read into a folder."""
    return workdir / _REQUEST in _begun


def read(
    path: Path, name: str, options: ReadOptions, workdir: Path, on_progress: Progress | None = None
) -> Reading:
    """Read a user's file in a process of its own and give its layers, or the reason it was refused.

    `name` is the file's name as its owner knows it (only its suffix and stem are used, never as a path);
    `workdir` gets the Arrow files and is the caller's to delete. `on_progress(rows, None)` is called as rows
    are done. Never raises on the file's account: a reader that dies or takes too long is a refusal.
    """
    request, content = _request(path, name, options, workdir)
    if request in _begun and _begun[request][0] != content:
        # It was begun with other words.
        _give_up(request)
        shutil.rmtree(workdir)
    child = _begun.pop(request)[1] if request in _begun else _started(request, content)
    try:
        ended = _follow(child, options.limits.seconds, on_progress)
    except BaseException:
        # Whoever waited has stopped waiting.
        _end(child)
        raise
    return _result(child.returncode if ended else None, workdir / "read")


def _give_up(request: Path) -> None:
    _, child = _begun.pop(request, (b"", None))
    if child is not None:
        _end(child)


def _end(child: subprocess.Popen[bytes]) -> None:
    child.kill()
    child.wait()
    if child.stdout is not None:
        child.stdout.close()


def _request(path: Path, name: str, options: ReadOptions, workdir: Path) -> tuple[Path, bytes]:
    """Return where a request is laid down for the child, and what it says."""
    content = {
        "path": str(path.resolve()),
        "name": name,
        "directory": str((workdir / "read").resolve()),
        "log": str((workdir / "reader.log").resolve()),
        "options": dataclasses.asdict(dataclasses.replace(options, coordinates=dict(options.coordinates))),
    }
    return workdir / _REQUEST, json.dumps(content).encode()


def _started(request: Path, content: bytes) -> subprocess.Popen[bytes]:
    """Hand a request to a child, one that waits or a new one."""
    (request.parent / "read" / "scratch").mkdir(parents=True, exist_ok=True)
    request.write_bytes(content)
    child = _waiting.pop() if _waiting else _child()
    if child.poll() is not None:
        # It died while it waited.
        child = _child()
    _ask(child, request)
    return child


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
        # A line, whatever is in the path: a process forked meanwhile may hold the pipe open.
        pipe.write(json.dumps(str(request.resolve())).encode() + b"\n")


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


def _result(code: int | None, directory: Path) -> Reading:
    """Return what a child wrote before it ended with an exit code; None: its time was over."""
    manifest = directory / "manifest.json"
    if code in (None, -signal.SIGXCPU):
        return Reading("", (), Defect("reader_timeout"))
    if code != 0 or not manifest.exists():
        return Reading("", (), Defect("reader_died", detail={"exit": str(code)}))
    return reading_from(json.loads(manifest.read_text(encoding="utf-8")))
