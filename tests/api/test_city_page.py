"""The page of a network and its analyses: what one can do stands first, numbers beside names, files for Excel."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest
from fastapi.testclient import TestClient
from python_calamine import CalamineWorkbook

from api.context import LANG_COOKIE, ROLE_COOKIE
from api.pages import city_page
from api.pages.result_table import shown
from surveys import networks
from surveys.planning.analysis import ANALYSES, Column, Result
from surveys.store.store import Store
from surveys.words import words
from tests.api.conftest import pages
from tests.browser.small_city import CODE, build
from tests.conftest import NETWORK, STEWARD, Intake

BASE = f"/n/{CODE}"


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """The application on the small city."""
    path = tmp_path_factory.mktemp("city_page") / "city.gpkg"
    build(path)
    with pages(path) as made:
        yield made


def get(client: TestClient, address: str, role: str = "planner") -> str:
    client.cookies.clear()
    client.cookies.set(ROLE_COOKIE, role)
    client.cookies.set(LANG_COOKIE, "th")
    return client.get(address).text


def test_what_can_be_done_stands_first_by_right(client: TestClient) -> None:
    for role, wanted, not_wanted in (
        ("planner", ("search", "upload", "analysis", "fields", "returns"), ()),
        ("surveyor", ("search", "upload", "analysis"), ("fields",)),
        ("secretary", ("search", "analysis", "returns"), ("upload", "fields")),
    ):
        page = get(client, BASE, role)
        list_ = page[page.index("สิ่งที่ทำได้ที่นี่") : page.index('id="s-communities"')]
        for part in wanted:
            assert f'href="{BASE}/{part}"' in list_, (role, part)
        for part in not_wanted:
            assert f'href="{BASE}/{part}"' not in list_, (role, part)
        assert 'href="#forms"' in list_


def test_forms_stand_before_the_figures_once(client: TestClient) -> None:
    page = get(client, BASE)
    assert page.count('id="forms"') == 1
    assert page.index('id="s-communities"') < page.index('id="forms"') < page.index('id="s-people"')


def test_the_map_is_linked_at_what_is_meant(client: TestClient) -> None:
    page = get(client, BASE)
    main = page[page.index("<main") :]
    assert main.count(f'href="{BASE}/map"') == 1, "the plain map once, where one can do things"
    store: Store = client.app.state.store  # type: ignore[attr-defined]
    first = str(store.read(CODE, "community", []).index[0])
    assert f'href="{BASE}/map#community/{first}"' in main


@pytest.mark.parametrize("name", ANALYSES)
def test_every_analysis_is_a_workbook(client: TestClient, name: str) -> None:
    client.cookies.clear()
    client.cookies.set(ROLE_COOKIE, "planner")
    client.cookies.set(LANG_COOKIE, "th")
    answer = client.get(f"{BASE}/analysis/{name}.xlsx")
    assert answer.status_code == 200
    assert f"{CODE}-{name}.xlsx" in answer.headers["content-disposition"]
    rows = CalamineWorkbook.from_filelike(io.BytesIO(answer.content)).get_sheet_by_index(0).to_python()
    text = client.get(f"{BASE}/analysis/{name}.csv").text.removeprefix("\ufeff")
    as_csv = pd.read_csv(io.StringIO(text), header=None, dtype=str, keep_default_na=False)
    assert [str(cell) for cell in rows[0]] == as_csv.iloc[0].tolist()
    assert len(rows) == len(as_csv)
    assert f"{name}.xlsx" in get(client, f"{BASE}/analysis/{name}")


def test_a_workbook_holds_numbers_as_numbers(client: TestClient) -> None:
    client.cookies.set(ROLE_COOKIE, "planner")
    content = client.get(f"{BASE}/analysis/landowners.xlsx").content
    rows = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()
    houses = next(n for n, heading in enumerate(rows[0]) if str(heading).startswith("บ้าน"))
    assert sum(float(row[houses]) for row in rows[1:]) == 3.0


def result(texts: int, numbers: int) -> Result:
    columns = [Column(f"t{n}", words(f"ข้อความ{n}", f"text{n}"), "text") for n in range(texts)]
    columns += [Column(f"n{n}", words(f"จำนวน{n}", f"number{n}"), "count") for n in range(numbers)]
    frame = pd.DataFrame([["ก"] * texts + [1] * numbers], columns=[column.name for column in columns])
    return Result(frame, tuple(columns), None, (), ())


ORDERS = [
    (1, 2, ["text0", "number0", "number1"]),
    (3, 1, ["text0", "text1", "text2", "number0"]),
    # Words that would push the numbers out of sight stand after them; the name stays first.
    (5, 2, ["text0", "number0", "number1", "text1", "text2", "text3", "text4"]),
]


@pytest.mark.parametrize(("texts", "numbers", "wanted"), ORDERS)
def test_numbers_stand_in_sight(texts: int, numbers: int, wanted: list[str]) -> None:
    told = shown(result(texts, numbers), "en")
    assert [heading for heading, _, _ in told.headings] == wanted
    assert [cell.number for cell in told.rows[0].cells] == [name.startswith("number") for name in wanted]


def test_households_and_area_of_a_landowner_stand_before_the_many_words(client: TestClient) -> None:
    page = get(client, f"{BASE}/analysis/landowners")
    headings = re.findall(r"<th scope=\"col\"[^>]*>([^<]+?) *<", page)
    assert headings.index("ครัวเรือน") < headings.index("เจ้าของที่ดิน")
    assert headings.index("เนื้อที่ที่วัดจากแผนที่") < headings.index("เจ้าของที่ดิน")


def test_nobody_waits_for_a_great_many_households_to_be_compared(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(city_page, "MOST_COMPARED", 0)
    page = get(client, BASE)
    assert "ค้นหาครัวเรือนที่อาจซ้ำ" in page and f'href="{BASE}/doubles"' in page


@pytest.mark.parametrize("lang", ["th", "en"])
def test_a_community_without_a_survey_state_has_none(tmp_path: Path, lang: str) -> None:
    store = Store.open(tmp_path / "city.gpkg", create=True)
    networks.add(store, STEWARD, NETWORK, "เครือข่าย")
    Intake(store, tmp_path).rows([{"รหัสชุมชน": "C1", "ชื่อชุมชน": "ก"}], "community.csv")
    store.close()
    with pages(tmp_path / "city.gpkg") as made:
        made.cookies.set(ROLE_COOKIE, "planner")
        made.cookies.set(LANG_COOKIE, lang)
        page = made.get(f"/n/{NETWORK}").text
    assert "?blank" not in page and "<td>—</td>" in page
