"""Sending a file through the pages, without a script: report, questions, confirmation, receipt, undo."""

from __future__ import annotations

import csv
import io
import json
import re
import time
from typing import Any
from urllib.parse import quote

import pytest
from fastapi.testclient import TestClient

from api.context import ROLE_COOKIE
from api.pages.upload_behind import far_km, ground
from gis.formats.readers import BY_SUFFIX
from surveys import networks
from surveys.jobs import Jobs
from surveys.store.store import Store
from tests.api.conftest import pages_of_the_small_city
from tests.browser.small_city import CODE, HOUSEHOLDS, NEW_HOUSES, STEWARD, geojson

BASE = f"/n/{CODE}"
PATIENCE_S = 60


client = pages_of_the_small_city("surveyor", max_upload_mb=1)


def counts(client: TestClient) -> dict[str, int]:
    store: Store = client.app.state.store  # type: ignore[attr-defined]
    return store.counts(CODE)


def post(client: TestClient, address: str, data: dict[str, str] | None = None, status: int = 303) -> str:
    """Send a form; return the address it leads to."""
    answer = client.post(address, data=data or {}, follow_redirects=False)
    assert answer.status_code == status, (address, answer.status_code, answer.text)
    return answer.headers.get("location", "")


def send(client: TestClient, name: str, content: str | bytes) -> str:
    """Send a file and wait for its end; return the address of its page."""
    answer = client.post(f"{BASE}/upload", files={"file": (name, content)}, follow_redirects=False)
    assert answer.status_code == 303, answer.text
    return ended(client, answer.headers["location"])


def ended(client: TestClient, address: str) -> str:
    """Wait until a job has ended, as htmx does."""
    until = time.monotonic() + PATIENCE_S
    while time.monotonic() < until:
        answer = client.get(f"{address}/progress")
        if answer.status_code == 204:
            assert answer.headers["hx-refresh"] == "true"
            return address
        assert "<progress" in answer.text
        time.sleep(0.05)
    raise AssertionError(f"{address} has not ended")


def sent_form(page: str) -> dict[str, str]:
    """The form of a page as a browser would send it: hidden fields and selected options."""
    form = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page))
    for name, options in re.findall(r'<select[^>]* name="([^"]+)"[^>]*>(.*?)</select>', page, re.DOTALL):
        chosen = re.search(r'<option value="([^"]*)" selected', options)
        form[name] = chosen[1] if chosen else ""
    return form


def test_a_file_is_looked_at_confirmed_and_undone(client: TestClient) -> None:
    before = counts(client)
    page = send(client, "บ้านใหม่.geojson", NEW_HOUSES)
    report = client.get(page).text
    for said in ("ยังไม่ได้บันทึกอะไร", "บ้านใหม่.geojson", "พังนิดหน่อย", "พิกัดเป็น 0,0", "ละติจูดกับลองจิจูดสลับกัน",
                 "ยืนยัน รับเข้า 2 แถว", "quarantined.xlsx", "<iframe"):  # fmt: skip
        assert said in report, said
    assert "--" not in re.sub(r"<!--.*?-->|</?[^>]*>", "", report), "an option of the command line"
    assert counts(client) == before
    preview = client.get(f"{page}/map")
    assert preview.status_code == 200 and "ยังรับเข้าไม่ได้" in preview.text

    receipt = client.get(ended(client, post(client, f"{page}/confirm")))
    assert "ใบรับข้อมูล" in receipt.text and str(receipt.url).endswith("?new=1")
    number = re.search(r"/imports/(\d+)\?new=1", str(receipt.url))
    assert number and counts(client)["house"] == before["house"] + 2
    assert "ไฟล์นี้รับเข้าแล้ว" in client.get(page).text
    place = re.search(rf'href="{BASE}/map#view/([-\d.,]+)"', receipt.text)
    corners = [
        one for two in json.loads(NEW_HOUSES)["features"][:2] for one in two["geometry"]["coordinates"][0]
    ]
    x, y = zip(*corners, strict=True)
    edges = (min(x), min(y), max(x), max(y))
    assert place and [float(edge) for edge in place[1].split(",")] == pytest.approx(edges, abs=3e-5), (
        "as the R-tree has it"
    )

    own = f"{BASE}/imports/{number[1]}"
    kept_out = client.get(f"/api/v1{own.removeprefix(BASE)}/quarantined.xlsx")
    name = quote("บ้านใหม่-แถวที่กันไว้.xlsx")
    assert kept_out.headers["content-disposition"].endswith(f"filename*=UTF-8''{name}")
    assert "ชุมชนที่ยังไม่รู้จัก" not in receipt.text, "this file names known communities only"
    assert "ชุมชนที่ยังไม่รู้จัก" in client.get(f"{BASE}/imports").text
    undone = client.get(post(client, f"{own}/undo"))
    assert "ยกเลิกการนำเข้าแล้ว" in undone.text and "เอาออก 2 แถว" in undone.text
    assert counts(client) == before
    assert client.post(f"{own}/undo").status_code == 409
    redone = client.get(post(client, f"{own}/redo"))
    assert "นำกลับมาแล้ว" in redone.text and "นำกลับมา 2 แถว" in redone.text
    assert "นำของเดิมกลับ" not in redone.text and counts(client)["house"] == before["house"] + 2
    assert "นำกลับมา 2 แถว" not in client.get(own).text, "only told right after"


def test_confirming_twice_takes_once_and_the_same_file_again_nothing(client: TestClient) -> None:
    before = counts(client)["house"]
    page = send(client, "house.geojson", NEW_HOUSES)
    first, second = post(client, f"{page}/confirm"), post(client, f"{page}/confirm")
    assert first == second
    ended(client, first)
    assert "ใบรับข้อมูล" in client.get(first).text
    again = client.get(send(client, "house.geojson", NEW_HOUSES)).text
    assert "ไฟล์นี้รับเข้าไปแล้ว" in again and "ยืนยัน รับเข้า" not in again
    assert counts(client)["house"] == before + 2


def test_an_import_lists_the_unknown_communities_it_names(client: TestClient) -> None:
    page = send(client, "c.csv", "ชุมชน,ลำดับบ้าน,สภาพบ้าน\nK01,71,ชำรุด\nตลาดใหม่,72,ชำรุด\n")
    receipt = client.get(ended(client, post(client, f"{page}/confirm"))).text
    assert set(re.findall(r'name="name" value="([^"]*)"', receipt)) == {"ตลาดใหม่"}
    assert "เปลี่ยนรหัสตัวอักษรด้านล่าง" not in receipt


def test_what_changed_since_stays_and_is_listed(client: TestClient) -> None:
    page = send(client, "a.csv", "ชุมชน,ลำดับบ้าน,สภาพบ้าน\nK01,8,ชำรุด\n")
    first = str(client.get(ended(client, post(client, f"{page}/confirm"))).url)
    page = send(client, "b.csv", "ชุมชน,ลำดับบ้าน,สภาพบ้าน\nK01,8,คงทนถาวร\n")
    assert "จะปรับปรุงของเดิม" in client.get(page).text
    client.get(ended(client, post(client, f"{page}/confirm")))
    number = re.search(r"/imports/(\d+)", first)
    assert number
    undone = client.post(f"{BASE}/imports/{number[1]}/undo").text
    assert "คงไว้เพราะมีการแก้ไขภายหลัง 1" in undone and f"{BASE}/house/" in undone


def test_the_type_is_asked_and_answered(client: TestClient) -> None:
    page = send(client, "ข้อมูล.csv", "เลขที่,หมายเหตุ\n1,ก\n2,ข\n")
    asked = client.get(page).text
    assert "ไม่ทราบว่าเป็นข้อมูลประเภทใด" in asked and "ไฟล์นี้เป็นข้อมูลอะไร" in asked
    again = ended(client, post(client, f"{page}/again", {"type": "house"}))
    told = client.get(again).text
    assert "ไม่มีคอลัมน์ที่ใช้ระบุแต่ละรายการ" in told and "จับคู่คอลัมน์เอง" in told
    form = sent_form(client.get(f"{again}/columns").text)
    assert form["column.1.of"] == "หมายเหตุ" and form["column.1"] == "note"
    form["column.0"] = "house_seq"
    community = client.post(f"{again}/again", data=form, follow_redirects=False).headers["location"]
    assert "ไม่มีคอลัมน์ที่ใช้ระบุแต่ละรายการ" in client.get(ended(client, community)).text


def _line(name: str) -> tuple[dict[str, str], dict[str, Any]]:
    return {"name": name}, {"type": "LineString", "coordinates": [[100.56, 13.72], [100.57, 13.72]]}


def _buttons(page: str, name: str) -> list[str]:
    return re.findall(rf'<button[^>]* name="{name}" value="([^"]*)"', page)


def test_the_likely_types_of_lines_are_buttons_and_houses_is_none_of_them(client: TestClient) -> None:
    page = send(client, "2026-03-01.geojson", geojson(_line("ซอย 1"), _line("ซอย 2")))
    asked = client.get(page).text
    assert "(2 รายการ: เส้น)" in asked and _buttons(asked, "type") == [
        "road",
        "canal",
        "community",
        "facility",
    ]
    again = client.get(ended(client, post(client, f"{page}/again", {"type": "road"}))).text
    assert "ยืนยัน รับเข้า 2 แถว" in again


GPX = """<gpx version="1.1" creator="t" xmlns="http://www.topografix.com/GPX/1/1">
<wpt lat="13.72" lon="100.56"><name>A</name></wpt>
<trk><name>B</name><trkseg><trkpt lat="13.72" lon="100.56"/><trkpt lat="13.73" lon="100.56"/></trkseg></trk></gpx>"""


def test_each_layer_of_a_phone_has_its_likely_types_and_one_click_takes_it_alone(client: TestClient) -> None:
    page = send(client, "today.gpx", GPX)
    asked = client.get(page).text
    take = _buttons(asked, "take")
    assert {"facility=waypoints", "road=tracks"} <= set(take) and "house=tracks" not in take
    again = client.get(ended(client, post(client, f"{page}/again", {"take": "road=tracks"}))).text
    assert "ถนนและซอย" in again and "ยืนยัน รับเข้า 1 แถว" in again


def test_columns_are_mapped_by_hand_without_sending_again(client: TestClient) -> None:
    text = "ชุมชน,ลำดับบ้าน,ความแข็งแรง,เลขประจำตัว\nK01,21,ชำรุด,1112034563562\nK01,22,คงทนถาวร,\n"
    page = send(client, "house.csv", text)
    assert "ความแข็งแรง" in client.get(page).text
    columns = client.get(f"{page}/columns").text
    assert "ชำรุด · คงทนถาวร" in columns and "1112034563562" not in columns
    form = sent_form(columns)
    name = next(key.removesuffix(".of") for key, value in form.items() if value == "ความแข็งแรง")
    again = ended(client, post(client, f"{page}/again", form | {name: "condition"}))
    told = client.get(again).text
    assert "ความแข็งแรง → สภาพบ้าน" in told
    assert client.get(page).status_code == 200 and "ยกเลิก" in client.get(page).text
    client.get(ended(client, post(client, f"{again}/confirm")))
    assert "<strong>1</strong>" in client.get(f"{BASE}/table/house?f.condition=dilapidated&q=21").text


@pytest.mark.slow
def test_a_file_of_very_many_columns_can_be_mapped(client: TestClient) -> None:
    extra = [f"q{n}" for n in range(700)]
    lines = (["เลข", *extra], ["7", *"x" * 700])
    job = send(client, "สำรวจ.csv", "\n".join(",".join(line) for line in lines) + "\n")
    job = ended(client, post(client, f"{job}/again", {"type": "house"}))
    form = sent_form(client.get(f"{job}/columns").text)
    assert len(form) > 2_000
    job = ended(client, post(client, f"{job}/again", form | {"column.0": "house_seq"}))
    assert "เลือกเอง" in client.get(f"{job}/columns").text


def test_the_coordinate_system_is_asked(client: TestClient) -> None:
    text = "ชุมชน,ลำดับบ้าน,x,y\nK01,31,668700,1517400\n"
    page = send(client, "house.csv", text)
    report = client.get(page).text
    assert "ไฟล์ไม่ได้บอกระบบพิกัด" in report and 'value="EPSG:24047" required' in report
    assert post(client, f"{page}/again", {"crs": "other", "epsg": "ก"}, 409) == ""
    again = client.get(ended(client, post(client, f"{page}/again", {"crs": "EPSG:32647"}))).text
    assert "WGS 84 / UTM โซน 47N" in again and "ยืนยัน รับเข้า 1 แถว" in again


def test_an_old_encoding_is_told_with_a_sample(client: TestClient) -> None:
    page = send(client, "household.csv", HOUSEHOLDS.replace("12000", "12500").encode("cp874"))
    report = client.get(page).text
    assert "CP874" in report and "เดาจากตัวอักษรในไฟล์" in report and "ตัวอย่างข้อความ" in report
    forced = client.get(ended(client, post(client, f"{page}/again", {"encoding": "utf-8"}))).text
    assert "อ่านด้วยรหัสตัวอักษรที่เลือกไม่ได้" in forced


def test_existing_records_are_left_when_asked(client: TestClient) -> None:
    page = send(client, "h.csv", "ชุมชน,ลำดับบ้าน,สภาพบ้าน\nK01,1,ชำรุด\n")
    assert "จะปรับปรุงของเดิม" in client.get(page).text
    again = client.get(ended(client, post(client, f"{page}/again", {"existing": "skip"}))).text
    assert "ตรงกับที่มีอยู่แล้ว" in again and "ยืนยัน รับเข้า" not in again


def test_records_that_change_are_listed_before_confirming(client: TestClient) -> None:
    text = "ชุมชน,ลำดับบ้าน,ครัวเรือนที่,รายได้,สีประตู\nK01,1,1,13000,เขียว\nK01,2,1,,\nK01,9,1,1,\n"
    page = send(client, "household.csv", text)
    report = client.get(page).text
    section = report[report.index('id="changes"') : report.index("read-title")]
    assert "รายการเดิมที่จะเปลี่ยน (1)" in section
    plain = re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", section))
    assert re.search("12,000 บาท/เดือน.{0,12}13,000 บาท/เดือน", plain), plain[200:900]
    assert re.search("แดง.{0,12}เขียว", plain) and "ชุมชนริมคลอง" in plain
    download = client.get(f"/api/v1/jobs/{page.rsplit('/', 1)[-1]}/changes.csv").content.decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(download)))
    assert rows[0][-3:] == ["ช่อง", "เดิม", "ใหม่"] and len(rows) == 3
    assert rows[1][1] == "2" and rows[1][-2:] == ["12,000 บาท/เดือน", "13,000 บาท/เดือน"]
    left = client.get(ended(client, post(client, f"{page}/again", {"existing": "skip"}))).text
    assert "รายการเดิมจะไม่เปลี่ยน" in left and "จะปรับปรุงของเดิม" not in left
    receipt = client.get(ended(client, post(client, f"{_job_page(left)}/confirm")))
    assert "changes.csv" not in receipt.text


def _job_page(report: str) -> str:
    """The address of an upload's page, from its form."""
    found = re.search(r'action="([^"]*)/confirm"', report)
    assert found
    return found[1]


def test_what_an_import_changed_can_be_downloaded_later(client: TestClient) -> None:
    page = send(client, "household.csv", "ชุมชน,ลำดับบ้าน,ครัวเรือนที่,รายได้\nK01,1,1,13000\n")
    receipt = client.get(ended(client, post(client, f"{page}/confirm"))).text
    address = re.search(r"/api/v1/imports/\d+/changes.csv", receipt)
    assert address and "13,000" in client.get(address[0]).text
    assert client.get(address[0], headers={"X-Mankong-Role": "secretary"}).status_code == 403


NEAR = "ชุมชน,ลำดับบ้าน,จำนวนชั้นน,สภาพบ้านน\nK01,{n},2,ชำรุด\n"


def test_an_almost_right_heading_is_settled_by_one_click(client: TestClient) -> None:
    page = send(client, "house.csv", NEAR.format(n=61))
    asked = client.get(page).text
    assert "คอลัมน์ที่ยังไม่ได้ใช้" in asked and f'href="{page}/columns"' in asked
    assert _buttons(asked, "column.0")[:2] == ["storeys", "-"]
    yes = {"column.0.of": "จำนวนชั้นน", "column.0.was": "", "column.0": "storeys"}
    again = ended(client, post(client, f"{page}/again", yes))
    told = client.get(again).text
    assert "จำนวนชั้นน → จำนวนชั้น" in told and 'value="สภาพบ้านน"' in told
    no = {"column.0.of": "สภาพบ้านน", "column.0.was": "", "column.0": "-"}
    settled = ended(client, post(client, f"{again}/again", no))
    told = client.get(settled).text
    assert "คอลัมน์ที่ยังไม่ได้ใช้" not in told and "จำนวนชั้นน → จำนวนชั้น" in told
    columns = client.get(f"{settled}/columns").text
    assert "เลือกเอง" in columns and "ชำรุด" in columns and "ช่องที่ใช้ระบุแต่ละรายการ" in columns
    client.get(ended(client, post(client, f"{settled}/confirm")))

    # The next file with these headings is read the same way, and says so.
    page = send(client, "house week 2.csv", NEAR.format(n=62))
    told = client.get(page).text
    assert "ใช้ตามที่เคยเลือกไว้" in told and "จำนวนชั้นน → จำนวนชั้น" in told and "คอลัมน์ที่ยังไม่ได้ใช้" not in told
    kept = client.get(ended(client, post(client, f"{page}/again", {"existing": "skip"}))).text
    assert "จำนวนชั้นน → จำนวนชั้น" in kept, "another choice keeps those made again"
    page = _job_page(kept)
    anew = client.get(ended(client, post(client, f"{page}/again", {"afresh": "1"}))).text
    assert "ใช้ตามที่เคยเลือกไว้" not in anew and "คอลัมน์ที่ยังไม่ได้ใช้" in anew


def test_columns_to_decide_stand_first_with_what_they_may_mean(client: TestClient) -> None:
    page = send(client, "house.csv", NEAR.format(n=61))
    columns = client.get(f"{page}/columns").text
    first, others = columns.index("คอลัมน์ที่ต้องให้คุณเลือก"), columns.index("คอลัมน์อื่นตามลำดับในไฟล์")
    assert first < columns.index("จำนวนชั้นน") < columns.index("สภาพบ้านน") < others
    assert re.search('อาจหมายถึง"><option value="storeys">', columns)


RIVALS = "ชุมชน,ลำดับบ้าน,ครัวเรือนที่,จำนวนคน,จำนวนสมาชิก,รายได้,รายได้ต่อเดือน,โทร\nK01,71,1,3,4,100,200,080\n"


def test_two_columns_chosen_for_one_field_come_back_marked(client: TestClient) -> None:
    page = send(client, "household.csv", RIVALS)
    form = sent_form(client.get(f"{page}/columns").text)
    phone = next(key.removesuffix(".of") for key, value in form.items() if value == "โทร")
    refused = ended(client, post(client, f"{page}/again", form | {phone: "people"}))
    told = client.get(refused).text
    assert "เลือกหลายคอลัมน์ให้ช่องเดียวกัน" in told and "จำนวนสมาชิก / โทร" in told
    columns = client.get(f"{refused}/columns").text
    assert columns.count("ซ้ำกับคอลัมน์อื่น") == 2 and columns.count("aria-invalid") == 2
    assert columns.count('value="people" selected') == 2
    form = sent_form(columns)
    count = next(key.removesuffix(".of") for key, value in form.items() if value == "โทร")
    told = client.get(ended(client, post(client, f"{refused}/again", form | {count: ""}))).text
    assert "เลือกหลายคอลัมน์" not in told and "ช่วยบอก (2)" in told


def test_columns_that_mean_the_same_field_are_asked_about(client: TestClient) -> None:
    page = send(client, "household.csv", RIVALS)
    told = client.get(page).text
    assert "คอลัมน์ที่ยังไม่ได้ใช้ อยากให้คุณช่วยบอก</h2>" not in told and "ช่วยบอก (3)" in told
    assert "กับคอลัมน์ “รายได้ต่อเดือน” เป็นช่องเดียวกันได้ทั้งคู่" in told
    assert "ตอนนี้ช่องนี้ใช้คอลัมน์ “จำนวนสมาชิก”" in told
    yes = {"column.0.of": "รายได้ต่อเดือน", "column.0.was": "", "column.0": "income"}
    told = client.get(ended(client, post(client, f"{page}/again", yes))).text
    assert "รายได้ต่อเดือน → รายได้ครัวเรือน" in told and "ช่วยบอก (1)" in told


def _here(client: TestClient, page: str) -> list[dict[str, Any]]:
    """What the map of an upload draws behind the file."""
    found = re.search(r'id="layer-here">(.*?)</script>', client.get(f"{page}/map").text, re.DOTALL)
    return json.loads(found[1])["features"] if found else []


def test_the_map_of_a_file_lies_upon_what_is_here_already(client: TestClient) -> None:
    page = send(client, "บ้านใหม่.geojson", NEW_HOUSES)
    behind = _here(client, page)
    said = {feature["properties"]["title"] for feature in behind}
    assert "บ้าน" in said and any("ริมคลอง" in title for title in said)
    assert all(feature["properties"]["rows"] == ["ที่มีอยู่แล้ว"] for feature in behind)
    assert "อยู่ห่างจากทุกอย่าง" not in client.get(page).text


def test_a_file_far_from_all_that_is_here_says_how_far(client: TestClient) -> None:
    page = send(client, "house.csv", "ชุมชน,ลำดับบ้าน,lat,lon\nK01,95,18.79,98.98\n")
    told = client.get(page).text
    km = re.search(r"อยู่ห่างจากทุกอย่างที่มีอยู่แล้วราว (\d+) กม.", told)
    assert km and 500 < int(km[1]) < 650, "Chiang Mai, from Bangkok"
    # Only communities are seen from so far, and the map opens on both.
    assert {feature["properties"]["title"] for feature in _here(client, page)} >= {"ชุมชนริมคลอง"}
    config = re.search(r'id="map-config">(.*?)</script>', client.get(f"{page}/map").text, re.DOTALL)
    assert config
    west, south, east, north = json.loads(config[1])["bounds"]
    assert south < 14 and north > 18 and west < 99 and east > 100


def test_where_nothing_is_yet_the_map_shows_the_area_of_the_network(client: TestClient) -> None:
    store: Store = client.app.state.store  # type: ignore[attr-defined]
    networks.add(store, STEWARD, "NEW", "ใหม่", (100.0, 13.0, 101.0, 14.5))
    (area,) = ground(store, "NEW", STEWARD, (100.1, 13.1, 100.2, 13.2), "th").layers
    assert area.title == "พื้นที่ของเครือข่าย" and b"100.0,13.0" in area.data
    assert far_km(store, "NEW", STEWARD, (100.1, 13.1, 100.2, 13.2)) is None


def test_the_page_names_every_format_and_the_receipt_is_there_for_programs(client: TestClient) -> None:
    told = client.get(f"{BASE}/upload").text
    hint = told[told.index('id="file-hint"') :].split("</p>")[0]
    named = {
        ".geojsonl": "geojson", ".geojsons": "geojson", ".jsonl": "geojson", ".ndjson": "geojson", ".json": "geojson",
        ".xlsm": "xlsx", ".tab": "tsv", ".shp": "shapefile", ".gpkg": "geopackage", ".parquet": "geoparquet",
    }  # fmt: skip
    left_out = {suffix for suffix in BY_SUFFIX if named.get(suffix, suffix[1:]) not in hint.casefold()}
    assert left_out <= {".xml", ".txt"}, left_out
    page = send(client, "house.csv", "ชุมชน,ลำดับบ้าน\nK01,97\n")
    receipt = client.get(ended(client, post(client, f"{page}/confirm"))).text
    address = re.search(r'href="(/api/v1/imports/\d+)">ใบรับ \(JSON\)', receipt)
    assert address and client.get(address[1]).json()["import_id"] == int(address[1].rsplit("/", 1)[-1])


SLIP = "ชุมชน,ลำดับบ้าน,สภาพบ้าน\nริมคลองง,91,ชำรุด\nตลาดใหม่,92,ชำรุด\n"


def test_a_slip_in_a_community_s_name_is_joined_by_one_click_before_confirming(client: TestClient) -> None:
    page = send(client, "house.csv", SLIP)
    asked = client.get(page).text
    assert "หมายถึง “ชุมชนริมคลอง”" in asked and asked.count('name="community.of"') == 2
    (meant,) = [one for one in _buttons(asked, "community") if len(one) == 32]
    joined = ended(client, post(client, f"{page}/again", {"community.of": "ริมคลองง", "community": meant}))
    told = client.get(joined).text
    assert "จะรวมกับ ชุมชนริมคลอง" in told
    other = {"community.of": "ตลาดใหม่", "community": "other", "community_other": meant}
    both = ended(client, post(client, f"{joined}/again", other))
    assert client.get(both).text.count("จะรวมกับ ชุมชนริมคลอง") == 2
    created = ended(client, post(client, f"{both}/again", {"community.of": "ตลาดใหม่", "community": "+"}))
    assert "จะสร้างเป็นชุมชนใหม่" in client.get(created).text
    receipt = client.get(ended(client, post(client, f"{created}/confirm"))).text
    assert "ชุมชนที่ยังไม่รู้จัก" not in receipt
    assert "ตลาดใหม่" in client.get(f"{BASE}/table/community").text
    again = client.get(send(client, "house.csv", SLIP.replace("91", "93"))).text
    assert "ชุมชนที่ยังไม่รู้จัก" not in again


def test_a_choice_of_a_community_is_taken_back_before_confirming(client: TestClient) -> None:
    page = send(client, "house.csv", SLIP)
    joined = ended(client, post(client, f"{page}/again", {"community.of": "ริมคลองง", "community": "+"}))
    back = ended(client, post(client, f"{joined}/again", {"community.of": "ริมคลองง", "community": ""}))
    assert "จะสร้างเป็นชุมชนใหม่" not in client.get(back).text


def test_a_slip_is_joined_after_confirming(client: TestClient) -> None:
    page = send(client, "house.csv", SLIP)
    receipt = client.get(ended(client, post(client, f"{page}/confirm"))).text
    form = dict(re.findall(r'<input type="hidden" name="(name|community|next)" value="([^"]*)"', receipt))
    assert "หมายถึง “ชุมชนริมคลอง”" in receipt and len(form["community"]) == 32
    here = {"name": "ริมคลองง", "community": form["community"], "next": f"{BASE}/imports"}
    assert post(client, f"{BASE}/communities/join", here) == f"{BASE}/imports"
    after = client.get(f"{BASE}/imports").text
    assert "ริมคลองง" not in after and "ตลาดใหม่" in after
    assert client.post(f"{BASE}/communities/join", data=here).status_code == 409


def test_a_file_that_is_being_taken_is_not_examined_anew(client: TestClient) -> None:
    jobs = Jobs(client.app.state.store)  # type: ignore[attr-defined]
    job = send(client, "house.geojson", NEW_HOUSES).rsplit("/", 1)[1]
    # Somebody has confirmed: the rows are on their way, the file still lies here.
    accepting = jobs.new("accept", CODE, STEWARD, {"examined": job})
    jobs.folder(job).with_suffix(".accepting").write_text(accepting, encoding="ascii")
    before = sorted(path.name for path in (jobs.store.files / "jobs").iterdir())
    answer = client.post(f"{BASE}/upload/{job}/again", data={"type": "house"}, follow_redirects=False)
    assert answer.status_code == 409 and "รับเข้าไปแล้ว" in answer.text
    assert sorted(path.name for path in (jobs.store.files / "jobs").iterdir()) == before
    assert len(list((jobs.store.files / "jobs").glob("*/raw"))) == 1


def test_cancelling_stores_nothing_and_deletes_the_file(client: TestClient) -> None:
    before = counts(client)
    page = send(client, "house.geojson", NEW_HOUSES)
    assert post(client, f"{page}/cancel") == f"{BASE}/upload?dropped=1"
    assert "ไม่มีอะไรถูกบันทึก" in client.get(f"{BASE}/upload?dropped=1").text
    assert client.get(f"{page}/map").status_code == 409 and counts(client) == before
    store: Store = client.app.state.store  # type: ignore[attr-defined]
    assert not list((store.files / "jobs").glob("*/raw"))


@pytest.mark.parametrize(("name", "content", "said"), [
    ("photo.jpg", b"\xff\xd8\xff\xe0 not a survey", "ไม่รู้จักชนิดไฟล์นี้"), ("empty.csv", b"", "ไฟล์ว่างเปล่า"),
    ("broken.zip", b"PK\x03\x04 cut off", "zip"),
])  # fmt: skip
def test_a_file_that_cannot_be_taken_says_why(
    client: TestClient, name: str, content: bytes, said: str
) -> None:
    report = client.get(send(client, name, content)).text
    assert said in report and "ยังรับไฟล์นี้ไม่ได้" in report and "/confirm" not in report


def test_too_large_a_file_is_refused_before_it_is_examined(client: TestClient) -> None:
    big: dict[str, Any] = {"files": {"file": ("big.csv", b"a,b\n" * 400_000)}, "follow_redirects": False}
    plain = client.post(f"{BASE}/upload", **big)
    assert plain.status_code == 413 and "1 MB" in plain.text and "ทำอย่างไรต่อ" in plain.text
    scripted = client.post(f"{BASE}/upload", headers={"HX-Request": "true"}, **big)
    assert scripted.status_code == 413 and "x-said" in scripted.headers
    assert client.post(f"{BASE}/upload", data={"nothing": "1"}).status_code == 422


def test_another_network_has_no_part_in_it(client: TestClient) -> None:
    client.cookies.set(ROLE_COOKIE, "steward")
    client.post("/networks", data={"code": "OTHER", "name": "เมืองอื่น"})
    client.cookies.set(ROLE_COOKIE, "surveyor")
    page = send(client, "house.geojson", NEW_HOUSES)
    other = page.replace(f"/n/{CODE}/", "/n/OTHER/")
    for address in (other, f"{other}/map", f"{other}/columns", f"{other}/progress"):
        assert client.get(address).status_code == 404
    for act in ("again", "confirm", "cancel"):
        assert client.post(f"{other}/{act}").status_code == 404
    assert client.get("/n/OTHER/imports/2").status_code == 404
    assert client.post("/n/OTHER/imports/2/undo").status_code == 404
    key = str(client.app.state.store.read(CODE, "house", []).index[0])  # type: ignore[attr-defined]
    assert client.get(f"/n/OTHER/house/{key}").status_code == 404


def test_the_secretary_sends_no_files(client: TestClient) -> None:
    page = send(client, "house.geojson", NEW_HOUSES)
    client.cookies.set(ROLE_COOKIE, "secretary")
    assert client.get(page).status_code == 403
    assert client.post(f"{page}/confirm").status_code == 403
    assert client.post(f"{BASE}/upload", files={"file": ("a.csv", "a")}).status_code == 403
    assert "ส่งไฟล์" not in client.get(f"{BASE}/imports").text


def test_a_community_that_is_not_known_is_created_by_one_click(client: TestClient) -> None:
    assert "ชุมชนใหม่" in client.get(f"{BASE}/imports").text
    post(client, f"{BASE}/communities", {"name": "ชุมชนใหม่", "next": f"{BASE}/imports"})
    assert "ชุมชนใหม่" not in client.get(f"{BASE}/imports").text
    assert "ชุมชนใหม่" in client.get(f"{BASE}/table/community").text
