"""What the package says of itself: every library it imports is declared, every target has its program."""

from __future__ import annotations

import ast
import importlib.metadata
import re
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
HOUSE = ("gis", "surveys", "maps", "api", "demo")


def imported() -> set[str]:
    """The top names of all libraries that our packages import, wherever in a file."""
    found: set[str] = set()
    for path in (path for package in HOUSE for path in (ROOT / package).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                found |= {alias.name.partition(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and not node.level and node.module:
                found.add(node.module.partition(".")[0])
    return found - set(sys.stdlib_module_names) - set(HOUSE)


def plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def test_every_library_that_is_imported_is_declared() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    declared = {
        plain(re.split(r"[^\w.-]", line, maxsplit=1)[0].rstrip(".")) for line in project["dependencies"]
    }
    sellers = importlib.metadata.packages_distributions()
    missing = {
        name for name in imported() if not {plain(seller) for seller in sellers.get(name, [name])} & declared
    }
    assert not missing


def test_every_target_of_the_makefile_has_its_program() -> None:
    asked = re.findall(r"python -m (\w+)", (ROOT / "Makefile").read_text(encoding="utf-8"))
    assert {"docs", "benchmarks"} <= set(asked)
    assert [name for name in asked if not (ROOT / name / "__main__.py").exists()] == []
