"""Problems as pages, maps and workbooks say them: without what only the command line offers."""

from __future__ import annotations

import re

from surveys import records
from surveys.intake.geometry_kinds import KINDS_OF_SHAPE
from surveys.intake.plan import key_words
from surveys.intake.problem import Problem
from surveys.words import Words, words

# A message and its remedy.
Said = tuple[Words, Words]

# The command line's options stand in brackets in remedies; pages have the choice itself.
_COMMAND = re.compile(r"\s*\(--[^)]*\)")
_EMPTY = re.compile(r"\s*(\(\s*\)|“\s*”)")


def plain(said: Words) -> Words:
    """Leave out what only the command line offers, and brackets and colons with nothing behind them."""
    th, en = (_EMPTY.sub("", _COMMAND.sub("", text)).replace("ค่า  ", "ค่า ") for text in (said.th, said.en))
    return Words(th.strip().removesuffix(":"), en.strip().removesuffix(":"))


def plainly(code: str, type_name: str) -> Said:
    """Say a problem of the catalogue without the value it was found in."""
    record_type = records.ALL[type_name]
    shape = KINDS_OF_SHAPE[record_type.geometry or "any"]
    rule = shape if code == "geometry_kind" else key_words(record_type)
    near = words("ชนิดอื่น", "another kind") if code == "geometry_kind" else None
    problem = Problem(code, rule=rule, near=near)
    return plain(problem.message), plain(problem.remedy)
