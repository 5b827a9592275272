"""Shapes mended from the page: drawn before and after, taken when ticked."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import get_args

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from api.context import ROLE_COOKIE
from api.pages.repairs_page import drawings
from api.settings import Settings
from gis.geometry import What
from surveys.intake.fault_words import FAULT_WORDS
from surveys.intake.repair import suggestions
from tests.api.conftest import HERE
from tests.conftest import NETWORK, STEWARD, Intake

BOW = [[100.5, 13.7], [100.501, 13.701], [100.501, 13.7], [100.5, 13.701], [100.5, 13.7]]


@pytest.fixture
def page(take: Intake) -> Iterator[tuple[TestClient, str]]:
    """A plot that crosses itself, kept out; the client and the address of its repairs."""
    shape = {"type": "Polygon", "coordinates": [BOW]}
    feature = {"type": "Feature", "properties": {"เลขแปลงในผัง": "7", "ชุมชน": "ก"}, "geometry": shape}
    file = take.folder / "แปลง.geojson"
    file.write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}), encoding="utf-8")
    report = take(file, type="land_plot")
    assert report["quarantined"] == 1
    with TestClient(
        create_app(Settings(store=take.store.path)), base_url=HERE, headers={"accept": "text/html"}
    ) as made:
        made.cookies.set(ROLE_COOKIE, "surveyor")
        yield made, f"/n/{NETWORK}/imports/{report['import_id']}"


def test_a_shape_is_drawn_and_taken_when_ticked(page: tuple[TestClient, str]) -> None:
    client, address = page
    assert f"{address}/repairs" in client.get(address).text
    shown = client.get(f"{address}/repairs").text
    assert re.search("เส้นขอบตัดกันเอง · เนื้อที่หลังซ่อม [0-9]", shown)
    assert "<circle" in shown and 'value="0:1"' in shown
    nothing = client.post(f"{address}/repairs")
    assert nothing.status_code == 409 and "เลือกแถว" in nothing.text
    assert client.post(f"{address}/repairs", data={"row": "x:1"}).status_code == 409
    answer = client.post(f"{address}/repairs", data={"row": "0:1"}, follow_redirects=False)
    assert answer.status_code == 303, answer.text
    receipt = client.get(answer.headers["location"]).text
    assert "แก้แล้วส่งต่อจาก" in receipt and "ซ่อมรูป แปลง.geojson" in receipt
    assert "แถวที่แก้แล้วกลับมาใน" in client.get(address).text


SQUARE = [[100.6, 13.7], [100.601, 13.7], [100.601, 13.701], [100.6, 13.701], [100.6, 13.7]]


@pytest.fixture
def repeated(take: Intake) -> Iterator[tuple[TestClient, str]]:
    """Three plots taken with a corner that stands twice; the client and the address of their import."""
    features = [
        {"type": "Feature", "properties": {"เลขแปลงในผัง": str(n), "ชุมชน": "ก"}, "geometry": {
            "type": "Polygon", "coordinates": [[[x + n / 100, y] for x, y in [*SQUARE[:2], *SQUARE[1:]]]]}}
        for n in range(1, 4)
    ]  # fmt: skip
    file = take.folder / "ซ้ำ.geojson"
    file.write_text(json.dumps({"type": "FeatureCollection", "features": features}), encoding="utf-8")
    report = take(file, type="land_plot")
    assert (report["taken"], report["problem_counts"]["vertices_repeated"]) == (3, 1)
    with TestClient(
        create_app(Settings(store=take.store.path)), base_url=HERE, headers={"accept": "text/html"}
    ) as made:
        made.cookies.set(ROLE_COOKIE, "surveyor")
        yield made, f"/n/{NETWORK}/imports/{report['import_id']}"


def ticks(page: str) -> list[str]:
    return re.findall('type="checkbox" name="row" value="([^"]+)"', page)


def test_repeated_corners_are_drawn_and_removed_from_what_is_ticked_or_from_all(
    repeated: tuple[TestClient, str],
) -> None:
    client, address = repeated
    receipt = client.get(address).text
    assert f"{address}/repairs" in receipt and "กด “ดูวิธีซ่อมรูป”" in receipt
    shown = client.get(f"{address}/repairs").text
    assert ticks(shown) == ["0:1", "0:2", "0:3"] and shown.count("<circle") == 3
    assert "รับไว้แล้วตามที่ส่งมา" in shown and "แถวที่กันไว้" not in shown
    assert client.post(f"{address}/repairs", data={"shown": ["0:1", "0:2"]}).status_code == 409
    for link in re.findall(f'href="(/n/{NETWORK}/land_plot/[0-9a-f]+)"', shown):
        assert client.get(link).status_code == 200
    answer = client.post(f"{address}/repairs", data={"row": ["0:2"], "shown": ["0:1", "0:2", "0:3"]})
    assert "ลบจุดซ้ำ ซ้ำ.geojson" in answer.text
    shown = client.get(f"{address}/repairs").text
    assert ticks(shown) == ["0:1", "0:3"] and "2 รูปที่แสดง" in shown
    assert f"{address}/repairs" in client.get(address).text
    client.post(f"{address}/repairs", data={"shown": ["0:1", "0:3"], "every": "1"})
    assert f"{address}/repairs" not in client.get(address).text, "nothing is left to offer"
    assert "ไม่มีรูปที่แนะนำวิธีซ่อมได้" in client.get(f"{address}/repairs").text


def test_one_shape_that_is_left_is_spoken_of_as_one(repeated: tuple[TestClient, str]) -> None:
    client, address = repeated
    client.post(f"{address}/repairs", data={"row": ["0:1", "0:2"]})
    thai, english = (client.get(f"{address}/repairs", params={"lang": lang}).text for lang in ("th", "en"))
    assert ticks(english) == ["0:3"] and 'value="1">Remove them</button>' in english
    assert 'value="1">ลบจุดซ้ำ</button>' in thai
    assert "Row 3 · Land plot 3<" in english and "แถว 3 · แปลงที่ดิน 3<" in thai


def test_a_file_that_mending_made_is_told_in_the_language_of_the_page(
    repeated: tuple[TestClient, str],
) -> None:
    client, address = repeated
    made = client.post(f"{address}/repairs", data={"row": "0:1"}, follow_redirects=False).headers["location"]
    thai, english = (client.get(made, params={"lang": lang}).text for lang in ("th", "en"))
    assert "ลบจุดซ้ำ ซ้ำ.geojson" in thai and "ลบจุดซ้ำ" not in english
    imports, rounds = (f"/n/{NETWORK}/{name}" for name in ("imports", "rounds"))
    for page in (english, *(client.get(one, params={"lang": "en"}).text for one in (imports, rounds))):
        assert "Repeated corners removed: ซ้ำ.geojson" in page
    assert "<li>เลขแปลงในผัง</li>" in thai and "plot_no" not in thai and "community" not in thai
    assert "<li>เลขแปลงในผัง" in client.get(address, params={"lang": "th"}).text


def test_a_row_kept_out_is_named_by_its_type_and_number(page: tuple[TestClient, str]) -> None:
    client, address = page
    assert "แถว 1 · แปลงที่ดิน 7<" in client.get(f"{address}/repairs").text


def test_nothing_is_offered_once_all_rows_came_back(page: tuple[TestClient, str]) -> None:
    client, address = page
    client.post(f"{address}/repairs", data={"row": "0:1"})
    assert f"{address}/repairs" not in client.get(address).text


def test_the_receipt_says_what_is_still_kept_out(page: tuple[TestClient, str]) -> None:
    client, address = page
    assert "quarantined.xlsx" in client.get(address).text
    client.post(f"{address}/repairs", data={"row": "0:1"})
    receipt = client.get(address).text
    assert "quarantined.xlsx" not in receipt and "กลับมาครบแล้ว" in receipt
    assert "แถวที่กันไว้ กลับเข้ามาครบแล้ว" in receipt and "แถวที่กันไว้ ยังไม่รับ" not in receipt
    assert re.search("กันไว้ ยังไม่รับ</dt><dd>0 ", receipt)
    number = address.rsplit("/", 1)[-1]
    assert client.get(f"/api/v1/imports/{number}/quarantined.xlsx").status_code == 404


def test_the_page_counts_only_the_rows_still_kept_out(take: Intake) -> None:
    features = [
        {"type": "Feature", "properties": {"เลขแปลงในผัง": str(n), "ชุมชน": "ก"}, "geometry": {
            "type": "Polygon", "coordinates": [[[x + n / 100, y] for x, y in BOW]]}}
        for n in (1, 2)
    ]  # fmt: skip
    file = take.folder / "สอง.geojson"
    file.write_text(json.dumps({"type": "FeatureCollection", "features": features}), encoding="utf-8")
    address = f"/n/{NETWORK}/imports/{take(file, type='land_plot')['import_id']}"
    with TestClient(
        create_app(Settings(store=str(take.store.path))), base_url=HERE, headers={"accept": "text/html"}
    ) as client:
        client.cookies.set(ROLE_COOKIE, "surveyor")
        assert "แถวที่กันไว้ ยังไม่รับ (2)" in client.get(address).text
        client.post(f"{address}/repairs", data={"row": "0:1"})
        receipt = client.get(address).text
        assert "แถวที่กันไว้ ยังไม่รับ (1)" in receipt and re.search("กันไว้ ยังไม่รับ</dt><dd>1 ", receipt)
        assert "Rows still kept out (1)" in client.get(address, params={"lang": "en"}).text


def test_a_ring_left_open_is_drawn_open_with_a_circle_where_it_stops(take: Intake) -> None:
    ring = [[100.5, 13.7], [100.501, 13.7], [100.501, 13.701], [100.5, 13.701]]
    shape = {"type": "Polygon", "coordinates": [ring]}
    feature = {"type": "Feature", "properties": {"เลขแปลงในผัง": "7", "ชุมชน": "ก"}, "geometry": shape}
    file = take.folder / "เปิด.geojson"
    file.write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}), encoding="utf-8")
    found = suggestions(take.store, NETWORK, STEWARD, take(file, type="land_plot")["import_id"])
    (drawn,) = drawings(found.rows, "th")
    west, north = drawn.fault or (0, 0)
    assert drawn.before.endswith(f" {west} {north}") and "Z" not in drawn.before
    assert drawn.after.endswith("Z")


def test_who_reads_no_files_mends_none(page: tuple[TestClient, str]) -> None:
    client, address = page
    client.cookies.set(ROLE_COOKIE, "secretary")
    assert client.get(f"{address}/repairs").status_code == 403
    assert client.post(f"{address}/repairs", data={"row": "0:1"}).status_code == 403


def test_every_fault_has_its_words() -> None:
    assert set(FAULT_WORDS) == set(get_args(What))
