"""Requests that no page of ours makes: numbers that are none, numbers without end, hosts that are no hosts."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from api.context import ROLE_COOKIE
from api.settings import Settings
from tests.api.conftest import HERE
from tests.browser.small_city import CODE, build

ENDLESS = "9" * 5000


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    path: Path = tmp_path_factory.mktemp("odd") / "city.gpkg"
    build(path)
    app = create_app(Settings(store=path))
    with TestClient(
        app, base_url=HERE, headers={"accept": "text/html"}, raise_server_exceptions=False
    ) as made:
        made.cookies.set(ROLE_COOKIE, "planner")
        yield made


@pytest.mark.parametrize("asked", ["²", "๑", "-1", "1.5", "0", ENDLESS, ""])
def test_a_page_that_is_no_number_is_the_first(client: TestClient, asked: str) -> None:
    assert client.get(f"/n/{CODE}/table/house", params={"page": asked}).status_code == 200


@pytest.mark.parametrize("number", ["²", "9" * 10, "9" * 25, ENDLESS, "-1", "x", "999999999"])
def test_an_import_of_an_impossible_number_is_not_there(client: TestClient, number: str) -> None:
    assert client.get(f"/n/{CODE}/imports/{number}").status_code == 404
    for act in ("undo", "redo"):
        assert client.post(f"/n/{CODE}/imports/{number}/{act}").status_code == 404


@pytest.mark.parametrize(
    "host", ["[", "[::1", "]", "testserver", "evil.example", "127.0.0.1.evil.example", ""]
)
def test_a_host_that_is_not_this_machine_is_refused(client: TestClient, host: str) -> None:
    assert client.get("/", headers={"host": host}).status_code == 403


@pytest.mark.parametrize("host", ["127.0.0.1:8000", "localhost", "LOCALHOST:1", "[::1]:8000"])
def test_this_machine_is_answered(client: TestClient, host: str) -> None:
    assert client.get("/", headers={"host": host}, follow_redirects=False).status_code < 400


@pytest.mark.parametrize("origin", ["http://[", "http://]", "null", "//", "http://evil.example"])
def test_a_write_from_an_origin_that_is_not_ours_is_refused(client: TestClient, origin: str) -> None:
    assert client.post(f"/n/{CODE}/imports/1/undo", headers={"origin": origin}).status_code == 403


@pytest.mark.parametrize("households", [ENDLESS, "9" * 10, "สามสิบ", "1.5"])
def test_households_that_are_no_number_are_said_in_the_form(client: TestClient, households: str) -> None:
    form = {"title": "เรื่อง", "option": "onsite", "households": households}
    answer = client.post(f"/n/{CODE}/proposals", data=form)
    assert answer.status_code == 409 and "ครัวเรือนที่ได้รับประโยชน์ต้องเป็นจำนวนเต็ม" in answer.text


@pytest.mark.parametrize("numbers", [f"1-{ENDLESS}", f"{ENDLESS}-{ENDLESS}", ENDLESS])
def test_plots_of_endless_numbers_are_said_in_the_form(client: TestClient, numbers: str) -> None:
    form = {"title": "เรื่อง", "option": "onsite", "kind": "land_plot", "numbers": numbers, "do": "add"}
    answer = client.post(f"/n/{CODE}/proposals", data=form)
    assert answer.status_code == 409 and "ไม่พบเลข" in answer.text
