"""No address without a right: each takes the actor to a use case that asks, or is declared open here."""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from types import FunctionType
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute
from fastapi.testclient import TestClient
from pydantic.fields import FieldInfo

from api.app import create_app
from api.context import get_actor
from api.pages import render
from api.settings import Settings
from surveys import records, roles
from surveys.jobs import Jobs
from surveys.store.store import Store
from surveys.words import words
from tests.api.conftest import HERE
from tests.api.seen_city import CODE, STEWARD, build

# What anybody may ask, for it tells of no network: the language and role of a page, and what only leads on.
OPEN = {
    "/docs",
    "/healthz",
    "/lang/{lang}",
    "/actor",
    "/n/{code}/land_proposal/{record_id}",
    "/n/{code}/links",
}
# The work on a file before it is in the store: its jobs know no actor, so the right is asked beside them.
OF_JOBS = ("/api/v1/jobs/{job_id}", "/n/{code}/upload", "/api/v1/networks/{code}/imports")
ROOT = Path(__file__).resolve().parents[2]
DEPTH = 6
# An empty form is no use case: whether it is shown is asked where it is made.
FORM = "/new"


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> FastAPI:
    path = tmp_path_factory.mktemp("asks") / "city.gpkg"
    build(path)
    return create_app(Settings(store=str(path)))


def routes(app: FastAPI) -> list[APIRoute]:
    """Every operation and page; what else is mounted is checked by itself."""
    held = [getattr(route, "original_router", None) for route in app.routes]
    return [route for router in held if router for route in router.routes if isinstance(route, APIRoute)]


def methods(route: APIRoute) -> list[str]:
    return sorted(set(route.methods or ()) - {"HEAD"})


def test_beside_the_operations_stand_only_assets_and_the_description(app: FastAPI) -> None:
    others = {str(route.path) for route in app.routes if hasattr(route, "path")}
    assert others == {"/static", "/static/vendor", "/api/v1/openapi.json"}


def test_what_is_open_is_there(app: FastAPI) -> None:
    assert {route.path for route in routes(app)} >= OPEN


def takes_actor(dependant: Dependant) -> bool:
    return any(one.call is get_actor or takes_actor(one) for one in dependant.dependencies)


def resolved(node: ast.AST, names: dict[str, Any]) -> Any:
    """What a name or a dotted name in a function means; None where that is only known when it runs."""
    if isinstance(node, ast.Name):
        return names.get(node.id)
    if isinstance(node, ast.Attribute):
        return getattr(resolved(node.value, names), node.attr, None)
    return None


def functions_of(thing: Any) -> Iterator[FunctionType]:
    """The function itself, or the methods of a class."""
    if inspect.isclass(thing):
        for member in vars(thing).values():
            held = getattr(member, "func", None) or getattr(member, "fget", None) or member
            yield from functions_of(getattr(held, "__func__", held) if not inspect.isclass(held) else None)
    elif inspect.ismethod(thing):
        yield from functions_of(thing.__func__)
    elif isinstance(thing, FunctionType):
        yield thing


@cache
def used(function: FunctionType) -> tuple[FunctionType, ...]:
    """The functions of the house that a function names."""
    try:
        tree = ast.parse(textwrap.dedent(inspect.getsource(function)))
    except OSError:  # made by a decorator of the standard library: it has no source
        return ()
    known = inspect.getclosurevars(function)
    names = {**known.globals, **known.nonlocals}
    found = [resolved(node, names) for node in ast.walk(tree)]
    ours = [one for thing in found if thing is not None for one in functions_of(thing)]
    return tuple(one for one in ours if one.__module__.partition(".")[0] in ("surveys", "api"))


def reaches(function: FunctionType, wanted: Callable[[FunctionType], bool], depth: int = DEPTH) -> bool:
    """Whether a function leads to one that is wanted, through the ways in; the frame of every page leads nowhere."""
    if wanted(function):
        return True
    if depth == 0 or function.__module__.startswith("surveys.") or function.__module__ == render.__name__:
        return False
    return any(reaches(one, wanted, depth - 1) for one in used(function) if one is not function)


def is_use_case(function: FunctionType) -> bool:
    """Whether a function of the domain takes an actor."""
    ours = function.__module__.startswith("surveys.")
    return ours and "actor" in inspect.signature(function).parameters


def asks_beside(function: FunctionType) -> bool:
    return function.__module__.startswith("api.") and "actor.must(" in inspect.getsource(function)


def test_every_operation_takes_the_actor_to_a_use_case(app: FastAPI) -> None:
    closed = [route for route in routes(app) if route.path not in OPEN]
    assert len(closed) > 60
    without = []
    for route in closed:
        endpoint = inspect.unwrap(route.endpoint)
        knows = takes_actor(route.dependant) or reaches(endpoint, lambda one: one is get_actor)
        alone = route.path.startswith(OF_JOBS) or route.path.endswith(FORM)
        beside = alone and reaches(endpoint, asks_beside)
        if not (knows and (reaches(endpoint, is_use_case) or beside)):
            without.append(f"{methods(route)} {route.path}")
    assert without == []


def test_the_check_itself_can_fail() -> None:
    def nobody_asks() -> object:
        return records.ALL

    for function in (nobody_asks, render.network_head):
        assert isinstance(function, FunctionType) and not reaches(function, is_use_case)


# Routes that only look at what is there: a form or a job may ask beside its use case, these need not.
LOOKING = ("v1_networks", "v1_analyses", "v1_proposals", "pages_network", "pages_records", "pages_tables")


@pytest.mark.parametrize("name", LOOKING)
def test_a_route_that_looks_fetches_and_leaves_the_asking_to_the_domain(name: str) -> None:
    tree = ast.parse((ROOT / "api" / "routes" / f"{name}.py").read_text("utf-8"))
    calls = [node.func for node in ast.walk(tree) if isinstance(node, ast.Call)]
    assert [
        ast.unparse(call) for call in calls if isinstance(call, ast.Attribute) and call.attr == "must"
    ] == []


@pytest.fixture(scope="module")
def client(app: FastAPI) -> Iterator[TestClient]:
    with TestClient(app, base_url=HERE, raise_server_exceptions=False) as made:
        yield made


def filled(app: FastAPI, route: APIRoute) -> str:
    """Fill an address with what is really there."""
    store: Store = app.state.store
    kind = next((name for name in records.ALL if f"/{name}/" in route.path), "household")
    kind = "land_proposal" if "proposals" in route.path else kind
    ids = store.read(CODE, kind, []).index
    job = Jobs(store).new("examine", CODE, STEWARD, {}) if "{job_id}" in route.path else ""
    nothing = "0" * 32
    facts = {
        "code": CODE, "type_name": kind, "record_id": str(ids[0]) if len(ids) else nothing, "layer": "road",
        "suffix": "csv", "import_id": "1", "job_id": job, "name": "counts", "field": "stall", "choice": "x",
        "change_id": "1", "lang": "th",
    }  # fmt: skip
    return route.path_format.format_map(dict.fromkeys(route.param_convertors, nothing) | facts)


# What an address must be asked for the rest to be looked at; everything else is left out.
QUERY = {"type": "household", "a": "6", "b": "7", "before": "1", "after": "2", "community": "ก"}


def queries(dependant: Dependant) -> Iterator[tuple[str, FieldInfo]]:
    """The parameters of a query, those of dependencies and of models too."""
    for one in dependant.query_params:
        model = one.field_info.annotation
        fields = getattr(model, "model_fields", None)
        yield from fields.items() if fields else [(one.alias, one.field_info)]
    for inner in dependant.dependencies:
        yield from queries(inner)


def asked_of(route: APIRoute) -> dict[str, str]:
    """Fill the query of an address, so that it is not for want of one that it is refused."""
    return {
        name: QUERY[name] for name, facts in queries(route.dependant) if name in QUERY or facts.is_required()
    }


def test_who_may_nothing_is_told_nothing(
    app: FastAPI, client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A role that stands in no row of the table: every address refuses it, whether or not something is there."""
    monkeypatch.setitem(roles.ROLES, "nobody", words("ไม่มีสิทธิ", "nobody"))
    store: Store = app.state.store
    before = store.revision(CODE)
    told = []
    for route in routes(app):
        if route.path in OPEN:
            continue
        for method in methods(route):
            headers = {"X-Mankong-Role": "nobody"}
            answer = client.request(
                method, filled(app, route), params=asked_of(route), headers=headers, follow_redirects=False
            )
            # What is sent may be looked at first (422); it is never acted on.
            expected = {403} if method == "GET" else {403, 422}
            if answer.status_code not in expected:
                told.append(f"{method} {route.path}: {answer.status_code}")
    assert told == []
    assert store.revision(CODE) == before
