"""``mankong field``: add, choice, retire, list; what it prints, and its exit codes."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from api import cli
from tests.conftest import NETWORK, Intake

ROWS = [
    {"ชุมชน": "ริมคลอง", "ลำดับบ้าน": "1", "วัสดุ": "ไม้ไผ่", "น้ำท่วม (ซม.)": "30"},
    {"ชุมชน": "ริมคลอง", "ลำดับบ้าน": "2", "วัสดุ": "ไม้", "น้ำท่วม (ซม.)": "สามสิบ"},
]
FLOOD = ("add", "house", "flood_cm", "น้ำท่วม (ซม.)", "--kind", "number", "--unit", "ซม.=cm", "--group", "building",
         "--alias", "ระดับน้ำ", "--alias", "ท่วมสูง", "--en", "flood depth", "--privacy", "network")  # fmt: skip
BAMBOO = ("choice", "house", "material", "bamboo", "ไม้ไผ่", "--alias", "ไผ่")
Run = Callable[..., tuple[int, str]]


@pytest.fixture
def field(take: Intake, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs ``mankong field`` on a store with two houses; gives the exit code and what it said."""
    take.rows(ROWS, "house.csv", type="house")

    def command(*words: str) -> tuple[int, str]:
        where = ("--network", NETWORK, "--store", str(take.store.path))
        monkeypatch.setattr("sys.argv", ["mankong", "field", *words, *where])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        said = capsys.readouterr()
        assert isinstance(ended.value.code, int)
        return ended.value.code, said.out + said.err

    return command


def told(answer: tuple[int, str]) -> Any:
    assert answer[0] == 0, answer
    return json.loads(answer[1])


def test_a_field_is_looked_at_added_listed_retired_and_brought_back(field: Run) -> None:
    code, said = field("list")
    assert code == 0 and "has added no fields" in said
    seen = told(field(*FLOOD, "--dry-run", "--json"))
    assert seen["status"] == "dry_run" and told(field("list", "--json")) == []
    added = told(field(*FLOOD, "--json"))
    assert added == seen | {"status": "added"}
    assert (added["records"], added["read"], added["unreadable"], added["texts"]) == (2, 1, 1, ["สามสิบ"])
    about = added["field"]
    assert (about["privacy"], about["group"]["en"], about["unit"]) == (
        "network", "Building", {"th": "ซม.", "en": "cm"}
    )  # fmt: skip
    assert about["headings"] == ["น้ำท่วม (ซม.)", "flood depth", "flood_cm", "ระดับน้ำ", "ท่วมสูง"]
    assert told(field("retire", "house", "flood_cm", "--json"))["retired"] is True
    (listed,) = told(field("list", "--json"))
    assert [(one["field"]["name"], one["field"]["retired"], one["records"]) for one in listed["fields"]] == [
        ("flood_cm", True, 1)
    ]
    assert "เลิกใช้แล้ว" in field("list")[1]
    assert field("retire", "house", "flood_cm", "--back") == (
        0,
        "นำกลับมาใช้แล้ว / brought back: house.flood_cm\n",
    )


def test_what_is_printed_for_people_says_what_becomes_of_the_values(field: Run) -> None:
    code, said = field(*FLOOD)
    assert code == 0
    for part in ("เพิ่มช่องแล้ว / added the field: house.flood_cm", "“น้ำท่วม (ซม.)” 2 รายการ", "อ่านได้ 1", "“สามสิบ”",
                 "not readable, text kept: 1"):  # fmt: skip
        assert part in said, part


def test_a_choice_is_added_listed_and_retired(field: Run) -> None:
    answer = told(field(*BAMBOO, "--json"))
    assert answer == {"type": "house", "field": "material", "code": "bamboo", "records": 1}
    (listed,) = told(field("list", "--json"))
    assert [(one["code"], one["words"]["en"], one["records"]) for one in listed["choices"]] == [
        ("bamboo", "bamboo", 1)
    ]
    assert told(field("retire", "house", "material", "--choice", "bamboo", "--json")) == {
        "type": "house", "field": "material", "code": "bamboo", "retired": True
    }  # fmt: skip
    assert "ไม้ไผ่" in field("list")[1]
    code, said = field("choice", "house", "material", "clay", "ดินเผา")
    assert code == 0 and "house.material = clay  ดินเผา" in said and "อื่น ๆ" not in said


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("add", "house", "material", "ก"), "already means the field"),
        (("add", "house", "own", "ก", "--kind", "colour"), "There is no kind “colour”"),
        (("add", "house", "own", "ก", "--privacy", "open"), "not open"),
        (("add", "house", "own", "ก", "--group", "money"), "no section “money”"),
        (("add", "ship", "own", "ก"), "record type “ship”"),
        (("add", "house", "own"), "Missing argument"),
        (("choice", "house", "material", "wood", "ไม้เนื้อแข็ง"), "already means the choice"),
        (("choice", "house", "roof", "zinc", "สังกะสี"), "has no field “roof”"),
        (("retire", "house", "material"), "the program's"),
        (("retire", "house", "material", "--choice", "gold"), "has no choice “gold”"),
    ],
)
def test_what_cannot_be_is_one_sentence_and_exit_code_2(
    field: Run, words: tuple[str, ...], said: str
) -> None:
    code, out = field(*words)
    assert code == 2 and said in out and "Traceback" not in out
    assert told(field("list", "--json")) == []
