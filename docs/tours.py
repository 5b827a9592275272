"""The tours of the demonstration city on which pictures are taken, in order: each goes on where the last one ended.

What is pressed is found by where it leads, which is the same in every language.
"""

from __future__ import annotations

from collections.abc import Callable

from docs import sample
from docs.camera import Camera
from docs.pictures import HERE

EARLIER, LATER = "1/2568", "2/2568"


def city(camera: Camera) -> None:
    """The page of the network, its map, and the popup of a plot."""
    camera.open("")
    camera.take("city")
    camera.open("/map")
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
    camera.send(HERE / sample.FILE)
    camera.take("report")
    camera.take("report-rows", "section[aria-labelledby=out-title]")
    camera.confirm()
    camera.take("receipt")
    address = camera.page.url
    camera.page.locator("details:has(form[action$='/undo']) > summary").click()
    camera.take("undo", "details:has(form[action$='/undo'])")
    camera.press("form[action$='/undo'] button")
    camera.open("/imports")
    camera.take("imports")
    camera.page.goto(address)
    camera.page.locator("details:has(form[action$='/redo']) > summary").click()
    camera.press("form[action$='/redo'] button")


def second_list(camera: Camera) -> None:
    """A second list of the same community: a column is asked, records change, two lists and two rounds differ."""
    camera.send(HERE / sample.SECOND)
    camera.take("question", "#columns")
    camera.press("#columns form:has(input[value='สมาชิก (คน)']) button[value=people]")
    camera.page.locator("form[action$='/confirm']").wait_for()
    camera.take("changes", "#changes")
    camera.confirm()


def doubles(camera: Camera) -> None:
    """Two records of one household, side by side."""
    camera.open("/doubles")
    camera.page.locator("#community").select_option(label=sample.COMMUNITY)
    camera.press("form:has(#community) button[type=submit]")
    pair = camera.page.locator("tbody tr").filter(has_text=sample.TWICE)
    camera.press(pair.locator("a.btn"))
    camera.take("doubles", "main .two")


def lists(camera: Camera) -> None:
    """The two lists of one community, compared."""
    camera.open("/lists")
    camera.page.locator("#community").select_option(label=sample.COMMUNITY)
    camera.press("form:has(#community) button[type=submit]")
    for name, file in (("a", sample.FILE), ("b", sample.SECOND)):
        row = camera.page.locator("tbody tr").filter(has_text=file.rpartition("/")[2])
        row.locator(f"input[name={name}]").check(force=True)
    camera.press("form:has(input[name=a]) button[type=submit]")
    camera.take("lists")


def rounds(camera: Camera) -> None:
    """The same two files as two survey rounds."""
    for file, name in ((sample.FILE, EARLIER), (sample.SECOND, LATER)):
        camera.open("/rounds")
        row = camera.page.locator("tbody tr").filter(has_text=file.rpartition("/")[2]).first
        row.locator("input[name=round]").fill(name)
        camera.press(row.locator("button"))
    camera.open(f"/rounds/compare?before={EARLIER}&after={LATER}&type=household")
    camera.press("dl.figures a[href*='what=changed']")
    camera.take("rounds", "dl.figures")


def shapes(camera: Camera) -> None:
    """Plots drawn by phone: seen on the map before they are taken; one that crosses itself is mended."""
    camera.send(HERE / sample.PLOTS)
    camera.take("preview", "section[aria-labelledby=map-title]")
    camera.confirm()
    camera.press("a[href$='/repairs']")
    camera.page.locator("input[name=row]").check(force=True)
    camera.take("repairs")
    camera.press("form[action$='/repairs'] button[type=submit]")


def links(camera: Camera) -> None:
    """A household whose number fits no house, joined to one by hand."""
    camera.open("/links/household")
    camera.take("links")
    camera.press(camera.page.locator("table a[href*='/links/household/']").filter(has_text=sample.UNMATCHED))
    camera.page.locator("input[name=target]").first.check(force=True)
    camera.page.locator("#reason").fill(camera.say("เจ้าของบ้านชี้ให้ดู", "The owner showed it"))
    camera.take("link", "form[data-chooses]")
    camera.press("form[data-chooses] button[type=submit]")


def returns(camera: Camera) -> None:
    """A meeting that gives data back: the sheet on the table, a house corrected, the meeting's page."""
    camera.open("/returns/new")
    page = camera.page
    page.locator("#community").select_option(label=sample.COMMUNITY)
    community = page.locator("#community").input_value()
    page.locator("#held").fill(camera.say("22 พ.ย. 2568", "22/11/2025"))
    page.locator("#place").fill(camera.say("ศาลาลานมะลิ", "Lan Mali pavilion"))
    page.locator("#attended_count").fill("46")
    camera.press("main form button[type=submit]")
    meeting = page.url
    camera.press("a[href*='/household/'][href*='/edit?meeting']")
    page.locator("#f-people").fill("6")
    page.locator("#reason").fill(camera.say("เจ้าของบ้านแจ้งในเวที", "Said by the owner at the meeting"))
    camera.take("correct", "div:has(> #f-head_name)")
    camera.press("form[action$='/edit'] button[type=submit]")
    page.goto(meeting)
    camera.take("return")
    camera.paper("checking-plan", f"/sheet/checking-plan.pdf?community={community}&paper=A3")
    camera.paper("checking-list", f"/sheet/checking-list.pdf?community={community}")
    camera.paper("questionnaire", "/form/household.pdf")


def proposal(camera: Camera) -> None:
    """A proposal filed by a planner, decided by the secretary."""
    camera.open("/proposals")
    camera.be("planner")
    camera.open("/proposals/new")
    page = camera.page
    page.locator("#title").fill("ปรับปรุงชุมชนลานมะลิวัลย์ในที่เดิม (สมมติ)")
    page.locator("input[name=option][value=onsite]").check(force=True)
    page.locator("#households").fill("82")
    page.locator("#community").select_option(label=sample.COMMUNITY)
    page.locator("#numbers").fill("1-40")
    camera.press("button[name=do][value=file]")
    camera.be("secretary")
    camera.take("proposal")
    page.locator("input[name=step][value=revise]").check(force=True)
    page.locator("section[aria-labelledby=p-decide] #reason").fill(
        camera.say("ขอให้แนบรายชื่อครัวเรือนและผังใหม่", "Attach the list of households and the new plan")
    )
    camera.press("section[aria-labelledby=p-decide] button[type=submit]")
    camera.take("decided")


TOURS: tuple[Callable[[Camera], None], ...] = (
    city, upload, second_list, doubles, lists, rounds, shapes, links, returns, proposal,
)  # fmt: skip
