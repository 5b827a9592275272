"""Submissions of Kobo, Ona and ODK as JSON; the form a Kobo asset carries gives labels and choices."""

from __future__ import annotations

from typing import Any

from gis.formats import form, submissions
from gis.formats.model import Refused
from gis.formats.output import Output
from gis.formats.source import Source

_LISTS = ("submissions", "results", "value", "data")


def write(document: Any, source: Source, output: Output) -> None:
    """Write submissions as layers; Refused not_geojson when the document holds none."""
    listed = _submissions(document)
    if listed is None:
        raise Refused("not_geojson")
    output.format = "odk_json"
    if isinstance(document, dict) and output.form is None:
        output.form = form.from_asset(document.get("content"), source.stem)
    submissions.write([submissions.record(each) for each in listed], source.stem, output)


def _submissions(document: Any) -> list[dict[str, Any]] | None:
    if isinstance(document, dict):
        listed = next((document[key] for key in _LISTS if isinstance(document.get(key), list)), None)
        if listed is None and ("_uuid" in document or "meta/instanceID" in document):
            listed = [document]
        document = listed
    if not isinstance(document, list) or not document:
        return None
    return document if all(isinstance(each, dict) for each in document) else None
