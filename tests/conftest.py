"""What tests of the product share: a store with a network, and files taken into it as in life."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

import hypothesis
import pytest

import gis.formats
from api import cli_import
from gis.formats import reading
from surveys import networks
from surveys.intake import examine as examining
from surveys.intake.accept import accept
from surveys.intake.examination import Examination
from surveys.intake.examine import Upload, examine
from surveys.intake.options import Options
from surveys.roles import Actor, local
from surveys.store.store import Store
from tests import quick

# Nothing here is timed: machines are shared, and speed has its benchmarks.
hypothesis.settings.register_profile("untimed", hypothesis.settings(deadline=None))
hypothesis.settings.load_profile("untimed")

NETWORK = "KT"
STEWARD = local("ทดสอบ")


@dataclass
class Intake:
    """Takes files into a store; every examination keeps its own folder below ``folder``."""

    store: Store
    folder: Path
    network: str = NETWORK
    actor: Actor = STEWARD
    numbers: Iterator[int] = field(default_factory=count)

    def examine(self, file: Path, name: str = "", **options: Any) -> Examination:
        """Examine a file under its own or another name."""
        work = self.folder / f"examination-{next(self.numbers)}"
        work.mkdir()
        called = name or file.name
        return examine(Upload(file, called, self.network, Options(**options), work), self.store, self.actor)

    def accept(self, found: Examination) -> dict[str, Any]:
        """Accept an examination; a refused one gives its report, as the command line does."""
        return found.report("refused", None) if found.refused else accept(found, self.store, self.actor)

    def __call__(self, file: Path, name: str = "", **options: Any) -> dict[str, Any]:
        """Examine and accept a file; return the report."""
        return self.accept(self.examine(file, name, **options))

    def write(self, rows: Sequence[Mapping[str, Any]], name: str) -> Path:
        """Write rows as a CSV file of this name; headings are the keys of all rows."""
        folder = self.folder / f"written-{next(self.numbers)}"
        folder.mkdir()
        headings = list(dict.fromkeys(heading for row in rows for heading in row))
        with (folder / name).open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, headings, restval="")
            writer.writeheader()
            writer.writerows(rows)
        return folder / name

    def rows(self, rows: Sequence[Mapping[str, Any]], name: str, **options: Any) -> dict[str, Any]:
        """Take rows in as a CSV file of this name."""
        return self(self.write(rows, name), **options)


@pytest.fixture(scope="session", autouse=True)
def quick_reading() -> Iterator[None]:
    """Small texts are read in this process, not each in a child of its own."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(examining, "read", quick.read)
        patch.setattr(cli_import, "begun", quick.begun)
        yield


@pytest.fixture(autouse=True)
def reading_as_in_life(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """A slow test measures: every file in the child."""
    if request.node.get_closest_marker("slow"):
        monkeypatch.setattr(examining, "read", gis.formats.read)
        monkeypatch.setattr(cli_import, "begun", reading.begun)


@pytest.fixture(scope="session")
def made_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with the network KT and nothing else; copied by each test that wants one."""
    path = tmp_path_factory.mktemp("store") / "store.gpkg"
    made = Store.open(path, create=True)
    networks.add(made, STEWARD, NETWORK, "เครือข่ายคลองเตย")
    assert made.vault.key
    made.close()
    return path


@pytest.fixture
def store_path(made_store: Path, tmp_path: Path) -> Path:
    """The path of a store of one's own, closed."""
    target = tmp_path / "store" / "mankong.gpkg"
    target.parent.mkdir()
    shutil.copyfile(made_store, target)
    shutil.copyfile(f"{made_store}.key", f"{target}.key")
    return target


@pytest.fixture
def store(store_path: Path) -> Iterator[Store]:
    """A store of one's own with the network KT."""
    opened = Store.open(store_path)
    yield opened
    opened.close()


@pytest.fixture
def take(store: Store, tmp_path: Path) -> Intake:
    """Takes files into ``store``: ``take(file, type="house")``, ``take.rows([{...}], "house.csv")``."""
    return Intake(store, tmp_path)
