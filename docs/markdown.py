"""Markdown from values: headings, tables, the note on top of a generated page."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from surveys.words import Words

GENERATED = "<!-- Written by `make docs`; change the declarations, not this file. -->"
NONE = "–"


def page(title: str, intro: str, parts: Iterable[str]) -> str:
    """Put a page together: one empty line between parts, a line end at the end."""
    return "\n\n".join([GENERATED, f"# {title}", intro, *parts]) + "\n"


def cell(text: str) -> str:
    """Make a text safe inside a table: no column ends, no markup of its own, one line."""
    plain = text.replace("\\", "\\\\").replace("|", "\\|").replace("<", "&lt;").replace("*", "\\*")
    return " ".join(plain.split()) or NONE


def code(text: str) -> str:
    """Write a name as code; empty stays empty."""
    return f"`{text}`" if text else ""


def both(text: Words | None) -> str:
    """Write Thai and English, once when they are the same."""
    if text is None:
        return NONE
    return text.th if text.th == text.en else f"{text.th} / {text.en}"


def table(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Write a table; the cells are taken as they are (see :func:`cell`)."""
    lines = [headings, ["---"] * len(headings), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)
