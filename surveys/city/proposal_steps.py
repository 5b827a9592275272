"""The states of a land proposal and the steps between them, and which entries of its history stand.

A step recorded wrongly is corrected by a further entry; the wrong one stays in the history and no
longer stands. The last entry that stands tells the state.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from surveys.words import Words, words


@dataclass(frozen=True)
class Step:
    """A way from one state to another: who may take it, and whether it needs a reason or a meeting.

    ``words`` tell a person what to do, ``done`` what was done.
    """

    name: str
    words: Words
    done: Words
    start: tuple[str, ...]
    end: str
    right: str
    reason: bool = False
    meeting: bool = False


_STEPS = (
    Step("submit", words("เสนออีกครั้ง", "submit again"), words("เสนออีกครั้ง", "submitted again"),
         ("draft", "to_revise"), "submitted", "propose"),
    Step("agree", words("เห็นชอบ", "agree"), words("เห็นชอบ", "agreed"),
         ("submitted",), "agreed", "decide", meeting=True),
    Step("revise", words("ให้ปรับแก้", "send back to be revised"), words("ให้ปรับแก้", "sent back to be revised"),
         ("submitted",), "to_revise", "decide", reason=True, meeting=True),
    Step("refuse", words("ไม่เห็นชอบ", "not agree"), words("ไม่เห็นชอบ", "not agreed"),
         ("submitted",), "not_agreed", "decide", reason=True, meeting=True),
    Step("withdraw", words("ถอนเรื่อง", "withdraw"), words("ถอนเรื่อง", "withdrawn"),
         ("draft", "submitted", "to_revise"), "withdrawn", "propose", reason=True),
)  # fmt: skip
STEPS: dict[str, Step] = {step.name: step for step in _STEPS}

# An entry of a history: a version of the proposal, as the store keeps it.
Entry = Mapping[str, Any]


def between(start: str, end: str) -> Step | None:
    """Return the step that leads from one state to another."""
    return next((step for step in STEPS.values() if start in step.start and step.end == end), None)


def leading_on(state: str, right: str) -> list[Step]:
    """Return the steps that lead on from a state and are taken by one right."""
    return [step for step in STEPS.values() if state in step.start and step.right == right]


def waits_for(state: str) -> str | None:
    """Return the right by which a proposal in a state is moved on; None when it is settled."""
    return next((step.right for step in STEPS.values() if state in step.start), None)


@dataclass(frozen=True)
class Told:
    """What became of the entries of a history.

    ``standing`` are the entries that stand, the first filed first; ``corrected`` says by which later
    version a wrong one was corrected; ``steps`` says which step each version took, None for the filing
    and for an entry that only took another back.
    """

    standing: tuple[Entry, ...]
    corrected: Mapping[int, int]
    steps: Mapping[int, Step | None]

    @property
    def last(self) -> Step | None:
        """Return the last step that stands: the one that can be corrected; None right after the filing."""
        return self.steps[self.standing[-1]["version"]] if len(self.standing) > 1 else None


def told(entries: Sequence[Entry]) -> Told:
    """Read a history, given oldest first: each entry adds a step, or corrects the last one that stands."""
    standing: list[Entry] = []
    steps: dict[int, Step | None] = {}
    for entry in entries:
        if entry["corrects"] is not None:
            standing.pop()
        before = standing[-1]["state"] if standing else None
        step = between(before, entry["state"]) if before else None
        steps[entry["version"]] = step
        # A correction to the state before has only taken the wrong step back.
        if entry["corrects"] is None or entry["state"] != before:
            standing.append(entry)
    corrected = {entry["corrects"]: entry["version"] for entry in entries if entry["corrects"] is not None}
    return Told(tuple(standing), corrected, steps)
