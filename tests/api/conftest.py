"""The shipped application on a store of its own, and a client that speaks like a script would."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from api import work
from api.app import create_app
from api.context import ROLE_COOKIE
from api.settings import Settings
from surveys import custom_fields
from surveys.store.store import Store
from tests import quick
from tests.browser.small_city import CODE, STEWARD, build

DATA = Path(__file__).resolve().parents[3] / "shared" / "data"
ENDED = ("done", "failed", "cancelled")
# The server answers on this machine only; a test client would call itself "testserver".
HERE = "http://127.0.0.1"
# How long a job of a test may take, in seconds.
PATIENCE = 60


class City:
    """A city network over HTTP: the role is said in a header, jobs are waited for."""

    def __init__(self, client: TestClient, code: str) -> None:
        self.client, self.code = client, code
        self.base = f"/api/v1/networks/{code}"

    def get(self, path: str, role: str = "surveyor", **more: Any) -> Any:
        """GET an address below the network's, or an absolute one; the answer must be 200."""
        answer = self.ask("GET", path, role, **more)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def ask(self, method: str, path: str, role: str = "surveyor", **more: Any) -> Any:
        """Ask anything and return the answer whole."""
        headers = {"X-Mankong-Role": role, **more.pop("headers", {})}
        address = path if path.startswith("/") else f"{self.base}/{path}" if path else self.base
        return self.client.request(method, address, headers=headers, **more)

    def send(self, name: str, content: bytes | str, role: str = "surveyor", **fields: str) -> Any:
        """Send a file; return the answer whole."""
        data = content.encode() if isinstance(content, str) else content
        return self.ask("POST", "imports", role, files={"file": (name, data)}, data=fields)

    def examine(self, name: str, content: bytes | str, **fields: str) -> dict[str, Any]:
        """Send a file and return the job when it has ended."""
        answer = self.send(name, content, **fields)
        assert answer.status_code == 202, answer.text
        return self.ended(answer.json()["links"]["self"])

    def ended(self, job: str) -> dict[str, Any]:
        """Wait for a job's end."""
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            found: dict[str, Any] = self.get(job)
            if found["state"] in ENDED:
                return found
            time.sleep(0.05)
        raise AssertionError(f"{job} has not ended")

    def take(self, name: str, content: bytes | str, **fields: str) -> dict[str, Any]:
        """Send a file, confirm it, and return the report."""
        job = self.examine(name, content, **fields)
        answer = self.ask("POST", job["links"]["confirm"])
        assert answer.status_code == 201, (job, answer.text)
        report: dict[str, Any] = answer.json()
        return report


def real(name: str) -> bytes:
    """Read a real file; the test is skipped where the files are not."""
    path = DATA / name
    if not path.exists():
        pytest.skip(f"the real file {name} is not here")
    return path.read_bytes()


@pytest.fixture(scope="module", autouse=True)
def quick_jobs() -> Iterator[None]:
    """Jobs in processes that need not load their libraries first."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(work, "start", quick.start)
        yield


def new_app(folder: Path) -> FastAPI:
    """The shipped application on an empty store, taking files of at most 1 MB."""
    store = folder / "city.gpkg"
    Store.open(store, create=True).close()
    return create_app(Settings(store=store, max_upload_mb=1))


@pytest.fixture
def app(tmp_path: Path) -> FastAPI:
    """An application of its own for one test."""
    return new_app(tmp_path)


@pytest.fixture
def client(app: FastAPI) -> Iterator[TestClient]:
    """A client of the application; a fault of ours is an answer, not an exception."""
    with TestClient(app, base_url=HERE, raise_server_exceptions=False) as client:
        yield client


@contextmanager
def pages(store: Path, role: str = "", **settings: Any) -> Iterator[TestClient]:
    """The application on a store as a browser sees it, in the role of its cookie."""
    app = create_app(Settings(store=store, **settings))
    with TestClient(app, base_url=HERE, headers={"accept": "text/html"}) as made:
        if role:
            made.cookies.set(ROLE_COOKIE, role)
        yield made


def pages_of_the_small_city(role: str, **settings: Any) -> Callable[..., Iterator[TestClient]]:
    """Make the fixture ``client`` of a file: the small city, anew for each test, in a role."""

    @pytest.fixture(name="client")
    def made(tmp_path: Path) -> Iterator[TestClient]:
        build(tmp_path / "city.gpkg")
        with pages(tmp_path / "city.gpkg", role, **settings) as client:
            yield client

    return made


def small_city_with(
    path: Path, fields: Iterable[custom_fields.NewField], choices: Iterable[custom_fields.NewChoice]
) -> Store:
    """Put the small city at ``path`` with fields and choices of its own; return its store, open."""
    build(path)
    store = Store.open(path)
    for own in fields:
        custom_fields.add_field(store, CODE, STEWARD, own)
    for choice in choices:
        custom_fields.add_choice(store, CODE, STEWARD, choice)
    return store


def add_network(client: TestClient, code: str, **more: Any) -> City:
    """Add a network."""
    new = {"code": code, "name": f"เมือง {code}", **more}
    answer = client.post("/api/v1/networks", json=new, headers={"X-Mankong-Role": "steward"})
    assert answer.status_code == 201, answer.text
    return City(client, code)


@pytest.fixture
def city(client: TestClient) -> City:
    """A network without records."""
    return add_network(client, "rama4")


def dumped(value: object) -> str:
    """Write an answer as text, to look for what must not be in it."""
    return json.dumps(value, ensure_ascii=False)
