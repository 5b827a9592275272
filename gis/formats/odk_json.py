"""Submissions of Kobo, Ona and ODK as JSON: one row each, groups as "group/name", repeats as
"name[1]/...".
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from gis.formats import cells
from gis.formats.header import Heading
from gis.formats.model import BATCH_ROWS, Refused
from gis.formats.output import Output
from gis.formats.source import Source
from gis.formats.table import Batch, TableOrigin, write_table

_LISTS = ("submissions", "results", "value", "data")
_DEPTH = 20


def write(document: Any, source: Source, output: Output) -> None:
    """Write submissions as one layer; Refused not_geojson when the document holds none."""
    submissions = _submissions(document)
    if submissions is None:
        raise Refused("not_geojson")
    output.format = "odk_json"
    if output.wants(source.stem):
        write_rows([dict(flattened(each)) for each in submissions], source, output)


def _submissions(document: Any) -> list[dict[str, Any]] | None:
    if isinstance(document, dict):
        listed = next((document[key] for key in _LISTS if isinstance(document.get(key), list)), None)
        if listed is None and ("_uuid" in document or "meta/instanceID" in document):
            listed = [document]
        document = listed
    if not isinstance(document, list) or not document:
        return None
    return document if all(isinstance(each, dict) for each in document) else None


def flattened(value: dict[str, Any], prefix: str = "", level: int = 0) -> Iterator[tuple[str, Any]]:
    """(path, leaf) of nested objects; lists of objects are numbered from 1, other lists stay one value."""
    for key, item in value.items():
        path = f"{prefix}{key}"
        if isinstance(item, dict) and item and level < _DEPTH:
            yield from flattened(item, f"{path}/", level + 1)
        elif (
            isinstance(item, list)
            and item
            and level < _DEPTH
            and all(isinstance(each, dict) for each in item)
        ):
            for number, each in enumerate(item, 1):
                name = key.rsplit("/", 1)[-1]
                inner = {inside.removeprefix(f"{key}/"): leaf for inside, leaf in each.items()}
                yield from flattened(
                    inner, f"{prefix}{key[: len(key) - len(name)]}{name}[{number}]/", level + 1
                )
        else:
            yield path, item


def write_rows(rows: list[dict[str, Any]], source: Source, output: Output) -> None:
    """Write flat dicts as a layer with the union of their keys as columns, rows numbered from 1."""
    names = list(dict.fromkeys(key for row in rows for key in row))

    def batches() -> Iterator[Batch]:
        for start in range(0, len(rows), BATCH_ROWS):
            part = rows[start : start + BATCH_ROWS]
            columns = [cells.column(row.get(name) for row in part) for name in names]
            yield Batch(np.arange(start + 1, start + len(part) + 1, dtype=np.int32), columns)

    write_table(output, source.stem, Heading(tuple(names), 0), batches(), TableOrigin())
