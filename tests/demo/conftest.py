"""The demonstration city, drawn and written once for all its tests."""

from __future__ import annotations

from pathlib import Path

import pytest

from demo import steps
from demo.city import City, draw
from demo.faults import Expected


@pytest.fixture(scope="session")
def city() -> City:
    return draw()


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("demo")
    steps.make(made)
    return made


@pytest.fixture(scope="session")
def planned(city: City) -> tuple[Expected, ...]:
    return steps.expected_problems(city)
