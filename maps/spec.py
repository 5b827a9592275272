"""What a page with a map is made from: values only, everything in the language of the reader."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from maps import layers, popup, style
from maps.layers import Layer
from maps.style import Entry, Look
from surveys.record import Field, RecordType
from surveys.thai import Ref
from surveys.words import Lang

Bounds = tuple[float, float, float, float]
NO_HEAD = Markup()


@dataclass(frozen=True)
class Attribute:
    """A field a layer can be coloured by, with its legend."""

    name: str
    title: str
    entries: tuple[Entry, ...]


@dataclass(frozen=True)
class MarkEntry:
    """A mark and what the legend says of it."""

    field: str
    code: str
    label: str
    look: Look


@dataclass(frozen=True)
class LayerData:
    """One layer on one page: what it is called, how it is drawn, where its shapes are.

    Shapes are at ``url``, or are ``data`` (GeoJSON). ``count`` is said beside the name.
    ``records``: popups link to the page of the record. ``found_by``: what the fields are called by
    which the search finds records, the title first; ``found_in``: the places of the others among the
    popup's rows. ``context``: place among the popup's rows of the value that tells equal titles apart.
    ``note`` stands under the name, in place of how many have no place. ``chosen``: a press on a record chooses it
    instead of opening its popup, and it is then drawn so.
    """

    layer: Layer
    title: str
    unit: str
    count: int
    url: str = ""
    data: bytes = b""
    attributes: tuple[Attribute, ...] = ()
    marks: tuple[MarkEntry, ...] = ()
    look: Look = style.PLAIN
    records: bool = True
    context: int | None = None
    note: str = ""
    chosen: Look | None = None
    found_by: tuple[str, ...] = ()
    found_in: tuple[int, ...] = ()


@dataclass(frozen=True)
class MapSpec:
    """A page with a map. ``bounds`` are west, south, east, north; without them the shapes are fitted.

    ``head`` is finished HTML: the head that the served page shares with all others. A page without one
    has its name as heading.
    """

    code: str
    name: str
    lang: Lang
    layers: tuple[LayerData, ...]
    bounds: Bounds | None = None
    nonce: str = ""
    attributions: tuple[str, ...] = ()
    made_up: bool = False
    head: Markup = NO_HEAD


def layer_data(
    layer: Layer, record_type: RecordType, lang: Lang, *, count: int, url: str = "", data: bytes = b""
) -> LayerData:
    """Make the layer of a record type; legend, marks and look come from its declaration."""
    layers.check(layer, record_type)
    found, rows = popup.searched(record_type), popup.rows(record_type)
    return LayerData(
        layer,
        title=record_type.words.of(lang),
        unit=record_type.unit_of(count).of(lang),
        count=count,
        url=url,
        data=data,
        attributes=tuple(_attribute(record_type, by, lang) for by in layers.attributes(record_type)),
        marks=_marks(record_type, lang),
        look=style.base(record_type.name),
        context=_context(record_type),
        found_by=tuple(by.words.of(lang) for by in found),
        found_in=tuple(rows.index(by) for by in found if by in rows),
    )


def _attribute(record_type: RecordType, by: Field, lang: Lang) -> Attribute:
    return Attribute(by.name, by.words.of(lang), style.entries(record_type, by, lang))


def _marks(record_type: RecordType, lang: Lang) -> tuple[MarkEntry, ...]:
    seen = {by.name for by in layers.attributes(record_type)}
    found = style.marks(record_type, lang)
    return tuple(MarkEntry(m.field, m.code, said, m.look) for m, said in found if m.field in seen)


def _context(record_type: RecordType) -> int | None:
    rows = popup.rows(record_type)
    return next((place for place, field in enumerate(rows) if isinstance(field.kind, Ref)), None)
