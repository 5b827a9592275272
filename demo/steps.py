"""The demonstration city as import steps: ``make`` writes its files, the steps say how each goes in.

``python -m demo.steps FOLDER`` writes the files.
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from demo import files
from demo.city import City, draw
from demo.faults import Expected
from demo.outlets import (
    CANAL,
    CANVASS,
    COMMUNITY,
    FACILITY,
    HOUSE,
    KHET_FILE,
    MEMBER,
    PLOT,
    REVISIT,
    ROAD,
    ZONE,
    Outlet,
)

NETWORK_CODE = "WATTHANA"
NETWORK_NAME = "เครือข่ายชุมชนริมคลองวัฒนา (ข้อมูลสมมติ)"
NETWORK_NAME_EN = "Watthana Canalside Community Network (made-up data)"
# West, south, east, north in degrees: Bangkok, so that its khets lie inside.
BOUNDS = (100.32, 13.48, 100.95, 13.96)
ATTRIBUTIONS = (
    "Boundaries: Royal Thai Survey Department / OCHA, CC BY IGO",
    "© OpenStreetMap contributors (ODbL)",
)

Option = Literal["onsite", "reblocking", "land_sharing", "reconstruction", "relocation"]
# Steps of surveys.city.proposals that the city committee takes: เห็นชอบ, ให้ปรับแก้, ไม่เห็นชอบ.
Decision = Literal["agree", "revise", "refuse"]


@dataclass(frozen=True)
class Step:
    """One import: a file, its record type (None: ``layers`` say), and what else must be said."""

    file: str
    type: str | None = None
    layers: Mapping[str, str] = field(default_factory=dict)
    crs: str | None = None
    encoding: str | None = None


@dataclass(frozen=True, kw_only=True)
class Proposal:
    """A land proposal to file: on which communities or plots (community code, plot number), for how many.

    ``decision`` is what the city committee said when it met on it, None while the proposal waits.
    """

    title: str
    option: Option
    households: int
    communities: tuple[str, ...] = ()
    plots: tuple[tuple[str, str], ...] = ()
    decision: Decision | None = None
    reason: str = ""


def _step(outlet: Outlet) -> Step:
    return Step(outlet.file, outlet.type.name)


STEPS: tuple[Step, ...] = (
    Step(KHET_FILE, "admin_area"),
    *map(_step, (COMMUNITY, PLOT, HOUSE, CANVASS)),
    Step(REVISIT.file, None, {REVISIT.layer: REVISIT.type.name, MEMBER.layer: MEMBER.type.name}),
    *map(_step, (CANAL, FACILITY, ROAD, ZONE)),
)

PROPOSALS: tuple[Proposal, ...] = (
    Proposal(
        title="ขอเช่าที่ราชพัสดุระยะยาวและปรับปรุงชุมชนดาวกระจายในที่เดิม (สมมติ)",
        option="onsite",
        communities=("WT03",),
        households=210,
        decision="agree",
        reason="ข้อมูลครบ ชุมชนรับรองแล้ว ให้เสนอกรมธนารักษ์",
    ),
    Proposal(
        title="ปรับผังแปลงที่ดินใหม่ ถอยร่นจากแนวคลองหิ่งห้อย (สมมติ)",
        option="reblocking",
        plots=tuple(("WT01", str(number)) for number in range(1, 41)),
        households=38,
        decision="revise",
        reason="ขอให้แนบผังใหม่และระยะร่นจากคลองที่ตกลงกับสำนักงานเขต",
    ),
    Proposal(
        title="แบ่งปันที่ดินตรอกน้ำค้างกับเจ้าของที่ดิน (สมมติ)",
        option="land_sharing",
        communities=("WT07",),
        households=150,
    ),
)


def make(folder: Path) -> tuple[Step, ...]:
    """Write every file of the city into a folder, the same bytes each time, and give the steps in order."""
    files.write(draw(), folder)
    return STEPS


def expected_problems(city: City | None = None) -> tuple[Expected, ...]:
    """The thirty problems the intake must report: file, layer, row as the surveyor sees it, code, column."""
    return files.planned(city or draw())


def main() -> None:
    """Write the files into the folder named on the command line and say which they are."""
    parser = argparse.ArgumentParser(prog="python -m demo.steps", description=main.__doc__)
    parser.add_argument("folder", type=Path)
    for step in make(parser.parse_args().folder):
        layers = ", ".join(f"{layer}={name}" for layer, name in step.layers.items())
        print(step.file, step.type or layers, sep="\t")


if __name__ == "__main__":
    main()
