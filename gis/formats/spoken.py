"""What the columns of a survey export are called besides their headings: the name behind its groups, the
labels of the form.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence

from gis.formats.form import Form

_SERVER = frozenset(
    ("_uuid", "_submission_time", "_submission__uuid", "_parent_index", "meta/instanceID", "instanceID", "KEY",
     "PARENT_KEY")
)  # fmt: skip
_OTHERS = ("-", ".", ":")


def of_server(columns: Collection[str]) -> bool:
    """Whether headings are those of a survey server's export; R writes "X_uuid" and "meta.instanceID"."""
    plain = {column.removeprefix("X") if column.startswith("X_") else column for column in columns}
    return any(name in _SERVER or name.replace(".", "/").replace("-", "/") in _SERVER for name in plain)


def known_as(columns: Sequence[str], form: Form | None) -> dict[str, tuple[str, ...]]:
    """Other headings a column answers to, best first; () for a column of one choice of several.

    A column that is not named here is known by its heading alone.
    """
    mark = separator(columns)
    known: dict[str, tuple[str, ...]] = {}
    there = set(columns)
    for column in columns:
        said = form.known_as(column) if form else None
        if said is None:
            said = _last_part(column, mark, there)
        names = tuple(name for name in said or () if name != column)
        if names or said == ():
            known[column] = names
    return known


def separator(columns: Sequence[str]) -> str:
    """What stands between groups: "/", or in a server's export without any, the commonest of - . and :.

    ODK Central has "-" between groups, and "/" before the choices of a question that has its own column.
    """
    choices = set(columns) if "KEY" in columns else ()
    if not of_server(columns) or any(
        "/" in column and column.rpartition("/")[0] not in choices for column in columns
    ):
        return "/"
    counts = Counter(
        mark for column in columns if column[:1] != "_" for mark in _OTHERS if mark in column[1:-1]
    )
    return counts.most_common(1)[0][0] if counts else "/"


def _last_part(column: str, mark: str, there: Collection[str]) -> tuple[str, ...] | None:
    question = column.rpartition("/")[0]
    if question and question in there:
        return ()
    group, found, last = column.rpartition(mark)
    if not (found and group and last):
        return None
    return () if group in there else (last,)
