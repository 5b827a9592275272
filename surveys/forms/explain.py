"""How a cell of each kind is written: an example, and the rule in the words of a person who fills it in."""

from __future__ import annotations

from surveys.cells import MISSING_WORDS, Missing
from surveys.codes import Code, Codes
from surveys.fields import Flag, Integer, Kind, Number
from surveys.forms.form import live
from surveys.record import Field
from surveys.thai import AreaCode, Day, LandArea, Sequence, Year
from surveys.words import Words, words

NOTHING = words("", "")
# An example of each kind that needs one; the nearest class counts.
EXAMPLES: dict[type[Kind], Words] = {
    Day: words("21/08/2568", "2025-08-21"),
    Year: words("2545", "2002"),
    LandArea: words("0-1-25", "0-1-25"),
    AreaCode: words("1039", "1039"),
    Sequence: words("12", "12"),
    Flag: words("ใช่", "yes"),
    Integer: words("4", "4"),
    Number: words("8,500", "8,500"),
}
# Examples of one household, so that the example row reads as a row somebody might write.
_OF_FIELD: dict[str, Words] = {
    name: words(th, en)
    for name, th, en in (
        ("household_no", "1", "1"), ("member_no", "1", "1"), ("house_no", "99/12", "99/12"), ("plot_no", "5", "5"),
        ("head_name", "สมหญิง ใจดี", "Somying Jaidee"), ("income", "15,000", "15,000"), ("spending", "11,000", "11,000"),
        ("debt_formal", "40,000", "40,000"), ("debt_informal", "5,000", "5,000"), ("savings", "2,000", "2,000"),
        ("can_pay", "1,500", "1,500"), ("rent", "300", "300"), ("rooms_let", "0", "0"), ("storeys", "2", "2"),
        ("households_known", "120", "120"),
    )
}  # fmt: skip
# The answers that are no value, as a person writes them; what cannot be read is ours to say.
MISSING = tuple(MISSING_WORDS[code] for code in Missing if code is not Missing.UNREADABLE)
# Numbers that reach this far are sums of money and the like.
_LARGE = 10_000
_ONE = words("เลือกหนึ่งอย่างจากรายการ", "choose one from the list")
_SEVERAL = words("เลือกได้หลายอย่าง คั่นด้วย ;", "one or several from the list, separated by ;")


def example(field: Field) -> Words:
    """Return an example of a value, empty for free text."""
    kind = field.kind
    if field.name in _OF_FIELD:
        return _OF_FIELD[field.name]
    if isinstance(kind, Code):
        labels = [choice.words for choice in live(kind)][: 2 if isinstance(kind, Codes) else 1]
        return words("; ".join(w.th for w in labels), "; ".join(w.en for w in labels))
    if isinstance(kind, Number) and kind.high is not None and kind.high < _LARGE:
        return EXAMPLES[Integer]
    return next((EXAMPLES[one] for one in type(kind).__mro__ if one in EXAMPLES), NOTHING)


def rule(field: Field) -> Words:
    """Say how the answer is written, and in which unit."""
    kind = field.kind
    said = _SEVERAL if isinstance(kind, Codes) else _ONE if isinstance(kind, Code) else kind.rule
    if field.unit and isinstance(kind, Number):
        said = words(f"{said.th} ({field.unit.th})", f"{said.en} ({field.unit.en})")
    if field.help:
        said = words(f"{said.th} · {field.help.th}", f"{said.en}. {field.help.en}")
    return said


def choices(field: Field) -> tuple[Words, ...]:
    """Return what a list of the field offers: its choices, then the answers that are no value."""
    if isinstance(field.kind, Flag):
        return (words("ใช่", "yes"), words("ไม่ใช่", "no"), *MISSING)
    return (*(choice.words for choice in live(field.kind)), *MISSING) if isinstance(field.kind, Code) else ()
