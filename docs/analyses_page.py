"""docs/analyses.md: every analysis with its question, its columns and how it counts."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator
from pathlib import Path

from docs.markdown import both, cell, code, page, table
from surveys import networks, view
from surveys.planning.analysis import ANALYSES, Analysis, Column, Result
from surveys.records import ALL
from surveys.roles import local
from surveys.store.store import Store

INTRO = """\
Every question of `mankong analyse NAME --network CODE`, of the pages under *analysis* and of
`/api/v1/networks/CODE/analyses`. Each answers with a table, a chart, notes on how it counts, and its
sources: how many records, the day the newest came in, the newest day of survey, the imports.

In JSON an area is in square metres and a share between 0 and 1, each with the text people read beside
it; pages and CSV write areas in rai-ngan-wa and shares as percentages. Answers that are not there
(unknown, no answer, not applicable, unreadable) are counted in columns of their own and are in no other
number."""

# A note that counts something says nothing here: the network is empty.
_COUNTS = re.compile(r"\b0 \w")


def analyses_page() -> str:
    """Write the page, from what each analysis answers about an empty network."""
    with tempfile.TemporaryDirectory() as folder:
        store = Store.open(Path(folder) / "empty.gpkg", create=True)
        writer = local("docs")
        networks.add(store, writer, "EMPTY", "empty")
        results = {name: view.answer(store, "EMPTY", writer, name) for name in ANALYSES}
        store.close()
    return page("Analyses", INTRO, (_analysis(ANALYSES[name], result) for name, result in results.items()))


def _analysis(analysis: Analysis, result: Result) -> str:
    columns = [column for column in result.columns if column.missing_of is None]
    needs = ", ".join(f"[`{name}`](records.md#{name})" for name in analysis.needs)
    rows = [[code(c.name), cell(c.words.th), cell(c.words.en), c.kind, cell(both(c.unit))] for c in columns]
    return "\n\n".join([
        f"## {analysis.name}", f"{analysis.words.th} / {analysis.words.en}: {analysis.question.en}.",
        f"{analysis.question.th} Reads: {needs}.",
        table(("Column", "Thai", "English", "Kind", "Unit"), rows), *_missing(result.columns), *_notes(result),
    ])  # fmt: skip


def _missing(columns: tuple[Column, ...]) -> Iterator[str]:
    fields = dict.fromkeys(c.missing_of[0] for c in columns if c.missing_of)
    if fields:
        yield "Answers that are not there are counted apart for: " + ", ".join(map(_named, fields)) + "."


def _named(field: str) -> str:
    """Name a field, with its English words where a record type declares it."""
    kinds = [record.by_name[field] for record in ALL.values() if field in record.by_name]
    return f"{code(field)} ({kinds[0].words.en})" if kinds else code(field)


def _notes(result: Result) -> Iterator[str]:
    notes = [note.en for note in result.notes if not _COUNTS.search(note.en)]
    if notes:
        yield "How it counts:\n\n" + "\n".join(f"- {note}" for note in notes)
