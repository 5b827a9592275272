"""Giving data back to a community that is known by plots: they are read out, found and corrected as houses are."""

from __future__ import annotations

import re
from typing import Any

from fastapi.testclient import TestClient

from tests.api.conftest import pages_of_the_small_city
from tests.api.test_pages_returns import HOME, form_of, held, store_of
from tests.browser.small_city import CODE, box, geojson, take

client = pages_of_the_small_city("surveyor")

NUMBERS = ("1", "2", "10", "12")
PLOTS = geojson(
    *(({"ชุมชน": "K02", "เลขแปลง": number}, box(5 + n * 0.4, 0, 0.3, 1)) for n, number in enumerate(NUMBERS))
)
HOMES = """ชุมชน,เลขแปลง,ชื่อหัวหน้าครัวเรือน,จำนวนสมาชิก
K02,แปลง 10,นายสิบ สมมติ,4
K02,แปลง 2,นางโท สมมติ,3
K02,แปลง 2,นายอีกครอบครัว สมมติ,1
"""
# A household of the community with houses that only its plot tells.
ALONE = "ชุมชน,เลขแปลง,ชื่อหัวหน้าครัวเรือน,จำนวนสมาชิก\nK01,4,นางลอย สมมติ,2\n"


def by_plot(client: TestClient) -> str:
    """Take plots and their households of the community without houses in, and hold a meeting with it."""
    take(store_of(client), "แปลง.geojson", PLOTS, "land_plot")
    take(store_of(client), "แปลง.csv", HOMES, "household")
    rows = store_of(client).read_table(CODE, "community").to_pylist()
    return held(client, community=next(one["id"] for one in rows if one["code"] == "K02"))


def lists(page: str) -> dict[str, str]:
    """The lists of a meeting's page by type, as text."""
    found = re.findall(r'<section class="sheet" aria-labelledby="c-(\w+)">(.*?)</section>', page, re.S)
    return {name: " ".join(re.sub("<[^>]+>", " ", part).split()) for name, part in found}


def plot(client: TestClient, number: str) -> dict[str, Any]:
    rows = store_of(client).read_table(CODE, "land_plot").to_pylist()
    return next(one for one in rows if one["plot_no"] == number and one["community"] == "K02")


def test_plots_are_read_out_where_there_is_no_house(client: TestClient) -> None:
    page = client.get(by_plot(client)).text
    told = lists(page)
    assert list(told) == ["land_plot", "household"]
    assert re.findall(r"เลขแปลงในผัง (\d+) ", told["land_plot"])[::2] == list(NUMBERS)
    order = ["นางโท", "นายอีกครอบครัว", "นายสิบ"]
    assert sorted(order, key=told["household"].index) == order
    assert "เลือกแปลงหรือครัวเรือนด้านล่าง" in page and "ค้นเลขแปลง" in page


def test_a_plot_is_found_as_the_list_calls_it(client: TestClient) -> None:
    meeting = by_plot(client)
    for text in ("แปลง ๑๐", "10", "แปลงที่ 10", "plot 10"):
        told = lists(client.get(meeting, params={"q": text}).text)
        assert "แปลงที่ดิน (1)" in told["land_plot"] and "นายสิบ" in told["household"], text
        assert "นางโท" not in told["household"]


def test_a_plot_and_its_household_are_corrected_at_the_meeting(client: TestClient) -> None:
    meeting = by_plot(client)
    one = plot(client, "2")
    address = f"{HOME}/land_plot/{one['id']}/edit"
    assert f"{address}?meeting=" in client.get(meeting).text
    form = form_of(client.get(f"{address}?meeting={meeting.rsplit('/', 1)[-1]}").text)
    sent = form | {"plot_no": "แปลง 22", "reason": "ประธานแจ้ง"}
    assert client.post(address, data=sent, follow_redirects=False).headers["location"] == meeting
    page = client.get(meeting).text
    assert "<p>เลขแปลงในผัง: 2 → 22</p>" in page and "ประธานแจ้ง" in page
    homes = store_of(client).read_table(CODE, "household").to_pylist()
    assert [one["plot_no"] for one in homes if one["head_name"] == "นางโท สมมติ"] == ["22"]
    home = next(one for one in homes if one["head_name"] == "นายสิบ สมมติ")
    address = f"{HOME}/household/{home['id']}/edit"
    form = form_of(client.get(f"{address}?meeting={meeting.rsplit('/', 1)[-1]}").text)
    # Boxes that nobody ticked are not sent.
    sent = form | {"causes": "", "wants": "", "head_name": "นายสิบเอก สมมติ", "reason": "เจ้าตัวแจ้ง"}
    assert client.post(address, data=sent, follow_redirects=False).headers["location"] == meeting
    page = client.get(meeting).text
    assert "นายสิบ สมมติ → นายสิบเอก สมมติ" in page and "เลขแปลงในผัง 10 ครัวเรือนที่ 1" in page


def test_a_program_reads_the_plots_to_check(client: TestClient) -> None:
    meeting = by_plot(client)
    base = f"/api/v1/networks/{CODE}/returns/{meeting.rsplit('/', 1)[-1]}/records"
    told = client.get(f"{base}/land_plot", headers={"X-Mankong-Role": "surveyor"}).json()
    assert [one["values"]["plot_no"] for one in told["records"]] == list(NUMBERS)
    assert client.get(f"{base}/house", headers={"X-Mankong-Role": "surveyor"}).json()["total"] == 0


def test_plots_of_a_community_with_houses_are_read_out_only_for_who_has_no_house(client: TestClient) -> None:
    meeting = held(client)
    page = client.get(meeting).text
    assert list(lists(page)) == ["house", "household"]
    assert "ค้นเลขบ้าน ลำดับบ้าน" in page and "เลือกบ้านหรือครัวเรือนด้านล่าง" in page
    take(store_of(client), "ลอย.csv", ALONE, "household")
    told = lists(client.get(meeting).text)
    assert list(told) == ["house", "land_plot", "household"] and "แปลงที่ดิน (4)" in told["land_plot"]
