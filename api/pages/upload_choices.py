"""What a person may decide about a file that the file does not say: asked on the page, as options."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from api.pages.upload_report import CRS, ENCODINGS
from surveys.errors import Refused
from surveys.intake.examination import Examination
from surveys.intake.options import Existing, Options
from surveys.intake.problem import OF_UNKNOWN_TYPE
from surveys.intake.problem_kinds import layer_word
from surveys.record import RecordType
from surveys.words import Words, words

# Which question a refusal asks; the page opens with it.
ASKS = {
    "type_unknown": "type", "key_columns_missing": "columns", "mapping_unknown": "columns",
    "mapping_twice": "columns", "crs_needed": "crs",
    "crs_unreadable": "crs", "encoding_unknown": "encoding", "encoding_wrong": "encoding", "layer_unknown": "type",
}  # fmt: skip
EXISTING: dict[Existing, tuple[Words, Words]] = {
    "update": (
        words("ใช้ค่าใหม่จากไฟล์", "Take the new values"),
        words("ค่าเดิมยังเก็บไว้ในประวัติ", "the old ones stay in the history"),
    ),
    "skip": (words("คงค่าเดิมไว้", "Leave what is here"), words("รับเฉพาะรายการใหม่", "take only what is new")),
    "refuse": (
        words("กันไว้ตรวจก่อน", "Keep them out"),
        words("รายการที่ค่าต่างกันจะไม่รับจนกว่าจะตรวจ", "to be looked at first"),
    ),
}  # fmt: skip
# Fields that hold a place, beside those of the record type.
PLACES: dict[str, Words] = {
    "lat": words("ละติจูด (หรือ N, Y)", "latitude (or N, Y)"),
    "lon": words("ลองจิจูด (หรือ E, X)", "longitude (or E, X)"),
    "wkt": words(
        "รูปแผนที่ในช่องเดียว (WKT, WKB, GeoJSON หรือคู่พิกัด 13.75, 100.5)",
        "place in one cell (WKT, hex WKB, GeoJSON or a pair 13.75, 100.5)",
    ),
}
# Choosing nothing, and choosing to leave a layer out.
AUTO, LEAVE = "", "-"
_OTHER = "other"
_WRONG_EPSG = words("รหัสระบบพิกัดเป็นตัวเลข เช่น 32647", "A coordinate system's code is a number such as 32647.")


@dataclass(frozen=True)
class Guess:
    """A layer whose type is not known: what shapes it holds, and the types it may be."""

    layer: str
    holds: Words
    likely: tuple[RecordType, ...]

    @property
    def words(self) -> Words:
        """What the layer is called, in plain words where a phone named it."""
        return layer_words(self.layer)


# What phones and GPS receivers call their layers.
_LAYERS = {
    "waypoints": words("จุดที่ปักไว้ (waypoints)", "waypoints"),
    "tracks": words("เส้นทางที่เดิน (tracks)", "tracks"),
    "track_points": words("จุดอัตโนมัติตามเส้นทาง (track_points)", "track_points: recorded on the way"),
    "routes": words("เส้นทางที่วางไว้ (routes)", "routes"),
    "route_points": words("จุดของเส้นทางที่วางไว้ (route_points)", "route_points"),
}


def layer_words(layer: str) -> Words:
    """Say a layer's name, in plain words where a phone gave it."""
    return _LAYERS.get(layer, words(layer, layer))


@dataclass(frozen=True)
class Choices:
    """What can be chosen, and what was chosen before."""

    asked: str | None
    options: Options
    types: tuple[RecordType, ...]
    layers: tuple[str, ...]
    guesses: tuple[Guess, ...]
    layer_word: Words

    def called(self, layer: str) -> Words:
        """Say a layer's name, in plain words where a phone gave it."""
        return layer_words(layer)

    @property
    def crs_listed(self) -> bool:
        """Tell whether the coordinate system chosen before is one of the list."""
        return self.options.crs is None or self.options.crs in CRS


def choices(found: Examination, types: Mapping[str, RecordType]) -> Choices:
    """Return what a person can decide about an examined file."""
    asked = next((ASKS[p.code] for p in found.problems if p.code in ASKS and p.severity == "refuse"), None)
    unknown = [problem for problem in found.problems if problem.code in OF_UNKNOWN_TYPE]
    named = [*(part.layer for part in found.parts), *found.options.layers, *(p.layer for p in unknown)]
    layers = tuple(dict.fromkeys(filter(None, named)))
    usable = tuple(t for t in types.values() if t.by_file)
    guesses = tuple(
        Guess(p.layer, p.rule or words("", ""), tuple(types[name] for name in p.likely)) for p in unknown
    )
    several = layers if len(layers) > 1 else ()
    return Choices(asked, found.options, usable, several, guesses, layer_word(found.file_name))


def chosen(form: Mapping[str, Any], before: Options) -> Options:
    """Read the form of choices; what it does not ask stays as it was.

    Raises
    ------
    Refused
        If the code of a coordinate system is none.
    """
    said = {name: str(value).strip() for name, value in form.items() if isinstance(value, str)}
    crs, encoding = said.get("crs", before.crs or AUTO), said.get("encoding", before.encoding or AUTO)
    if crs == _OTHER:
        crs = _epsg(said.get("epsg", ""))
    existing: Existing = before.existing
    for name in EXISTING:
        if said.get("existing") == name:
            existing = name
    if "afresh" in said:
        # What was chosen for an earlier file with these headings goes.
        return replace(before, type=None, layers={}, columns={}, afresh=True)
    return replace(
        before, type=said.get("type", before.type or AUTO) or None, crs=crs or None,
        encoding=encoding if encoding in ENCODINGS else None, existing=existing,
        layers=_layers(said, before), columns=_columns(said, before), communities=_communities(said, before),
    )  # fmt: skip


def _epsg(text: str) -> str:
    digits = text.upper().removeprefix("EPSG:").strip()
    if not re.fullmatch("[0-9]{1,9}", digits):
        raise Refused(_WRONG_EPSG)
    return f"EPSG:{int(digits)}"


def _numbered(said: Mapping[str, str], name: str) -> list[tuple[str, str]]:
    """Return the pairs of a list of questions: ``NAME.0.of`` is what is asked about, ``NAME.0`` the answer."""
    about = {key: value for key, value in said.items() if key.startswith(f"{name}.") and key.endswith(".of")}
    return [(value, said.get(key.removesuffix(".of"), AUTO)) for key, value in about.items()]


def _layers(said: Mapping[str, str], before: Options) -> Mapping[str, str | None]:
    if "take" in said:
        # One click: this layer as this type, and no other.
        type_name, _, layer = said["take"].partition("=")
        return {layer: type_name}
    asked = _numbered(said, "layer")
    if not asked:
        return before.layers
    return {layer: answer or None for layer, answer in asked if answer != LEAVE}


def _columns(said: Mapping[str, str], before: Options) -> Mapping[str, str]:
    """Return the columns mapped by hand: before, and changed now (``column.0.was`` is what the page showed).

    A column left at a field that another was changed to counts as chosen too: that only one may be is said then.
    """
    columns, shown = dict(before.columns), dict[str, str]()
    changed = set()
    for key, column in said.items():
        if not (key.startswith("column.") and key.endswith(".of")):
            continue
        name = key.removesuffix(".of")
        answer, was = said.get(name, AUTO), said.get(f"{name}.was", AUTO)
        if answer != was:
            columns[column] = answer or LEAVE
            changed.add(answer)
        elif answer:
            shown[column] = answer
    return columns | {column: field for column, field in shown.items() if field in changed}


def _communities(said: Mapping[str, str], before: Options) -> Mapping[str, str]:
    """Return what names of communities mean: before, and what was said of one now ("": nothing any more)."""
    if "community.of" not in said:
        return before.communities
    written, answer = said["community.of"], said.get("community", AUTO)
    if answer == _OTHER:
        answer = said.get("community_other", AUTO)
    others = {name: meant for name, meant in before.communities.items() if name != written}
    return others | ({written: answer} if answer else {})
