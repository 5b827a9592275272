"""A file that was examined and not confirmed is found again; what became of one is said; answers lead back."""

from __future__ import annotations

from fastapi.testclient import TestClient

from api.context import ROLE_COOKIE
from tests.api.conftest import pages_of_the_small_city
from tests.api.test_pages_upload import BASE, ended, post, send
from tests.browser.small_city import NEW_HOUSES

SLIP = "ชุมชน,ลำดับบ้าน,สภาพบ้าน\nริมคลองง,91,ชำรุด\nตลาดใหม่,92,ชำรุด\n"
NOTHING = "ไม่มีไฟล์ค้างอยู่"


client = pages_of_the_small_city("surveyor")


def listed(client: TestClient, network: str = BASE) -> str:
    page = client.get(f"{network}/upload").text
    return page[page.index("ไฟล์ที่รอคุณยืนยัน") : page.index("</section>")]


def test_files_that_wait_are_found_again_the_newest_first(client: TestClient) -> None:
    assert NOTHING in listed(client)
    ready = send(client, "house.csv", SLIP)
    asked = send(client, "วันนี้.csv", "ก,ข\n1,2\n")
    send(client, "photo.jpg", b"\xff\xd8\xff\xe0 no survey")
    told = listed(client)
    assert told.index(f'href="{asked}"') < told.index(f'href="{ready}"') and told.count("<li>") == 2
    assert "รอยืนยัน" in told and "รอคำตอบของคุณ" in told and "2 แถว" in told and "ผู้เก็บข้อมูล" in told
    client.cookies.set(ROLE_COOKIE, "steward")
    client.post("/networks", data={"code": "OTHER", "name": "เมืองอื่น"})
    assert NOTHING in listed(client, "/n/OTHER")
    client.cookies.set(ROLE_COOKIE, "surveyor")
    # Examined anew it is still one file.
    again = ended(client, post(client, f"{ready}/again", {"type": "house"}))
    assert f'href="{again}"' in listed(client) and f'href="{ready}"' not in listed(client)
    post(client, f"{asked}/cancel")
    ended(client, post(client, f"{again}/confirm"))
    assert NOTHING in listed(client)


def test_a_file_that_is_no_longer_here_says_whether_it_was_taken_or_cancelled(client: TestClient) -> None:
    cancelled, taken = send(client, "a.csv", SLIP), send(client, "house.geojson", NEW_HOUSES)
    post(client, f"{cancelled}/cancel")
    page = client.get(cancelled).text
    assert "ไฟล์นี้ถูกยกเลิกแล้ว" in page and "รับเข้าแล้ว" not in page
    taking = ended(client, post(client, f"{taken}/confirm"))
    # Before anybody has looked at the receipt, and after.
    for _ in range(2):
        page = client.get(taken).text
        assert "ไฟล์นี้รับเข้าแล้ว" in page and "ถูกยกเลิก" not in page
        receipt = client.get(taking, follow_redirects=False).headers["location"].split("?")[0]
        assert f'href="{receipt}"' in page


def test_an_answer_leads_back_to_its_place_and_older_pages_lead_on(client: TestClient) -> None:
    first = send(client, "house.csv", SLIP)
    form = {"at": "communities", "community.of": "ริมคลองง", "community": "+"}
    address = post(client, f"{first}/again", form)
    second, _, query = address.partition("?")
    assert query == "at=communities"
    ended(client, second)
    assert client.get(address, follow_redirects=False).headers["location"] == f"{second}#communities"
    for place in ("columns", "communities"):
        assert f'id="{place}"' in client.get(second).text
    # Somebody who stands on the older page answers the other question there.
    form = {"at": "https://example.org", "community.of": "ตลาดใหม่", "community": "+"}
    third = ended(client, post(client, f"{first}/again", form))
    assert client.get(third).text.count("จะสร้างเป็นชุมชนใหม่") == 2
    for old in (first, second):
        assert client.get(old, follow_redirects=False).headers["location"] == third
        assert post(client, f"{old}/confirm") == third, "nobody confirms what they have not seen"
