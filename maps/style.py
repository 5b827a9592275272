"""Colours and lines, derived from a field and its code; what differs stands in one table.

The colours of a list stay apart for colour-blind eyes too (tests/maps/test_style.py measures it), but
for the town plan, whose colours are set by law, and for lines, which differ in width and dashes.
"""

from __future__ import annotations

import colorsys
from dataclasses import asdict, dataclass, replace

from surveys.codes import OTHER, Code
from surveys.fields import Flag
from surveys.record import Field, RecordType
from surveys.words import Lang, Words, words

MISSING = "#b9bcbe"
OTHER_COLOUR = "#8b8378"
NOT_RECORDED = words("ไม่มีข้อมูล", "not recorded")

# For codes nobody gave a colour, in the order of their list.
PALETTE = (
    "#30609e", "#eb9c40", "#28bc9d", "#f1e8a2", "#c970b8", "#b8cdf9", "#106347", "#de838f", "#9b9021",
    "#362a8b", "#d7c468", "#9b5532",
)  # fmt: skip


@dataclass(frozen=True)
class Look:
    """How a shape is drawn; None leaves it as it would be. Widths and radii are pixels."""

    fill: str | None = None
    opacity: float | None = None
    line: str | None = None
    width: float | None = None
    dash: str | None = None
    radius: float | None = None

    def leaflet(self) -> dict[str, str | float]:
        """Return the options of a Leaflet path."""
        return {_LEAFLET[name]: value for name, value in asdict(self).items() if value is not None}


_LEAFLET = {
    "fill": "fillColor", "opacity": "fillOpacity", "line": "color", "width": "weight",
    "dash": "dashArray", "radius": "radius",
}  # fmt: skip

# Record types that are not drawn as plain shapes, by name.
SHAPES = {
    "zoning_area": Look(opacity=0.3, width=0.6),
    "admin_area": Look(opacity=0, width=1.2, line="#8f8a80", dash="7 4"),
    "community": Look(opacity=0.5, width=2, radius=9),
    "land_plot": Look(opacity=0.5, width=0.8),
    # The land it is about stays to be seen through it.
    "land_proposal": Look(opacity=0.15, width=3.5, radius=9),
    "canal": Look(fill="#b5d6ea", opacity=0.9, line="#82b6d9", width=4),
    "road": Look(line="#b3aca0", width=2.4),
    "house": Look(opacity=0.9, width=0.7, radius=5),
    "facility": Look(opacity=1, width=1.5, line="#ffffff", radius=7),
}
PLAIN = Look(fill="#6d8fb3", opacity=0.5, line="#44617f", width=1.5, radius=7)


def _fills(**colours: str) -> dict[str, Look]:
    return {code: Look(fill=colour) for code, colour in colours.items()}


# The one table of exceptions: "type.field", or "field" wherever it occurs, to the looks of its codes.
EXCEPTIONS: dict[str, dict[str, Look]] = {
    "survey_state": _fills(
        known="#66737f", surveying="#f2c14e", to_return="#7fb6dd", confirmed="#1f7a5c", outdated="#8c7aa9"
    ),
    # Graded: the paler the calmer.
    "eviction_state": _fills(
        none="#d3e8de", rumour="#f6dc94", notice="#f1b65a", sued="#e18a3f", judgment="#c95d33",
        enforcement="#a23a2e", partly_demolished="#742129", demolished="#45131d",
    ),
    "boundary_standing": _fills(
        draft="#d8cfb8", community="#5fa896", landowner="#2b5c86", disputed="#b5446e"
    ),
    "land_kind": _fills(
        treasury="#2f527f", railway="#803c12", crown="#e9a443", port="#2a856c", housing_authority="#cb7a8e",
        public="#97d087", waterway="#68cbec", highway="#665f80", mangrove="#265146", land_reform="#898422",
        local="#7366b5", temple="#e98749", mosque="#b8e4cb", private="#bd72b2", bought="#e8f19b",
    ),
    "condition": _fills(lasting="#6fa3cc", dilapidated="#d9772f"),
    "joining": _fills(
        not_asked="#d2dcd3", interested="#abcfb4", not_interested="#eac49f", undecided="#f1ecc1",
        joined="#265c3b", withdrawn="#c3825c", opposed="#a01e18",
    ),
    "material": _fills(
        masonry="#ae3936", wood="#9a885e", mixed="#e8be87", impermanent="#658ab5", reused="#3b3f4b",
    ),
    "house.kind": _fills(
        detached="#4a628b", row="#e1914f", town="#5ba998", flat="#8d59b5", room="#ebc784",
        temporary="#962c3b",
    ),
    "land_proposal.state": _fills(
        draft="#e6dcc3", submitted="#e8a33d", agreed="#1f7a5c", to_revise="#7fb6dd",
        not_agreed="#a23a2e", withdrawn="#6f7680",
    ),
    # Set by law; a dashed green line stands for the hatching.
    "zone": _fills(
        low_density="#fbe94b", medium_density="#f39a2d", high_density="#8b5a2b", commercial="#d7322d",
        industrial="#7d3c98", warehouse="#b56fa6", rural="#58b04a", culture="#c9a27a", government="#2c5fb8",
    ) | {"conservation": Look(fill="#dff0d4", line="#2f8f3a", width=1.6, dash="2 5")},
    "admin_area.level": {
        "1": Look(line="#57534c", width=2.6, dash="12 5"),
        "2": Look(line="#8f8a80", width=1.4, dash="7 4"),
        "3": Look(line="#aaa69d", width=1, dash="2 4"),
    },
    "road.kind": {
        "road": Look(line="#a39b8c", width=5),
        "soi": Look(line="#b9b2a5", width=2.8),
        "footpath": Look(line="#8f8778", width=1.5, dash="4 4"),
        "railway": Look(line="#4a4a4a", width=2.6, dash="9 5"),
    },
    "facility.kind": _fills(
        school="#1a5086", nursery="#89b8d2", clinic="#bb2331", hospital="#a41d49", market="#e2984a",
        temple="#b89915", mosque="#268f74", hall="#8964b9", police="#5e6c87", fire_point="#db7048",
        transit="#4d5967", water_point="#1da0b1",
    ),
}  # fmt: skip


@dataclass(frozen=True)
class Mark:
    """A look laid over the colour where a field has this code, whatever the colours mean."""

    type: str
    field: str
    code: str
    look: Look


MARKS = (
    Mark("community", "survey_state", "known", Look(opacity=0, line="#4d5963", width=1.8, dash="3 5")),
    Mark("community", "boundary_standing", "disputed", Look(line="#9b1c4c", width=2.6, dash="11 6")),
    Mark("house", "condition", "dilapidated", Look(line="#2b211c", width=2.2)),
)

FAULTY = Look(fill="#d64541", opacity=0.75, line="#b3241f", width=1.8, radius=7)
WARNED = Look(fill="#f0b849", opacity=0.75, line="#c2831a", width=1.4, radius=6)
NEW = Look(fill="#2f8f5b", opacity=0.8, line="#1d6b41", width=1.4, radius=6)
MOVED = Look(fill="#5a78c8", opacity=0.75, line="#3a569f", width=1.4, radius=6)
# What is here already, behind what is looked at.
HERE = Look(fill="#c9ccce", opacity=0.35, line="#8b9196", width=1, radius=4)
EMPTY = Look(fill="#ffffff", opacity=0.3, line="#7a7a7a", width=1.2, radius=5)
GONE = Look(fill="#6b5b73", opacity=0.75, line="#453a4b", width=1.6, radius=6)
# What may be chosen on a map: the likely ones, the free, those with a record already; what is chosen, laid over any.
LIKELY = Look(fill="#f0b849", opacity=0.85, line="#8a5a00", width=2, radius=9)
OFFERED = Look(fill="#b9c8d3", opacity=0.6, line="#5d7283", width=1, radius=6)
OCCUPIED = Look(fill="#ffffff", opacity=0.5, line="#9aa5ad", width=1, radius=5)
CHOSEN = Look(fill="#0f6b52", opacity=0.95, line="#062e23", width=4.5, radius=11)
TAKEN = Look(fill="#6fa08b", opacity=0.6, line="#57876f", width=0.8, radius=5)

# Counts in cells and lengths of bars: one hue, light to dark.
GRADES = ("#cfe2f0", "#a9cce3", "#6aa6cf", "#33769f", "#123f63")


@dataclass(frozen=True)
class Entry:
    """One line of a legend: a code (None: not recorded), what it is called, how it is drawn."""

    code: str | None
    label: str
    look: Look


def darker(colour: str, share: float = 0.62) -> str:
    """Return a colour with its lightness multiplied by ``share``."""
    red, green, blue = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    hue, light, rich = colorsys.rgb_to_hls(red, green, blue)
    return "#" + "".join(f"{round(c * 255):02x}" for c in colorsys.hls_to_rgb(hue, light * share, rich))


def base(type_name: str) -> Look:
    """Return how records of a type are drawn before any code colours them."""
    return SHAPES.get(type_name, PLAIN)


def look_of(type_name: str, field: Field, code: str | None) -> Look:
    """Return how a code of a field is drawn on the map."""
    own = EXCEPTIONS.get(f"{type_name}.{field.name}") or EXCEPTIONS.get(field.name, {})
    if code in own:
        return _edged(own[code], type_name)
    if code is None:
        return _edged(Look(fill=MISSING), type_name)
    codes = codes_of(field)
    colour = PALETTE[codes.index(code) % len(PALETTE)] if code in codes else OTHER_COLOUR
    return _edged(Look(fill=colour), type_name)


def _edged(look: Look, type_name: str) -> Look:
    """Give a coloured look its edge: its own colour, darker, unless the type or the code has one."""
    if look.fill is None or look.line or base(type_name).line:
        return look
    return replace(look, line=darker(look.fill))


def series_colour(name: str, place: int) -> str:
    """Return the colour of a counted column: of its code where ``name`` is ``FIELD_CODE``, else by place."""
    for field, looks in EXCEPTIONS.items():
        look = looks.get(name.removeprefix(f"{field}_"))
        if look and look.fill and name.startswith(f"{field}_"):
            return look.fill
    return PALETTE[place % len(PALETTE)]


def codes_of(field: Field) -> list[str]:
    """Return the codes a field may have, in the order of its list."""
    if isinstance(field.kind, Code):
        return [choice.code for choice in field.kind.choices]
    return ["true", "false"] if isinstance(field.kind, Flag) else []


def label_of(field: Field, code: str, lang: Lang) -> str:
    """Return what a code is called."""
    return field.kind.show(code == "true" if isinstance(field.kind, Flag) else code, lang)


def entries(record_type: RecordType, field: Field, lang: Lang) -> tuple[Entry, ...]:
    """Return the legend of a field: its codes in order, *other*, and not recorded."""
    codes = codes_of(field) + ([OTHER] if isinstance(field.kind, Code) else [])
    named = [Entry(c, label_of(field, c, lang), look_of(record_type.name, field, c)) for c in codes]
    return (*named, Entry(None, NOT_RECORDED.of(lang), look_of(record_type.name, field, None)))


def marks(record_type: RecordType, lang: Lang) -> tuple[tuple[Mark, str], ...]:
    """Return the marks of a type with what the legend says of each."""

    def said(mark: Mark) -> str:
        field = record_type.by_name[mark.field]
        both: Words = field.words
        return f"{both.of(lang)}: {label_of(field, mark.code, lang)}"

    return tuple((mark, said(mark)) for mark in MARKS if mark.type == record_type.name)
