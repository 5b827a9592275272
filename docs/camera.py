"""A page of the product in a browser, in one language on one screen, and what is done with it on a tour."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pypdfium2
from PIL import Image
from playwright.sync_api import Locator, Page

from demo.steps import NETWORK_CODE
from docs import pictures
from surveys.words import Lang

# How long a check or a map may take on a busy machine.
PATIENCE_MS = 60_000
# What a sheet of paper is drawn at: legible, and no larger than a screen.
PAPER_PIXELS = 1280


@dataclass(frozen=True)
class Device:
    """A screen: its size in CSS pixels and how many device pixels one is."""

    name: str
    width: int
    height: int
    scale: float


DESK = Device("desktop", 1280, 800, 1)
DEVICES = (DESK, Device("phone", 390, 844, 1.5))


@dataclass
class Camera:
    """A page of the product in a browser; ``wanted`` are the names of the pictures that are not taken yet."""

    page: Page
    base: str
    lang: Lang
    device: Device
    wanted: set[str]

    def __post_init__(self) -> None:
        """Wait for what is slow, and no longer."""
        self.page.set_default_timeout(PATIENCE_MS)

    def say(self, th: str, en: str) -> str:
        """Return what a person types, in the language of the page."""
        return th if self.lang == "th" else en

    def open(self, path: str) -> None:
        """Go to a page of the network."""
        self.page.goto(f"{self.base}/n/{NETWORK_CODE}{path}")
        self.settle()

    def settle(self) -> None:
        """Wait until the page and its maps are drawn."""
        self.page.wait_for_load_state("networkidle")
        for frame in self.page.frames[1:]:
            # A small map far below is not fetched yet.
            if frame.url.startswith(self.base):
                frame.wait_for_selector("body[data-ready=true]", state="attached")

    def take(self, name: str, top: str | None = None) -> None:
        """Take a picture of what the screen shows, ``top`` scrolled to its upper edge, if it is wanted."""
        whole = f"{self.lang}/{name}-{self.device.name}"
        if whole not in self.wanted:
            return
        if top:
            # Small maps are fetched once they come near the screen.
            self.page.locator(top).first.evaluate("e => e.scrollIntoView({block: 'start'})")
            self.page.wait_for_timeout(300)
        self.settle()
        # The last tiles of drawing: fonts, markers, a chart that grows.
        self.page.wait_for_timeout(900)
        self._keep(whole, self.page.screenshot())

    def paper(self, name: str, path: str) -> None:
        """Take a picture of the first leaf of a sheet, the same for every screen."""
        whole = f"{self.lang}/{name}"
        if whole in self.wanted:
            answer = self.page.request.get(f"{self.base}/n/{NETWORK_CODE}{path}")
            assert answer.ok, path
            document = pypdfium2.PdfDocument(answer.body())
            leaf = document[0]
            self._keep(whole, leaf.render(scale=PAPER_PIXELS / max(leaf.get_size())).to_pil())
            document.close()

    def _keep(self, name: str, picture: Image.Image | bytes) -> None:
        pictures.save(name, picture)
        self.wanted.discard(name)

    def press(self, what: str | Locator) -> None:
        """Press what leads to another page, and wait for it."""
        found = self.page.locator(what).first if isinstance(what, str) else what.first
        with self.page.expect_navigation():
            found.click()
        self.settle()

    def be(self, role: str) -> None:
        """Choose who acts."""
        self.page.locator("details.who > summary").click()
        self.press(f"details.who button[value={role}]")

    def send(self, file: Path) -> None:
        """Choose a file and send it; stop at the report. What is chosen is shown on the first picture only."""
        self.open("/upload")
        self.page.set_input_files("input[type=file]", file)
        self.take("upload")
        self.page.locator("form[data-sends] button[type=submit]").click()
        self.page.locator("form[action$='/confirm']").wait_for()
        self.settle()

    def confirm(self) -> None:
        """Take the file in; stop at the receipt."""
        self.page.locator("form[action$='/confirm'] button").click()
        self.page.wait_for_url("**/imports/*")
        self.settle()
