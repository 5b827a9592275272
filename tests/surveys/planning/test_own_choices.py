"""Choices that a network has added: rows and columns of their own where they occur, in every analysis."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from maps.charts import chart
from surveys import custom_fields, view
from surveys.codes import Choice
from surveys.custom_fields import NewChoice, Own
from surveys.planning.analysis import ANALYSES, as_json
from surveys.planning.result import as_csv
from surveys.record import RecordType
from surveys.records import ALL
from surveys.store.custom import with_choice
from surveys.words import words
from tests.conftest import NETWORK, STEWARD, Intake

Build = Callable[..., Any]

# A choice of the network's own in each list that an analysis makes rows or columns of.
OWN = {
    ("community", "survey_state"): ("waiting", "รอนัด"),
    ("land_plot", "land_kind"): ("floating", "บนน้ำ"),
    ("house", "land_kind"): ("raft", "บนแพ"),
    ("house", "kind"): ("boat", "เรือ"),
    ("house", "material"): ("bamboo", "ไม้ไผ่"),
    ("house", "condition"): ("sinking", "กำลังจม"),
    ("household", "house_tenure"): ("keeper", "ผู้เฝ้า"),
    ("household", "land_tenure"): ("shared", "ร่วมกัน"),
    ("household", "joining"): ("later", "ปีหน้า"),
    ("household", "visit_result"): ("abroad", "ไปต่างประเทศ"),
}


@pytest.fixture(scope="module")
def types() -> Mapping[str, RecordType]:
    made = dict(ALL)
    for (type_name, field), (code, th) in OWN.items():
        more = with_choice(made[type_name].by_name[field], Choice(code, words(th, code.upper())))
        made[type_name] = made[type_name].with_fields([more])
    return made


@pytest.fixture(scope="module")
def river(build: Build) -> Any:
    """A community in which everything is the network's own."""
    return build(
        community=[{"id": "c", "code": "C1", "name": "ริมน้ำ", "survey_state": "waiting"}],
        land_plot=[{"community": "C1", "plot_no": "1", "land_kind": "floating", "owner": "วัด"}],
        house=[
            {"community": "C1", "house_seq": "1", "plot_no": "1", "kind": "boat", "material": "bamboo",
             "condition": "sinking"},
            {"community": "C1", "house_seq": "2", "land_kind": "raft", "condition": "lasting"},
            {"community": "C1", "house_seq": "3", "land_kind": "odd", "condition": "odd"},
        ],
        household=[
            {"community": "C1", "house_seq": "1", "household_no": "1", "house_tenure": "keeper",
             "land_tenure": "shared", "joining": "later", "visit_result": "abroad"},
        ],
    )  # fmt: skip


# By analysis: the columns of own choices, and the totals they have.
COLUMNS = {
    "standing": {"condition_sinking": 1, "joining_later": 1},
    "footing": {"land_tenure_shared": 1},
    "building": {"material_bamboo": 1, "condition_sinking": 1},
    "joining": {"joining_later": 1, "condition_sinking": 1},
    "completeness": {"visit_result_abroad": 1},
    "counts": {},
    "landowners": {},
}


def test_every_analysis_is_looked_at() -> None:
    assert set(COLUMNS) <= set(ANALYSES)


@pytest.mark.parametrize("name", COLUMNS)
def test_a_choice_of_its_own_has_a_column_and_is_no_longer_other(river: Any, types: Any, name: str) -> None:
    result = ANALYSES[name].run(river, types)
    own = {column.name: result.totals[column.name] for column in result.columns if column.own}
    assert own == COLUMNS[name]
    others = [column for column in result.columns if column.name.endswith("_other")]
    # "odd" is in no list: that is what other is for.
    assert sum(result.totals[column.name] or 0 for column in others) == (
        1 if name in ("standing", "building", "joining") else 0
    )
    told = {column.name: column.words for column in result.telling}
    assert set(COLUMNS[name]) <= set(told)
    if "condition_sinking" in told:
        assert told["condition_sinking"] == words("สภาพบ้าน: กำลังจม", "condition: SINKING")
        assert "กำลังจม" in as_csv(result, "th")
        assert name == "joining" or "กำลังจม" in str(chart(result, "th"))


@pytest.mark.parametrize("name", COLUMNS)
def test_one_that_nobody_gives_is_not_shown(city: Any, types: Any, name: str) -> None:
    plain, own = ANALYSES[name].run(city), ANALYSES[name].run(city, types)
    assert [column.name for column in own.telling] == [column.name for column in plain.telling]
    assert as_csv(own, "en") == as_csv(plain, "en")
    assert {column.name for column in own.columns} - {column.name for column in plain.columns} == set(
        COLUMNS[name]
    )


@pytest.mark.parametrize("name", COLUMNS)
def test_without_the_network_s_types_it_counts_as_other(river: Any, name: str) -> None:
    result = ANALYSES[name].run(river)
    assert not any(column.own for column in result.columns)
    if name == "joining":
        assert (result.totals["joining_other"], result.totals["condition_other"]) == (1, 2)


ROWS = [
    ("standing", "land_kind", ["floating", "raft", "odd"], ["บนน้ำ", "บนแพ", None]),
    ("landowners", "land_kind", ["floating", "raft", "odd"], ["บนน้ำ", "บนแพ", None]),
    ("footing", "house_tenure", ["keeper"], ["ผู้เฝ้า"]),
    ("building", "kind", ["boat", "?blank"], ["เรือ", "ไม่ได้กรอก"]),
    ("joining", "survey_state", ["waiting"], ["รอนัด"]),
    ("counts", "survey_state", ["waiting"], ["รอนัด"]),
]


@pytest.mark.parametrize(("name", "column", "codes", "labels"), ROWS)
def test_a_row_is_called_by_the_words_of_the_choice(
    river: Any, types: Any, name: str, column: str, codes: list[str], labels: list[str | None]
) -> None:
    result = ANALYSES[name].run(river, types)
    assert result.table[column].tolist() == codes
    rows = as_json(result, "th")["rows"]
    assert [row.get(f"{column}_text") for row in rows] == labels
    if name == "landowners":
        assert rows[0]["landowner_text"] == "บนน้ำ · วัด"


def test_an_own_land_kind_stands_before_ties_and_reasons(build: Build, types: Any) -> None:
    houses = [{"community": "C1", "house_seq": str(n), "land_kind": kind} for n, kind in enumerate(
        [None, "raft", "private", "other", "bought"])]  # fmt: skip
    result = ANALYSES["standing"].run(build(house=houses), types)
    assert result.table["land_kind"].tolist() == ["private", "bought", "raft", "other", "?blank"]


def test_the_answer_of_a_network_knows_its_choices(take: Intake) -> None:
    take.rows([{"ชุมชน": "ริมคลอง", "ลำดับบ้าน": "1", "สภาพบ้าน": "กำลังจม"}], "house.csv", type="house")
    new = NewChoice("house", "condition", "sinking", words("กำลังจม", "sinking"))
    assert custom_fields.add_choice(take.store, NETWORK, STEWARD, new) == 1
    custom_fields.retire(take.store, NETWORK, STEWARD, Own("house", "condition", "sinking"))
    result = view.answer(take.store, NETWORK, STEWARD, "standing")
    assert (result.totals["condition_sinking"], result.totals["condition_other"]) == (1, 0)
