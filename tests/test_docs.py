"""The documentation says what the program does: pages equal their generator, links and commands are real."""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable, Iterator
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import unquote

import pytest

from api.settings import Settings
from docs import pictures, sample
from docs.cli_page import commands, is_argument
from docs.markdown import code
from docs.pages import PAGES
from surveys.codes import Code
from surveys.intake.problems import CATALOGUE
from surveys.planning.analysis import ANALYSES
from surveys.records import ALL
from surveys.roles import RIGHTS, ROLES
from surveys.words import LANGS

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs"
TEXTS = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted(DOCS.rglob("*.md"))]
HOUSE = ("gis", "surveys", "maps", "api", "demo", "docs", "tests", "benchmarks", ".ci")

_FENCE = re.compile(r"^ *```[^\n]*\n(.*?)^ *```", re.M | re.S)
_LINK = re.compile(r"\]\(([^()\s]+)\)|<(?:img|a)[^>]+(?:src|href)=\"([^\"]+)\"")
_HEADING = re.compile(r"^#+ (.+)$", re.M)
_CODE = re.compile(r"`([^`\n]+)`")


def named(path: Path) -> str:
    return str(path.relative_to(ROOT))


def anchors(text: str) -> set[str]:
    """The anchors a reader of Markdown makes from headings."""
    headings = (
        re.sub(r"[`*]", "", found).strip().lower() for found in _HEADING.findall(_FENCE.sub("", text))
    )
    return {"".join(c for c in h if c.isalnum() or c in "_- ้่๊๋็์ิีึืุูัํ").replace(" ", "-") for h in headings}


def broken_links(path: Path) -> Iterator[str]:
    text = path.read_text("utf-8")
    for found in _LINK.finditer(_FENCE.sub("", text)):
        link = found[1] or found[2]
        if "://" in link or link.startswith("mailto:"):
            continue
        file, _, anchor = unquote(link).partition("#")
        target = path.parent / file if file else path
        if not target.exists():
            yield f"{named(path)}: {link} is not there"
        elif anchor and target.suffix == ".md" and anchor not in anchors(target.read_text("utf-8")):
            yield f"{named(path)}: {link} names no heading"


def typed_commands(text: str) -> Iterator[list[str]]:
    """Every ``mankong ...`` in fences and in code of a line, split as a shell does; placeholders left out."""
    lines = [line for fence in _FENCE.findall(text) for line in fence.replace("\\\n", " ").splitlines()]
    for line in (*lines, *_CODE.findall(_FENCE.sub("", text))):
        bare = line.strip().removeprefix("$ ").removeprefix(".venv/bin/")
        if bare.startswith("mankong ") and not set(bare) & set("[|…"):
            yield shlex.split(bare, comments=True)[1:]


def wrong(words: list[str]) -> str | None:
    """What the command line would not understand of a command, None when it would."""
    known = commands()
    name = next((n for n in (" ".join(words[:2]), words[0] if words else "") if n in known), None)
    if name is None:
        return f"there is no command {' '.join(words[:2])}"
    given = words[len(name.split()) :]
    parameters = known[name].params
    options = {o: p for p in parameters if not is_argument(p) for o in (*p.opts, *p.secondary_opts)}
    asked = [word.partition("=")[0] for word in given if word.startswith("--")]
    if unknown := [option for option in asked if option not in options and option != "--help"]:
        return f"{name} has no option {unknown[0]}"
    missing = [p.opts[0] for p in parameters if p.required and not is_argument(p) and p.opts[0] not in asked]
    whole = any(word for word in given)  # the bare name of a command is no command line
    return f"{name} needs {missing[0]}" if whole and missing else None


@pytest.mark.parametrize("name", PAGES)
def test_a_generated_page_is_what_the_generator_writes(name: str) -> None:
    assert (DOCS / name).read_text("utf-8") == PAGES[name](), "run make docs"


@pytest.mark.parametrize("path", TEXTS, ids=named)
def test_links_and_images_lead_somewhere(path: Path) -> None:
    assert list(broken_links(path)) == []


@pytest.mark.parametrize("path", TEXTS, ids=named)
def test_commands_are_ones_the_program_has(path: Path) -> None:
    found = ((words, wrong(words)) for words in typed_commands(path.read_text("utf-8")))
    assert [f"{' '.join(words)}: {fault}" for words, fault in found if fault] == []


@pytest.mark.parametrize("path", TEXTS, ids=named)
def test_modules_named_are_there(path: Path) -> None:
    spoken = [
        text
        for text in _CODE.findall(path.read_text("utf-8"))
        if text.startswith(tuple(f"{h}/" for h in HOUSE))
    ]
    assert [text for text in spoken if not (ROOT / text.partition(":")[0]).exists()] == []


def test_the_readme_shows_commands() -> None:
    assert len(list(typed_commands((ROOT / "README.md").read_text("utf-8")))) >= 10


def test_every_code_field_problem_analysis_and_setting_is_documented() -> None:
    fields = [f for record in ALL.values() for f in record.fields]
    codes = [c.code for f in fields if isinstance(f.kind, Code) for c in f.kind.choices]
    wanted = {
        "records.md": [*ALL, *(f.name for f in fields), *codes],
        "rights.md": [*RIGHTS, *(said.en for said in ROLES.values())],
        "problems.md": [*CATALOGUE],
        "analyses.md": [f"## {name}\n" for name in ANALYSES],
        "settings.md": [f"MANKONG_{name.upper()}" for name in Settings.model_fields],
        "cli.md": [f"## mankong {name}\n" for name in commands()],
    }
    for name, words in wanted.items():
        text = (DOCS / name).read_text("utf-8")
        assert [word for word in words if word not in text and code(word) not in text] == [], name


def test_screenshots_are_small() -> None:
    sizes = {named(p): p.stat().st_size for p in DOCS.rglob("*.png")}
    assert {name: size for name, size in sizes.items() if size > 250_000} == {}
    assert sum(sizes.values()) < 3_000_000


FAULTS = [
    ("mankong import FILE --network X --type house", None),
    ("mankong import FILE --type house", "import needs --network"),
    ("mankong import FILE --network X --colour red", "import has no option --colour"),
    ("mankong network add X name --bounds=1,2,3,4", None),
    ("mankong fly", "there is no command fly"),
]


@pytest.mark.parametrize(("line", "fault"), FAULTS)
def test_the_check_of_commands_finds_what_is_wrong(line: str, fault: str | None) -> None:
    (words,) = typed_commands(f"```\n{line}\n```")
    assert wrong(words) == fault


def test_the_check_of_links_finds_what_is_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(globals(), "ROOT", tmp_path)
    text = tmp_path / "a.md"
    text.write_text('# One two\n[x](#one-two) [y](b.md) ![z](a.md#three) <img src="c.png">', "utf-8")
    assert len(list(broken_links(text))) == 3


def test_every_picture_shown_is_there_and_every_picture_there_is_shown() -> None:
    assert pictures.shown() == pictures.taken()


@pytest.mark.parametrize("path", TEXTS, ids=named)
def test_a_guide_shows_pages_in_its_own_language(path: Path) -> None:
    lang = path.suffixes[0].removeprefix(".")
    found = {found[1] or found[2] for found in _LINK.finditer(path.read_text("utf-8"))}
    shown = [PurePosixPath(link) for link in found if "screenshots/" in link]
    assert lang not in LANGS or {link.parent.name for link in shown} <= {lang}


def pictures_of(name: str) -> list[tuple[str, str]]:
    """The pictures a guide shows, in order: the name without language, and what is said of it."""
    text = (DOCS / name).read_text("utf-8")
    inline = re.findall(r"!\[([^\]]*)\]\(screenshots/[a-z]+/([a-z-]+)\.png\)", text)
    tags = re.findall(r"<img src=\"screenshots/[a-z]+/([a-z-]+)\.png\"[^>]* alt=\"([^\"]*)\"", text)
    shown = [*((shot, said) for said, shot in inline), *tags]
    return sorted(shown, key=lambda one: text.index(f"{one[0]}.png"))


@pytest.mark.parametrize("guide", ["surveyor", "forms"])
def test_a_guide_shows_the_same_pages_in_both_languages_and_says_what_they_are(guide: str) -> None:
    thai, english = (pictures_of(f"{guide}.{lang}.md") for lang in ("th", "en"))
    assert [name for name, _ in thai] == [name for name, _ in english] != []
    assert [said for _, said in thai if not re.search("[\u0e00-\u0e7f]", said)] == []
    assert [said for _, said in english if not said or re.search("[\u0e00-\u0e7f]", said)] == []


def test_the_sample_sheet_does_what_the_guides_say(take: Callable[..., dict[str, Any]]) -> None:
    report = take(DOCS / sample.FILE)
    assert (report["type"], report["rows"], report["taken"], report["quarantined"]) == ("household", 10, 8, 2)
    kept_out = {(p["row"], p["code"]) for p in report["problems"] if p["severity"] == "quarantine"}
    assert kept_out == {(9, "key_missing"), (11, "key_repeated")}
    doubted = {(p["row"], p["code"]) for p in report["problems"] if p["row"] in (5, 8, 10)}
    assert doubted >= {(5, "not_a_number"), (8, "date_unreadable"), (10, "choice_unknown")}
    assert report["unmapped"] == ["เบอร์โทร"]


def test_the_second_list_changes_the_first_and_asks_which_column_counts(
    take: Callable[..., dict[str, Any]],
) -> None:
    take(DOCS / sample.FILE)
    report = take(DOCS / sample.SECOND)
    assert (report["new"], report["updated"], report["unchanged"], report["quarantined"]) == (4, 4, 0, 0)
    assert {p["column"] for p in report["problems"] if p["code"] == "column_rival"} == {
        "จำนวนคน",
        "สมาชิก (คน)",
    }


def test_the_sample_plots_hold_one_that_crosses_itself(take: Callable[..., dict[str, Any]]) -> None:
    report = take(DOCS / sample.PLOTS)
    assert (report["type"], report["taken"], report["quarantined"]) == ("land_plot", 5, 1)
    assert [p["code"] for p in report["problems"] if p["severity"] == "quarantine"] == ["geometry_invalid"]


@pytest.mark.parametrize("name", sample.FILES)
def test_a_sample_file_is_what_the_generator_writes(name: str, tmp_path: Path) -> None:
    sample.FILES[name](tmp_path / "made")
    assert (DOCS / name).read_bytes() == (tmp_path / "made").read_bytes()
