"""The rules of the house that a machine can check: who imports whom, how long, how many parameters."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import folium
import pytest
from folium import plugins

from maps import assets

ROOT = Path(__file__).resolve().parent.parent
HOUSE = ("gis", "surveys", "maps", "api", "demo")
MODULES = sorted(path for package in HOUSE for path in (ROOT / package).rglob("*.py"))

# What a package may import of the house besides itself.
MAY_IMPORT = {
    "gis": set(),
    "surveys": {"gis"},
    "maps": {"gis", "surveys"},
    "api": {"gis", "surveys", "maps", "demo"},
    "demo": {"gis", "surveys", "maps"},
}
# Parts that a package may not import all the same: maps is handed its frames.
MAY_NOT_IMPORT = {"maps": ("surveys.store",)}

MOST_LINES_OF_A_MODULE = 400
MOST_LINES_OF_A_FUNCTION = 60
MOST_PARAMETERS = 6

Function = ast.FunctionDef | ast.AsyncFunctionDef


def imports(tree: ast.Module, module: tuple[str, ...]) -> Iterator[str]:
    """Every module or name imported, relative imports spelled out; ``module`` is the package's path."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = module[: len(module) - node.level + 1] if node.level else ()
            source = ".".join((*base, node.module) if node.module else base)
            yield from (f"{source}.{alias.name}" for alias in node.names)


def forbidden(package: str, name: str) -> bool:
    top = name.partition(".")[0]
    if top in HOUSE and top != package and top not in MAY_IMPORT[package]:
        return True
    return any(f"{name}.".startswith(f"{part}.") for part in MAY_NOT_IMPORT.get(package, ()))


def is_command(function: Function) -> bool:
    """Whether the parameters are the options of a command: as many as people need."""
    calls = (mark.func for mark in function.decorator_list if isinstance(mark, ast.Call))
    return any(isinstance(call, ast.Attribute) and call.attr in ("command", "callback") for call in calls)


def parameters(function: Function) -> int:
    spec = function.args
    names = [given.arg for given in (*spec.posonlyargs, *spec.args, *spec.kwonlyargs)]
    return len([name for name in names if name not in ("self", "cls")])


def broken(path: Path) -> Iterator[str]:
    """What one module does against the rules."""
    place = path.relative_to(ROOT)
    text = path.read_text("utf-8")
    tree = ast.parse(text)
    if (lines := len(text.splitlines())) > MOST_LINES_OF_A_MODULE:
        yield f"{place}: {lines} lines"
    for name in imports(tree, place.parent.parts):
        if forbidden(place.parts[0], name):
            yield f"{place}: imports {name}"
    for node in ast.walk(tree):
        if isinstance(node, Function):
            where = f"{place}:{node.lineno} {node.name}"
            if (lines := (node.end_lineno or 0) - node.lineno + 1) > MOST_LINES_OF_A_FUNCTION:
                yield f"{where}: {lines} lines"
            if (count := parameters(node)) > MOST_PARAMETERS and not is_command(node):
                yield f"{where}: {count} parameters"


@pytest.mark.parametrize("package", HOUSE)
def test_a_package_keeps_the_rules_of_the_house(package: str) -> None:
    modules = [path for path in MODULES if path.is_relative_to(ROOT / package)]
    assert [fault for path in modules for fault in broken(path)] == []


CASES = [
    ("gis/a.py", "import surveys.words", "imports surveys.words"),
    ("gis/a.py", "import geopandas", None),
    ("surveys/a.py", "from maps import style", "imports maps.style"),
    ("surveys/a.py", "def f():\n    from api import app", "imports api.app"),
    ("surveys/store/a.py", "from ..words import th", None),
    ("surveys/store/a.py", "from . import schema", None),
    ("maps/a.py", "from surveys.store import door", "imports surveys.store.door"),
    ("maps/a.py", "from surveys import store", "imports surveys.store"),
    ("maps/a.py", "from surveys import words, stores", None),
    ("api/a.py", "import maps.page, gis.crs", None),
    ("gis/a.py", "\n" * 401, "401 lines"),
    ("gis/a.py", "def f():\n" + "    1\n" * 60, "61 lines"),
    ("gis/a.py", "def f(a, b, /, c, *, d, e, g, h): ...", "7 parameters"),
    ("gis/a.py", "class A:\n    def f(self, a, b, c, d, e, g): ...", None),
    ("api/a.py", "@app.command()\ndef f(a, b, c, d, e, g, h): ...", None),
]


@pytest.mark.parametrize(("name", "text", "fault"), CASES)
def test_the_rules_find_what_breaks_them(
    name: str, text: str, fault: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(globals(), "ROOT", tmp_path)
    path = tmp_path / name
    path.parent.mkdir(parents=True)
    path.write_text(text, "utf-8")
    found = list(broken(path))
    assert found == [] if fault is None else len(found) == 1 and found[0].endswith(fault)


PARTS = (
    folium.Map,
    folium.GeoJson,
    folium.LayerControl,
    plugins.Fullscreen,
    plugins.LocateControl,
    plugins.MiniMap,
    plugins.Search,
)


def test_every_address_folium_links_has_a_local_file_or_is_dropped() -> None:
    lists = [getattr(part, name, []) for part in PARTS for name in ("default_js", "default_css")]
    linked = {url for pairs in lists for _, url in pairs}
    assert linked == assets.URLS.keys() | assets.DROPPED
    missing = [
        path
        for path in (*assets.FILES.values(), *assets.URLS.values())
        if not (assets.VENDOR / path).is_file()
    ]
    assert missing == []
    with pytest.raises(KeyError):
        assets.local("https://example.org/unknown.js")
