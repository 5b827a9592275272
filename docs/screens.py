"""``python -m docs.screens``: take every picture that the texts show anew, in Thai and in English.

A demonstration city is made in a folder of its own; each language and each screen gets a fresh copy of it,
served on a free port. The texts say which pictures are wanted (:mod:`docs.pictures`), :mod:`docs.tours` how to get
there. Set ``CHROMIUM`` where the browser is not at /usr/bin/chromium. Names such as ``th/city-phone`` take
those alone.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import product
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from api.context import LANG_COOKIE
from api.demo import make
from docs import pictures
from docs.camera import DESK, DEVICES, Camera, Device
from docs.tours import TOURS
from surveys.words import LANGS, Lang

PATIENCE_S = 60
FLAGS = (
    "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update",
    "--disable-sync", "--no-first-run",
)  # fmt: skip
_MANKONG = "from api.start import main; main()"


@contextmanager
def served(city: Path, folder: Path) -> Iterator[str]:
    """Serve a copy of a city that is made in a folder; gives its address once it answers."""
    folder.mkdir()
    for part in city.parent.glob(f"{city.name}*"):
        (shutil.copytree if part.is_dir() else shutil.copy2)(part, folder / part.name)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    base, latest = f"http://127.0.0.1:{port}", time.monotonic() + PATIENCE_S
    command = [
        sys.executable,
        "-c",
        _MANKONG,
        "serve",
        "--store",
        str(folder / city.name),
        "--port",
        str(port),
    ]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as server:
        try:
            while not _answers(base):
                if server.poll() is not None or time.monotonic() > latest:
                    raise SystemExit("the city could not be served")
                time.sleep(0.1)
            yield base
        finally:
            server.terminate()


def _answers(base: str) -> bool:
    try:
        with urllib.request.urlopen(f"{base}/healthz", timeout=PATIENCE_S) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


def visit(browser: Browser, base: str, lang: Lang, device: Device, wanted: set[str]) -> None:
    """Make the tours on one screen in one language until nothing is wanted; what is taken is no longer wanted."""
    context = browser.new_context(
        viewport={"width": device.width, "height": device.height}, device_scale_factor=device.scale,
        locale="th-TH" if lang == "th" else "en-GB", has_touch=device.name == "phone",
        is_mobile=device.name == "phone", reduced_motion="reduce",
    )  # fmt: skip
    context.add_cookies([{"name": LANG_COOKIE, "value": lang, "url": base}])
    camera = Camera(context.new_page(), base, lang, device, wanted)
    for tour in TOURS:
        if wanted:
            tour(camera)
    context.close()


def of_visit(names: frozenset[str], lang: Lang, device: Device) -> set[str]:
    """Return the pictures that are taken on one screen in one language; sheets of paper are taken at the desk."""
    others = tuple(other.name for other in DEVICES if other is not device)
    ours = {name for name in names if name.startswith(f"{lang}/")}
    return {n for n in ours if n.endswith(device.name) or (device is DESK and not n.endswith(others))}


def main(asked: frozenset[str]) -> None:
    """Take the pictures asked for, or all; say which of those that are shown were not taken."""
    wanted, missed = asked or pictures.shown(), set[str]()
    for name in pictures.taken() - pictures.shown():
        pictures.path_of(name).unlink()
    with sync_playwright() as player, tempfile.TemporaryDirectory(prefix="mankong-screens-") as made:
        city = Path(made) / "city" / "city.gpkg"
        city.parent.mkdir()
        make(city)
        path = os.environ.get("CHROMIUM", "/usr/bin/chromium")
        browser = player.chromium.launch(executable_path=path, args=[*FLAGS])
        for lang, device in product(LANGS, DEVICES):
            if left := of_visit(wanted, lang, device):
                with served(city, Path(made) / f"{lang}-{device.name}") as base:
                    visit(browser, base, lang, device, left)
                missed |= left
        browser.close()
    if missed:
        raise SystemExit(f"no tour takes {', '.join(sorted(missed))}")


if __name__ == "__main__":
    main(frozenset(sys.argv[1:]))
