"""A real server on a free port, and a real browser that may reach nothing else."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, Playwright, Request, ViewportSize, expect

from tests.browser.small_city import build

CHROMIUM = Path("/usr/bin/chromium")
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update",
         "--disable-sync", "--no-first-run",
         "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost"]  # fmt: skip
SIZES = {"phone": (390, 844), "desktop": (1280, 900)}
# How long a machine with other work may take: to start a server, and to show what is looked for.
STARTING_S, PATIENCE_MS = 90, 30_000


@pytest.fixture(scope="session")
def chromium(playwright: Playwright) -> Iterator[Browser]:
    if not CHROMIUM.exists():
        pytest.skip("no chromium")
    browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
    expect.set_options(timeout=PATIENCE_MS)
    yield browser
    browser.close()


def free_port() -> int:
    """A port of one's own: two servers that look for one at the same time may find the same."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def answers(base: str) -> bool:
    try:
        with urllib.request.urlopen(f"{base}/healthz", timeout=STARTING_S) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """``mankong serve`` on the small city; gives its address once it answers."""
    yield from served_city(tmp_path_factory, build)


def served_city(folders: pytest.TempPathFactory, made: Callable[[Path], object]) -> Iterator[str]:
    """Serve a city that is made at a path."""
    folder = folders.mktemp("served")
    made(folder / "city.gpkg")
    with served(folder) as base:
        yield base


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """Run ``mankong serve`` on the store ``city.gpkg`` of a folder; gives its address once it answers."""
    port, said = free_port(), folder / "said.txt"
    base = f"http://127.0.0.1:{port}"
    mankong = str(Path(sys.executable).with_name("mankong"))
    command = [mankong, "serve", "--store", str(folder / "city.gpkg"), "--port", str(port)]
    latest = time.monotonic() + STARTING_S
    with said.open("wb") as file, subprocess.Popen(command, stdout=file, stderr=file) as process:
        try:
            while not answers(base):
                assert process.poll() is None and time.monotonic() < latest, said.read_text("utf-8")
                time.sleep(0.05)
            assert base in said.read_text("utf-8")
            yield base
        finally:
            process.terminate()


@dataclass
class Visit:
    """A person at a browser: where they are, and everything that went wrong meanwhile."""

    page: Page
    base: str
    complaints: list[str] = field(default_factory=list)
    # A form sent wrong on purpose is answered 409, and a browser logs every answer that is not 2xx.
    refusals: int = 0

    def watch(self) -> None:
        """Note every request that would leave this machine, every error, every dialog.

        Requests are not routed through here: that turns the browser's cache off, so that on every page the fonts
        come anew, in the middle of the first click, and what was pressed moves away before it is let go.
        """
        self.page.on("request", self._asked)
        self.page.on("console", self._console)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("dialog", lambda dialog: (self.complaints.append(dialog.message), dialog.dismiss()))

    def _asked(self, request: Request) -> None:
        address = urlsplit(request.url)
        if address.scheme not in ("data", "blob") and address.hostname not in ("127.0.0.1", "localhost"):
            self.complaints.append(f"left this machine: {request.url}")

    def _console(self, message: ConsoleMessage) -> None:
        if self.refusals and "the server responded with a status of 409" in message.text:
            self.refusals -= 1
        elif message.type in ("error", "warning"):
            self.complaints.append(f"console: {message.text}")

    def go(self, path: str) -> Page:
        """Open a page."""
        answer = self.page.goto(self.base + path)
        assert answer and answer.ok, path
        return self.page

    def become(self, role: str) -> None:
        """Choose a role in the head of the page."""
        self.page.locator("details.who > summary").click()
        with self.page.expect_navigation():
            self.page.locator(f"details.who button[value={role}]").click()


@pytest.fixture(params=SIZES)
def visit(request: pytest.FixtureRequest, chromium: Browser, server: str) -> Iterator[Visit]:
    """A visit on a phone and on a desk; it must end without a complaint."""
    width, height = SIZES[request.param]
    # Nothing may glide while it is clicked.
    size: ViewportSize = {"width": width, "height": height}
    context = chromium.new_context(viewport=size, locale="th-TH", reduced_motion="reduce")
    made = Visit(context.new_page(), server)
    made.watch()
    yield made
    context.close()
    assert not made.complaints
