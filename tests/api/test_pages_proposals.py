"""A land proposal through the pages: filed about plots, houses, communities or nothing; decided; seen."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from api.context import ROLE_COOKIE
from api.settings import Settings
from surveys.dates import show_date
from surveys.store.store import Store
from tests.api.conftest import HERE
from tests.browser.small_city import CODE, build

BASE = f"/n/{CODE}/proposals"
FORM = {"title": "ขอเช่าที่ริมคลอง", "option": "onsite", "households": "3"}


@pytest.fixture
def client(tmp_path: Path) -> Iterator[TestClient]:
    """The application on the small city, seen by the planner."""
    build(tmp_path / "city.gpkg")
    with TestClient(
        create_app(Settings(store=tmp_path / "city.gpkg")), base_url=HERE, headers={"accept": "text/html"}
    ) as made:
        made.cookies.set(ROLE_COOKIE, "planner")
        yield made


def key(client: TestClient, type_name: str) -> str:
    store: Store = client.app.state.store  # type: ignore[attr-defined]
    return str(store.read(CODE, type_name, []).index[0])


def filed(client: TestClient, **form: str) -> str:
    answer = client.post(BASE, data=FORM | form, follow_redirects=False)
    assert answer.status_code == 303, answer.text
    return answer.headers["location"]


def test_filed_from_a_plot_it_shows_its_plot_and_a_map(client: TestClient) -> None:
    plot = key(client, "land_plot")
    form = client.get(f"{BASE}/new", params={"target": f"land_plot:{plot}"}).text
    assert f'value="land_plot:{plot}" checked' in form and "ปรับผังแปลงที่ดินใหม่" in form
    address = filed(client, target=f"land_plot:{plot}")
    page = client.get(address).text
    for said in (
        "ขอเช่าที่ริมคลอง",
        "เสนอแล้ว รอพิจารณา",
        "ปรับปรุงในที่เดิม",
        f"/land_plot/{plot}",
        "<iframe",
        "นักวางแผน",
    ):
        assert said in page, said
    assert client.get(f"{address}/map").status_code == 200
    assert "บันทึกมติคณะกรรมการเมือง" not in page and "เลขานุการ" in page
    record = address.rsplit("/", 1)[1]
    moved = client.get(f"/n/{CODE}/land_proposal/{record}", follow_redirects=False)
    assert moved.headers["location"] == address


def test_plots_and_houses_are_chosen_by_number(client: TestClient) -> None:
    community = key(client, "community")
    asked = {"do": "add", "kind": "land_plot", "community": community, "numbers": "1-3, 4"}
    added = client.post(BASE, data=FORM | asked, follow_redirects=False)
    assert added.status_code == 303, "a reload sends nothing again"
    page = client.get(added.headers["location"]).text
    chosen = re.findall(r'name="target" value="(land_plot:\w+)" checked', page)
    assert len(chosen) == 4 and 'value="ขอเช่าที่ริมคลอง"' in page
    lost = client.post(BASE, data=FORM | asked | {"numbers": "1-3, 99"})
    assert lost.status_code == 409 and "ไม่พบเลข 99" in lost.text and 'value="1-3, 99"' in lost.text
    made = client.post(
        BASE, data=FORM | {"target": chosen[:2], "kind": "house", "numbers": "1", "do": "file"}
    )
    assert made.status_code == 200 and made.text.count(f"/n/{CODE}/land_plot/") == 2
    assert made.text.count(f"/n/{CODE}/house/") == 1


def test_a_proposal_may_have_no_land_yet_or_a_whole_community(client: TestClient) -> None:
    assert "ยังไม่ระบุที่ดินหรือบ้าน" in client.get(filed(client)).text
    assert "ชุมชนริมคลอง" in client.get(filed(client, target=f"community:{key(client, 'community')}")).text


@pytest.mark.parametrize(("wrong", "said"), [
    ({"title": " "}, "กรุณาเขียนชื่อเรื่อง"), ({"option": ""}, "กรุณาเลือกทางเลือกการพัฒนา"),
    ({"households": "สาม"}, "จำนวนครัวเรือนต้องเป็นตัวเลข"), ({"households": "9999999"}, "จำนวนครัวเรือนไม่ถูกต้อง"),
])  # fmt: skip
def test_a_form_that_is_wrong_keeps_what_was_typed(
    client: TestClient, wrong: dict[str, str], said: str
) -> None:
    plot = key(client, "land_plot")
    answer = client.post(BASE, data=FORM | {"target": f"land_plot:{plot}"} | wrong)
    assert answer.status_code == 409 and said in answer.text
    assert f'value="land_plot:{plot}" checked' in answer.text
    assert "title" in wrong or 'value="ขอเช่าที่ริมคลอง"' in answer.text


def test_the_secretary_records_what_was_decided(client: TestClient) -> None:
    address = filed(client)
    assert client.post(address, data={"step": "agree", "meeting": "1/1/2569"}).status_code == 403
    client.cookies.set(ROLE_COOKIE, "secretary")
    assert "บันทึกมติคณะกรรมการเมือง" in client.get(address).text
    tomorrow = show_date(date.today() + timedelta(days=2), "th")
    for form, said in (
        ({"step": "refuse", "meeting": "1/1/2569", "reason": " "}, "ต้องระบุเหตุผล"),
        ({"step": "", "meeting": "1/1/2569"}, "กรุณาเลือกมติ"),
        ({"step": "agree", "meeting": "เมื่อวาน"}, "อ่านวันที่ไม่ได้"),
        ({"step": "agree", "meeting": tomorrow}, "การประชุม"),
    ):
        answer = client.post(address, data=form)
        assert answer.status_code == 409, form
        assert said in answer.text or "ยังมาไม่ถึง" in answer.text, form
        assert not form["meeting"] or f'value="{form["meeting"]}"' in answer.text
    sent_back = client.post(address, data={"step": "revise", "meeting": "1 ม.ค. 2569", "reason": "ขอผังใหม่"})
    assert (
        "ให้ปรับแก้" in sent_back.text
        and "ประชุมวันที่ 1 ม.ค. 2569" in sent_back.text
        and "ขอผังใหม่" in sent_back.text
    )
    assert client.post(address, data={"step": "agree", "meeting": "1/1/2569"}).status_code == 409
    client.cookies.set(ROLE_COOKIE, "planner")
    assert "เสนออีกครั้ง" in client.get(address).text
    client.post(address, data={"step": "submit"})
    client.cookies.set(ROLE_COOKIE, "secretary")
    agreed = client.post(address, data={"step": "agree", "meeting": "2/1/2569"}).text
    assert agreed.count('<li><p><span class="tag') == 4 and "ถอนเรื่อง" not in agreed
    assert "tag-good" in client.get(BASE).text


def test_the_surveyor_files_nothing(client: TestClient) -> None:
    client.cookies.set(ROLE_COOKIE, "surveyor")
    assert client.get(f"{BASE}/new").status_code == 403
    assert client.post(BASE, data=FORM).status_code == 403
    assert "ยื่นข้อเสนอแรก" not in client.get(BASE).text
