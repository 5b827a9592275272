from __future__ import annotations

import itertools

import numpy as np
import pytest

from maps import style
from maps.layers import LAYERS, attributes
from maps.style import Look
from surveys.codes import OTHER
from surveys.record import field
from surveys.records import ALL

# How a screen's light reaches eyes without one kind of cone (Machado, Oliveira and Fernandes 2009).
EYES = {
    "all cones": np.eye(3),
    "no red cones": np.array(
        [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]
    ),
    "no green cones": np.array(
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]
    ),
    "no blue cones": np.array(
        [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]]
    ),
}
TO_XYZ = np.array(
    [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041]]
)
# Lines differ in width and dashes; the town plan's colours are the law's.
BESIDES_COLOUR = {"zone", "road.kind", "admin_area.level"}
LISTS = {
    name: [look.fill for look in looks.values()]
    for name, looks in style.EXCEPTIONS.items()
    if name not in BESIDES_COLOUR
} | {
    "palette": [*style.PALETTE],
    "grades": [*style.GRADES],
    "upload": [look.fill for look in (style.FAULTY, style.WARNED, style.TAKEN)],
}


def lab(colour: str, eyes: np.ndarray) -> np.ndarray:
    screen = np.array([int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)])
    light = np.where(screen <= 0.04045, screen / 12.92, ((screen + 0.055) / 1.055) ** 2.4)
    xyz = TO_XYZ @ np.clip(eyes @ light, 0, 1) / [0.95047, 1, 1.08883]
    bent = np.where(xyz > 0.008856, np.cbrt(xyz), 7.787 * xyz + 16 / 116)
    return np.array([116 * bent[1] - 16, 500 * (bent[0] - bent[1]), 200 * (bent[1] - bent[2])])


@pytest.mark.parametrize("eyes", EYES)
@pytest.mark.parametrize("name", LISTS)
def test_colours_of_one_list_stay_apart_for_every_eye(name: str, eyes: str) -> None:
    seen = [lab(colour, EYES[eyes]) for colour in [*LISTS[name], style.MISSING]]
    distances = [np.linalg.norm(one - other) for one, other in itertools.combinations(seen, 2)]
    assert min(distances) >= 8


@pytest.mark.parametrize("name", ["eviction_state"])
def test_graded_states_grow_darker(name: str) -> None:
    light = [lab(look.fill or "", EYES["all cones"])[0] for look in style.EXCEPTIONS[name].values()]
    assert light == sorted(light, reverse=True)
    grades = [lab(colour, EYES["all cones"])[0] for colour in style.GRADES]
    assert grades == sorted(grades, reverse=True)


def test_every_exception_names_a_field_and_codes_that_exist() -> None:
    for name, looks in style.EXCEPTIONS.items():
        type_name, _, field_name = name.rpartition(".")
        types = [ALL[type_name]] if type_name else [t for t in ALL.values() if field_name in t.by_name]
        codes = {code for t in types for code in style.codes_of(t.by_name[field_name])}
        assert types and looks.keys() <= codes, name
    for mark in style.MARKS:
        assert mark.code in style.codes_of(ALL[mark.type].by_name[mark.field])
        assert mark.field in ALL[mark.type].colour_by


@pytest.mark.parametrize("name", [name for name in LAYERS if name in ALL])
@pytest.mark.parametrize("lang", ["th", "en"])
def test_the_legend_has_every_code_then_other_then_not_recorded(name: str, lang: str) -> None:
    for by in attributes(ALL[name]):
        legend = style.entries(ALL[name], by, lang)
        assert [entry.code for entry in legend] == [*style.codes_of(by), OTHER, None]
        assert all(entry.label and (entry.look.fill or entry.look.line) for entry in legend)


CASES = [
    ("community", "survey_state", "confirmed", "#1f7a5c"),
    ("community", "survey_state", None, style.MISSING),
    ("house", "land_kind", "own_choice", style.OTHER_COLOUR),
    ("land_plot", "paper", "chanote", style.PALETTE[0]),
    ("road", "kind", "soi", "#b9b2a5"),
]


@pytest.mark.parametrize(("type_name", "name", "code", "colour"), CASES)
def test_a_code_has_its_colour(type_name: str, name: str, code: str | None, colour: str) -> None:
    look = style.look_of(type_name, ALL[type_name].by_name[name], code)
    assert (look.fill or look.line) == colour


def test_a_yes_or_no_field_has_a_legend() -> None:
    from dataclasses import replace

    from surveys.fields import Flag

    flag = replace(field(Flag(), "มีไฟ", "has power"), name="power")
    record_type = ALL["house"].with_fields([flag])
    assert [e.label for e in style.entries(record_type, flag, "en")] == ["yes", "no", "not recorded"]


def test_a_look_says_only_what_it_knows() -> None:
    assert Look(fill="#123456", width=2).leaflet() == {"fillColor": "#123456", "weight": 2}


SERIES = [
    ("condition_dilapidated", 0, "#d9772f"),
    ("households", 1, style.PALETTE[1]),
    ("joining_other", 2, style.PALETTE[2]),
]


@pytest.mark.parametrize(("name", "place", "colour"), SERIES)
def test_a_counted_column_has_the_colour_of_its_code(name: str, place: int, colour: str) -> None:
    assert style.series_colour(name, place) == colour
