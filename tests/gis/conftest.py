"""What the tests of gis share: the real files, and reading a file here or in the real child."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
import shapely

from gis.formats import Layer, Limits, Reading, ReadOptions, read
from gis.formats.child import read_here

SHARED = Path(__file__).resolve().parents[2].parent / "shared" / "data"
Reader = Callable[..., Reading]


@pytest.fixture(scope="session")
def shared() -> Path:
    if not SHARED.is_dir():
        pytest.skip("the shared real files are not here")
    return SHARED


def _stored(content: bytes | str | Path, name: str, folder: Path) -> tuple[Path, str]:
    if isinstance(content, Path):
        return content, name or content.name
    path = folder / "upload"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path, name


@pytest.fixture
def here(tmp_path: Path) -> Reader:
    """Read in this process: for the formats that need no GDAL."""
    numbers = count()

    def reading(content: bytes | str | Path, name: str = "", **options: Any) -> Reading:
        folder = tmp_path / f"here{next(numbers)}"
        folder.mkdir()
        path, called = _stored(content, name, folder)
        return read_here(path, called, ReadOptions(**options), folder / "out", lambda rows: None)

    return reading


@pytest.fixture
def child(tmp_path: Path) -> Reader:
    """Read as in life, in the confined child."""
    numbers = count()

    def reading(content: bytes | str | Path, name: str = "", **options: Any) -> Reading:
        folder = tmp_path / f"child{next(numbers)}"
        folder.mkdir()
        path, called = _stored(content, name, folder)
        return read(path, called, ReadOptions(**options), folder / "work")

    return reading


@pytest.fixture(scope="session")
def small() -> Callable[..., Limits]:
    return Limits


@pytest.fixture(scope="session")
def rows() -> Callable[[Layer], list[dict[str, Any]]]:
    """All rows of a layer as dicts."""

    def listed(layer: Layer) -> list[dict[str, Any]]:
        with pa.memory_map(str(layer.path)) as file:
            table: list[dict[str, Any]] = pa.ipc.open_file(file).read_all().to_pylist()
        assert len(table) == layer.rows
        return table

    return listed


@pytest.fixture(scope="session")
def wkt(rows: Callable[[Layer], list[dict[str, Any]]]) -> Callable[[Layer], list[str | None]]:
    """The shapes of a layer as WKT."""

    def listed(layer: Layer) -> list[str | None]:
        shapes = shapely.from_wkb(np.array([row["#geometry"] for row in rows(layer)], dtype=object))
        texts: list[str | None] = shapely.to_wkt(shapes, rounding_precision=6, trim=True).tolist()
        return texts

    return listed
