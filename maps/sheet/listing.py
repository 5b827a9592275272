"""The rows of the list for checking: every household once, at its house or plot, and every one of these without any."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import pandas as pd

from maps.sheet.frame import Facts
from maps.sheet.homes import HEAD_NAME, Homes
from maps.sheet.order import counted, text
from maps.sheet.table import Column, Row
from surveys.words import Words, words

# How the number of a plot stands among those of houses, and that of a house among plots.
PLOT, _HOUSE = words("แปลง {n}", "Plot {n}"), words("บ้าน {n}", "House {n}")
_NO_HOUSEHOLD = words("— ยังไม่มีข้อมูลครัวเรือน", "— no household recorded")
_NO_HOUSE = words("ไม่มีบ้านนี้ในข้อมูล", "no such house recorded")
_NO_PLOT = words("ไม่มีแปลงนี้ในข้อมูล", "no such plot recorded")
_NO_NUMBER = words("ไม่ได้ระบุเลขแปลง", "no plot number given")
# Where the survey says something else than where the household was found.
_SAYS = words("แบบสำรวจเขียน {said}", "the survey says {said}")
_COLUMNS = (
    (words("ลำดับบ้าน", "House on the plan"), 17, True), (words("บ้านเลขที่", "House number"), 20, False),
    (words("ครัวเรือนที่", "Household"), 20, False), (words("ชื่อหัวหน้าครัวเรือน", "Head of household"), 49, False),
    (words("คน", "People"), 14, False), (words("ถูกต้อง ลงชื่อ", "Right: signature"), 33, False),
    (words("คำแก้ไข / คำคัดค้าน", "Correction / objection"), 37, False),
)  # fmt: skip
_HEAD = 3
# Its first column where plots stand among houses, and alone.
_MIXED = (words("ลำดับบ้าน / แปลง", "House on the plan / plot"), 22, True)
_PLOTS = (words("เลขแปลง", "Plot"), 20, True)


@dataclass(frozen=True)
class Listing:
    """The list of a community; ``plot_number`` says what a plot (id) is called on its plan."""

    homes: Homes
    facts: Facts
    plot_number: Callable[[str], str]

    @property
    def columns(self) -> tuple[Column, ...]:
        """The columns; the first says whether houses, plots or both are numbered in it."""
        mixed = len(self.homes.plots) or any(self._of_plot(row) for row in self._lost)
        first = _PLOTS if self.homes.by_plot else _MIXED if mixed else _COLUMNS[0]
        head, share, bold = _COLUMNS[_HEAD]
        # What the first column takes more the name gives: all else stands as wide as in a list of houses.
        named = (head, share - first[1] + _COLUMNS[0][1], bold)
        return columns((first, *_COLUMNS[1:_HEAD], named, *_COLUMNS[_HEAD + 1 :]), self.facts)

    def rows(self) -> Iterator[Row]:
        """Give a row for every household, and for every house, or plot that is looked for, that has none."""
        yield from self._at_houses()
        yield from self._at_plots()
        for row in self._lost:
            number, note = self._said(row)
            made = _household(row, (number, text(row["house_no"])), top=True, same=2)
            yield replace(made, note=self.facts.of(note))

    def _at_houses(self) -> Iterator[Row]:
        for id_, house in self.homes.houses.iterrows():
            numbers = text(house["house_seq"]), text(house["house_no"])
            inside = self.homes.households.get((str(id_),))
            if inside is None:
                yield self._empty(*numbers)
                continue
            for n, row in enumerate(_sorted(inside, ("household_no",))):
                yield _household(row, numbers, top=n == 0, same=2)

    def _at_plots(self) -> Iterator[Row]:
        """Give the rows of plots; a household where plots lie on each other has the numbers of all."""
        plots = {one: n for n, one in enumerate(self.homes.plots.index)}
        held = {home: part for home, part in self.homes.households.items() if home and home[0] in plots}
        taken = {one for home in held for one in home}
        homes = [*held, *((one,) for one in plots if one not in taken)]
        for home in sorted(homes, key=lambda one: [plots[each] for each in one]):
            number = ", ".join(filter(None, map(self.plot_number, home)))
            if home not in held:
                yield self._empty(number, "")
                continue
            for n, row in enumerate(_sorted(held[home], ("household_no", "house_no"))):
                made = _household(row, (number, text(row["house_no"])), top=n == 0, same=1)
                yield replace(made, note=self._other(row, home))

    def _other(self, row: Mapping[Any, Any], home: tuple[str, ...]) -> str:
        """Say what the survey says where it is not where the household was found."""
        known = {text(self.homes.plots.at[one, "plot_no"]) for one in home}
        plot = text(row["plot_no"])
        told = ((_HOUSE, text(row["house_seq"])), (PLOT, "" if plot in known else plot))
        said = " · ".join(self.facts.of(of.fill(n=number)) for of, number in told if number)
        return self.facts.of(_SAYS.fill(said=said)) if said else ""

    @cached_property
    def _lost(self) -> list[dict[Any, Any]]:
        """The households whose house and plot are not recorded, in the order of what they say."""
        frame = self.homes.households.get((), pd.DataFrame())
        rows: list[dict[Any, Any]] = frame.to_dict("records")

        def place(row: Mapping[Any, Any]) -> tuple[Any, ...]:
            # A household of a house may leave out the number that the one beside it gives.
            house = text(row["house_seq"]) or row["house_no"]
            if self.homes.by_plot:
                return counted(row["plot_no"], house, row["household_no"])
            after = (row["household_no"],) if text(house) else (row["plot_no"], row["household_no"])
            return counted(house, *after)

        return sorted(rows, key=place)

    def _of_plot(self, row: Mapping[Any, Any]) -> bool:
        """Tell whether a household that is not found is known by its plot."""
        plot, seq, number = (bool(text(row[name])) for name in ("plot_no", "house_seq", "house_no"))
        return plot and (self.homes.by_plot or not (seq or number))

    def _said(self, row: Mapping[Any, Any]) -> tuple[str, Words]:
        """Return the number of a household that is not found, and what is said of it."""
        plot, seq = text(row["plot_no"]), text(row["house_seq"])
        if self._of_plot(row):
            return plot if self.homes.by_plot else self.facts.of(PLOT.fill(n=plot)), _NO_PLOT
        if not self.homes.by_plot:
            return seq, _NO_HOUSE
        return (self.facts.of(_HOUSE.fill(n=seq)), _NO_HOUSE) if seq else ("", _NO_NUMBER)

    def _empty(self, number: str, other: str) -> Row:
        return Row((number, other, "", self.facts.of(_NO_HOUSEHOLD), "", "", ""))


def columns(declared: tuple[tuple[Words, float, bool], ...], facts: Facts) -> tuple[Column, ...]:
    """Make columns of their headings, widths and whether they are bold."""
    return tuple(Column(facts.of(said), share, bold=bold) for said, share, bold in declared)


def _household(row: Mapping[Any, Any], numbers: tuple[str, str], *, top: bool, same: int) -> Row:
    cells = (*numbers, text(row["household_no"]), text(row.get(HEAD_NAME)), text(row["people"]), "", "")
    return Row(cells, top, same=0 if top else same)


def _sorted(frame: pd.DataFrame, fields: tuple[str, ...]) -> list[dict[Any, Any]]:
    rows: list[dict[Any, Any]] = frame.to_dict("records")
    return sorted(rows, key=lambda row: counted(*(row[name] for name in fields)))
