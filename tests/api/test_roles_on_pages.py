"""What each role sees on the page of one household, and what it can do from there."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from api.settings import Settings
from surveys import linking, records
from surveys.edit import Correction
from surveys.roles import ROLES
from surveys.store.store import Store
from tests.api.conftest import HERE
from tests.api.seen_city import CODE, STEWARD, build

HOUSEHOLD = records.ALL["household"].by_name
COLLECTED = ("เลขประจำตัวหัวหน้าครัวเรือน", "รายได้ครัวเรือน", "เงินออม", "คอลัมน์อื่นจากไฟล์")


@dataclass(frozen=True)
class Sees:
    """What stands on the page for a role: shown and closed field names, and links of the head."""

    shown: tuple[str, ...]
    closed: tuple[str, ...]
    head: tuple[str, ...]
    not_head: tuple[str, ...] = ()


NAMES = ("ชื่อหัวหน้าครัวเรือน", "แผงลอย", "บ้านเลขที่")
SENSITIVE = ("ผู้ป่วยในบ้าน",)
EXPECTED: dict[str, Sees] = {
    "surveyor": Sees((*NAMES, *COLLECTED[:2], "คอลัมน์อื่นจากไฟล์"), SENSITIVE, ("upload", "proposals")),
    "planner": Sees((*NAMES, *COLLECTED[:2], "คอลัมน์อื่นจากไฟล์"), SENSITIVE, ("upload", "proposals")),
    "secretary": Sees(NAMES, (*SENSITIVE, *COLLECTED), ("proposals",), ("upload",)),
    "steward": Sees((*NAMES, *COLLECTED[:2], "คอลัมน์อื่นจากไฟล์"), SENSITIVE, ("upload", "proposals")),
}


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    path = tmp_path_factory.mktemp("roles") / "city.gpkg"
    build(path)
    with TestClient(create_app(Settings(store=str(path))), base_url=HERE) as made:
        yield made


def store_of(client: TestClient) -> Store:
    store: Store = client.app.state.store  # type: ignore[attr-defined]
    return store


def ids(client: TestClient, type_name: str) -> list[str]:
    return [str(key) for key in store_of(client).read(CODE, type_name, []).index]


def look(client: TestClient, address: str, role: str, status: int = 200) -> str:
    headers = {"X-Mankong-Role": role, "accept": "text/html"}
    answer = client.get(f"/n/{CODE}/{address}?lang=th", headers=headers)
    assert answer.status_code == status, answer.text
    return html.unescape(answer.text)


def section(page: str, name: str) -> str:
    """The text of one section of a record page, empty when it is not there."""
    found = re.search(rf'<section class="sheet" aria-labelledby="{name}">(.*?)</section>', page, re.DOTALL)
    return found[1] if found else ""


@pytest.mark.parametrize("role", EXPECTED)
def test_a_household_page_shows_a_role_what_its_work_needs(client: TestClient, role: str) -> None:
    page, expected = look(client, f"household/{ids(client, 'household')[0]}", role), EXPECTED[role]
    closed, top = section(page, "g-closed"), page[: page.index("</header>")]
    rest = page.replace(closed, "")
    for name in expected.shown:
        assert f"<dt>{name}</dt>" in rest or f">{name}</h2>" in rest, name
        assert name not in closed
    for name in expected.closed:
        assert name in closed and f"<dt>{name}</dt>" not in rest and f">{name}</h2>" not in rest, name
    assert all(f'/n/{CODE}/{part}"' in top for part in expected.head)
    assert not [part for part in expected.not_head if f'/n/{CODE}/{part}"' in top]


def test_what_is_closed_is_said_with_who_may_see_it(client: TestClient) -> None:
    keys = ids(client, "household")
    closed = [section(look(client, f"household/{key}", "secretary"), "g-closed") for key in keys[:2]]
    assert closed[0] == closed[1], "it does not hang on what a household has"
    who = [ROLES[role].th for role in ("surveyor", "planner", "steward")]
    assert f"ผู้ที่ดูได้: {', '.join(who)}" in closed[0] and "ยังไม่มีผู้ใดดูได้" in closed[0]
    assert ROLES["secretary"].th in closed[0]


def test_the_public_is_told_who_may_see_households(client: TestClient) -> None:
    page = look(client, f"household/{ids(client, 'household')[0]}", "public", 403)
    assert "ประชาชนทั่วไปดูข้อมูลครัวเรือนไม่ได้" in page
    assert all(ROLES[role].th in page for role in EXPECTED)
    road = look(client, f"road/{ids(client, 'road')[0]}", "public")
    assert "ซอยเปิดเผย" in road and re.findall("<span>(.*?)</span>", section(road, "g-closed")) == [
        "คอลัมน์อื่นจากไฟล์"
    ]
    first = client.get("/", headers={"X-Mankong-Role": "public", "accept": "text/html"}).text
    assert f"/n/{CODE}/map" in first and f"/n/{CODE}/upload" not in first


def test_a_table_is_not_sorted_by_what_is_not_shown(client: TestClient) -> None:
    def rows(role: str, sort: str) -> list[str]:
        headers = {"X-Mankong-Role": role, "accept": "text/html"}
        asked = {"sort": sort, "dir": "desc", "col": ["income", "house_seq"]}
        page = client.get(f"/n/{CODE}/table/household", params=asked, headers=headers).text
        return re.findall(rf'href="/n/{CODE}/household/([0-9a-f]+)"', page)

    came = rows("secretary", "")
    assert rows("secretary", "house_seq") == came[::-1], "by what is seen a table is sorted"
    assert rows("secretary", "income") == rows("secretary", "head_id") == came
    for role in ("surveyor", "secretary"):
        page = client.get(f"/n/{CODE}/table/household?col=income", headers={"X-Mankong-Role": role}).text
        assert ('value="income"' in page) == (role == "surveyor")


def test_a_map_file_that_leaves_the_house_is_logged(client: TestClient) -> None:
    def exports() -> int:
        with store_of(client).reading() as connection:
            query = "SELECT count(*) FROM event WHERE action='export' AND subject='map'"
            return int(connection.exec_driver_sql(query).scalar() or 0)

    before = exports()
    look(client, "map.html", "surveyor")
    look(client, "map.html", "public", 403)
    assert exports() == before + 1


def test_a_household_linked_by_hand_stands_with_its_house(client: TestClient) -> None:
    house, household = ids(client, "house")[0], ids(client, "household")[1]
    assert household not in look(client, f"house/{house}", "planner")
    done = Correction("household", household, 1, {}, "ผู้นำชุมชนบอก")
    linking.link(store_of(client), CODE, STEWARD, done, house)
    assert f"/n/{CODE}/household/{household}" in look(client, f"house/{house}", "planner")
    assert f"/n/{CODE}/house/{house}" in look(client, f"household/{household}", "planner")
