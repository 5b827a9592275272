"""Two lists of one community: same, only A, only B, other house, other values; both kept; a resolution decides."""

from __future__ import annotations

import shutil
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from surveys import events, networks
from surveys.city import double_decisions, list_decisions
from surveys.city.decided import Said
from surveys.city.list_decisions import Choice, Resolution
from surveys.city.rival_lists import HOUSEHOLDS, STATUSES, Comparison, ListKey, Verdicts, compare
from surveys.city.rival_table import Reading, cells, house_words
from surveys.dates import today
from surveys.errors import NotAllowed, NotFound, Outdated, Refused
from surveys.intake import imports
from surveys.intake.accept import import_folder
from surveys.lists import LISTS_HOLD
from surveys.records import ALL
from surveys.roles import Actor
from surveys.store.store import Store
from tests.conftest import NETWORK, STEWARD, Intake

SECRETARY, PLANNER, PUBLIC = (Actor(role, role) for role in ("secretary", "planner", "public"))


def line(seq: str, head: str, **more: str) -> dict[str, str]:
    return {"ชุมชน": "ริมคลอง", "ลำดับบ้าน": seq, "ครัวเรือนที่": "1", "ชื่อหัวหน้าครัวเรือน": head} | more


A = [line("1", "นายสมชาย ใจดี", รายได้="9000"), line("2", "มาลี มีสุข", รายได้="5000"), line("3", "ปิติ กล้า"),
     line("4", "ชูใจ รักไทย"), line("5", "เพชร ดี"), line("7", "วีระ เก่ง") | {"ชุมชน": "หลังวัด"}]  # fmt: skip
B = [
    line("1", "สมชาย ใจดี", รายได้="9000"),  # as A says it, without the title
    line("2", "มาลี มีสุข", รายได้="6000"),  # another income
    line("9", "ปิติ กล้า"),  # in another house
    line("4", "วีระ เก่ง"),  # the same house and number, another head
    line("6", "ใหม่ มาเอง"),  # only here
]


@pytest.fixture(scope="module")
def made_store(made_store: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with the two lists; copied by each test with the files beside it."""
    folder = tmp_path_factory.mktemp("lists")
    for path in (made_store, Path(f"{made_store}.key")):
        shutil.copyfile(path, folder / path.name)
    store = Store.open(folder / made_store.name)
    take = Intake(store, folder)
    take.rows([{"รหัสชุมชน": "K1", "ชื่อชุมชน": "ริมคลอง"}], "c.csv", type="community")
    take.rows(A, "บัญชีประธาน.csv", type="household")
    take.rows(B, "บัญชีรองประธาน.csv", type="household")
    store.close()
    return folder / made_store.name


@pytest.fixture
def store_path(store_path: Path, made_store: Path) -> Path:
    shutil.copytree(f"{made_store}.files", f"{store_path}.files")
    return store_path


@pytest.fixture
def choice(store: Store) -> Choice:
    community = next(
        k for k, name in list_decisions.communities(store, NETWORK, PLANNER).items() if name == "ริมคลอง"
    )
    b, a = list_decisions.lists(store, NETWORK, PLANNER, community)
    return Choice(community, a.key, b.key)


def told(found: Comparison) -> list[tuple[str, str | None, str | None, str | None, tuple[str, ...]]]:
    return [
        (one.status, one.a and one.a["head_name"], one.b and one.b["head_name"], one.found_by, one.differs)
        for one in found.lines
    ]


WANTED = [
    ("same", "นายสมชาย ใจดี", "สมชาย ใจดี", "record", ()),
    ("other_values", "มาลี มีสุข", "มาลี มีสุข", "record", ("income",)),
    ("other_house", "ปิติ กล้า", "ปิติ กล้า", "name", ("house_seq",)),
    ("other_values", "ชูใจ รักไทย", "วีระ เก่ง", "number", ("head_name",)),
    ("only_a", "เพชร ดี", None, None, ()),
    ("only_b", None, "ใหม่ มาเอง", None, ()),
]


def test_the_lists_of_a_community_are_found_with_their_households(store: Store, choice: Choice) -> None:
    b, a = list_decisions.lists(store, NETWORK, PLANNER, choice.community)
    assert [(x.file, x.households, x.undone, x.whole) for x in (a, b)] == [
        ("บัญชีประธาน.csv", 5, False, True), ("บัญชีรองประธาน.csv", 5, False, True),
    ]  # fmt: skip
    assert sorted(list_decisions.communities(store, NETWORK, PLANNER).values()) == ["ริมคลอง", "หลังวัด"]
    other = next(
        k for k, name in list_decisions.communities(store, NETWORK, PLANNER).items() if name == "หลังวัด"
    )
    assert [x.file for x in list_decisions.lists(store, NETWORK, PLANNER, other)] == ["บัญชีประธาน.csv"]


def test_what_two_lists_say_of_each_household(store: Store, choice: Choice) -> None:
    found = list_decisions.compared(store, NETWORK, PLANNER, choice)
    assert told(found) == WANTED
    assert found.counts == {
        "same": 1, "other_values": 2, "other_house": 1, "other_plot": 0, "only_a": 1, "only_b": 1,
    }  # fmt: skip
    assert list(found.counts) == list(STATUSES)


def test_a_row_that_changed_nothing_is_on_both_lists_and_an_undone_list_can_still_be_compared(
    store: Store, take: Intake, choice: Choice
) -> None:
    # 1, 2 and 5 say what is here already; nothing of them opens a version.
    third = take.rows([*B[:2], A[4], line("8", "คนใหม่")], "ค.csv", type="household")
    assert third["unchanged"] == 3
    with_third = Choice(choice.community, choice.a, ListKey(third["import_id"]))
    statuses = [
        (one.status, one.row["house_seq"])
        for one in list_decisions.compared(store, NETWORK, PLANNER, with_third).lines
    ]
    assert statuses == [
        ("same", "1"),
        ("other_values", "2"),
        ("only_a", "3"),
        ("only_a", "4"),
        ("same", "5"),
        ("only_b", "8"),
    ]
    before = list_decisions.compared(store, NETWORK, PLANNER, choice)
    imports.undo(store, choice.b.import_id, STEWARD)
    assert told(list_decisions.compared(store, NETWORK, PLANNER, choice)) == told(before)
    assert [x.undone for x in list_decisions.lists(store, NETWORK, PLANNER, choice.community)] == [
        False,
        True,
        False,
    ]


def test_lists_turned_round_say_the_same(store: Store, choice: Choice) -> None:
    turned = list_decisions.compared(store, NETWORK, PLANNER, Choice(choice.community, choice.b, choice.a))
    swap = {"only_a": "only_b", "only_b": "only_a"}
    back = sorted((swap.get(s, s), b or "", a or "", how or "") for s, a, b, how, _ in told(turned))
    assert back == sorted((s, a or "", b or "", how or "") for s, a, b, how, _ in WANTED)


def test_what_was_decided_on_doubles_counts(store: Store, choice: Choice) -> None:
    def pair(one: str, other: str) -> tuple[str, str]:
        frame = store.read(NETWORK, "household", ["head_name", "house_seq"])
        keys = [
            frame.index[frame["head_name"].eq(n) & frame["house_seq"].eq(s)][0]
            for n, s in (one.split("@"), other.split("@"))
        ]
        return str(keys[0]), str(keys[1])

    # เพชร of house 5 is "ใหม่" of house 6 by another name; the two ปิติ are father and son.
    petch = pair("เพชร ดี@5", "ใหม่ มาเอง@6")
    double_decisions.decide(
        store, NETWORK, STEWARD, double_decisions.Decision(*petch, "one", Said("ชื่อใหม่"), petch[0])
    )
    piti = pair("ปิติ กล้า@3", "ปิติ กล้า@9")
    double_decisions.decide(
        store, NETWORK, STEWARD, double_decisions.Decision(*piti, "different", Said("พ่อลูก"))
    )
    found = told(list_decisions.compared(store, NETWORK, PLANNER, choice))
    assert [one for one in found if one[0] not in ("same", "other_values")] == [
        ("only_a", "ปิติ กล้า", None, None, ()),
        ("other_house", "เพชร ดี", "ใหม่ มาเอง", "decided", ("house_seq", "head_name")),
        ("only_b", None, "ปิติ กล้า", None, ()),
    ]


def test_two_sheets_of_two_files_are_lists_of_their_own(store: Store, take: Intake, tmp_path: Path) -> None:
    with xlsxwriter.Workbook(str(tmp_path / "two.xlsx")) as book:
        for name, rows in (("โซน 1", A[:2]), ("โซน 2", [line("30", "สมพร")])):
            sheet = book.add_worksheet(name)
            for row, values in enumerate([list(rows[0]), *(list(one.values()) for one in rows)]):
                sheet.write_row(row, 0, values)
    report = take(tmp_path / "two.xlsx", type="household")
    community = store.read(NETWORK, "community", []).index[0]
    found = list_decisions.lists(store, NETWORK, PLANNER, str(community))
    number = report["import_id"]
    assert {str(one.key): one.households for one in found[:2]} == {f"{number}:โซน 1": 2, f"{number}:โซน 2": 1}
    keys = sorted((one.key for one in found[:2]), key=str)
    compared = list_decisions.compared(store, NETWORK, PLANNER, Choice(str(community), *keys))
    assert [one.status for one in compared.lines] == ["only_a", "only_a", "only_b"]


def test_an_import_without_its_list_is_known_by_what_it_changed(
    store: Store, take: Intake, choice: Choice
) -> None:
    third = take.rows([A[4], line("8", "คนใหม่")], "ค.csv", type="household")
    (import_folder(store, third["import_id"]) / "seen.arrow").unlink()
    newest = list_decisions.lists(store, NETWORK, PLANNER, choice.community)[0]
    assert (newest.file, newest.households, newest.whole) == ("ค.csv", 1, False)


def resolution(holds: str = "list_a", **more: Any) -> Resolution:
    facts: dict[str, Any] = {"reason": "ที่ประชุมชุมชนยืนยัน", "resolution": "3/2569", "meeting": date(2026, 3, 2)}
    holds_for, seen = more.pop("holds_for", ""), more.pop("seen", {})
    return Resolution(holds, Said(**facts | more), holds_for, seen)


def test_a_resolution_is_kept_with_its_figures_and_changes_no_list(store: Store, choice: Choice) -> None:
    households = store.read_table(NETWORK, "household").to_pylist()
    turned = Choice(choice.community, choice.b, choice.a)
    made = list_decisions.decide(
        store, NETWORK, SECRETARY, turned, resolution("in_part", holds_for="บ้านใช้ ก คนใช้ ข")
    )
    facts = (
        "list_a",
        "list_b",
        "holds",
        "holds_for",
        "resolution",
        "meeting_date",
        "reason",
        "actor",
        "community",
        *STATUSES,
    )
    assert [made[name] for name in facts] == [
        str(choice.a), str(choice.b), "in_part", "บ้านใช้ ก คนใช้ ข", "3/2569", "2026-03-02", "ที่ประชุมชุมชนยืนยัน",
        "secretary", "K1", 1, 2, 1, 0, 1, 1,
    ]  # fmt: skip
    assert store.read_table(NETWORK, "household").to_pylist() == households
    for key in (choice.a, choice.b):
        assert [
            row["id"] for row in list_decisions.about(store, NETWORK, PLANNER, import_id=key.import_id)
        ] == [made["id"]]
    assert len(list_decisions.about(store, NETWORK, PLANNER, community=choice.community)) == 1
    assert list_decisions.about(store, NETWORK, PLANNER, import_id=999) == []
    assert list_decisions.about(store, NETWORK, PLANNER, community="0" * 32) == []
    assert list_decisions.about(store, NETWORK, PUBLIC, import_id=choice.a.import_id) == []
    with store.reading() as connection:
        event = events.recent(connection, NETWORK, 1)[0]
    assert (event["action"], event["subject"]) == ("lists_decided", made["id"])


def test_a_resolution_recorded_wrongly_is_withdrawn_and_the_one_before_stands(
    store: Store, choice: Choice
) -> None:
    first = list_decisions.decide(store, NETWORK, SECRETARY, choice, resolution("undecided", meeting=None))
    later = resolution("list_b", seen={first["id"]: first["version"]})
    second = list_decisions.decide(store, NETWORK, SECRETARY, choice, later)
    assert second["id"] == first["id"] and second["number"] == 1
    list_decisions.withdraw(store, NETWORK, SECRETARY, second["id"], "พิมพ์ผิดบัญชี")
    assert [row["holds"] for row in list_decisions.decisions(store, NETWORK, PLANNER)] == ["undecided"]
    past = list_decisions.history(store, NETWORK, PLANNER, choice)
    assert [(row["holds"], row["withdrawn"] and row["withdrawn"]["reason"]) for row in past] == [
        ("list_b", "พิมพ์ผิดบัญชี"), ("undecided", None),
    ]  # fmt: skip


WRONG: list[tuple[Resolution, str]] = [
    (resolution("castle"), "which list holds"), (resolution(reason=" "), "why"),
    (resolution(meeting=None), "date of the"),
    (resolution(meeting=today() + timedelta(days=2)), "not been held"), (resolution("in_part"), "for what"),
    (resolution("in_part", holds_for="ก" * 2001), "too long"),
]  # fmt: skip


@pytest.mark.parametrize(("wrong", "said"), WRONG)
def test_a_resolution_that_is_not_whole_is_refused(
    store: Store, choice: Choice, wrong: Resolution, said: str
) -> None:
    revision = store.revision(NETWORK)
    with pytest.raises(Refused, match=said):
        list_decisions.decide(store, NETWORK, SECRETARY, choice, wrong)
    assert store.revision(NETWORK) == revision and list_decisions.decisions(store, NETWORK, PLANNER) == []


def test_who_may_and_what_is_there(store: Store, choice: Choice) -> None:
    for role in ("surveyor", "planner", "steward", "public"):
        with pytest.raises(NotAllowed):
            list_decisions.decide(store, NETWORK, Actor(role, role), choice, resolution())
    with pytest.raises(NotAllowed):
        list_decisions.compared(store, NETWORK, PUBLIC, choice)
    with pytest.raises(Refused, match="two different"):
        list_decisions.compared(store, NETWORK, PLANNER, Choice(choice.community, choice.a, choice.a))
    networks.add(store, STEWARD, "B", "ข")
    for network, wrong in ((NETWORK, Choice(choice.community, choice.a, ListKey(999))),
                           (NETWORK, Choice("0" * 32, choice.a, choice.b)), ("B", choice)):  # fmt: skip
        with pytest.raises(NotFound):
            list_decisions.compared(store, network, PLANNER, wrong)


def test_the_declaration_holds_every_status_and_choice() -> None:
    declared = ALL["list_decision"].by_name
    assert set(STATUSES) <= set(declared)
    assert {choice.code for choice in LISTS_HOLD} == {"list_a", "list_b", "in_part", "survey", "undecided"}


KEYS = [("12", ListKey(12)), ("12:โซน 1", ListKey(12, "โซน 1")), ("12:a:b", ListKey(12, "a:b")), ("", None),
        ("x", None),
        ("-1", None), ("๑๒", None), ("9" * 16, None), ("12:", ListKey(12))]  # fmt: skip


@pytest.mark.parametrize(("text", "key"), KEYS)
def test_keys_of_lists_are_read_as_they_are_written(text: str, key: ListKey | None) -> None:
    assert ListKey.of(text) == key
    assert key is None or ListKey.of(str(key)) == key


def row(record_id: str, **facts: Any) -> dict[str, Any]:
    names = [*(f.name for f in HOUSEHOLDS.stored), "head_id_digest", "key", "extra", "missing", "raw"]
    return dict.fromkeys(names) | {"id": record_id} | facts


# What two lists give of where one household lives, and how they stand to each other by it.
PLACES: list[tuple[dict[str, str], dict[str, str], str]] = [
    ({"plot_no": "4"}, {"plot_no": "5"}, "other_plot"),
    ({"plot_no": "4ก"}, {"plot_no": "4 ก"}, "same"),
    ({"plot_no": "4"}, {}, "same"),
    ({"plot_no": "4"}, {"house_no": "9/1"}, "same"),
    ({"plot_no": "4", "house_no": "9/1"}, {"plot_no": "5"}, "other_plot"),
    # A house tells more than the plot it stands on.
    ({"plot_no": "4", "house_seq": "1"}, {"plot_no": "5", "house_seq": "1"}, "other_values"),
    ({"plot_no": "4", "house_seq": "1"}, {"plot_no": "4", "house_seq": "2"}, "other_house"),
    ({"plot_no": "4", "house_no": "9/1"}, {"plot_no": "4", "house_no": "9/2"}, "other_house"),
]


@pytest.mark.parametrize(("a", "b", "status"), PLACES)
def test_lists_differ_in_the_house_or_else_in_the_plot(
    a: dict[str, str], b: dict[str, str], status: str
) -> None:
    sides = [row(one, head_name="สมชาย ใจดี", **facts) for one, facts in (("a", a), ("b", b))]
    found = compare(HOUSEHOLDS, sides[:1], sides[1:], Verdicts({}, frozenset()))
    assert [(line.status, line.found_by) for line in found.lines] == [(status, "name")]


def test_lists_of_plots_stand_in_the_order_of_plots_and_say_them() -> None:
    sides = [row(n, head_name=f"คน {n}", plot_no=n) for n in ("10", "2", "2ก", "1")]
    found = compare(HOUSEHOLDS, sides, [], Verdicts({}, frozenset()))
    assert [line.row["plot_no"] for line in found.lines] == ["1", "2", "2ก", "10"]
    assert house_words(sides[0]).th == "แปลง 10" and house_words(sides[0]).en == "plot 10"
    assert house_words(sides[0] | {"house_no": "9/1"}).th == "เลขที่ 9/1"
    assert house_words({}).th == ""


def test_two_lists_of_a_community_known_by_plots(store: Store, take: Intake) -> None:
    def of_plot(plot: str, head: str) -> dict[str, str]:
        return {"ชุมชน": "หลังวัด", "เลขแปลง": plot, "ชื่อหัวหน้าครัวเรือน": head}

    take.rows([{"รหัสชุมชน": "K2", "ชื่อชุมชน": "หลังวัด"}], "c2.csv", type="community")
    one = take.rows([of_plot("1", "มาลี มีสุข"), of_plot("2", "ปิติ กล้า")], "หนึ่ง.csv", type="household")
    two = take.rows([of_plot("1", "มาลี มีสุข"), of_plot("3", "ปิติ กล้า")], "สอง.csv", type="household")
    names = list_decisions.communities(store, NETWORK, PLANNER)
    community = next(key for key, name in names.items() if name == "หลังวัด")
    choice = Choice(community, ListKey(one["import_id"]), ListKey(two["import_id"]))
    found = list_decisions.compared(store, NETWORK, PLANNER, choice)
    assert [(line.status, line.row["plot_no"]) for line in found.lines] == [
        ("same", "1"),
        ("other_plot", "2"),
    ]
    made = list_decisions.decide(store, NETWORK, SECRETARY, choice, resolution("list_b"))
    assert (made["other_plot"], made["other_house"], made["same"]) == (1, 0, 1)
    table = cells(found, Reading.of(store, NETWORK, STEWARD, "th"))
    assert table[2][:2] == ["อยู่คนละแปลง", "แปลง 2"] and table[2][4] == "แปลง 3"


ROW = st.builds(
    row, st.sampled_from("abcdefgh"), head_name=st.sampled_from(["สมชาย", "นายสมชาย", "มาลี", None]),
    house_seq=st.sampled_from(["1", "2", "10", None]), house_no=st.sampled_from(["9/1", "9/2", None]),
    plot_no=st.sampled_from(["4", "5", None]),
    key=st.sampled_from(["k", "l", None]), head_id_digest=st.sampled_from(["x", "y", None]),
    income=st.sampled_from([1.0, 2.0, None]),
)  # fmt: skip
LIST = st.lists(ROW, max_size=5, unique_by=lambda one: one["id"])


@settings(max_examples=80)
@given(a=LIST, b=LIST, data=st.data())
def test_every_household_stands_once_and_the_sides_and_orders_do_not_matter(
    a: list[dict[str, Any]], b: list[dict[str, Any]], data: st.DataObject
) -> None:
    verdicts = Verdicts({"a": "b"}, frozenset({("c", "d")}))
    found = compare(HOUSEHOLDS, a, b, verdicts)
    assert sorted(one.a["id"] for one in found.lines if one.a) == sorted(one["id"] for one in a)
    assert sorted(one.b["id"] for one in found.lines if one.b) == sorted(one["id"] for one in b)
    assert sum(found.counts.values()) == len(found.lines)

    def said(lines: Comparison) -> set[tuple[Any, ...]]:
        return {(x.status, x.a and x.a["id"], x.b and x.b["id"], x.found_by, x.differs) for x in lines.lines}

    mixed = compare(HOUSEHOLDS, data.draw(st.permutations(a)), data.draw(st.permutations(b)), verdicts)
    assert said(mixed) == said(found)
    swap = {"only_a": "only_b", "only_b": "only_a"}
    assert {
        (swap.get(s, s), y, x, how, d) for s, x, y, how, d in said(compare(HOUSEHOLDS, b, a, verdicts))
    } == said(found)
    assert not any({x.a and x.a["id"], x.b and x.b["id"]} == {"c", "d"} for x in found.lines)


def test_a_resolution_not_seen_is_never_overwritten(store: Store, choice: Choice) -> None:
    first = list_decisions.decide(store, NETWORK, SECRETARY, choice, resolution("list_a"))
    for seen in ({}, {first["id"]: 2}):
        with pytest.raises(Outdated):
            list_decisions.decide(store, NETWORK, SECRETARY, choice, resolution("list_b", seen=seen))
    later = resolution("list_b", seen={first["id"]: first["version"]})
    second = list_decisions.decide(store, NETWORK, SECRETARY, choice, later)
    with pytest.raises(Outdated):
        list_decisions.withdraw(store, NETWORK, SECRETARY, first["id"], "พิมพ์ผิด", first["version"])
    assert [row["holds"] for row in list_decisions.decisions(store, NETWORK, PLANNER)] == ["list_b"]
    list_decisions.withdraw(store, NETWORK, SECRETARY, second["id"], "พิมพ์ผิด", second["version"])
    assert [row["holds"] for row in list_decisions.decisions(store, NETWORK, PLANNER)] == ["list_a"]
