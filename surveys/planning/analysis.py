"""Every analysis by name: what it asks, what it needs, and the function that answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from surveys.planning import completeness, counts, landowners, standing
from surveys.planning.answers import Types
from surveys.planning.land import LAND_KIND
from surveys.planning.links import HOUSE, HOUSEHOLD, MEMBER
from surveys.planning.match import Frames
from surveys.planning.result import Chart, Column, Note, Result, Source, as_json, survey_days
from surveys.records import ALL
from surveys.words import Words, words

__all__ = ["ANALYSES", "READ", "Analysis", "Chart", "Column", "Frames", "Note", "Result", "Source", "as_json"]


class Answering(Protocol):
    """A function that answers; ``types`` are the network's, with its own choices, else the declared ones."""

    def __call__(self, frames: Frames, types: Types = ALL) -> Result:
        """Answer from the frames of the types it needs."""


@dataclass(frozen=True)
class Analysis:
    """A question people ask of a city network.

    ``needs`` are the record types whose frames ``run`` reads. ``tells`` are the fields (type, name)
    whose values stand in the answer one by one, not only counted.
    """

    name: str
    words: Words
    question: Words
    needs: tuple[str, ...]
    run: Answering
    tells: tuple[tuple[str, str], ...] = ()


_ROWS = (
    Analysis(
        "counts",
        words("จำนวน", "Counts"),
        words(
            "มีชุมชน บ้าน ครัวเรือน และคนเท่าไร ที่ไหน",
            "how many communities, houses, households and people, and where",
        ),
        counts.NEEDS,
        counts.run,
    ),
    Analysis(
        "standing",
        words("สถานะบ้านกับสถานะที่ดิน", "House standing and land standing"),
        words(
            "บ้านสภาพใดตั้งอยู่บนที่ดินประเภทใด และใครเข้าร่วม",
            "which houses stand on which land, in what condition, and who joins",
        ),
        standing.NEEDS,
        standing.standing,
    ),
    Analysis(
        "footing",
        words("การครอบครองบ้านกับที่ดิน", "House tenure and land tenure"),
        words(
            "ครัวเรือนอยู่ในบ้านและบนที่ดินด้วยฐานะใด",
            "on what footing households live in their house and on the land",
        ),
        standing.FOOTING_NEEDS,
        standing.footing,
    ),
    Analysis(
        "building",
        words("ตัวบ้าน", "Building"),
        words("บ้านเป็นแบบใด วัสดุใด สภาพใด", "of what kind, material and condition the houses are"),
        standing.BUILDING_NEEDS,
        standing.building,
    ),
    Analysis(
        "joining",
        words("การเข้าร่วมรายชุมชน", "Joining by community"),
        words(
            "แต่ละชุมชนใครเข้าร่วม และบ้านสภาพใด",
            "who joins in each community, and in what condition its houses are",
        ),
        standing.JOINING_NEEDS,
        standing.joining,
    ),
    Analysis(
        "landowners",
        words("รายเจ้าของที่ดิน", "By landowner"),
        words(
            "บนที่ดินของใคร มีกี่ชุมชน กี่ครัวเรือน กี่ไร่",
            "on whose land: how many communities, households and rai",
        ),
        landowners.NEEDS,
        landowners.run,
        tells=(("land_plot", landowners.OWNER), ("land_plot", landowners.CUSTODIAN)),
    ),
    Analysis(
        "completeness",
        words("ความครบถ้วนของข้อมูล", "Completeness"),
        words(
            "สำรวจไปถึงไหน อะไรยังขาด",
            "how far the survey has come, and what is missing",
        ),
        completeness.NEEDS,
        completeness.run,
    ),
)
ANALYSES: dict[str, Analysis] = {row.name: row for row in _ROWS}

# Of the types of which a city has most records, the fields that analyses read beside those that tell or
# place a record; of the other types they may read every field.
READ: dict[str, tuple[str, ...]] = {
    HOUSEHOLD: (
        *survey_days(HOUSEHOLD), counts.VISIT_RESULT, standing.JOINING, standing.HOUSE_TENURE,
        standing.LAND_TENURE, *completeness.KEY_FIELDS[HOUSEHOLD],
    ),
    HOUSE: (*survey_days(HOUSE), standing.CONDITION, standing.KIND, standing.MATERIAL, LAND_KIND),
    MEMBER: survey_days(MEMBER),
}  # fmt: skip
