"""How a phone form asks for each kind of field: its question type, its constraint, how it looks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from surveys.codes import Code, Codes
from surveys.dates import BUDDHIST_OFFSET
from surveys.fields import Flag, Integer, Kind, Number, Text
from surveys.forms.explain import NOTHING
from surveys.record import Field, RecordType
from surveys.thai import ID_WEIGHTS, AreaCode, Day, PersonId, Sequence, Year
from surveys.words import Words, words


@dataclass(frozen=True)
class Asking:
    """A question type of XLSForm; ``constraint`` is XPath over ``.``, empty where anything goes.

    ``hint`` says how to answer where that is not plain, ``message`` what to do about a refused answer.
    """

    type: str
    constraint: str = ""
    appearance: str = ""
    hint: Words = NOTHING
    message: Words = NOTHING


# Above this a list is folded into one line of the screen.
_LONG_LIST = 8
# A year over 2400 is Buddhist, as everywhere in the product (surveys.dates).
_COMMON_YEAR = f"if(. > 2400, . - {BUDDHIST_OFFSET}, .)"
_ALONE = words(
    "ถ้าเลือก ไม่ทราบ ไม่ตอบ หรือ ไม่เกี่ยวข้อง ต้องไม่เลือกข้ออื่นด้วย",
    "Unknown, no answer and not applicable stand alone",
)
_CARD = words(
    "เลขไม่ถูกต้อง ดูบัตรอีกครั้ง หรือเว้นว่างไว้", "This is no id number: look at the card again, or leave it empty"
)
_TO_COME = words("ยังไม่ถึงวันหรือปีนี้", "That day or year has not come yet")


def _number(kind: Kind) -> Asking:
    if not isinstance(kind, Number):
        raise TypeError(kind)
    bounds = [(">=", kind.low), ("<=", kind.high)]
    limits = " and ".join(f". {sign} {limit:.15g}" for sign, limit in bounds if limit is not None)
    return Asking("integer" if isinstance(kind, Integer) else "decimal", limits, message=kind.rule)


def _code(kind: Kind) -> Asking:
    if not isinstance(kind, Code):
        raise TypeError(kind)
    if isinstance(kind, Codes):
        # An answer that is no value excludes the others.
        alone = " or ".join(f"selected(., '{code}')" for code in ("unknown", "no_answer", "not_applicable"))
        return Asking("select_multiple", f"not(({alone}) and count-selected(.) > 1)", message=_ALONE)
    return Asking("select_one", appearance="minimal" if len(kind.choices) > _LONG_LIST else "")


def _text(kind: Kind) -> Asking:
    if not isinstance(kind, Text):
        raise TypeError(kind)
    look = "multiline" if kind.limit > 200 else ""
    return Asking("text", f"string-length(.) <= {kind.limit}", look, message=kind.rule)


def _year(kind: Kind) -> Asking:
    limits = f"{_COMMON_YEAR} >= 1700 and {_COMMON_YEAR} <= 2150"
    return Asking("integer", limits, hint=kind.rule, message=kind.rule)


def _person(_kind: Kind) -> Asking:
    """Check the last digit: a card typed wrong is seen at the door, where it can be looked at again."""
    total = " + ".join(f"number(substr(., {n}, {n + 1})) * {weight}" for n, weight in enumerate(ID_WEIGHTS))
    check = f"(11 - (({total}) mod 11)) mod 10 = number(substr(., 12, 13))"
    shape = "regex(., '^[0-8][0-9]{12}$')"
    return Asking("text", f"{shape} and {check}", "numbers", words("13 หลัก", "13 digits"), _CARD)


_ASKED: dict[type[Kind], Callable[[Kind], Asking]] = {
    Code: _code,
    Number: _number,
    Text: _text,
    Sequence: lambda kind: replace(_text(kind), hint=kind.rule),
    Flag: lambda _: Asking("select_one"),
    Day: lambda kind: Asking("date", appearance="buddhist", message=kind.rule),
    Year: _year,
    PersonId: _person,
    AreaCode: lambda kind: Asking(
        "text", "regex(., '^(TH)?([0-9]{2}){1,3}$')", hint=kind.rule, message=kind.rule
    ),
}


def asking(record_type: RecordType, field: Field) -> Asking:
    """Return how a field is asked for on a phone, with the rules of its type about what is still to come."""
    kind = field.kind
    make = next((_ASKED[one] for one in type(kind).__mro__ if one in _ASKED), None)
    made = make(kind) if make else Asking("text", hint=kind.rule)
    if isinstance(kind, Number) and field.unit:
        made = replace(made, hint=field.unit)
    if not any(check.code == "date_future" and check.field == field.name for check in record_type.checks):
        return made
    day = isinstance(kind, Day)
    come = ". <= today()" if day else f"{_COMMON_YEAR} <= number(format-date(today(), '%Y'))"
    limits = f"{made.constraint} and {come}" if made.constraint else come
    return replace(made, constraint=limits, message=_TO_COME if day else made.message)
