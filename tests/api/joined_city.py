"""A city of two survey rounds, one household of which writes its house number otherwise."""

from __future__ import annotations

import atexit
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from fastapi.testclient import TestClient

from api.app import create_app
from api.settings import Settings
from surveys import networks, rounds
from surveys.store.store import Store
from tests.api.conftest import HERE, City
from tests.conftest import NETWORK, STEWARD, Intake

ONE, TWO = "รอบ 1/2566", "รอบ 2/2568"


def home(number: int, people: int, **more: object) -> dict[str, object]:
    """A household as a row of a sheet."""
    return {"ชุมชน": "ริมคลอง", "บ้านเลขที่": f"12/{number}", "ครัวเรือนที่": 1, "จำนวนสมาชิก": people} | more


def house(number: int, north: float) -> dict[str, object]:
    """A house as a row of a sheet."""
    return {"ชุมชน": "ริมคลอง", "ลำดับบ้าน": number, "บ้านเลขที่": f"12/{number}", "lat": 13.7 + north, "lon": 100.5}


def build(path: Path) -> None:
    """Put a store with the city at ``path``: imports 2 and 3 are of the first round, 4 and 5 of the second."""
    made = _made()
    for part in made.parent.iterdir():
        if part.name.startswith(made.name):
            target = path.with_name(path.name + part.name.removeprefix(made.name))
            (shutil.copytree if part.is_dir() else shutil.copyfile)(part, target)


@cache
def _made() -> Path:
    """Make the store once for a run of the tests; it goes when the run ends."""
    folder = Path(tempfile.mkdtemp(prefix="mankong-joined-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    path = folder / "made.gpkg"
    store = Store.open(path, create=True)
    networks.add(store, STEWARD, NETWORK, "เครือข่ายคลองเตย")
    take = Intake(store, folder)
    take.rows([{"ชื่อชุมชน": "ริมคลอง"}], "community.csv")
    files = (
        (ONE, [house(n, n / 1e4) for n in (1, 2, 3)], "house.csv"),
        (ONE, [home(1, 2), home(2, 3), home(3, 4) | {"บ้านเลขที่": "12-3 ก"}], "household.csv"),
        (TWO, [home(1, 2), home(2, 5), home(4, 1)], "household.csv"),
        (TWO, [house(1, 1 / 1e4), house(2, 12 / 1e4)], "house.csv"),
    )
    for name, rows, file in files:
        report = take.rows(rows, file)
        rounds.name(store, NETWORK, STEWARD, report["import_id"], name)
    store.close()
    return path


@contextmanager
def served(folder: Path) -> Iterator[City]:
    """The city over HTTP."""
    build(folder / "city.gpkg")
    app = create_app(Settings(store=folder / "city.gpkg"))
    with TestClient(app, base_url=HERE, raise_server_exceptions=False) as client:
        yield City(client, NETWORK)
