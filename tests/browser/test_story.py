"""The main job, end to end: a file is sent, seen, confirmed; a plot is clicked; a proposal is decided."""

from __future__ import annotations

import re
import time
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from surveys.dates import show_date, today
from tests.browser.conftest import SIZES, STARTING_S, Visit
from tests.browser.small_city import CODE, NEW_HOUSES, SOUTH, WEST

pytestmark = pytest.mark.browser
BASE = f"/n/{CODE}"
THAI_DIGITS = str.maketrans("0123456789", "๐๑๒๓๔๕๖๗๘๙")


def click_on_map(page: Page, east: float, north: float) -> None:
    """Click the map at a place, in thousandths of a degree from the corner of the city."""
    page.wait_for_selector("body[data-ready]")
    lat, lng = SOUTH + north / 1000, WEST + east / 1000
    page.evaluate("([lat, lng]) => map_main.setView([lat, lng], 18, {animate: false})", [lat, lng])
    point = page.evaluate(
        "([lat, lng]) => { const p = map_main.latLngToContainerPoint([lat, lng]);"
        " const box = map_main.getContainer().getBoundingClientRect();"
        " return [p.x + box.x, p.y + box.y]; }", [lat, lng],
    )  # fmt: skip
    page.mouse.click(*point)


def send_a_file(visit: Visit, file: Path) -> None:
    page = visit.go(f"{BASE}/upload")
    visit.become("surveyor")
    expect(page.get_by_text("ยังไม่มีอะไรถูกบันทึกจนกว่า")).to_be_visible()
    page.set_input_files("#file", file)
    expect(page.locator(".drop-name")).to_contain_text(file.name)
    page.get_by_role("button", name="ส่งไฟล์ให้ระบบตรวจ").click()
    expect(page.get_by_role("heading", name="ผลการตรวจไฟล์")).to_be_visible()
    expect(page.get_by_text("ยังไม่ได้บันทึกอะไร")).to_be_visible()
    expect(page.get_by_role("heading", name=re.compile("พิกัดเป็น 0,0"))).to_be_visible()
    preview = page.frame_locator("iframe.map-frame")
    expect(preview.get_by_text("ยังรับเข้าไม่ได้").first).to_be_attached()
    page.get_by_role("button", name="ยืนยัน รับเข้า").click()
    expect(page.get_by_role("heading", name="ใบรับข้อมูล")).to_be_visible()
    expect(page.get_by_role("button", name="พิมพ์ใบรับ")).to_be_visible()


def file_a_proposal(visit: Visit, plot: int, kind: str) -> str:
    page = visit.page
    page.get_by_role("link", name="ดูบนแผนที่").click()
    click_on_map(page, plot - 0.95, 0.2)
    card = page.locator(".leaflet-popup .card")
    expect(card).to_contain_text(kind)
    expect(card).to_contain_text("แปลงที่ดิน")
    card.get_by_role("link").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(f"เลขแปลงในผัง {plot}")
    visit.become("planner")
    page.get_by_role("link", name="เสนอเรื่องที่ดินนี้").click()
    page.get_by_label("ชื่อเรื่อง").fill("ขอซื้อที่ดินริมคลอง")
    page.get_by_label(re.compile("^แบ่งปันที่ดิน")).check()
    page.get_by_label("ครัวเรือนที่ได้รับประโยชน์").fill("3")
    page.get_by_role("button", name="ยื่นต่อคณะกรรมการเมือง").click()
    expect(page.locator("h1")).to_have_text("ขอซื้อที่ดินริมคลอง")
    expect(page.locator(".lead-text .tag")).to_have_text("เสนอแล้ว รอพิจารณา")
    return page.url


def decide(visit: Visit) -> None:
    page = visit.page
    visit.become("secretary")
    page.get_by_label(re.compile("^ให้ปรับแก้")).check()
    page.get_by_label("วันที่ประชุม").fill(show_date(today(), "th").translate(THAI_DIGITS))
    visit.refusals = 1
    page.get_by_role("button", name="บันทึกมติ").click()
    expect(page.get_by_role("alert")).to_contain_text("ต้องระบุเหตุผล")
    page.get_by_label("เหตุผลหรือข้อสังเกต").fill("ขอให้แนบผังใหม่")
    page.get_by_role("button", name="บันทึกมติ").click()
    expect(page.locator(".lead-text .tag")).to_have_text("ให้ปรับแก้")
    expect(page.locator(".history li").first).to_contain_text("ขอให้แนบผังใหม่")


def test_from_a_file_to_a_decision(visit: Visit, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    file = tmp_path / f"บ้านใหม่-{len(request.node.name)}.geojson"
    # Each size has its own numbers and its own plot, so that both find something new.
    turn = list(SIZES).index(request.node.callspec.params["visit"])
    plot, kind = ((4, "เอกชน"), (3, "แนวคลอง/แม่น้ำ"))[turn]
    file.write_text(
        re.sub(r'"ลำดับบ้าน": "(\d)"', rf'"ลำดับบ้าน": "{turn + 1}0\1"', NEW_HOUSES), encoding="utf-8"
    )
    send_a_file(visit, file)
    address = file_a_proposal(visit, plot, kind)
    decide(visit)
    page = visit.go(f"{BASE}/map")
    click_on_map(page, plot - 0.95, 0.2)
    card = page.locator(".leaflet-popup .card")
    expect(card).to_contain_text("ขอซื้อที่ดินริมคลอง")
    expect(card).to_contain_text("ให้ปรับแก้")
    card.get_by_role("link").click()
    expect(page).to_have_url(address)


def test_columns_are_offered_when_they_are_asked_for(visit: Visit, tmp_path: Path) -> None:
    file = tmp_path / "house.csv"
    file.write_text("ชุมชน,ลำดับบ้าน,ความแข็งแรง\nK01,91,ชำรุด\n", encoding="utf-8")
    page = visit.go(f"{BASE}/upload")
    page.set_input_files("#file", file)
    page.get_by_role("button", name="ส่งไฟล์ให้ระบบตรวจ").click()
    page.get_by_text("ไม่ตรงใช่ไหม เปลี่ยนวิธีอ่านไฟล์").click()
    page.get_by_role("link", name="จับคู่คอลัมน์เอง", exact=True).click()
    page.get_by_label("ช่องในระบบของคอลัมน์ ความแข็งแรง").select_option("condition")
    page.get_by_role("button", name="ตรวจไฟล์อีกครั้งตามที่เลือก").click()
    expect(page.get_by_text("ความแข็งแรง → สภาพบ้าน")).to_be_visible()
    page.get_by_role("button", name="ยกเลิก ไม่บันทึก").click()
    expect(page.get_by_role("status").first).to_contain_text("ยกเลิกแล้ว")


def test_a_question_is_answered_on_the_page(visit: Visit, tmp_path: Path) -> None:
    file = tmp_path / "house.csv"
    file.write_text("ชุมชน,ลำดับบ้าน,x,y\nK01,92,668700,1517400\n", encoding="utf-8")
    page = visit.go(f"{BASE}/upload")
    page.set_input_files("#file", file)
    page.get_by_role("button", name="ส่งไฟล์ให้ระบบตรวจ").click()
    page.get_by_text("WGS 84 / UTM โซน 47N").click()
    page.get_by_role("button", name="ตรวจไฟล์อีกครั้งตามที่เลือก").click()
    expect(page.get_by_role("button", name="ยืนยัน รับเข้า 1 แถว")).to_be_visible()


def seen(what: Locator) -> bool:
    """Whether something is on the page within a moment."""
    try:
        expect(what).to_be_visible(timeout=100)
    except AssertionError:
        return False
    return True


def test_the_report_is_loaded_once_however_long_it_takes(visit: Visit, tmp_path: Path) -> None:
    file = tmp_path / "house.csv"
    file.write_text("ชุมชน,ลำดับบ้าน\nK01,93\n", encoding="utf-8")
    page = visit.go(f"{BASE}/upload")
    asked: list[Route] = []

    def hold(route: Route) -> None:
        """Let the page that waits come, and nothing after it."""
        asked.append(route)
        if len(asked) == 1:
            route.continue_()

    page.route(re.compile(r"/upload/[0-9a-f]+$"), hold)
    page.set_input_files("#file", file)
    page.get_by_role("button", name="ส่งไฟล์ให้ระบบตรวจ").click()
    report = page.get_by_role("heading", name="ผลการตรวจไฟล์")
    expect(report.or_(page.get_by_role("heading", name="กำลังตรวจไฟล์"))).to_be_visible()
    latest = time.monotonic() + STARTING_S
    # Asked without a time limit, a page whose next one is held back would never answer.
    while len(asked) < 2 and not seen(report):
        assert time.monotonic() < latest, page.locator("main").inner_text()
    page.wait_for_timeout(1500)
    assert len(asked) <= 2, "what is typed into the report must not be loaded away"
    if len(asked) == 2:
        asked[1].continue_()
    expect(report).to_be_visible()
    # What is still held back would keep the browser from closing.
    page.unroute_all(behavior="ignoreErrors")


def test_an_import_is_undone_and_brought_back(visit: Visit) -> None:
    page = visit.go(f"{BASE}/imports")
    page.get_by_role("link", name="เลขที่ 5", exact=True).click()
    page.get_by_text("ยกเลิกการนำเข้านี้").click()
    page.get_by_role("button", name="ยืนยัน ยกเลิกการนำเข้า").click()
    expect(page.get_by_role("status")).to_contain_text("ยกเลิกการนำเข้าแล้ว")
    page.get_by_text("นำการนำเข้านี้กลับมา").click()
    page.get_by_role("button", name="ยืนยัน นำกลับมา").click()
    expect(page.get_by_role("status")).to_contain_text("นำกลับมาแล้ว")
    page.reload()
    expect(page.get_by_role("status")).to_contain_text("นำกลับมาแล้ว")


def test_the_map_has_the_head_of_every_page(visit: Visit) -> None:
    page = visit.go(f"{BASE}/map")
    height: float = page.evaluate("map_main.getContainer().clientHeight / innerHeight")
    assert height > 0.8, "the head leaves the map its room"

    def open_menu() -> None:
        page.wait_for_selector("body[data-ready]")
        if page.locator("#menu-toggle").is_visible():
            page.locator("#menu-toggle").click()

    open_menu()
    visit.become("planner")
    expect(page).to_have_url(re.compile(r"/map$"))
    open_menu()
    expect(page.locator(".who-role")).to_have_text("นักวางแผน")
    page.get_by_role("link", name="English").click()
    expect(page).to_have_url(re.compile(r"/map$"))
    open_menu()
    page.get_by_role("link", name="Send a file").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Send a survey file")


def test_the_language_changes_at_a_click_and_stays(visit: Visit) -> None:
    page = visit.go(f"{BASE}/table/house?q=9")
    page.get_by_role("link", name="English").click()
    expect(page).to_have_url(re.compile(r"/table/house\?q=9$"))
    expect(page.get_by_role("heading", level=1)).to_have_text("House")
    visit.go(f"{BASE}/map")
    expect(page.locator("html")).to_have_attribute("lang", "en")
