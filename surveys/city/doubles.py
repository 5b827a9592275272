"""Households that may be one, and persons counted in two houses: pairs with the evidence that gave them.

Nothing is merged: a person decides (:mod:`surveys.city.double_decisions`). Rows are compared only
within blocks: one number of a person, one house, a few metres.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from surveys.city.alike import Names, Pairs, Rows, close, in_groups, in_metres, joined
from surveys.city.double_rules import RULES, Evidence, Pair
from surveys.intake.keys import fold, person
from surveys.planning.links import HOUSE, HOUSEHOLD, MEMBER, City
from surveys.planning.match import COMMUNITY, Frames
from surveys.record import SHAPE
from surveys.records import ALL
from surveys.store.schema import DIGEST
from surveys.words import Words, words

NEEDS = (COMMUNITY, HOUSE, HOUSEHOLD, MEMBER)
# Households at most this far apart are looked at, in metres.
NEAR_M = 20.0
# More households than this with one id are a filler, not one person; more in one house, or on one
# point, are a building whose names are not compared.
MOST_OF_ID, MOST_IN_HOUSE, MOST_ON_POINT = 20, 400, 60

HEAD, HEAD_ID = (ALL[HOUSEHOLD].by_name[name].name for name in ("head_name", "head_id"))
PERSON_ID = ALL[MEMBER].by_name["person_id"].name
VISIT = ALL[HOUSEHOLD].by_name["visit_result"].name
SEQ, NO = ALL[HOUSEHOLD].keys[0][1], ALL[HOUSEHOLD].keys[1][1]
SAID_DOUBLE = "double"
# Between the parts of what was compared; no value holds it.
_AND = "\x1f"
_RANK = {name: rank for rank, name in enumerate(RULES)}

# What :func:`candidates` reads of households and members, beside what tells and places a record.
_COMPARED = {HOUSEHOLD: ("key", HEAD, HEAD_ID + DIGEST, VISIT), MEMBER: (PERSON_ID + DIGEST,)}


def columns_of(type_name: str) -> tuple[str, ...]:
    """Return the columns of a type that :func:`candidates` reads, beside id and shape."""
    declared = ALL[type_name]
    parts = [*declared.keys, declared.title, *(rule.on for rule in declared.place if rule.type in NEEDS)]
    named = (name for part in parts for name in part if name != SHAPE)
    return tuple(dict.fromkeys((*named, *_COMPARED.get(type_name, ()))))


@dataclass(frozen=True)
class Doubles:
    """Pairs of households that may be one.

    ``rows`` has a row for each pair and rule, the strongest evidence first: ``first`` and ``second``
    (ids, in order), ``rule``, ``value``, ``alike`` (percent) and ``told``, as in :class:`Evidence`.
    ``notes`` say what was not compared.
    """

    rows: pd.DataFrame
    notes: tuple[Words, ...] = ()

    @cached_property
    def pairs(self) -> tuple[Pair, ...]:
        """The pairs with all their evidence, those with the strongest first."""
        made: dict[tuple[str, str], list[Evidence]] = {}
        for first, second, rule, value, alike, told in self.rows.itertuples(index=False, name=None):
            one = Evidence(
                rule, None if pd.isna(value) else float(value), None if pd.isna(alike) else float(alike), told
            )
            made.setdefault((first, second), []).append(one)
        return tuple(Pair(first, second, tuple(found)) for (first, second), found in made.items())


def candidates(frames: Frames) -> Doubles:
    """Find the households of a network that may be one, and persons counted in two of them.

    Parameters
    ----------
    frames : of the types :data:`NEEDS` with the columns of :func:`columns_of`, indexed by id, shapes as
        they were surveyed (EPSG:4326). A household without a point of its own stands at its house;
        one that only a plot would place stands nowhere here.
    """
    known = _Households.of(frames)
    notes: list[Words] = []
    parts = [*_by_person(known, notes), *_by_house(known, notes), *_by_place(known, notes)]
    rows = pd.concat([part for part in parts if len(part)] or [_rows(known, "same_id", _none())])
    rows["rank"] = rows["rule"].map(_RANK)
    rows["best"] = rows.groupby(["first", "second"])["rank"].transform("min")
    rows = rows.sort_values(
        ["best", "first", "second", "rank", "value"], ascending=[True, True, True, True, False]
    )
    rows = rows.drop_duplicates(["first", "second", "rule"]).reset_index(drop=True)
    return Doubles(rows.drop(columns=["rank", "best"]), tuple(notes))


def _none() -> Pairs:
    return np.array([], dtype=np.int64), np.array([], dtype=np.int64)


@dataclass(frozen=True)
class _Households:
    """The households with what they are compared by; codes are equal for what is equal, -1 where absent."""

    city: City
    frame: gpd.GeoDataFrame
    name: Names
    places: tuple[pd.Series[str], pd.Series[str], pd.Series[str]]

    @classmethod
    def of(cls, frames: Frames) -> _Households:
        city, frame = City(frames), frames[HOUSEHOLD]
        community = city.communities[HOUSEHOLD].fillna(_told(fold(frame[COMMUNITY])))
        name = _told(person(frame[HEAD])).astype(object)
        texts = name.where(name.notna(), None).to_numpy()
        return cls(city, frame, Names(texts), (community, _told(fold(frame[SEQ])), _told(fold(frame[NO]))))

    @cached_property
    def ids(self) -> npt.NDArray[np.object_]:
        return np.array(self.frame.index, dtype=object)

    @cached_property
    def names(self) -> Rows:
        return _codes(self.name.texts)

    @cached_property
    def codes(self) -> tuple[Rows, Rows, Rows]:
        """The community, the house's sequence and its number of each household."""
        community, seq, number = self.places
        return _codes(community), _codes(seq), _codes(number)

    @cached_property
    def houses(self) -> tuple[Rows, Rows]:
        """The house of each household: by its sequence on the plan, and by its number."""
        return joined(self.codes[0], self.codes[1]), joined(self.codes[0], self.codes[2])

    def other_house(self, pairs: Pairs) -> npt.NDArray[np.bool_]:
        """Tell which pairs live in two houses: another community, else another sequence, else another number."""
        left, right = pairs
        other, open_ = np.zeros(len(left), dtype=bool), np.ones(len(left), dtype=bool)
        for place, codes in enumerate(self.codes):
            both = open_ & (codes[left] >= 0) & (codes[right] >= 0)
            differ = both & (codes[left] != codes[right])
            other |= differ
            # Numbers tell houses apart within one community; the first that both have decides.
            open_ = both & ~differ if place == 0 else open_ & ~both
        return other

    @cached_property
    def house_text(self) -> npt.NDArray[np.object_]:
        """The house of each household as a text that changes when it does."""
        parts = [part.fillna("").astype(object) for part in self.places]
        made: npt.NDArray[np.object_] = (parts[0] + _AND + parts[1] + _AND + parts[2]).to_numpy()
        return made

    @cached_property
    def name_text(self) -> npt.NDArray[np.object_]:
        """The name and the house of each household as a text."""
        names = np.array([name or "" for name in self.name.texts.tolist()], dtype=object)
        made: npt.NDArray[np.object_] = names + _AND + self.house_text
        return made

    def in_order(self, pairs: Pairs, texts: npt.NDArray[np.object_]) -> npt.NDArray[np.object_]:
        """Join a text of each side of pairs, the side of the earlier id first."""
        turned = self.ids[pairs[0]] > self.ids[pairs[1]]
        one, other = texts[pairs[0]], texts[pairs[1]]
        first, second = np.where(turned, other, one), np.where(turned, one, other)
        return np.array(first + _AND + second, dtype=object)


def _told(texts: pd.Series[str]) -> pd.Series[str]:
    """Take texts of which nothing is left for none."""
    return texts.where(texts.ne(""))


def _codes(values: Any) -> Rows:
    codes, _ = pd.factorize(pd.Series(values, dtype=object), use_na_sentinel=True)
    return codes.astype(np.int64)


def _rows(
    known: _Households,
    rule: str,
    pairs: Pairs,
    value: Any = np.nan,
    alike: Any = np.nan,
    told: Sequence[str] | npt.NDArray[np.object_] | str = "",
) -> pd.DataFrame:
    """Make the rows of a rule: ids in order, whatever the order of the households."""
    one, other = known.ids[pairs[0]], known.ids[pairs[1]]
    turned = one > other
    columns = {
        "first": np.where(turned, other, one), "second": np.where(turned, one, other),
        "rule": rule, "value": value, "alike": alike, "told": told,
    }  # fmt: skip
    return pd.DataFrame(columns, index=range(len(one))).astype({"value": "float64", "alike": "float64"})


def persons(frames: Frames) -> pd.DataFrame:
    """Return the persons whose id is known: ``household`` (position), ``digest``, and ``member`` (id).

    ``member`` is NaN for the head as the household itself names him; members whose household is not
    known, or may be several, are left out.
    """
    city = City(frames)
    members, homes = frames[MEMBER], city.households_of_members
    listed = pd.DataFrame({"household": homes, "digest": members[PERSON_ID + DIGEST].to_numpy(),
                           "member": members.index.to_numpy()})  # fmt: skip
    heads = pd.DataFrame({"household": np.arange(len(frames[HOUSEHOLD])),
                          "digest": frames[HOUSEHOLD][HEAD_ID + DIGEST].to_numpy(), "member": None})  # fmt: skip
    found = pd.concat([heads, listed.loc[homes >= 0]], ignore_index=True).astype({"member": "str"})
    return found.dropna(subset="digest").reset_index(drop=True)


def _by_person(known: _Households, notes: list[Words]) -> list[pd.DataFrame]:
    """Pair the households that hold one person, by the digest of the id."""
    found = persons(known.city.frames).drop_duplicates(["household", "digest"])
    (left, right), crowds = in_groups(_codes(found["digest"]), MOST_OF_ID)
    notes += [
        words(
            f"เลขประจำตัวหนึ่งอยู่ใน {size:,} ครัวเรือน น่าจะเป็นเลขที่กรอกแทน จึงไม่จับคู่",
            f"One id stands at {size:,} households: it is likely a filler, and they are not paired.",
        )
        for size in crowds.tolist()
    ]
    home, digest = found["household"].to_numpy(), found["digest"].to_numpy(dtype=object)
    pairs = pd.DataFrame({"one": np.minimum(home[left], home[right]), "other": np.maximum(home[left], home[right]),
                          "digest": digest[left]})  # fmt: skip
    shared = pairs.sort_values("digest").groupby(["one", "other"], sort=True)["digest"]
    told = shared.agg(",".join)
    both = tuple(np.asarray(told.index.get_level_values(name), dtype=np.int64) for name in ("one", "other"))
    counts, texts = shared.size().to_numpy(), told.to_numpy(dtype=object)
    other = known.other_house((both[0], both[1]))
    houses = known.in_order((both[0], both[1]), known.house_text)
    made = []
    for rule, at in (("same_id", np.flatnonzero(~other)), ("two_houses", np.flatnonzero(other))):
        says = texts[at] + _AND + houses[at] if rule == "two_houses" else texts[at]
        made.append(_rows(known, rule, (both[0][at], both[1][at]), counts[at], told=says))
    return made


def _by_house(known: _Households, notes: list[Words]) -> list[pd.DataFrame]:
    """Pair the households of one house whose heads have one name, or nearly one, or who were noted as double."""
    made = [
        _rows(known, "same_number", pairs := _one_key(known), told=known.in_order(pairs, known.name_text))
    ]
    for house in known.houses:
        same, _ = in_groups(joined(house, known.names), MOST_OF_ID)
        made.append(_rows(known, "same_name", same, 100.0, told=known.in_order(same, known.name_text)))
        pairs, crowds = in_groups(house, MOST_IN_HOUSE)
        notes += [
            words(
                f"บ้านเลขที่หนึ่งมี {size:,} ครัวเรือน เทียบเฉพาะชื่อที่ตรงกัน",
                f"One house has {size:,} households: only equal names were compared there.",
            )
            for size in crowds.tolist()
        ]
        made += _near_names(known, pairs)
        said = known.frame[VISIT].eq(SAID_DOUBLE).to_numpy(dtype=bool)
        marked = _picked(pairs, said[pairs[0]] | said[pairs[1]])
        made.append(_rows(known, "said_double", marked, told=known.in_order(marked, known.house_text)))
    return made


def _one_key(known: _Households) -> Pairs:
    """Pair the households with one community, house and household number: an import kept both."""
    pairs, _ = in_groups(joined(known.codes[0], _codes(known.frame["key"])), MOST_IN_HOUSE)
    return pairs


def _near_names(known: _Households, pairs: Pairs) -> list[pd.DataFrame]:
    pairs = _picked(pairs, known.names[pairs[0]] != known.names[pairs[1]])
    alike = known.name.likeness(pairs)
    near = _picked(pairs, alike > 0)
    return [_rows(known, "near_name", near, alike[alike > 0], told=known.in_order(near, known.name_text))]


def _by_place(known: _Households, notes: list[Words]) -> list[pd.DataFrame]:
    """Pair the households at most 20 m apart whose heads have one name, or nearly one.

    Those of one house are paired by it already.
    """
    points = in_metres(known.city.places[HOUSEHOLD])
    found, crowds = close(points, NEAR_M, MOST_ON_POINT)
    notes += [
        words(
            f"มี {size:,} ครัวเรือนอยู่จุดเดียวกัน ไม่ได้เทียบชื่อตามระยะ",
            f"{size:,} households stand on one point: their names were not compared by distance.",
        )
        for size in crowds.tolist()
    ]
    return [_near_places(known, points, pairs) for pairs in found]


def _near_places(known: _Households, points: npt.NDArray[np.object_], pairs: Pairs) -> pd.DataFrame:
    together = np.zeros(len(pairs[0]), dtype=bool)
    for house in known.houses:
        together |= (house[pairs[0]] >= 0) & (house[pairs[0]] == house[pairs[1]])
    pairs = _picked(pairs, ~together & (known.names[pairs[0]] >= 0) & (known.names[pairs[1]] >= 0))
    equal = known.names[pairs[0]] == known.names[pairs[1]]
    alike = np.where(equal, 100.0, known.name.likeness(pairs))
    near = _picked(pairs, alike > 0)
    apart = _metres(points, near)
    return _rows(known, "near_place", near, apart, alike[alike > 0], known.in_order(near, known.name_text))


def _metres(points: npt.NDArray[np.object_], pairs: Pairs) -> npt.NDArray[np.float64]:
    """Return the distance of points, in metres rounded to centimetres."""
    made: npt.NDArray[np.float64] = np.round(shapely.distance(points[pairs[0]], points[pairs[1]]), 2)
    return made


def _picked(pairs: Pairs, which: npt.NDArray[np.bool_]) -> Pairs:
    return pairs[0][which], pairs[1][which]


def between(pairs: Iterable[Pair], first: str, second: str) -> Pair | None:
    """Return the pair of two households, in either order."""
    wanted = (min(first, second), max(first, second))
    return next((pair for pair in pairs if (pair.first, pair.second) == wanted), None)
