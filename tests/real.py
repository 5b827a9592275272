"""Where the real files are: beside the project, not in it. Tests of them are skipped where they are not."""

from __future__ import annotations

from pathlib import Path

import pytest

SHARED = Path(__file__).resolve().parents[2] / "shared" / "data"


def here() -> bool:
    return SHARED.is_dir()


def real(path: str) -> Path:
    """A real file by its path in the manifest; the test is skipped where the files are not."""
    if not here():
        pytest.skip("the shared real files are not here")
    return SHARED / path


def folder(name: str) -> list[str]:
    """The real files of a folder, in order; none where they are not here (then one test says so)."""
    return sorted(f"{name}/{file.name}" for file in (SHARED / name).iterdir()) if here() else []
