"""Returns, links, rounds and repairs over HTTP: each role is told its own, and nothing of what is closed to it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from api.settings import Settings
from surveys import rounds
from surveys.city import returns
from surveys.city.returns import Meeting
from surveys.roles import ROLES
from surveys.store.store import Store
from tests.api.conftest import HERE, City
from tests.api.seen_city import CODE, SEES, STEWARD, build, found

ROUNDS = "before=หนึ่ง&after=สอง"
HOUSEHOLD = {"network", "own_network", "household", "money", "unread_money", "id_end", "unmapped"}
# An address and what stands there, were everybody to see everything that anybody may.
TELLS: dict[str, set[str]] = {
    "returns": {"household"},
    "returns/{meeting}": {"household"},
    "returns/{meeting}/records/house": {"network", "note"},
    "returns/{meeting}/records/household": HOUSEHOLD,
    "links/household": {"network"},
    "rounds": set(),
    f"rounds/compare?{ROUNDS}": {"network"},
    f"rounds/compare.geojson?{ROUNDS}&type=house": {"network"},
}


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[City, str]]:
    """The city with two rounds of its households and a meeting; the id of the meeting."""
    path: Path = tmp_path_factory.mktemp("sees") / "city.gpkg"
    build(path)
    store = Store.open(path)
    for number, name in ((4, "หนึ่ง"), (5, "หนึ่ง"), (6, "สอง")):
        rounds.name(store, CODE, STEWARD, number, name)
    community = store.read_table(CODE, "community").to_pylist()[0]["id"]
    held = Meeting(community, date(2025, 8, 1), "ศาลา", 2, "นางมณี ใจเย็น")
    meeting = returns.hold(store, CODE, STEWARD, held)["id"]
    store.close()
    app = create_app(Settings(store=path))
    with TestClient(app, base_url=HERE, raise_server_exceptions=False) as client:
        yield City(client, CODE), meeting


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("path", TELLS)
def test_each_role_is_told_its_own(city: tuple[City, str], path: str, role: str) -> None:
    answer = city[0].ask("GET", path.format(meeting=city[1]), role)
    if role == "public" or (".geojson" in path and role == "surveyor"):
        assert answer.status_code == 403 and found(answer.text) == set()
        return
    assert answer.status_code == 200, answer.text
    assert found(answer.text) == TELLS[path] & SEES[role]


@pytest.mark.parametrize(("role", "sees"), [("surveyor", True), ("secretary", False)])
def test_what_differs_is_told_of_open_fields_only(city: tuple[City, str], role: str, sees: bool) -> None:
    told: dict[str, Any] = city[0].get(f"rounds/compare?{ROUNDS}&what=changed&what=same", role)
    fields = [one["field"] for line in told["lines"] for one in line["fields"]]
    assert fields == (["income"] if sees else []), "an illness changed too, which is closed to all"
    assert told["counts"]["changed" if sees else "same"] == 1
