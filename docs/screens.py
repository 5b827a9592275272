"""``python -m docs.screens http://127.0.0.1:8000``: take the screenshots anew from a fresh demonstration city.

It sends the sample sheet, undoes it and brings it back, files a proposal and decides on it: the city is not
fresh afterwards. Set ``CHROMIUM`` where the browser is not at /usr/bin/chromium.
"""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, sync_playwright

from docs import sample

HERE = Path(__file__).resolve().parent
FOLDER = HERE / "screenshots"
NETWORK = "/n/WATTHANA"
COLOURS = 128
TITLE = "ปรับปรุงชุมชนลานมะลิวัลย์ในที่เดิม (สมมติ)"
FLAGS = (
    "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update",
    "--disable-sync", "--no-first-run",
)  # fmt: skip


# The pictures that the README and the guides show.
WANTED = frozenset((
    "city-desktop", "map-plot-desktop", "landowners-desktop", "upload-desktop", "report-desktop",
    "report-rows-desktop", "receipt-desktop", "imports-desktop", "proposal-desktop", "decided-desktop",
    "city-phone", "map-phone", "report-phone", "undo-phone", "proposal-phone",
))  # fmt: skip


@dataclass(frozen=True)
class Device:
    """A screen: its size in CSS pixels and how many device pixels one is."""

    name: str
    width: int
    height: int
    scale: float


DEVICES = (Device("desktop", 1280, 800, 1), Device("phone", 390, 844, 1.5))


@dataclass
class Camera:
    """A page of the product in a browser, and where its pictures go."""

    page: Page
    base: str
    device: Device

    def open(self, path: str) -> None:
        """Go to a page of the network."""
        self.page.goto(self.base + NETWORK + path)
        self.page.wait_for_load_state("networkidle")

    def take(self, name: str, top: str | None = None) -> None:
        """Take a picture of what the screen shows, ``top`` scrolled to its upper edge, if it is wanted."""
        if f"{name}-{self.device.name}" not in WANTED:
            return
        if top:
            self.page.locator(top).first.evaluate("e => e.scrollIntoView({block: 'start'})")
        self.page.wait_for_timeout(1200)
        picture = Image.open(io.BytesIO(self.page.screenshot())).convert("RGB")
        small = picture.quantize(COLOURS, dither=Image.Dither.NONE)
        small.save(FOLDER / f"{name}-{self.device.name}.png", optimize=True)

    def press(self, button: str) -> None:
        """Press a button by its words."""
        self.page.get_by_role("button", name=button).last.click()
        self.page.wait_for_timeout(1500)

    def be(self, role: str) -> None:
        """Choose who acts."""
        self.page.locator("details.who summary").click()
        self.page.get_by_role("button", name=role, exact=True).click()
        self.page.wait_for_load_state("networkidle")


def city(camera: Camera) -> None:
    """The page of the network, its map, and the popup of a plot."""
    camera.open("")
    camera.take("city")
    camera.open("/map")
    camera.page.wait_for_timeout(1500)
    camera.take("map")
    if camera.device.name == "desktop":
        camera.page.locator("#search-text").fill("ลานมะลิวัลย์")
        camera.page.wait_for_timeout(800)
        camera.page.keyboard.press("Enter")
        camera.page.wait_for_timeout(1500)
        camera.page.mouse.click(470, 420)
        camera.take("map-plot")
    camera.open("/analysis/landowners")
    camera.take("landowners")


def upload(camera: Camera) -> None:
    """The way of a file: chosen, checked, taken, undone, brought back."""
    camera.open("/upload")
    camera.page.set_input_files("input[type=file]", HERE / sample.FILE)
    camera.take("upload")
    camera.press("ส่งไฟล์ให้ระบบตรวจ")
    camera.page.get_by_role("button", name="ยืนยัน").wait_for()
    camera.take("report")
    camera.take("report-rows", "section:has-text('แถวที่กันไว้')")
    camera.press("ยืนยัน")
    camera.page.get_by_text("ใบรับข้อมูล").wait_for()
    camera.take("receipt")
    camera.page.get_by_text("ยกเลิกการนำเข้านี้").first.click()
    camera.take("undo")
    camera.press("ยืนยัน ยกเลิกการนำเข้า")
    camera.take("undone")
    camera.open("/imports")
    camera.take("imports")


def proposal(camera: Camera) -> None:
    """A proposal filed by a planner, decided by the secretary."""
    camera.open("/proposals")
    camera.be("นักวางแผน")
    camera.open("/proposals/new")
    page = camera.page
    page.get_by_label("ชื่อเรื่อง").fill(TITLE)
    page.get_by_label("ปรับปรุงในที่เดิม").check()
    page.get_by_label("ครัวเรือนที่ได้รับประโยชน์").fill("82")
    page.get_by_label("ในชุมชน").select_option(label=sample.COMMUNITY)
    page.get_by_label("เลขแปลงหรือลำดับบ้าน").fill("1-40")
    camera.take("proposal-new")
    camera.press("ยื่นต่อคณะกรรมการเมือง")
    camera.be("เลขานุการคณะกรรมการเมือง")
    camera.take("proposal")
    page.get_by_label("ให้ปรับแก้").check()
    page.get_by_label("เหตุผลหรือข้อสังเกต").fill("ขอให้แนบรายชื่อครัวเรือนและผังใหม่")
    camera.press("บันทึกมติ")
    camera.take("decided")


TOURS: tuple[Callable[[Camera], None], ...] = (city, upload, proposal)


def main(base: str) -> None:
    """Take every picture on every device; the sheet is taken in and undone, so each device sees the same."""
    FOLDER.mkdir(exist_ok=True)
    with sync_playwright() as player:
        path = os.environ.get("CHROMIUM", "/usr/bin/chromium")
        browser = player.chromium.launch(executable_path=path, args=[*FLAGS])
        for device in DEVICES:
            for tour in TOURS:
                context = browser.new_context(
                    viewport={"width": device.width, "height": device.height},
                    device_scale_factor=device.scale, locale="th-TH", has_touch=device.name == "phone",
                    is_mobile=device.name == "phone",
                )  # fmt: skip
                tour(Camera(context.new_page(), base, device))
                context.close()
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1])
