"""Proposals as their pages show them: for whom they wait, what became of them, what can be done next."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from surveys.city.proposal_steps import STEPS, Step, waits_for
from surveys.dates import day_of, moment, show_date
from surveys.roles import Actor
from surveys.words import Lang, Words, words

# A line on each of the five options.
EXPLAINED: dict[str, Words] = {
    "onsite": words("อยู่ที่เดิม ปรับปรุงบ้าน ทางเดิน และสาธารณูปโภค", "stay in place; houses, paths and utilities are improved"),
    "reblocking": words("อยู่ที่เดิม จัดแปลงและทางใหม่ให้เป็นระเบียบ", "stay in place; plots and lanes are laid out anew"),
    "land_sharing": words(
        "แบ่งที่ดินกับเจ้าของ ส่วนหนึ่งอยู่อาศัย ส่วนหนึ่งคืนเจ้าของ",
        "the land is shared: part to live on, part back to its owner",
    ),
    "reconstruction": words("รื้อแล้วสร้างใหม่ในที่ดินเดิม", "old houses come down, new ones go up on the same land"),
    "relocation": words("ย้ายไปที่ดินใหม่ที่มั่นคง หรือแฟลต", "move to new, secure land, or to flats"),
}  # fmt: skip
TONES = {"agreed": "tag-good", "submitted": "tag-warn", "to_revise": "tag-warn", "not_agreed": "tag-bad"}
# The parts of the list, in the order a meeting wants them: by whose turn it is.
PARTS: tuple[tuple[str | None, Words], ...] = (
    ("decide", words("รอคณะกรรมการเมืองพิจารณา", "Waiting for the city committee")),
    ("propose", words("รอผู้เสนอปรับแก้", "Waiting for the proposer to revise")),
    (None, words("เสร็จสิ้นแล้ว", "Settled")),
)
# In the form of a correction: nothing stands in place of the wrong entry.
TAKE_BACK = "take_back"

Row = Mapping[str, Any]


def by_turn(rows: Sequence[Row]) -> list[tuple[Words, list[dict[str, Any]]]]:
    """Part a list of proposals by whose turn it is, each ``since`` a Thai day; parts without any are left out."""
    told = [{**row, "since": day_of(moment(row["since"]))} for row in rows]
    parts = [(said, [row for row in told if waits_for(row["state"]) == right]) for right, said in PARTS]
    return [(said, found) for said, found in parts if found]


@dataclass(frozen=True)
class TypedStep:
    """What a person typed into a form of the proposal's page that was not recorded."""

    step: str = ""
    meeting: str = ""
    reason: str = ""
    why: str = ""
    seen: int | None = None
    correcting: bool = False

    @property
    def anything(self) -> bool:
        """Tell whether there is something a person would miss."""
        return bool(self.step or self.reason.strip() or self.why.strip())


@dataclass(frozen=True)
class CorrectionForm:
    """The form that corrects the last step: which entry is wrong, what may stand in its place."""

    wrong: Row
    step: Step
    instead: tuple[Step, ...]
    before: str
    typed: TypedStep
    open: bool

    @property
    def meets(self) -> bool:
        """Tell whether what may stand there is decided in a meeting."""
        return any(step.meeting for step in self.instead)


@dataclass(frozen=True)
class Possible:
    """What a person can do with a proposal on its page, each form with what was typed into it."""

    decisions: tuple[Step, ...] = ()
    others: tuple[Step, ...] = ()
    correction: CorrectionForm | None = None
    typed: TypedStep = field(default_factory=TypedStep)
    kept: TypedStep | None = None


def possible(found: Row, actor: Actor, typed: TypedStep, lang: Lang) -> Possible:
    """Return what an actor can do with a proposal; what was typed stands in the form that it still fits.

    ``kept`` is what fits none any more, because the proposal was moved on meanwhile.
    """
    steps = [STEPS[name] for name in found["steps"] if actor.may(STEPS[name].right)]
    decisions = tuple(step for step in steps if step.meeting)
    others = tuple(step for step in steps if not step.meeting)
    correction = _correction(found, actor, typed, lang)
    fits = not typed.correcting and (typed.step in found["steps"] or (not typed.step and bool(decisions)))
    carried = fits or (correction is not None and correction.typed is typed)
    kept = typed if typed.anything and not carried else None
    return Possible(decisions, others, correction, typed if fits else TypedStep(), kept)


def _correction(found: Row, actor: Actor, typed: TypedStep, lang: Lang) -> CorrectionForm | None:
    if found["correctable"] is None or not actor.may(STEPS[found["correctable"]].right):
        return None
    step = STEPS[found["correctable"]]
    wrong = next(one for one in found["history"] if one["version"] == found["wrong"])
    instead = tuple(STEPS[name] for name in found["instead"])
    # A decision typed while somebody recorded another may be the right one.
    overtaken = typed.step not in found["steps"] and typed.step in found["instead"]
    if typed.correcting or overtaken:
        return CorrectionForm(wrong, step, instead, found["before"], typed, open=True)
    # What is mended is most often one part of what was said.
    meeting = wrong["meeting_date"]
    day = show_date(date.fromisoformat(meeting), lang) if meeting else ""
    start = TypedStep("" if step.meeting else TAKE_BACK, day, wrong["reason"] or "")
    return CorrectionForm(wrong, step, instead, found["before"], start, open=False)


def carried(found: Row, step: str, reason: str) -> bool:
    """Tell whether a reason was said of the wrong step only: it was left standing for another that needs none."""
    wrong = next((one for one in found["history"] if one["version"] == found["wrong"]), None)
    if wrong is None or step == found["correctable"] or (step in STEPS and STEPS[step].reason):
        return False
    return bool(reason.strip()) and reason.strip() == (wrong["reason"] or "").strip()


def since(history: Sequence[Row], seen: int | None) -> list[Row]:
    """Return what was recorded after the version a person saw, the newest first."""
    return [] if seen is None else [one for one in history if one["version"] > seen]
