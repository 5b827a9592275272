"""Households that may be one, and persons counted in two houses: pairs with the evidence that gave them.

Nothing is merged: a person decides (:mod:`surveys.city.double_decisions`). Rows are compared only
within blocks: one number of a person, one house (one plot, of those that say no house), a few metres.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd

from surveys.city.alike import Pairs, Rows, Texts, apart, close, in_groups, in_metres, joined
from surveys.city.double_rules import RULES, Evidence, Pair
from surveys.intake.keys import fold, person
from surveys.planning.links import HOUSE, HOUSEHOLD, MEMBER, City
from surveys.planning.match import COMMUNITY, Frames, numbered
from surveys.planning.place import Spots
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
SEQ, NO, PLOT_NO = (key[1] for key in ALL[HOUSEHOLD].keys)
SAID_DOUBLE = "double"
# Between the parts of what was compared; no value holds it.
_AND = "\x1f"
# The rules whose evidence is the names in their houses, and those whose evidence is the houses.
_BY_NAME = ("same_number", "same_name", "near_name", "near_place", "same_name_plot", "near_name_plot")
_BY_HOUSE = ("said_double", "two_houses", "said_double_plot")
_RANK = {name: rank for rank, name in enumerate(RULES)}

_ONE_HOUSE = words("บ้านเลขที่หนึ่งมี {n} ครัวเรือน เทียบเฉพาะชื่อที่ตรงกัน",
                   "One house has {n} households: only equal names were compared there.")  # fmt: skip
_ONE_PLOT = words("แปลงหนึ่งมี {n} ครัวเรือน เทียบเฉพาะชื่อที่ตรงกัน",
                  "One plot has {n} households: only equal names were compared there.")  # fmt: skip

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
    found = pd.concat([part for part in parts if len(part)] or parts[:1], ignore_index=True)
    return Doubles(_told(known, found), tuple(notes))


def _told(known: _Households, found: pd.DataFrame) -> pd.DataFrame:
    """Make the rows of :class:`Doubles` from those of :func:`_rows`; texts are made of what was found only."""
    there, at = np.unique(found[["one", "other"]].to_numpy(), return_inverse=True)
    ids = known.ids(there)
    order = np.argsort(ids, kind="stable")
    # Numbers that stand in the order of the ids.
    both = np.argsort(order)[at.reshape(-1, 2)]
    found = found.assign(first=both.min(axis=1), second=both.max(axis=1))
    found["best"] = found.groupby(["first", "second"])["rank"].transform("min")
    ordered = ["best", "first", "second", "rank", "value"]
    found = found.sort_values(ordered, ascending=[True, True, True, True, False])
    found = found.drop_duplicates(["first", "second", "rank"]).reset_index(drop=True)
    first, second, rule = (found[name].to_numpy() for name in ("first", "second", "rank"))
    told = found["told"].to_numpy(dtype=object, copy=True)
    for texts, rules in ((known.name_text, _BY_NAME), (known.house_text, _BY_HOUSE)):
        rows = np.flatnonzero(np.isin(rule, [_RANK[name] for name in rules]))
        spoken = texts(there[order])
        told[rows] += spoken[first[rows]] + _AND + spoken[second[rows]]
    columns = {"first": ids[order][first], "second": ids[order][second], "rule": np.array(list(RULES), object)[rule],
               "value": found["value"], "alike": found["alike"], "told": told}  # fmt: skip
    texts_of = dict.fromkeys(("first", "second", "rule", "told"), "str")
    return pd.DataFrame(columns, found.index).astype(texts_of)


@dataclass(frozen=True)
class _Households:
    """The households with what they are compared by; codes are equal for what is equal, -1 where absent."""

    city: City
    frame: gpd.GeoDataFrame
    name: Texts
    places: tuple[Texts, Texts, Texts]
    plot: Texts

    @classmethod
    def of(cls, frames: Frames) -> _Households:
        city, frame = City(frames), frames[HOUSEHOLD]

        def known(texts: pd.Series[str]) -> pd.Series[str]:
            said = fold(texts)
            return said.map(city.names).astype("str").fillna(said)

        places = (
            Texts.of(frame[COMMUNITY], known),
            Texts.of(frame[SEQ], fold),
            Texts.of(frame[NO], fold),
        )
        return cls(city, frame, Texts.of(frame[HEAD], person), places, Texts.of(frame[PLOT_NO], fold))

    def ids(self, rows: Rows) -> npt.NDArray[np.object_]:
        """Return the ids of some households."""
        made: npt.NDArray[np.object_] = self.frame.index.take(rows).to_numpy(dtype=object)
        return made

    @property
    def codes(self) -> tuple[Rows, Rows, Rows]:
        """The community, the house's sequence and its number of each household."""
        community, seq, number = self.places
        return community.codes, seq.codes, number.codes

    @cached_property
    def houses(self) -> tuple[Rows, Rows]:
        """The house of each household: by its sequence on the plan, and by its number."""
        return joined(self.codes[0], self.codes[1]), joined(self.codes[0], self.codes[2])

    @cached_property
    def plots(self) -> Rows:
        """The plot of each household that says no house."""
        return np.where(self.housed, -1, joined(self.codes[0], self.plot.codes))

    @cached_property
    def housed(self) -> npt.NDArray[np.bool_]:
        """Which households say a house."""
        found: npt.NDArray[np.bool_] = (self.codes[1] >= 0) | (self.codes[2] >= 0)
        return found

    def other_house(self, pairs: Pairs) -> npt.NDArray[np.bool_]:
        """Tell which pairs live in two houses: another community, else another sequence, else another number.

        Where one of them says no house, by the number of the plot.
        """
        left, right = pairs
        other, open_ = np.zeros(len(left), dtype=bool), np.ones(len(left), dtype=bool)
        for place, codes in enumerate((*self.codes, self.plot.codes)):
            both = open_ & (codes[left] >= 0) & (codes[right] >= 0)
            if place == len(self.codes):
                both &= ~(self.housed[left] & self.housed[right])
            differ = both & (codes[left] != codes[right])
            other |= differ
            # Numbers tell houses apart within one community; the first that both have decides.
            open_ = both & ~differ if place == 0 else open_ & ~both
        return other

    def house_text(self, rows: Rows) -> npt.NDArray[np.object_]:
        """The house of some households as a text that changes when it does; the plot of those that say none."""
        community, seq, number = (part.at(rows) for part in self.places)
        plot = np.where(self.housed[rows] | (self.plot.codes[rows] < 0), "", _AND + self.plot.at(rows))
        return np.array(community + _AND + seq + _AND + number + plot, dtype=object)

    def name_text(self, rows: Rows) -> npt.NDArray[np.object_]:
        """The name and the house of some households as a text."""
        return np.array(self.name.at(rows) + _AND + self.house_text(rows), dtype=object)


def _rows(rule: str, pairs: Pairs, value: Any = np.nan, alike: Any = np.nan, told: Any = "") -> pd.DataFrame:
    """Make the rows of a rule: the positions of both households, and what was measured.

    ``told`` is what was compared beside the names or houses of the two.
    """
    columns = {"one": pairs[0], "other": pairs[1], "rank": _RANK[rule], "value": value, "alike": alike}
    made = pd.DataFrame(columns, index=range(len(pairs[0]))).astype({"value": "float64", "alike": "float64"})
    return made.assign(told=pd.Series(told, made.index, dtype=object))


def _persons(city: City) -> tuple[Rows, Rows, pd.Index]:
    """Return the household of each person whose id is known, the number of the id, and the digests by number.

    A household holds a person once. Members whose household is not known, or may be several, are left out.
    """
    heads, members = city.frames[HOUSEHOLD][HEAD_ID + DIGEST], city.frames[MEMBER][PERSON_ID + DIGEST]
    digests, texts = numbered(pd.concat([heads.astype("str"), members.astype("str")], ignore_index=True))
    homes = np.append(np.arange(len(heads)), city.households_of_members)
    there = np.flatnonzero((digests >= 0) & (homes >= 0))
    twice = np.bincount(digests[there], minlength=len(texts)) > 1
    there = there[twice[digests[there]]]
    _, once = np.unique(homes[there] * len(texts) + digests[there], return_index=True)
    there = there[np.sort(once)]
    return homes[there], digests[there], texts


def _by_person(known: _Households, notes: list[Words]) -> list[pd.DataFrame]:
    """Pair the households that hold one person, by the digest of the id."""
    homes, digests, texts = _persons(known.city)
    (left, right), crowds = in_groups(digests, MOST_OF_ID)
    notes += [
        words(
            f"เลขประจำตัวหนึ่งอยู่ใน {size:,} ครัวเรือน น่าจะเป็นเลขที่กรอกแทน จึงไม่จับคู่",
            f"One id stands at {size:,} households: it is likely a filler, and they are not paired.",
        )
        for size in crowds.tolist()
    ]
    one, other = homes[left], homes[right]
    pairs = pd.DataFrame({"one": np.minimum(one, other), "other": np.maximum(one, other),
                          "digest": texts.take(digests[left]).to_numpy(dtype=object)})  # fmt: skip
    shared = pairs.sort_values("digest").groupby(["one", "other"], sort=True)["digest"]
    said = shared.agg(",".join).reset_index().assign(persons=shared.size().to_numpy())
    both = said["one"].to_numpy(np.int64), said["other"].to_numpy(np.int64)
    moved = known.other_house(both)
    alike, made = _alike_heads(known, both), []
    for rule, which, after in (("same_id", ~moved, ""), ("two_houses", moved, _AND)):
        told = said["digest"].to_numpy(dtype=object)[which] + after
        persons = said["persons"][which].to_numpy()
        made.append(_rows(rule, _picked(both, which), persons, alike[which], told))
    return made


def _alike_heads(known: _Households, pairs: Pairs) -> npt.NDArray[np.float64]:
    """Tell how alike the names of two heads are who give one id (percent); NaN where they do not, or have no name."""
    digests, _ = numbered(known.frame[HEAD_ID + DIGEST].astype("str"))
    (left, right), names = pairs, known.name.codes
    one_id = (
        (digests[left] >= 0) & (digests[left] == digests[right]) & (names[left] >= 0) & (names[right] >= 0)
    )
    alike = np.full(len(left), np.nan)
    alike[one_id] = np.where(names[left] == names[right], 100.0, known.name.likeness(pairs))[one_id]
    return alike


def _by_house(known: _Households, notes: list[Words]) -> list[pd.DataFrame]:
    """Pair the households of one house or plot: their heads of one name, or nearly one, or noted as double."""
    made = [_rows("same_number", _one_key(known))]
    said = known.frame[VISIT].eq(SAID_DOUBLE).to_numpy(dtype=bool)
    blocks = [*((house, "", _ONE_HOUSE) for house in known.houses), (known.plots, "_plot", _ONE_PLOT)]
    for house, kind, crowd in blocks:
        same, _ = in_groups(joined(house, known.name.codes), MOST_OF_ID)
        made.append(_rows(f"same_name{kind}", same, 100.0))
        pairs, crowds = in_groups(house, MOST_IN_HOUSE)
        notes += [crowd.fill(n=f"{size:,}") for size in crowds.tolist()]
        made.append(_near_names(known, pairs, f"near_name{kind}"))
        made.append(_rows(f"said_double{kind}", _picked(pairs, said[pairs[0]] | said[pairs[1]])))
    return made


def _one_key(known: _Households) -> Pairs:
    """Pair the households with one community, house and household number: an import kept both."""
    pairs, _ = in_groups(joined(known.codes[0], numbered(known.frame["key"])[0]), MOST_IN_HOUSE)
    return pairs


def _near_names(known: _Households, pairs: Pairs, rule: str) -> pd.DataFrame:
    names = known.name.codes
    pairs = _picked(pairs, names[pairs[0]] != names[pairs[1]])
    alike = known.name.likeness(pairs)
    return _rows(rule, _picked(pairs, alike > 0), alike[alike > 0])


def _by_place(known: _Households, notes: list[Words]) -> list[pd.DataFrame]:
    """Pair the households at most 20 m apart whose heads have one name, or nearly one.

    Those of one house, or of one plot without a house, are paired by it already.
    """
    places = in_metres(known.city.places[HOUSEHOLD])
    found, crowds = close(places, NEAR_M, MOST_ON_POINT)
    notes += [
        words(
            f"มี {size:,} ครัวเรือนอยู่จุดเดียวกัน ไม่ได้เทียบชื่อตามระยะ",
            f"{size:,} households stand on one point: their names were not compared by distance.",
        )
        for size in crowds.tolist()
    ]
    return [_near_places(known, places, pairs) for pairs in found]


def _near_places(known: _Households, places: Spots, pairs: Pairs) -> pd.DataFrame:
    names, together = known.name.codes, np.zeros(len(pairs[0]), dtype=bool)
    for house in (*known.houses, known.plots):
        together |= (house[pairs[0]] >= 0) & (house[pairs[0]] == house[pairs[1]])
    pairs = _picked(pairs, ~together & (names[pairs[0]] >= 0) & (names[pairs[1]] >= 0))
    alike = np.where(names[pairs[0]] == names[pairs[1]], 100.0, known.name.likeness(pairs))
    near = _picked(pairs, alike > 0)
    return _rows("near_place", near, np.round(apart(places, near), 2), alike[alike > 0])


def _picked(pairs: Pairs, which: npt.NDArray[np.bool_]) -> Pairs:
    return pairs[0][which], pairs[1][which]


def between(pairs: Iterable[Pair], first: str, second: str) -> Pair | None:
    """Return the pair of two households, in either order."""
    wanted = (min(first, second), max(first, second))
    return next((pair for pair in pairs if (pair.first, pair.second) == wanted), None)
