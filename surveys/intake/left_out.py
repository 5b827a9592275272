"""Layers of a file that were left out beside those that are taken: how many records are in them, and what to do.

A cover sheet is one, and so are records of which nobody could tell what they are: only a person knows which.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from gis.formats import Layer
from surveys.intake.problem import Problem
from surveys.words import Words, words

CODE = "layer_left_out"
# Layers left out, in the order of the file, each with its rows.
LeftOut = tuple[tuple[str, int], ...]

NOT_TAKEN = words(
    "ยังไม่รับ {rows} รายการ ใน {layers} {layer}", "{rows} {records} of {layers} {layer}{s} not taken"
)
TO_DO = words(
    "ถ้าเป็นข้อมูลสำรวจ ให้เลือกประเภทของแต่ละ{layer} (--layer ชื่อ=ประเภท)",
    "If they are survey records, choose what each {layer} holds (--layer NAME=TYPE).",
)
AGAIN = words(
    "ถ้าเป็นข้อมูลสำรวจ ให้ส่งไฟล์เดิมอีกครั้ง แล้วเลือกประเภทของแต่ละ{layer} (--layer ชื่อ=ประเภท)",
    "If they are survey records, send the file again and choose what each {layer} holds (--layer NAME=TYPE).",
)


def left_out(said: Iterable[Problem], layers: Sequence[Layer]) -> LeftOut:
    """Return the layers that a plan left out, by what it says of them."""
    rows = {layer.name: layer.rows for layer in layers}
    return tuple((one.layer, rows[one.layer]) for one in said if one.code == CODE)


def as_json(left: LeftOut) -> dict[str, Any]:
    """Return the layers left out as scripts read them."""
    return {
        "rows": sum(rows for _, rows in left),
        "layers": [{"layer": layer, "rows": rows} for layer, rows in left],
    }


def of_report(report: Mapping[str, Any]) -> LeftOut:
    """Return the layers left out as a report tells them; one of an earlier program tells none."""
    told = report.get("not_taken") or {"layers": []}
    return tuple((one["layer"], one["rows"]) for one in told["layers"])


def summed_up(left: LeftOut, layer: Words) -> Words:
    """Say how many records of how many layers are not taken; ``layer`` is what people call one."""
    rows = sum(count for _, count in left)
    return NOT_TAKEN.fill(
        rows=f"{rows:,}", layers=f"{len(left):,}", layer=layer,
        records="record" if rows == 1 else "records", s="" if len(left) == 1 else "s",
    )  # fmt: skip
