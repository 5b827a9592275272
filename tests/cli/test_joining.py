"""``mankong round``, ``returns`` and ``links``: for people, for scripts, for spreadsheets."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from api import cli_options, cli_rounds
from surveys.city import returns
from surveys.roles import Actor
from surveys.rounds import WHAT
from surveys.store.store import Store
from tests.api.joined_city import ONE, TWO, build
from tests.cli.conftest import Answer, Run, told
from tests.conftest import NETWORK, STEWARD


@pytest.fixture
def city(tmp_path: Path) -> Path:
    build(tmp_path / "city.gpkg")
    return tmp_path / "city.gpkg"


@pytest.fixture
def run(city: Path, mankong: Run) -> Run:
    """Runs ``mankong`` on the city; gives the exit code, what it said and what went wrong."""

    def command(*words: str, network: str = NETWORK) -> Answer:
        where = () if words[:2] == ("round", "name") else ("--network", network)
        return mankong(*words, *where, "--store", str(city))

    return command


def test_rounds_are_listed_and_named(run: Run) -> None:
    code, out, _ = run("round", "list")
    assert code == 0 and ONE in out and "4 5" in out and "ยังไม่ได้ระบุรอบ" in out
    assert told(run("round", "name", "1", TWO, "--json")) == {"import_id": 1, "round": TWO}
    assert [(one["name"], one["imports"]) for one in told(run("round", "list", "--json"))] == [
        (TWO, [1, 4, 5]), (ONE, [2, 3])]  # fmt: skip
    assert run("round", "name", "1", "")[1] == "#1: ไม่อยู่ในรอบใด / of no round\n"
    assert run("round", "name", "1", "รอบทดลอง")[1] == "#1: รอบทดลอง\n"


def test_two_rounds_are_compared(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    code, out, _ = run("round", "compare", ONE, TWO)
    assert code == 0 and "จำนวนสมาชิก" in out and "12/4" in out and "12/1" not in out
    found = told(run("round", "compare", ONE, TWO, "--json"))
    assert found["counts"] == dict.fromkeys(WHAT, 0) | {"new": 1, "changed": 1, "same": 1, "not_found": 1}
    assert [line["what"] for line in found["lines"]] == ["new", "changed", "not_found"]
    code, out, _ = run("round", "compare", ONE, TWO, "--csv", "--what", "same", "--what", "new")
    lines = out.splitlines()
    assert code == 0 and lines[0] == "\ufeffid,name,community,what,said,details" and len(lines) == 3
    assert [line.split(",")[3] for line in lines[1:]] == ["new", "same"]
    (moved,) = told(run("round", "compare", ONE, TWO, "--type", "house", "--what", "moved", "--json"))[
        "lines"
    ]
    assert 110 < moved["moved_m"] < 112
    monkeypatch.setattr(cli_rounds, "SHOWN", 1)
    assert "2 more: --csv or --json" in run("round", "compare", ONE, TWO)[1]


def test_records_without_a_place_are_listed(run: Run) -> None:
    code, out, _ = run("links")
    assert code == 0 and "12-3 ก" in out and "บ้านเลขที่ 12/3" in out and "without a place 2" in out
    found = told(run("links", "--json"))
    assert (found["missing_count"], found["lonely_count"]) == (2, 1)
    assert "without a place 0, on the map alone 0" in run("links", "--type", "house")[1]


def test_how_communities_stand_is_listed(run: Run, city: Path) -> None:
    code, out, _ = run("returns")
    assert code == 0 and "ยังไม่ได้ตรวจทานกับชุมชน" in out and "0 of 1 communities agreed" in out
    opened = Store.open(city)
    community = opened.read_table(NETWORK, "community").to_pylist()[0]["id"]
    meeting = returns.hold(opened, NETWORK, STEWARD, returns.Meeting(community, date(2025, 8, 1), "ศาลา", 40))
    returns.conclude(opened, NETWORK, STEWARD, meeting["id"], returns.Outcome(True, date(2025, 8, 2)))
    opened.close()
    code, out, _ = run("returns")
    assert code == 0 and "2 ส.ค. 2568" in out and "1 of 1 communities agreed" in out
    found = told(run("returns", "--json"))
    assert [(one["name"], one["standing"]) for one in found["communities"]] == [("ริมคลอง", "agreed")]
    assert [(one["number"], one["state"]) for one in found["meetings"]] == [(1, "agreed")]


@pytest.fixture
def meeting(city: Path) -> str:
    """A meeting that agreed, the first of the network; gives its id."""
    opened = Store.open(city)
    community = opened.read_table(NETWORK, "community").to_pylist()[0]["id"]
    made = returns.hold(opened, NETWORK, STEWARD, returns.Meeting(community, date(2025, 8, 1), "ศาลา", 40))
    returns.conclude(opened, NETWORK, STEWARD, made["id"], returns.Outcome(True, date(2025, 8, 2)))
    opened.close()
    return str(made["id"])


def test_a_meeting_is_corrected(run: Run, meeting: str, tmp_path: Path) -> None:
    code, out, _ = run(
        "correct-return", "1", "--why", "นับผิด", "--attended-count", "41", "--held", "31 ก.ค. 2568"
    )
    assert (code, out) == (0, "#1 ริมคลอง: ชุมชนรับรอง / agreed by the community\n")
    (paper := tmp_path / "รายชื่อ.jpg").write_bytes(b"scan")
    found = told(run("correct-return", "1", "--why", "กดผิด", "--outcome", "not_agreed", "--reason", "ขาด 3 หลัง",
                     "--paper", str(paper), "--place", "", "--seen", "3", "--json"))  # fmt: skip
    facts = ("id", "version", "held", "place", "attended_count", "state", "decided_on", "reason", "paper")
    assert [found[name] for name in facts] == [
        meeting, 4, "2025-07-31", None, 41, "not_agreed", "2025-08-02", "ขาด 3 หลัง", "รายชื่อ.jpg"]  # fmt: skip
    assert [(one["version"], one["corrected_by"]) for one in found["history"]] == [
        (4, None),
        (3, 4),
        (2, 3),
        (1, None),
    ]
    assert (
        told(run("correct-return", "1", "--why", "ยังไม่ลงมติ", "--outcome", "open", "--json"))["state"]
        == "checking"
    )


@pytest.mark.parametrize(
    ("more", "code", "said"),
    [
        ((), 2, "says the same"),
        (("--place", "วัด", "--seen", "1"), 2, "meanwhile"),
        (("--outcome", "yes"), 2, "--outcome is one of agreed, not_agreed, open, not yes"),
        (("--on", "เมื่อวาน"), 2, "--on: “เมื่อวาน” cannot be read as a date"),
        (("--community", "ที่อื่น"), 2, "There is no community “ที่อื่น”."),
        (("--attended-count", "0"), 2, "how many people"),
    ],
)
def test_a_meeting_that_cannot_be_corrected_so(
    run: Run, meeting: str, more: tuple[str, ...], code: int, said: str
) -> None:
    ended, out, err = run("correct-return", "1", "--why", "กดผิด", *more)
    assert (ended, out) == (code, "") and said in err
    ended, out, err = run("correct-return", "2", "--why", "กดผิด", *more)
    assert (ended, out) == (2, "") and ("no return meeting 2" in err or said in err)


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("round", "compare", ONE, "ไม่มี"), 2, "There is no survey round “ไม่มี”."),
        (("round", "compare", ONE, TWO, "--type", "ship"), 2, "are not surveyed"),
        (("round", "compare", ONE, TWO, "--what", "gone"), 2, "--what is one of new, changed"),
        (("round", "compare", ONE, TWO, "--json", "--csv"), 2, "Choose --json or --csv"),
        (("round", "name", "99", TWO), 2, "There is no import 99."),
        (("round", "name", "1", "ก" * 81), 2, "longer than 80"),
        (("links", "--type", "road"), 2, "not linked by hand"),
    ],
)
def test_what_cannot_be_is_one_sentence(run: Run, words: tuple[str, ...], code: int, said: str) -> None:
    ended, out, err = run(*words)
    assert (ended, out) == (code, "") and said in err


@pytest.mark.parametrize(
    "words",
    [
        ("round", "list"),
        ("round", "compare", ONE, TWO),
        ("links",),
        ("returns",),
        ("correct-return", "1", "--why", "ก"),
        ("round", "name", "1", ONE),
    ],
)
def test_a_command_asks_the_right_as_a_page_does(
    run: Run, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...]
) -> None:
    if words[1:2] != ("name",):
        ended, out, err = run(*words, network="nowhere")
        assert (ended, out) == (2, "") and "nowhere" in err
    monkeypatch.setattr(cli_options, "local", lambda name: Actor(name, "public"))
    ended, out, err = run(*words)
    assert (ended, out) == (5, "") and "may not" in err
