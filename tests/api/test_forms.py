"""Forms and sheets over the web: by right, for the network that asks, and back in with no mapping."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import openpyxl
import pytest
from fastapi.testclient import TestClient
from pyxform.xls2xform import convert

from api.app import create_app
from api.forms import OFFERED, SHEETS
from api.settings import Settings
from surveys import events
from surveys.roles import ROLES
from surveys.store.store import Store
from tests.api.conftest import HERE, City
from tests.api.seen_city import CODE, SEES, build, found
from tests.maps.sheet.reading import sizes, texts
from tests.surveys.forms.filling import fill_template

NETWORK = [role for role in ROLES if role != "public"]
PAGES, API = f"/n/{CODE}", f"/api/v1/networks/{CODE}"


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    path = tmp_path_factory.mktemp("forms") / "city.gpkg"
    build(path)
    with TestClient(create_app(Settings(store=path)), base_url=HERE, raise_server_exceptions=False) as made:
        yield made


def get(client: TestClient, address: str, role: str = "planner", **query: str) -> Any:
    return client.get(address, params=query, headers={"X-Mankong-Role": role})


@pytest.mark.parametrize("base", [f"{PAGES}/form", f"{API}/forms"])
@pytest.mark.parametrize("name", OFFERED)
def test_every_form_that_is_offered_is_there(
    client: TestClient, base: str, name: str, tmp_path: Path
) -> None:
    book = get(client, f"{base}/{name}.xlsx", "surveyor")
    assert book.status_code == 200 and f"{CODE}-{name}.xlsx" in book.headers["content-disposition"]
    assert book.headers["cache-control"] == "no-store"
    assert len(openpyxl.load_workbook(io.BytesIO(book.content)).worksheets) == 2
    phone = tmp_path / "phone.xlsx"
    phone.write_bytes(get(client, f"{base}/{name}.xlsform.xlsx").content)
    assert convert(phone, warnings=[]).warnings == []
    paper = get(client, f"{base}/{name}.pdf")
    assert paper.headers["content-type"] == "application/pdf" and set(sizes(paper.content)) <= {
        (210, 297),
        (297, 210),
    }


def test_a_form_has_the_networks_own_field_and_communities_and_nothing_sensitive(client: TestClient) -> None:
    book = openpyxl.load_workbook(io.BytesIO(get(client, f"{API}/forms/household.xlsx").content))
    headings = [cell.value for cell in book.worksheets[0][1]]
    notes = [cell.value for row in book.worksheets[1] for cell in row]
    assert "แผงลอย" in headings and "ผู้ป่วยในบ้าน" not in headings
    assert "ชุมชนริมคลอง" in notes
    assert "มณี" not in str(notes) and found(str(notes)) == set()


def test_a_form_in_english_says_so(client: TestClient) -> None:
    book = openpyxl.load_workbook(io.BytesIO(get(client, f"{API}/forms/house.xlsx", lang="en").content))
    assert book.sheetnames == ["House", "Notes"]


def test_what_was_filled_in_comes_back_over_the_web_with_nothing_left_over(
    client: TestClient, tmp_path: Path
) -> None:
    path = tmp_path / "แบบสำรวจ.xlsx"
    path.write_bytes(get(client, f"{PAGES}/form/household.xlsx").content)
    fill_template(
        path,
        [{"ชุมชน": "ชุมชนริมคลอง", "ลำดับบ้านในผัง": "31", "ชื่อหัวหน้าครัวเรือน": "นายส้ม โอชา", "แผงลอย": "สองแผง"}],
    )
    report = City(client, CODE).take(path.name, path.read_bytes())
    assert (report["status"], report["type"], report["taken"], report["unmapped"]) == (
        "taken",
        "household",
        1,
        [],
    )


def test_a_questionnaire_of_a_community_lists_its_houses(client: TestClient) -> None:
    pages = texts(get(client, f"{PAGES}/form/household.pdf", community="K01").content)
    assert any(page.startswith("รายการบ้านในชุมชน") and "10/77" in page for page in pages)
    assert "ชุมชนริมคลอง" in pages[0]
    assert not any("10/77" in page for page in texts(get(client, f"{PAGES}/form/household.pdf").content))


@pytest.mark.parametrize("role", NETWORK)
@pytest.mark.parametrize("kind", SHEETS)
def test_a_sheet_tells_each_role_what_it_may_see(client: TestClient, kind: str, role: str) -> None:
    answer = get(client, f"{API}/sheets/{kind}.pdf", role, community="ชุมชนริมคลอง")
    assert answer.status_code == 200
    told = found(" ".join(texts(answer.content)))
    assert told <= SEES[role]
    # The mark of household data is a name; names are for the list.
    assert ("household" in told) == ("list" in SHEETS[kind][1])
    assert told.isdisjoint({"money", "id_end", "secret", "note", "owner", "unmapped"})


REFUSED = [
    (f"{API}/forms/household.xlsx", {}, "public", 403),
    (f"{API}/sheets/checking.pdf", {}, "public", 403),
    (f"{PAGES}/sheet/checking-plan.pdf", {"community": "K01"}, "public", 403),
    (f"{API}/forms/dragon.xlsx", {}, "planner", 404),
    (f"{API}/forms/land_proposal.pdf", {}, "planner", 409),
    (f"{API}/forms/household.docx", {}, "planner", 409),
    (f"{API}/forms/household.xlsform.pdf", {}, "planner", 409),
    (f"{API}/forms/household.pdf", {"community": "ไม่มีที่นี่"}, "planner", 404),
    (f"{API}/sheets/posted.pdf", {}, "planner", 404),
    (f"{API}/sheets/checking.pdf", {"community": "x"}, "planner", 404),
    (f"{API}/sheets/checking.pdf", {"paper": "A0"}, "planner", 409),
    (f"{API}/sheets/checking.pdf", {"closing": "วันพระ"}, "planner", 409),
    ("/api/v1/networks/NOWHERE/forms/household.xlsx", {}, "planner", 404),
    ("/n/NOWHERE/sheet/checking.pdf", {}, "planner", 404),
]


@pytest.mark.parametrize(("address", "query", "role", "status"), REFUSED)
def test_what_cannot_be_given_is_refused_with_its_reason(
    client: TestClient, address: str, query: dict[str, str], role: str, status: int
) -> None:
    answer = get(client, address, role, **query)
    assert answer.status_code == status, answer.text
    # A page says it as a page.
    assert (answer.json()["th"] and answer.json()["en"]) if "/api/" in address else "<h1" in answer.text


def test_a_network_with_nobody_in_it_has_no_sheet_yet(client: TestClient) -> None:
    client.post(
        "/api/v1/networks", json={"code": "EMPTY", "name": "ว่าง"}, headers={"X-Mankong-Role": "steward"}
    )
    answer = get(client, "/api/v1/networks/EMPTY/sheets/checking.pdf")
    assert answer.status_code == 409 and "ให้พิมพ์" in answer.json()["th"]
    assert get(client, "/api/v1/networks/EMPTY/forms/household.pdf").status_code == 200


def test_printing_is_written_in_the_log_and_a_blank_form_is_not(client: TestClient) -> None:
    store: Store = client.app.state.store  # type: ignore[attr-defined]

    def log() -> list[dict[str, Any]]:
        with store.reading() as connection:
            return events.recent(connection, CODE, 1_000)

    before = len(log())
    get(client, f"{API}/forms/household.pdf")
    assert len(log()) == before
    get(client, f"{API}/sheets/checking-list.pdf", "secretary")
    latest = log()[0]
    assert (len(log()), latest["action"], latest["subject"]) == (before + 1, "export", "checking-list")
    assert latest["detail"] == {"rows": 1, "format": ".pdf"} and latest["actor"] == "demo:secretary"


def test_the_version_on_a_sheet_is_that_of_the_data(client: TestClient) -> None:
    store: Store = client.app.state.store  # type: ignore[attr-defined]
    said = texts(get(client, f"{API}/sheets/checking-plan.pdf").content)[0]
    assert f"ฉบับข้อมูลที่ {store.revision(CODE)}" in said


LINKS = [("upload", "surveyor", "/form/household.xlsx"), ("", "planner", "/form/land_plot.xlsform.xlsx")]


@pytest.mark.parametrize(("part", "role", "link"), LINKS)
def test_pages_lead_to_the_forms(client: TestClient, part: str, role: str, link: str) -> None:
    page = get(client, f"{PAGES}/{part}".rstrip("/"), role)
    assert page.status_code == 200 and f'href="{PAGES}{link}"' in page.text


def test_the_page_of_a_community_leads_to_its_sheets(client: TestClient) -> None:
    store: Store = client.app.state.store  # type: ignore[attr-defined]
    one = store.read(CODE, "community", []).index[0]
    page = get(client, f"{PAGES}/community/{one}").text
    for kind in ("checking-plan.pdf", "checking-list.pdf"):
        assert f'href="{PAGES}/sheet/{kind}?community={one}' in page
    house = store.read(CODE, "house", []).index[0]
    assert "/sheet/" not in get(client, f"{PAGES}/house/{house}").text


SHEET_NAMES = [
    ({"community": "K01"}, f"{CODE}-ริมคลอง-checking-plan.pdf", f"{CODE}-checking-plan.pdf"),
    ({}, "", f"{CODE}-checking-plan.pdf"),
]


@pytest.mark.parametrize("base", [PAGES, f"{API}"])
@pytest.mark.parametrize(("query", "told", "plain"), SHEET_NAMES)
def test_a_sheet_is_called_by_its_community(
    client: TestClient, base: str, query: dict[str, str], told: str, plain: str
) -> None:
    part = "sheet" if base == PAGES else "sheets"
    said = get(client, f"{base}/{part}/checking-plan.pdf", **query).headers["content-disposition"]
    assert f'filename="{plain}"' in said
    assert unquote(said.partition("filename*=UTF-8''")[2]) == told
