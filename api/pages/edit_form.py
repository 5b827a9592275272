"""The form that corrects one record: an input for each field the person sees, by its kind."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from api.pages.record_page import OTHER_GROUP
from surveys.cells import Missing
from surveys.codes import OTHER, Code, Codes
from surveys.fields import Flag, Kind, Number, Text
from surveys.record import Field, Group
from surveys.shared import LINK
from surveys.sight import Seen, Sight
from surveys.thai import Day, Ref
from surveys.words import Lang, Words, words

# The answers that are no value, offered beside every list.
REASONS = (Missing.UNKNOWN, Missing.NO_ANSWER, Missing.NOT_APPLICABLE)
_YES_NO = (("ใช่", words("ใช่", "yes")), ("ไม่ใช่", words("ไม่ใช่", "no")))


@dataclass(frozen=True)
class Input:
    """One field of the form: what stands in it, and what can be chosen.

    ``shape`` is "text", "lines", "one", "several" or "secret"; ``texts`` are the texts that stand there now;
    ``choices`` pairs of text and words; ``hint`` says what is accepted; ``numeric`` brings up the
    keys of a phone for numbers; ``error`` says why what was typed could not be taken.
    """

    field: Field
    shape: str
    texts: tuple[str, ...]
    choices: tuple[tuple[str, Words], ...] = ()
    hint: Words | None = None
    numeric: bool = False
    listing: str | None = None
    error: Words | None = None

    @property
    def text(self) -> str:
        """The text of an input that holds one."""
        return self.texts[0] if self.texts else ""


def inputs(
    sight: Sight,
    seen: Seen,
    lang: Lang,
    typed: Mapping[str, Sequence[str]] | None = None,
    wrong: Mapping[str, Words] | None = None,
) -> list[tuple[Group, list[Input]]]:
    """Return the inputs by section of the form.

    ``typed`` is what a person wrote and could not be taken; ``wrong`` says why not, by field.
    """
    derived = {rule.field for rule in sight.record_type.derived}
    made: dict[Group, list[Input]] = {}
    for field in sight.fields:
        # A link has a page of its own, with the records to choose from.
        if field.name in derived or field.retired or field.name == LINK:
            continue
        texts = tuple(typed[field.name]) if typed and field.name in typed else now(field, seen, lang)
        made.setdefault(field.group or OTHER_GROUP, []).append(
            replace(_input(field, texts), error=(wrong or {}).get(field.name))
        )
    return list(made.items())


def now(field: Field, seen: Seen, lang: Lang) -> tuple[str, ...]:
    """Return the texts that stand for the present value, as its input holds them."""
    value, missing = seen.values.get(field.name), seen.missing.get(field.name)
    if field.secret:
        return ()
    if value is None:
        if missing is None or missing == Missing.UNREADABLE:
            raw = seen.raw.get(field.name)
            return (str(raw),) if raw else ()
        reason = Missing(missing).words
        # A choice is told by its Thai word, what is typed stands as it is read.
        return (reason.th if isinstance(field.kind, Code | Codes | Flag) else reason.of(lang),)
    if isinstance(field.kind, Codes):
        return tuple(json.loads(value))
    if isinstance(field.kind, Flag):
        return (_YES_NO[0 if value else 1][0],)
    return (str(value) if isinstance(field.kind, Code) else _shown(field.kind, value, lang),)


def _shown(kind: Kind, value: Any, lang: Lang) -> str:
    return kind.show(value, lang)


def changed(sight: Sight, seen: Seen, lang: Lang, typed: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """Return the fields whose input no longer says what it said, as texts to be read.

    An empty secret input leaves what is there: its value is never put into a page.
    """
    found = {}
    for field in sight.fields:
        if field.name not in typed:
            continue
        # Browsers send line breaks as CR LF.
        texts = tuple(text.replace("\r\n", "\n").strip() for text in typed[field.name] if text.strip())
        if texts != now(field, seen, lang) and not (field.secret and not texts):
            found[field.name] = "; ".join(texts)
    return found


def _input(field: Field, texts: tuple[str, ...]) -> Input:
    kind = field.kind
    if field.secret:
        return Input(field, "secret", texts, hint=kind.rule, numeric=True)
    if isinstance(kind, Codes):
        return Input(field, "several", texts, (*_choices(kind), *_reasons()))
    if isinstance(kind, Code):
        return Input(field, "one", texts, (*_choices(kind), *_reasons()))
    if isinstance(kind, Flag):
        return Input(field, "one", texts, (*_YES_NO, *_reasons()))
    if isinstance(kind, Ref):
        return Input(field, "text", texts, listing=kind.target)
    if isinstance(kind, Text) and kind.lines:
        return Input(field, "lines", texts)
    hint = kind.rule if isinstance(kind, Day | Number) else None
    return Input(field, "text", texts, hint=hint, numeric=isinstance(kind, Number))


def _choices(kind: Code) -> tuple[tuple[str, Words], ...]:
    live = tuple((choice.code, choice.words) for choice in kind.choices if not choice.retired)
    return (*live, (OTHER, kind.label(OTHER)))


def _reasons() -> tuple[tuple[str, Words], ...]:
    return tuple((reason.words.th, reason.words) for reason in REASONS)
