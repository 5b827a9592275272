from __future__ import annotations

import json
from typing import Any

import pandas as pd
import pytest

from maps import style
from maps.charts import chart
from surveys.planning.result import Chart, Column, Result, typed
from surveys.words import words

KIND = Column("land_kind", words("ประเภทที่ดิน", "land"), "code", labels={"temple": words("วัด", "temple land")})
NAME = Column("name", words("ชุมชน", "community"), "text")
HOUSES = Column("houses", words("บ้าน", "houses"), "count", words("หลัง", "houses"))
LASTING = Column("condition_lasting", words("คงทน", "lasting"), "count", words("หลัง", "houses"))
SHABBY = Column("condition_dilapidated", words("ชำรุด", "dilapidated"), "count", words("หลัง", "houses"))
AREA = Column("area", words("เนื้อที่", "area"), "area", words("ตร.ม.", "m²"))
SHARE = Column("share", words("ส่วน", "share"), "share")
COLUMNS = (KIND, NAME, HOUSES, LASTING, SHABBY, AREA, SHARE)
ROWS = {
    "land_kind": ["temple", None], "name": ["<b>ก</b>", "ข"], "houses": [5, None],
    "condition_lasting": [2, 3], "condition_dilapidated": [0, 0],
    "area": [1600.0, 2400.0], "share": [0.255, None],
}  # fmt: skip


def drawn(kind: str, label: str, *values: str, lang: str = "en", rows: int = 2) -> dict[str, Any] | None:
    table = typed(pd.DataFrame(ROWS).iloc[:rows], COLUMNS)
    return chart(Result(table, COLUMNS, Chart(kind, label, values), (), ()), lang)


def test_a_result_without_a_chart_stays_a_table() -> None:
    assert chart(Result(typed(pd.DataFrame(ROWS), COLUMNS), COLUMNS, None, (), ()), "th") is None
    assert drawn("bar", "name", "houses", rows=0) is None
    assert drawn("stacked", "name", "condition_dilapidated") is None


def test_bars_lie_flat_and_name_their_unit() -> None:
    made = drawn("bar", "name", "houses")
    assert made["type"] == "bar" and made["options"]["indexAxis"] == "y"
    assert made["data"]["labels"] == ["<b>ก</b>", "ข"]
    assert made["data"]["datasets"][0]["data"] == [5, None]
    assert made["options"]["scales"]["x"]["title"]["text"] == "houses"
    assert made["options"]["plugins"]["legend"]["display"] is False
    json.dumps(made, allow_nan=False)


def test_stacks_have_the_colours_of_the_map_and_leave_out_what_is_nowhere() -> None:
    made = drawn("stacked", "land_kind", "condition_lasting", "condition_dilapidated", lang="th")
    assert [data["label"] for data in made["data"]["datasets"]] == ["คงทน"]
    assert made["data"]["datasets"][0]["backgroundColor"] == style.EXCEPTIONS["condition"]["lasting"].fill
    assert made["data"]["labels"] == ["วัด", "ไม่ระบุ"]
    assert made["options"]["scales"]["x"]["stacked"] is True


UNITS = [("area", [1.0, 1.5], "rai"), ("share", [25.5, None], "%")]


@pytest.mark.parametrize(("name", "values", "unit"), UNITS)
def test_areas_are_rai_and_shares_percent(name: str, values: list[float | None], unit: str) -> None:
    made = drawn("bar", "name", name)
    assert made["data"]["datasets"][0]["data"] == values
    assert made["options"]["scales"]["x"]["title"]["text"] == unit
