"""Rows that are not on the map yet: the page of their import says which they are."""

from __future__ import annotations

from fastapi.testclient import TestClient

from api.app import create_app
from api.context import ROLE_COOKIE
from api.settings import Settings
from tests.api.conftest import HERE
from tests.conftest import NETWORK, Intake


def page(take: Intake, numbers: range) -> tuple[str, str]:
    """Take households of houses 1 to 3, of which only those of 2 stand on the map; the page in both languages."""
    take.rows([{"ชุมชน": "ก", "ลำดับบ้าน": 2, "lat": 13.7, "lon": 100.5}], "house.csv")
    rows = [{"ชุมชน": "ก", "ลำดับบ้าน": n, "ชื่อหัวหน้าครัวเรือน": f"คน {n}"} for n in numbers]
    report = take.rows(rows, "household.csv")
    assert report["unplaced"] == len(numbers) - 1
    with TestClient(
        create_app(Settings(store=str(take.store.path))), base_url=HERE, headers={"accept": "text/html"}
    ) as client:
        client.cookies.set(ROLE_COOKIE, "surveyor")
        address = f"/n/{NETWORK}/imports/{report['import_id']}"
        thai, english = (client.get(address, params={"lang": lang}).text for lang in ("th", "en"))
    return thai, english


def test_they_are_named_by_their_rows(take: Intake) -> None:
    thai, english = page(take, range(1, 4))
    assert "<dd>แถวในไฟล์ 2, 4</dd>" in thai
    assert "<dd>Rows of the file 2, 4</dd>" in english


def test_one_is_spoken_of_as_one(take: Intake) -> None:
    assert "<dd>Row of the file 3</dd>" in page(take, range(2, 4))[1]


def test_of_many_the_first_are_named(take: Intake) -> None:
    thai, english = page(take, range(1, 14))
    assert "แถวในไฟล์ 2, 4, 5, 6, 7, 8, 9, 10, 11, 12 … ทั้งหมด 12 แถว" in thai
    assert "2, 4, 5, 6, 7, 8, 9, 10, 11, 12 … 12 in all" in english
