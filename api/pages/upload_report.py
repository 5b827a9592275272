"""What was found in a file, in words a surveyor understands."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from surveys.intake.examination import Examination, Part
from surveys.intake.left_out import AGAIN, CODE, TO_DO, summed_up
from surveys.intake.plain import plain
from surveys.intake.problem import Problem
from surveys.intake.problem_kinds import Severity, layer_word
from surveys.intake.problems import CATALOGUE
from surveys.intake.same import TAKEN_BEFORE
from surveys.record import RecordType
from surveys.words import Words, words

# How many examples of a kind of problem are shown at once; the rest unfolds, or is in the download.
EXAMPLES = 5
_DOTS = "…"
# How many of the layers that are not taken are named.
_NAMED = 10

CRS: dict[str, Words] = {
    "EPSG:4326": words(
        "WGS 84 องศา (GPS โทรศัพท์ Google Maps)", "WGS 84 degrees (GPS, phones, Google Maps)"
    ),
    "EPSG:32647": words(
        "WGS 84 / UTM โซน 47N (เมตร ภาคกลาง เหนือ ตะวันตก ใต้)", "WGS 84 / UTM zone 47N (metres, west of 102° E)"
    ),
    "EPSG:32648": words(
        "WGS 84 / UTM โซน 48N (เมตร ภาคอีสาน)", "WGS 84 / UTM zone 48N (metres, east of 102° E)"
    ),
    "EPSG:24047": words(
        "Indian 1975 / UTM โซน 47N (แผนที่ราชการเก่า)", "Indian 1975 / UTM zone 47N (older agency maps)"
    ),
    "EPSG:24048": words(
        "Indian 1975 / UTM โซน 48N (แผนที่ราชการเก่า ภาคอีสาน)",
        "Indian 1975 / UTM zone 48N (older agency maps, north-east)",
    ),
}  # fmt: skip
ENCODINGS: dict[str, Words] = {
    "utf-8": words("UTF-8 (มาตรฐานปัจจุบัน)", "UTF-8 (today's standard)"),
    "cp874": words("ภาษาไทย Windows (CP874 / TIS-620)", "Thai Windows (CP874 / TIS-620)"),
}
_SAME_ENCODING = {"utf-8-sig": "utf-8", "tis-620": "cp874"}
_GUESSED = words("เดาจากตัวอักษรในไฟล์", "told from the letters in the file")
# Columns of which only a person can say what they mean, the most doubtful first.
ASKED_COLUMNS = ("column_ambiguous", "column_rival", "column_near", "column_second")
# What pages ask or say in a section of its own.
_ASKED = frozenset({"community_unknown", *ASKED_COLUMNS, "mapping_remembered", TAKEN_BEFORE})
_SEVERITIES: tuple[Severity, ...] = ("refuse", "quarantine", "warn")


@dataclass(frozen=True)
class Kind:
    """One kind of problem: how often, what it means, where it was met first, and what to do.

    ``remedy`` is empty where each example has its own.
    """

    code: str
    count: int
    heading: Words
    remedy: Words
    examples: tuple[Problem, ...]

    @property
    def tells(self) -> frozenset[str]:
        """What the examples have to say beside their row: some have no column, some no value."""
        told = {name for name in ("column", "value") for one in self.examples if getattr(one, name)}
        return frozenset(told | ({"remedy"} if not self.remedy.th else set()))

    @property
    def only_rows(self) -> bool:
        """Tell whether all that the examples have to say is their row."""
        return not self.tells and all(one.row is not None for one in self.examples)

    @property
    def of_whole(self) -> bool:
        """Tell whether the heading says all there is: of one thing, which is no row's and no column's."""
        (one, *more) = self.examples or (None,)
        return one is not None and not more and one.row is None and not one.column

    @property
    def first(self) -> tuple[Problem, ...]:
        """The examples shown at once."""
        return self.examples[:EXAMPLES]

    @property
    def more(self) -> tuple[Problem, ...]:
        """The examples that unfold."""
        return self.examples[EXAMPLES:]


@dataclass(frozen=True)
class PartShown:
    """One layer of the file: what it was taken for, and how it was read."""

    part: Part
    type: RecordType
    crs: Words | None
    encoding: Words | None
    guessed: Words | None
    mapped: tuple[tuple[str, Words], ...]


@dataclass(frozen=True)
class LeftOut:
    """Layers that are not taken beside others: how many records, what to do now and later, each with its rows and why.

    ``more`` counts the layers that are not named.
    """

    said: Words
    todo: Words
    again: Words
    rows: int
    layers: tuple[tuple[str, int, Words], ...]
    more: int
    word: Words

    @classmethod
    def of(cls, found: Examination) -> LeftOut | None:
        """Describe those of a file; None where all layers are taken."""
        if not found.left_out:
            return None
        word, why = layer_word(found.file_name), {p.layer: p.near for p in found.problems if p.code == CODE}
        named = [(name, rows, plain(why.get(name) or words("", ""))) for name, rows in found.left_out]
        return cls(
            summed_up(found.left_out, word), plain(TO_DO.fill(layer=word)), plain(AGAIN.fill(layer=word)),
            sum(rows for _, rows in found.left_out), tuple(named[:_NAMED]), len(named[_NAMED:]), word,
        )  # fmt: skip


@dataclass(frozen=True)
class Report:
    """The report of a file: counts, layers, and problems by kind from grave to slight.

    ``remarks`` are warnings about rows that are taken, ``aside`` those about rows kept out. ``layers`` is what
    people call its layers, None where it has only one. ``before`` says that the very same file was taken before,
    ``left_out`` tells of layers that are not taken.
    """

    rows: int
    new: int
    updated: int
    unchanged: int
    quarantined: int
    unplaced: int
    warnings: int
    parts: tuple[PartShown, ...]
    refusals: tuple[Kind, ...]
    kept_out: tuple[Kind, ...]
    remarks: tuple[Kind, ...]
    aside: tuple[Kind, ...]
    layers: Words | None
    before: Problem | None
    left_out: LeftOut | None

    @property
    def taken(self) -> int:
        """Count the rows that change something."""
        return self.new + self.updated


def report(found: Examination, types: Mapping[str, RecordType]) -> Report:
    """Describe what was found in a file."""
    kinds = {severity: _kinds(found, severity, _taken(found)) for severity in _SEVERITIES}
    names = ("rows", "new", "updated", "unchanged", "quarantined", "unplaced")
    return Report(
        **{name: found.total(name) for name in names},
        warnings=sum(kind.count for kind in kinds["warn"]),
        parts=tuple(_part(part, types[part.type], found.continues is not None) for part in found.parts),
        refusals=kinds["refuse"], kept_out=kinds["quarantine"], remarks=kinds["warn"],
        aside=_kinds(found, "warn", found.aside, kept_out=True),
        layers=layer_word(found.file_name) if len(found.parts) > 1 else None,
        before=next((problem for problem in found.problems if problem.code == TAKEN_BEFORE), None),
        left_out=LeftOut.of(found),
    )  # fmt: skip


def _taken(found: Examination) -> Counter[str]:
    """Count the problems by code, without the warnings about rows that are kept out."""
    return Counter(found.counts) - Counter(found.aside)


def _kinds(
    found: Examination, severity: Severity, counts: Mapping[str, int], kept_out: bool = False
) -> tuple[Kind, ...]:
    """Group the problems of one severity by their code, the most frequent first."""
    listed = [problem for problem in found.problems if problem.kept_out == kept_out]
    # Layers left out are told in the head of the report; imports of an earlier program have them here.
    asked = _ASKED | {CODE} if found.left_out else _ASKED
    codes = [code for code in counts if CATALOGUE[code].severity == severity and code not in asked]
    return tuple(_kind(code, counts[code], listed) for code in sorted(codes, key=lambda code: -counts[code]))


def _kind(code: str, count: int, listed: Sequence[Problem]) -> Kind:
    examples = tuple(problem for problem in listed if problem.code == code)
    heading = _common(tuple(problem.message for problem in examples)) or _general(code, examples).message
    remedy = _common(tuple(problem.remedy for problem in examples))
    return Kind(code, count, plain(heading), plain(remedy or words("", "")), examples)


def in_general(kind: Kind) -> tuple[Words, Words]:
    """Say what a kind of problem is and what to do about it, with dots where each has a value of its own."""
    said = _general(kind.code, kind.examples)
    return plain(said.message), plain(said.remedy)


def _common(said: tuple[Words, ...]) -> Words | None:
    """Return what all of them say, if they say the same."""
    return said[0] if len(set(said)) == 1 else None


def _general(code: str, examples: tuple[Problem, ...]) -> Problem:
    """Return the problem with dots where its examples differ."""
    columns = {problem.column for problem in examples}
    column = columns.pop() if len(columns) == 1 else _DOTS
    rules = {problem.rule for problem in examples}
    rule = rules.pop() if len(rules) == 1 else words(_DOTS, _DOTS)
    return Problem(code, column=column, value=_DOTS, rule=rule, near=words(_DOTS, _DOTS), detail=_DOTS,
                   sheets=any(problem.sheets for problem in examples))  # fmt: skip


def _part(part: Part, record_type: RecordType, ours: bool) -> PartShown:
    """Describe a layer; in a file of ours a heading that is the code of its field says nothing."""
    mapped = tuple(
        ("" if ours and column == name else column, record_type.by_name[name].words)
        for name, column in part.fields.items()
    )
    encoding = _SAME_ENCODING.get(part.encoding or "", part.encoding or "")
    return PartShown(
        part, record_type,
        crs=None if part.crs is None else CRS.get(part.crs, words(part.crs[:60], part.crs[:60])),
        encoding=None if not encoding else ENCODINGS.get(encoding, words(encoding, encoding)),
        guessed=_GUESSED if "guessed" in (part.encoding_note or "") else None,
        mapped=mapped,
    )  # fmt: skip
