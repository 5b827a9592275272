"""A survey form (XLSForm, or the one in a Kobo asset): what its questions are called and what answers mean."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from gis.formats import cells

Row = Mapping[str, str]
_SELECT = re.compile(
    r"(select|rank)[ _]?(one|multiple|all that apply|all|1)?(?:[ _]from)?[ _]+(\S+)(?:\s+or[ _]other)?",
    re.IGNORECASE,
)
_THAI = re.compile(r"thai|ไทย|\bth\b|\(th\)", re.IGNORECASE)
_NUMBERED = re.compile(r"^\s*[\d๐-๙]+(?:[.\-][\d๐-๙]+)*[.):]?\s+")
_MARKUP = re.compile(r"<[^<>]*>|[*_]{2,}|#{1,6}\s")
_SEPARATORS = frozenset("/-.:")
_LONGEST = 500
# A longer label is a speech, not a heading.
_LABEL = 150
_OTHER = frozenset(("other", "other_specify", "อื่นๆ"))


@dataclass(frozen=True)
class Question:
    """One question: its name, its path ("group/name"), its labels (Thai first) and its choices' labels."""

    name: str
    path: str
    labels: tuple[str, ...] = ()
    choices: Mapping[str, str] = field(default_factory=dict)
    several: bool = False

    def labelled(self, column: pa.Array) -> pa.Array:
        """A column of answers, choice names as labels; several choices with "; " between. Others stay."""
        coded = column.dictionary_encode()
        answers = [None if text is None else self._label(text) for text in coded.dictionary.to_pylist()]
        return pc.take(pa.array(answers, pa.string()), coded.indices)

    def _label(self, text: str) -> str:
        if text in self.choices:
            return self.choices[text]
        parts = text.split() if self.several else []
        # "or other" in a form is a choice of no list
        known = [self.choices.get(part, part if part in _OTHER else None) for part in parts]
        told = [label for label in known if label is not None]
        return "; ".join(told) if len(parts) > 1 and len(told) == len(parts) else text


@dataclass(frozen=True)
class Form:
    """The questions of a form by their names, and the paths of its repeats."""

    name: str
    questions: tuple[Question, ...]
    repeats: frozenset[str] = frozenset()

    @cached_property
    def _by_name(self) -> dict[str, Question]:
        named = {question.name: question for question in reversed(self.questions)}
        return named | {question.path: question for question in self.questions}

    @cached_property
    def _by_label(self) -> dict[str, Question]:
        told = [(_folded(label), question) for question in self.questions for label in question.labels]
        return {label: question for label, question in reversed(told) if label}

    def question(self, heading: str) -> Question | None:
        """The question whose answers stand below a heading: its path, its name behind groups, or a label."""
        for tail in _tails(heading):
            if tail in self._by_name:
                return self._by_name[tail]
        return next(filter(None, (self._by_label.get(_folded(tail)) for tail in _tails(heading))), None)

    def is_option(self, heading: str) -> bool:
        """Whether a heading is of one choice of a question with several ("problems/flood")."""
        return self.option(heading) is not None

    def option(self, heading: str) -> tuple[Question, str] | None:
        """The question and the choice's label of a heading for one choice; None for any other."""
        for place, sign in enumerate(heading[:_LONGEST]):
            if sign not in _SEPARATORS:
                continue
            asked, said = self.question(heading[:place]), heading[place + 1 :]
            if asked and asked.several:
                labels = asked.choices
                if said in labels or said in labels.values() or said in _OTHER:
                    return asked, labels.get(said, said)
        return None

    def known_as(self, heading: str) -> tuple[str, ...] | None:
        """What else the question below a heading is called; () for one choice; None when it is in no form."""
        if self.is_option(heading):
            return ()
        asked = self.question(heading)
        return None if asked is None else tuple(dict.fromkeys((asked.name, *asked.labels)))

    def answered(self, headings: Sequence[str]) -> dict[int, Question]:
        """The questions with choices, by the place of their heading."""
        asked = {place: self.question(heading) for place, heading in enumerate(headings)}
        return {
            place: question
            for place, question in asked.items()
            if question and question.choices and not self.is_option(headings[place])
        }


def _tails(heading: str) -> Iterable[str]:
    """A heading, and what stands behind each of its separators, longest first; none of one too long for a
    heading, which would take the square of its length.
    """
    if len(heading) > _LONGEST:
        return
    yield heading
    yield from (heading[place + 1 :] for place, sign in enumerate(heading) if sign in _SEPARATORS)


def _folded(label: str) -> str:
    return "".join(unicodedata.normalize("NFKC", label).casefold().split()).rstrip(":?")


def from_sheets(survey: Sequence[Row], choices: Sequence[Row], name: str) -> Form | None:
    """The form of the rows of its survey and choices sheets; None when there is no question in it."""
    lists: dict[str, dict[str, str]] = {}
    for row in choices:
        listed, said = _get(row, "list_name", "list name"), _get(row, "name", "value")
        if listed and said:
            labels = _labels(row)
            lists.setdefault(listed, {})[said] = labels[0] if labels else said
    questions: list[Question] = []
    repeats: set[str] = set()
    groups: list[str] = []
    for row in survey:
        kind, own = _get(row, "type").strip(), _get(row, "name").strip()
        begins = re.fullmatch(r"begin[ _]?(group|repeat)", kind, re.IGNORECASE)
        path = "/".join([*groups, own])
        if begins:
            groups.append(own)
            repeats |= {path} if begins[1].lower() == "repeat" else set()
        elif re.fullmatch(r"end[ _]?(group|repeat)", kind, re.IGNORECASE):
            del groups[-1:]
        elif own:
            questions.append(_question(row, path, lists))
    return Form(name, tuple(questions), frozenset(repeats)) if questions else None


def _question(row: Row, path: str, lists: Mapping[str, Mapping[str, str]]) -> Question:
    labels = tuple(plain for label in _labels(row) for plain in _spoken(label))
    name, select = path.rsplit("/", 1)[-1], _SELECT.fullmatch(_get(row, "type").strip())
    if not select:
        return Question(name, path, labels)
    several = select[1].lower() == "rank" or (select[2] or "").lower().startswith(("multiple", "all"))
    return Question(name, path, labels, lists.get(select[3], {}), several)


def _get(row: Row, *names: str) -> str:
    return next((row[name] for name in names if row.get(name)), "")


def _labels(row: Row) -> list[str]:
    """The labels of a row: Thai before the plain one before others."""
    found = [
        (heading, text) for heading, text in row.items() if heading.split(":")[0].strip() == "label" and text
    ]
    found.sort(key=lambda pair: (not _THAI.search(pair[0]), pair[0] != "label"))
    return [text for _, text in found]


def _spoken(label: str) -> list[str]:
    """A label without markup, and without its number where it has one."""
    plain = " ".join(_MARKUP.sub(" ", label).split())
    return list(dict.fromkeys(text for text in (plain, _NUMBERED.sub("", plain)) if 0 < len(text) <= _LABEL))


def from_asset(content: Any, name: str) -> Form | None:
    """The form in the content of a Kobo asset; None when there is none."""
    if not isinstance(content, dict):
        return None
    languages = [each if isinstance(each, str) else "" for each in _listed(content.get("translations"))]
    survey, choices = (
        [_asset_row(row, languages) for row in _listed(content.get(part)) if isinstance(row, dict)]
        for part in ("survey", "choices")
    )
    return from_sheets(survey, choices, name)


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _asset_row(row: Mapping[str, Any], languages: Sequence[str]) -> Row:
    plain = {key: cells.text(value) or "" for key, value in row.items() if not isinstance(value, list)}
    plain.setdefault("name", plain.get("$autoname", ""))
    if plain.get("select_from_list_name"):
        plain["type"] = f"{plain.get('type', '')} {plain['select_from_list_name']}"
    for place, label in enumerate(_listed(row.get("label"))):
        language = languages[place] if place < len(languages) else ""
        plain[f"label::{language}" if language else "label"] = cells.text(label) or ""
    return plain
