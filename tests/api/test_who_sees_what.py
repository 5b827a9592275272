"""Every role, every way of reading, every privacy class: the same through HTTP as through the function."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from api import city
from api.app import create_app
from api.settings import Settings
from surveys import communities, custom_fields, export, lookup, networks, records, view
from surveys.city import proposals
from surveys.errors import NotAllowed
from surveys.intake import imports, kept_out
from surveys.lookup import Wanted
from surveys.planning.analysis import ANALYSES, as_json
from surveys.privacy import Privacy
from surveys.roles import RIGHTS, ROLES, Actor
from surveys.store.store import Store
from tests.api.conftest import HERE
from tests.api.seen_city import CODE, MARKS, SEES, STEWARD, build, found

NETWORK = ("surveyor", "planner", "secretary", "steward")
FILES = ("surveyor", "planner", "steward")
EXPORT = ("planner", "secretary", "steward")
EVERYBODY = tuple(ROLES)
BASE = f"/api/v1/networks/{CODE}"


@dataclass(frozen=True)
class World:
    """The city, served; ``ids`` are the first record of each type, ``import_id`` the file with a cell not read."""

    client: TestClient
    store: Store
    ids: dict[str, str]
    folder: Path
    import_id: int

    def get(self, address: str, role: str, accept: str = "application/json") -> Any:
        address = address.format(code=CODE, import_id=self.import_id, **self.ids)
        return self.client.get(address, headers={"X-Mankong-Role": role, "accept": accept})


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    folder = tmp_path_factory.mktemp("seen")
    build(folder / "city.gpkg")
    with TestClient(create_app(Settings(store=folder / "city.gpkg")), base_url=HERE) as client:
        store: Store = client.app.state.store  # type: ignore[attr-defined]
        ids = {name: str(i) for name in records.ALL for i in store.read(CODE, name, []).index[:1]}
        unread = (row for row in imports.history(store, CODE, STEWARD) if row["report"]["problem_counts"])
        yield World(client, store, ids, folder, next(unread)["import_id"])


def text_of(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)


@dataclass(frozen=True)
class Case:
    """A reading use case: the function, the address that serves it, who may, and the marks that stand there."""

    ask: Callable[[World, Actor], object]
    address: str
    who: tuple[str, ...] = NETWORK
    tells: set[str] = field(default_factory=set)


def page_of(name: str) -> Callable[[World, Actor], object]:
    return lambda w, actor: lookup.page(w.store, CODE, name, actor, Wanted())


def detail_of(name: str) -> Callable[[World, Actor], object]:
    return lambda w, actor: lookup.detail(w.store, CODE, name, w.ids[name], actor)


def layer_of(name: str) -> Callable[[World, Actor], object]:
    return lambda w, actor: city.layer_geojson(w.store, CODE, actor, name, "th").decode()


def answer_of(name: str) -> Callable[[World, Actor], object]:
    return lambda w, actor: as_json(view.answer(w.store, CODE, actor, name))


def exported(name: str) -> Callable[[World, Actor], object]:
    def ask(w: World, actor: Actor) -> str:
        out = w.folder / f"{actor.role}-{name}.csv"
        export.write(w.store, CODE, name, out, actor)
        return out.read_text("utf-8")

    return ask


HOUSEHOLD = {"network", "own_network", "household", "money", "id_end", "unmapped"}
# What stands of each type of record, were everybody to see everything that anybody may.
OF_TYPE: dict[str, tuple[tuple[str, ...], set[str]]] = {
    "road": (EVERYBODY, {"public"}),
    "house": (NETWORK, {"network", "note"}),
    "land_plot": (NETWORK, {"owner"}),
    "household": (NETWORK, HOUSEHOLD),
    "member": (NETWORK, {"household"}),
}
SECOND = {"household": {"unread_money"}}

CASES: dict[str, Case] = {
    "networks": Case(lambda w, a: networks.listed(w.store, a), "/api/v1/networks", EVERYBODY),
    "network": Case(lambda w, a: networks.get(w.store, CODE, a), BASE, EVERYBODY),
    "types": Case(lambda w, a: [t.name for t in lookup.types(w.store, CODE, a)], f"{BASE}/types"),
    "own fields": Case(lambda w, a: custom_fields.listed(w.store, CODE, a), f"{BASE}/fields"),
    **{f"table of {name}": Case(page_of(name), f"{BASE}/records/{name}", who, tells | SECOND.get(name, set()))
       for name, (who, tells) in OF_TYPE.items()},
    **{f"record of {name}": Case(detail_of(name), f"{BASE}/records/{name}/{{{name}}}", who, tells)
       for name, (who, tells) in OF_TYPE.items()},
    "unplaced": Case(lambda w, a: lookup.unplaced(w.store, CODE, a), f"{BASE}/unplaced", tells={"network"}),
    "layer of roads": Case(layer_of("road"), f"{BASE}/layers/road.geojson", EVERYBODY, {"public"}),
    "layer of houses": Case(layer_of("house"), f"{BASE}/layers/house.geojson", tells={"network"}),
    "layer of plots": Case(layer_of("land_plot"), f"{BASE}/layers/land_plot.geojson"),
    "map file": Case(lambda w, a: city.standalone_page(w.store, CODE, a, "th"), f"/n/{CODE}/map.html",
                     tells={"public", "network"}),
    "questions": Case(lambda w, a: view.questions(w.store, CODE, a), f"{BASE}/analyses"),
    **{f"answer {name}": Case(answer_of(name), f"{BASE}/analyses/{name}",
                              tells={"owner"} if name == "landowners" else set()) for name in ANALYSES},
    "communities unknown": Case(lambda w, a: communities.unknown(w.store, CODE, a), f"{BASE}/communities/unknown"),
    **{f"export of {name}": Case(exported(name), f"{BASE}/export/{name}.csv", EXPORT,
                                 (tells | SECOND.get(name, set())) - {"id_end"})
       for name, (_, tells) in OF_TYPE.items()},
    "proposals": Case(lambda w, a: proposals.listed(w.store, CODE, a), f"{BASE}/proposals"),
    "proposal": Case(lambda w, a: proposals.get(w.store, CODE, a, w.ids["land_proposal"]),
                     f"{BASE}/proposals/{{land_proposal}}"),
    "imports": Case(lambda w, a: imports.history(w.store, CODE, a), f"{BASE}/imports"),
    "import": Case(lambda w, a: imports.get(w.store, 5, a), "/api/v1/imports/5"),
    "problems": Case(lambda w, a: "".join(kept_out.problem_lines(imports.files(w.store, 5, a, "problems"))),
                     "/api/v1/imports/5/problems.csv", FILES, {"unread_money"}),
}  # fmt: skip


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("name", CASES)
def test_the_function_and_the_address_say_the_same(world: World, name: str, role: str) -> None:
    case, actor = CASES[name], Actor(f"demo:{role}", role)
    answer = world.get(case.address, role)
    if role not in case.who:
        with pytest.raises(NotAllowed) as refused:
            case.ask(world, actor)
        assert answer.status_code == 403
        said = refused.value.said
        if "/api/" in case.address:
            assert answer.json()["en"] == said.en and answer.json()["th"] == said.th
        for who in case.who:
            assert ROLES[who].th in said.th and ROLES[who].en in said.en
        return
    assert answer.status_code == 200, answer.text
    told = found(text_of(case.ask(world, actor)))
    assert told == case.tells & SEES[role]
    assert found(answer.text) == told


# Pages that tell what stands in a file as it was sent, before anybody said what it is.
OF_FILES = {"import"}
# Pages, with every column chosen; a page also shows what belongs to a record.
COLUMNS = {name: "&".join(f"col={f.name}" for f in records.ALL[name].fields) for name in OF_TYPE}
# What is no column of a table: a network's own fields, ids, columns nobody mapped.
NO_COLUMN = {"own_network", "id_end", "unmapped"}
PAGES: dict[str, tuple[str, tuple[str, ...], set[str]]] = {
    "networks": ("/", EVERYBODY, set()),
    "map": (f"/n/{CODE}/map", EVERYBODY, set()),
    "city": (f"/n/{CODE}", NETWORK, {"owner"}),
    **{f"table of {name}": (f"/n/{CODE}/table/{name}?{COLUMNS[name]}", who, tells - NO_COLUMN)
       for name, (who, tells) in OF_TYPE.items()},
    "road": (f"/n/{CODE}/road/{{road}}", EVERYBODY, {"public"}),
    "house": (f"/n/{CODE}/house/{{house}}", NETWORK, {"network", "note", "household"}),
    "plot": (f"/n/{CODE}/land_plot/{{land_plot}}", NETWORK, {"owner"}),
    "household": (f"/n/{CODE}/household/{{household}}", NETWORK, HOUSEHOLD),
    "member": (f"/n/{CODE}/member/{{member}}", NETWORK, {"network", "household"}),
    "answer": (f"/n/{CODE}/analysis/landowners", NETWORK, {"owner"}),
    "imports": (f"/n/{CODE}/imports", NETWORK, set()),
    "import": (f"/n/{CODE}/imports/5", NETWORK, {"household", "unread_money"}),
    "proposals": (f"/n/{CODE}/proposals", NETWORK, set()),
}  # fmt: skip


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("name", PAGES)
def test_a_page_shows_each_role_its_own(world: World, name: str, role: str) -> None:
    address, who, tells = PAGES[name]
    answer = world.get(address, role, "text/html")
    if role not in who:
        assert answer.status_code == 403 and found(answer.text) == set()
        assert all(ROLES[one].th in answer.text for one in who)
        return
    assert answer.status_code == 200
    seen = set() if name in OF_FILES and role not in FILES else tells & SEES[role]
    assert found(answer.text) == seen


def test_every_class_has_a_value_and_a_role_that_differs() -> None:
    fields = {one.privacy for declared in records.ALL.values() for one in declared.fields}
    assert fields == set(Privacy)
    assert set().union(*SEES.values()) == set(MARKS) - {"sensitive", "own_sensitive", "secret"}
    assert SEES["public"] < SEES["secretary"] < SEES["surveyor"]


def test_an_answer_that_tells_names_needs_the_right_to_them(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever may see the network and no households is told numbers, never the names of owners."""
    monkeypatch.setitem(RIGHTS, "see_households", (RIGHTS["see_households"][0], frozenset({"steward"})))
    planner = Actor("demo:planner", "planner")
    with pytest.raises(NotAllowed):
        view.answer(world.store, CODE, planner, "landowners")
    assert world.get(f"{BASE}/analyses/landowners", "planner").status_code == 403
    assert {one.name for one in view.questions(world.store, CODE, planner)} == set(ANALYSES) - {"landowners"}
    assert view.answer(world.store, CODE, planner, "counts").totals["households"] == 2
    page = world.get(f"/n/{CODE}", "planner", "text/html")
    assert page.status_code == 200 and found(page.text) == set()
    assert found(world.get(f"/n/{CODE}", "steward", "text/html").text) == {"owner"}
    house = world.get(f"/n/{CODE}/house/{{house}}", "planner", "text/html")
    assert found(house.text) == {"network"}, "nor which households live in a house"
