"""A problem as a value: its code, and where in the file it is."""

from __future__ import annotations

from dataclasses import dataclass, fields

from surveys.intake.problem_kinds import LAYER, SHEET, Severity
from surveys.intake.problems import CATALOGUE
from surveys.privacy import without_ids
from surveys.words import Words, words

# What our own pages need beside what scripts read.
_OURS = ("rule", "near", "detail", "kept_out", "likely", "sheets")

# Problems of layers whose type is not known, with the types they may hold.
OF_UNKNOWN_TYPE = frozenset({"type_unknown", "layer_left_out"})


@dataclass(frozen=True)
class Problem:
    """One problem, where it is and what to do; ``row`` is the row as the surveyor sees it.

    ``kept_out`` marks a warning about a row that is kept out for another reason; ``likely`` are names of
    what may be meant: record types of a layer of unknown type, fields of a column not mapped. ``sheets``
    tells that the layers of the file are the sheets of a workbook.
    """

    code: str
    layer: str = ""
    row: int | None = None
    column: str | None = None
    field: str | None = None
    value: str | None = None
    rule: Words | None = None
    near: Words | None = None
    detail: str = ""
    kept_out: bool = False
    likely: tuple[str, ...] = ()
    sheets: bool = False

    def __post_init__(self) -> None:
        """Mask national ids wherever a problem repeats what stood in the file: people read and send it on."""
        for name in ("value", "detail"):
            if text := getattr(self, name):
                object.__setattr__(self, name, without_ids(text))

    @property
    def severity(self) -> Severity:
        """Return how much the problem stops."""
        return CATALOGUE[self.code].severity

    @property
    def message(self) -> Words:
        """Say what is wrong."""
        return self._filled(CATALOGUE[self.code].message)

    @property
    def remedy(self) -> Words:
        """Say what to do."""
        return self._filled(CATALOGUE[self.code].remedy)

    def _filled(self, text: Words) -> Words:
        rule, near = self.rule or words("", ""), self.near or words("", "")
        plain = {"value": self.value or "", "column": self.column or "", "detail": self.detail}
        said = text.fill(**plain, rule=rule, near=near, layer=SHEET if self.sheets else LAYER)
        return Words(said.th.strip(), said.en.strip())

    def as_json(self) -> dict[str, object]:
        """Return the problem as scripts read it."""
        facts = {name: getattr(self, name) for name in _FACTS}
        message, remedy = self.message, self.remedy
        said = {
            "message_th": message.th,
            "message_en": message.en,
            "remedy_th": remedy.th,
            "remedy_en": remedy.en,
        }
        return {"severity": self.severity} | facts | said


_FACTS = tuple(one.name for one in fields(Problem) if one.name not in _OURS)
