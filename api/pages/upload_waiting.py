"""The files of a network that were sent and wait for somebody: to be confirmed, or to answer a question."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from api import work
from api.pages.upload_choices import ASKS
from surveys.jobs import Jobs
from surveys.roles import Actor
from surveys.words import Words, words

_EXAMINING = words("กำลังตรวจ", "being examined")
_READY = words("รอยืนยัน", "to be confirmed")
_ASKED = words("รอคำตอบของคุณ", "a question to answer")


@dataclass(frozen=True)
class Waiting:
    """A file that waits: its job, its name, who sent it and when, its rows where they are known, and for what."""

    job: str
    file_name: str
    actor: str
    at: datetime
    rows: int | None
    state: Words


def waiting(jobs: Jobs, network: str, actor: Actor) -> list[Waiting]:
    """Return the files of a network that nobody has confirmed or dropped, the newest first.

    Raises
    ------
    NotAllowed
        If the actor may not import.
    """
    actor.must("import")
    told = (_told(jobs, row) for row in jobs.examinations(network))
    return [one for one in told if one is not None]


def _told(jobs: Jobs, row: Mapping[str, Any]) -> Waiting | None:
    """Tell of a file what it waits for; nothing of one that was taken, dropped or can never be taken."""
    name = json.loads(row["request"]).get("file_name")
    job = jobs.get(row["id"])
    if name is None or work.taken_by(jobs, job.id) is not None:
        return None
    result = job.result or {}
    state = {"queued": _EXAMINING, "running": _EXAMINING, "done": _said(result)}.get(job.state)
    if state is None:
        return None
    sent = datetime.fromtimestamp(row["at"], UTC)
    return Waiting(job.id, name, row["actor"], sent, result.get("rows"), state)


def _said(result: Mapping[str, Any]) -> Words | None:
    if result.get("status") == "ready":
        return _READY
    codes = (problem["code"] for problem in result.get("problems", ()) if problem["severity"] == "refuse")
    return _ASKED if any(code in ASKS for code in codes) else None
