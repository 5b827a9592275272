"""Deciding on doubles: one of two is closed, nothing else is merged, and all of it can be taken back."""

from __future__ import annotations

import json
import shutil
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import shapely
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from surveys import edit, events
from surveys.city import double_decisions as dd
from surveys.city import households
from surveys.city.decided import Said
from surveys.city.double_decisions import Case, Decision
from surveys.city.doubles import Doubles
from surveys.dates import today
from surveys.errors import NotAllowed, NotFound, Outdated, Refused
from surveys.intake import imports
from surveys.record import SHAPE
from surveys.roles import Actor
from surveys.store.connect import sqlite
from surveys.store.schema import table
from surveys.store.store import Store
from tests.conftest import NETWORK, STEWARD, Intake
from tests.surveys.test_store import blob, chain, digests, put

SURVEYOR, SECRETARY, PUBLIC = (Actor(role, role) for role in ("surveyor", "secretary", "public"))
WHY = Said("คนเดียวกัน ถามหัวหน้าโซนแล้ว", "3/2569", date(2026, 3, 2))
LIST_A = [
    {"ชุมชน": "K1", "ลำดับบ้าน": "1", "ครัวเรือนที่": "1", "บ้านเลขที่": "9/1", "ชื่อหัวหน้าครัวเรือน": "นายสมชาย ใจดี"},
    {"ชุมชน": "K1", "ลำดับบ้าน": "2", "ครัวเรือนที่": "1", "บ้านเลขที่": "9/2", "ชื่อหัวหน้าครัวเรือน": "นางมาลี มีสุข"},
]
LIST_B = [
    {"ชุมชน": "K1", "ลำดับบ้าน": "1", "ครัวเรือนที่": "2", "ชื่อหัวหน้าครัวเรือน": "สมชาย ใจดี", "รายได้": "9000",
     "เลขบัตรประชาชน": "1112034563562", "สีประตู": "แดง"},
]  # fmt: skip
MEMBERS = [
    {"ชุมชน": "K1", "ลำดับบ้าน": "1", "ครัวเรือนที่": "2", "สมาชิกลำดับที่": str(n), "ชื่อ": name, "นามสกุล": "ใจดี"}
    for n, name in enumerate(("สมชาย", "สมหญิง"), 1)
]


@pytest.fixture(scope="module")
def made_store(made_store: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store in which สมชาย stands on the lists of two leaders; copied by each test."""
    folder = tmp_path_factory.mktemp("lists")
    for path in (made_store, Path(f"{made_store}.key")):
        shutil.copyfile(path, folder / path.name)
    store = Store.open(folder / made_store.name)
    take = Intake(store, folder)
    for rows, name, kind in (
        (LIST_A, "a.csv", "household"),
        (LIST_B, "b.csv", "household"),
        (MEMBERS, "m.csv", "member"),
    ):
        take.rows(rows, name, type=kind)
    store.close()
    return folder / made_store.name


@pytest.fixture
def two_lists(store: Store) -> tuple[str, str]:
    """The two records of สมชาย, A's and B's."""
    (case,) = waiting(store)
    frame = store.read(NETWORK, "household", ["household_no"])
    pair = frame.loc[[case.pair.first, case.pair.second], "household_no"].sort_values()
    assert list(pair) == ["1", "2"]
    return str(pair.index[0]), str(pair.index[1])


def waiting(store: Store) -> tuple[Case, ...]:
    return dd.cases(store, NETWORK, SURVEYOR).waiting


def everything(store: Store) -> dict[str, list[Any]]:
    """Every current row of every type that files bring, but decisions."""
    found = {}
    with store.reading() as connection:
        for name in ("household", "member", "house", "community"):
            source = table(name)
            found[name] = sorted(map(repr, connection.execute(sa.select(source).order_by(source.c.id)).all()))
    return found


def one(pair: tuple[str, str], keep: str, **more: Any) -> Decision:
    return Decision(*pair, "one", WHY, keep, **more)


def test_one_household_closes_the_double_and_nothing_else(store: Store, two_lists: tuple[str, str]) -> None:
    a, b = two_lists
    before = everything(store)
    revision = store.revision(NETWORK)
    made = dd.decide(store, NETWORK, SECRETARY, one((b, a), a))
    after = everything(store)
    assert len(before["household"]) - len(after["household"]) == 1
    assert set(after["household"]) < set(before["household"]) and b not in repr(after["household"])
    assert {k: v for k, v in after.items() if k != "household"} == {
        k: v for k, v in before.items() if k != "household"
    }
    assert store.revision(NETWORK) == revision + 1
    facts = (
        "number",
        "decision",
        "kept",
        "actor",
        "reason",
        "resolution",
        "meeting_date",
        "withdrawn",
        "community",
    )
    assert [made[name] for name in facts] == [
        1, "one", a, "secretary", WHY.reason, "3/2569", "2026-03-02", None, "K1",
    ]  # fmt: skip
    assert waiting(store) == () and dd.cases(store, NETWORK, SURVEYOR).decided[0]["id"] == made["id"]
    with store.reading() as connection:
        event = events.recent(connection, NETWORK, 1)[0]
    assert (event["action"], event["subject"], event["detail"]["closed"]) == ("double_decided", made["id"], b)
    assert "สมชาย" not in json.dumps(event, ensure_ascii=False)
    assert digests(store) == chain(store)


def test_a_decision_withdrawn_brings_everything_back_as_it_was(
    store: Store, two_lists: tuple[str, str]
) -> None:
    a, b = two_lists
    before, cases = everything(store), [case.pair for case in waiting(store)]
    offered = ["income", "head_id"]
    made = dd.decide(store, NETWORK, STEWARD, one((a, b), a, copy=offered, close_members=True))
    assert made["members_closed"] == 2 and json.loads(made["copied"]) == offered
    assert store.counts(NETWORK)["member"] == 0
    back = dd.withdraw(store, NETWORK, STEWARD, made["id"], "ตัดสินผิดคน")
    assert back["kept"] == [] and everything(store) == before
    assert [case.pair for case in waiting(store)] == cases and waiting(store)[0].state == "open"
    told = dd.history(store, NETWORK, STEWARD, b, a)
    assert [row["withdrawn"] and row["withdrawn"]["reason"] for row in told] == ["ตัดสินผิดคน"]
    # It can be decided again, under the number it had.
    again = dd.decide(store, NETWORK, STEWARD, one((a, b), b))
    assert (again["number"], again["version"]) == (1, 2)
    assert [row["withdrawn"] is None for row in dd.history(store, NETWORK, STEWARD, a, b)] == [True, False]
    dd.withdraw(store, NETWORK, STEWARD, again["id"], "อีกครั้ง")
    assert everything(store) == before
    with pytest.raises(NotFound):
        dd.withdraw(store, NETWORK, STEWARD, again["id"], "ไม่มีแล้ว")


def test_two_with_one_number_come_back_both(store: Store, take: Intake) -> None:
    take.rows([LIST_A[1] | {"ชื่อหัวหน้าครัวเรือน": "ปิติ กล้า"}], "c.csv", type="household")
    case = next(case for case in waiting(store) if [e.rule for e in case.pair.evidence] == ["same_number"])
    before = everything(store)
    pair = case.pair.first, case.pair.second
    for keep in pair:
        made = dd.decide(store, NETWORK, STEWARD, one(pair, keep))
        assert store.counts(NETWORK)["household"] == 3
        dd.withdraw(store, NETWORK, STEWARD, made["id"], "ลองอีกแบบ")
        assert everything(store) == before


def test_what_changed_since_stays_and_is_named(store: Store, two_lists: tuple[str, str]) -> None:
    a, b = two_lists
    made = dd.decide(store, NETWORK, STEWARD, one((a, b), a, copy=["income"]))
    edit.correct(store, NETWORK, STEWARD, edit.Correction("household", a, 2, {"people": "5"}, "แจ้งแก้"))
    back = dd.withdraw(store, NETWORK, STEWARD, made["id"], "ตัดสินผิด")
    assert back["kept"] == [a]
    frame = store.read(NETWORK, "household", ["income", "people"])
    assert set(frame.index) >= {a, b} and frame.loc[a, "people"] == 5 and frame.loc[a, "income"] == 9000


def test_undoing_and_redoing_the_import_of_a_closed_double_does_not_open_it(
    store: Store, two_lists: tuple[str, str]
) -> None:
    a, b = two_lists
    second = next(
        r["import_id"] for r in imports.history(store, NETWORK, STEWARD) if r["report"]["file"] == "b.csv"
    )
    made = dd.decide(store, NETWORK, STEWARD, one((a, b), a))
    imports.undo(store, second, STEWARD)
    imports.redo(store, second, STEWARD)
    assert b not in store.read(NETWORK, "household", []).index
    imports.undo(store, second, STEWARD)
    dd.withdraw(store, NETWORK, STEWARD, made["id"], "ลบบัญชีแล้ว")
    assert b not in store.read(NETWORK, "household", []).index, "its import is undone"
    imports.redo(store, second, STEWARD)
    assert b in store.read(NETWORK, "household", []).index


def test_a_household_kept_that_goes_with_its_import_is_told(store: Store, two_lists: tuple[str, str]) -> None:
    a, b = two_lists
    first = next(
        r["import_id"] for r in imports.history(store, NETWORK, STEWARD) if r["report"]["file"] == "a.csv"
    )
    made = dd.decide(store, NETWORK, STEWARD, one((a, b), a))
    assert dd.cases(store, NETWORK, STEWARD).lost == ()
    imports.undo(store, first, STEWARD)
    assert [row["id"] for row in dd.cases(store, NETWORK, STEWARD).lost] == [made["id"]]
    dd.withdraw(store, NETWORK, STEWARD, made["id"], "บัญชี ก ถูกยกเลิก")
    assert dd.cases(store, NETWORK, STEWARD).lost == ()
    assert b in store.read(NETWORK, "household", []).index


def test_only_ticked_fields_are_copied_with_what_stands_beside_them(
    store: Store, two_lists: tuple[str, str]
) -> None:
    a, b = two_lists
    told = households.told(store, NETWORK, STEWARD, [a, b])
    sight = households.Sight.of(store.types(NETWORK)["household"], STEWARD)
    assert households.lacking(sight, told[a].row, told[b].row) == ["head_id", "income"]
    assert households.lacking(sight, told[b].row, told[a].row) == ["house_no"]
    dd.decide(store, NETWORK, STEWARD, one((a, b), a, copy=["income"]))
    row = households.told(store, NETWORK, STEWARD, [a])[a].row
    assert (row["income"], row["head_id"], row["head_id_digest"], row["version"]) == (9000, None, None, 2)
    assert row["head_name"] == "นายสมชาย ใจดี" and row["key"] == told[a].row["key"]
    assert "สีประตู" not in (row["extra"] or "")


BY_SEQ, BY_NO, BY_PLOT = ({name: "1", "community": "K1", "household_no": "1"}
                          for name in ("house_seq", "house_no", "plot_no"))  # fmt: skip


@pytest.mark.parametrize(
    ("kept", "wanted"),
    [(BY_SEQ, ["house_no", "plot_no"]), (BY_NO, ["plot_no"]), (BY_PLOT, []), ({}, ["house_no", "plot_no"])],
)
def test_what_would_tell_the_household_kept_otherwise_is_not_copied(
    store: Store, kept: dict[str, str], wanted: list[str]
) -> None:
    sight = households.Sight.of(store.types(NETWORK)["household"], STEWARD)
    columns = [name for field in sight.fields for name in (field.name, field.name + "_digest")]
    nothing = dict.fromkeys(columns) | {"extra": None, "on_map": False}
    other = nothing | BY_SEQ | BY_NO | BY_PLOT
    assert households.lacking(sight, nothing | kept, other) == wanted


def test_a_secret_value_a_place_and_an_unread_text_are_copied_whole(store: Store) -> None:
    place = blob(shapely.Point(100.5, 13.7))
    facts = {"community": "K5", "house_seq": "1", "head_name": "ก ข"}
    a = put(
        store, "household", household_no="1", missing='{"income":"no_answer","people":"unknown"}', **facts
    )
    b = put(store, "household", household_no="2", geom=place, head_id=store.vault.seal("1112034563562"),
            head_id_digest=store.vault.digest("1112034563562"), people=3, raw='{"people":"สาม"}', **facts)  # fmt: skip
    dd.decide(store, NETWORK, STEWARD, one((a, b), a, copy=["head_id", "people", SHAPE]))
    row = households.told(store, NETWORK, STEWARD, [a])[a]
    assert store.vault.open(row.row["head_id"]) == "1112034563562" and row.on_map
    assert row.row["head_id_digest"] == store.vault.digest("1112034563562")
    assert json.loads(row.row["missing"]) == {"income": "no_answer"} and json.loads(row.row["raw"]) == {
        "people": "สาม"
    }


WRONG: list[tuple[dict[str, Any], type[Exception], str]] = [
    ({"decision": "merge"}, Refused, "what was decided"),
    ({"keep": None}, Refused, "which of the two"),
    ({"decision": "different"}, Refused, "which of the two"),
    ({"keep": "f" * 32}, Refused, "not one of the two"),
    ({"said": Said("  ")}, Refused, "why"),
    ({"said": Said("ก", meeting=today() + timedelta(days=3))}, Refused, "not been held"),
    ({"said": Said("ก" * 2001)}, Refused, "too long"),
    ({"said": Said("ก", "ข" * 101)}, Refused, "too long"),
    ({"copy": ["house_seq"]}, Refused, "cannot be copied"),
    ({"copy": ["head_name"]}, Refused, "cannot be copied"),
    ({"copy": ["nothing"]}, Refused, "cannot be copied"),
    ({"copy": [SHAPE]}, Refused, "cannot be copied"),
    ({"decision": "different", "keep": None, "copy": ["income"]}, Refused, "Only of one household"),
    ({"seen": 7}, Outdated, "meanwhile"),
    ({"second": "f" * 32, "keep": None, "decision": "different"}, NotFound, "no household"),
    ({"second": None, "keep": None, "decision": "different"}, Refused, "two households"),
]


@pytest.mark.parametrize(("wrong", "error", "said"), WRONG)
def test_what_is_not_whole_is_refused_and_nothing_is_written(
    store: Store, two_lists: tuple[str, str], wrong: dict[str, Any], error: type[Exception], said: str
) -> None:
    a, b = two_lists
    before, revision = everything(store), store.revision(NETWORK)
    facts = {"first": a, "second": b, "decision": "one", "said": WHY, "keep": a} | wrong
    if facts["second"] is None:
        facts["second"] = a
    if "seen" in wrong:
        facts["seen"] = {a: 7, b: 1}
    with pytest.raises(error, match=said):
        dd.decide(store, NETWORK, STEWARD, Decision(**facts))
    assert everything(store) == before and store.revision(NETWORK) == revision
    assert dd.decisions(store, NETWORK, STEWARD) == []


def test_who_may_decide(store: Store, two_lists: tuple[str, str]) -> None:
    a, b = two_lists
    with pytest.raises(NotAllowed):
        dd.decide(store, NETWORK, PUBLIC, one((a, b), a))
    for act in (dd.cases, dd.decisions):
        with pytest.raises(NotAllowed):
            act(store, NETWORK, PUBLIC)
    with pytest.raises(NotAllowed):
        dd.history(store, NETWORK, PUBLIC, a, b)
    made = dd.decide(store, NETWORK, SECRETARY, one((a, b), a))
    with pytest.raises(NotAllowed):
        dd.withdraw(store, NETWORK, PUBLIC, made["id"], "ก")
    # A secretary sees no incomes, and so copies none.
    dd.withdraw(store, NETWORK, SECRETARY, made["id"], "ลองใหม่")
    with pytest.raises(Refused, match="cannot be copied"):
        dd.decide(store, NETWORK, SECRETARY, one((a, b), a, copy=["income"]))


def looked_at(case: Case) -> dict[str, int]:
    return {case.decision["id"]: case.decision["version"]} if case.decision else {}


def different(store: Store, case: Case) -> dict[str, Any]:
    decision = Decision(case.pair.first, case.pair.second, "different", WHY, seen=looked_at(case))
    return dd.decide(store, NETWORK, STEWARD, decision)


def correct(store: Store, record_id: str, **values: str) -> None:
    version = int(households.told(store, NETWORK, STEWARD, [record_id])[record_id].version)
    edit.correct(store, NETWORK, STEWARD, edit.Correction("household", record_id, version, values, "แจ้งแก้"))


CHANGES = [({"people": "6"}, False), ({"head_name": "นาย สมชาย  ใจดี"}, False), ({"head_name": "สมชัย ใจดี"}, True),
           ({"house_no": "9/77"}, True), ({"visit_result": "ซ้ำ"}, True)]  # fmt: skip


@pytest.mark.parametrize(("values", "shown"), CHANGES)
def test_two_households_are_not_shown_again_unless_what_made_them_alike_changed(
    store: Store, two_lists: tuple[str, str], values: dict[str, str], shown: bool
) -> None:
    (case,) = waiting(store)
    before = everything(store)
    different(store, case)
    assert waiting(store) == () and everything(store) == before
    correct(store, two_lists[1], **values)
    assert [(case.state, case.decision["decision"]) for case in waiting(store) if case.decision] == (
        [("changed", "different")] if shown else []
    )
    if shown:
        different(store, waiting(store)[0])
        assert waiting(store) == ()


def test_an_undecided_pair_stays_with_what_was_said_and_may_be_decided_later(
    store: Store, two_lists: tuple[str, str]
) -> None:
    a, b = two_lists
    first = dd.decide(store, NETWORK, SURVEYOR, Decision(a, b, "undecided", Said("รอถามยายแดง")))
    (case,) = waiting(store)
    assert case.state == "undecided" and case.decision and case.decision["reason"] == "รอถามยายแดง"
    later = Decision(a, b, "different", Said("พี่น้องกัน"), seen={first["id"]: first["version"]})
    second = dd.decide(store, NETWORK, SURVEYOR, later)
    assert second["id"] == first["id"] and waiting(store) == ()
    # Taken back, what was said before stands again.
    dd.withdraw(store, NETWORK, SURVEYOR, second["id"], "เข้าใจผิด")
    assert [case.state for case in waiting(store)] == ["undecided"]
    assert [row["decision"] for row in dd.history(store, NETWORK, SURVEYOR, a, b)] == [
        "different",
        "undecided",
    ]


def test_the_evidence_at_hand_need_not_be_found_twice(store: Store, two_lists: tuple[str, str]) -> None:
    found = dd.find(store, NETWORK)
    assert dd.cases(store, NETWORK, STEWARD, found) == dd.cases(store, NETWORK, STEWARD)
    empty = Doubles(found.rows.iloc[:0])
    assert dd.cases(store, NETWORK, STEWARD, empty).waiting == ()
    made = dd.decide(store, NETWORK, STEWARD, Decision(*two_lists, "different", WHY), found)
    assert json.loads(made["alike"]).keys() == {"same_name"}


@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_whatever_is_decided_and_withdrawn_records_are_only_closed_and_come_back(
    store: Store, data: st.DataObject
) -> None:
    """Nothing is ever merged: current rows are those the files brought, but for doubles; at last all are there."""
    for n in range(5 - store.counts(NETWORK)["household"]):
        put(store, "household", community="K1", house_seq="1", household_no=f"{n + 5}", head_name="สมชาย ใจดี")
    before = everything(store)
    made: dict[str, dict[str, Any]] = {}
    for _ in range(data.draw(st.integers(1, 5))):
        cases = waiting(store)
        if made and (not cases or data.draw(st.booleans())):
            key = data.draw(st.sampled_from(sorted(made)))
            dd.withdraw(store, NETWORK, STEWARD, key, "ถอน")
            del made[key]
        elif cases:
            case = data.draw(st.sampled_from(cases))
            said = data.draw(st.sampled_from(["one", "different", "undecided"]))
            pair = case.pair.first, case.pair.second
            keep = data.draw(st.sampled_from(pair)) if said == "one" else None
            decision = Decision(*pair, said, WHY, keep, seen=looked_at(case))
            row = dd.decide(store, NETWORK, STEWARD, decision)
            made[row["id"]] = row
        now = everything(store)
        assert set(now["household"]) <= set(before["household"])
        gone = {
            next(x for x in (r["first"], r["second"]) if x != r["kept"]) for r in made.values() if r["kept"]
        }
        assert len(before["household"]) - len(now["household"]) == len(gone)
    while standing := dd.decisions(store, NETWORK, STEWARD):
        dd.withdraw(store, NETWORK, STEWARD, standing[0]["id"], "ถอน")
    assert everything(store) == before


def test_a_decision_not_seen_is_never_overwritten(store: Store, two_lists: tuple[str, str]) -> None:
    a, b = two_lists
    first = dd.decide(store, NETWORK, SECRETARY, Decision(a, b, "different", Said("มติ", "5/2569")))
    versions = {key: 1 for key in two_lists}
    late = {"keep": a, "said": Said("ดูแล้วซ้ำ")}
    wrong = [versions, versions | {first["id"]: 2}, {"0" * 32: 1}]
    for seen in wrong:
        with pytest.raises(Outdated, match="ผลตัดสินนี้ไปก่อนแล้ว"):
            dd.decide(store, NETWORK, SURVEYOR, Decision(a, b, "one", seen=seen, **late))
    assert [row["decision"] for row in dd.decisions(store, NETWORK, STEWARD)] == ["different"]
    assert store.counts(NETWORK)["household"] == 3
    second = dd.decide(
        store, NETWORK, SURVEYOR, Decision(a, b, "one", seen=versions | {first["id"]: 1}, **late)
    )
    # Who looked at the first does not take back the second.
    with pytest.raises(Outdated):
        dd.withdraw(store, NETWORK, SECRETARY, first["id"], "ผิด", first["version"])
    assert dd.decisions(store, NETWORK, STEWARD)[0]["version"] == second["version"]
    dd.withdraw(store, NETWORK, SECRETARY, second["id"], "ผิด", second["version"])
    with pytest.raises(Outdated):
        dd.decide(store, NETWORK, SURVEYOR, Decision(a, b, "one", seen=versions | {second["id"]: 2}, **late))


def test_the_members_to_close_are_chosen_while_nobody_else_writes(
    store: Store, two_lists: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    a, b = two_lists
    chosen, alone = dd.members_of, []

    def watched(*args: Any) -> dict[str, list[str]]:
        with sqlite().connect(str(store.path), timeout=0.0) as other:
            try:
                other.execute("BEGIN IMMEDIATE")
            except sqlite().OperationalError as locked:
                alone.append("locked" in str(locked))
            else:
                alone.append(False)
                other.rollback()
        other.close()
        return chosen(*args)

    monkeypatch.setattr(dd, "members_of", watched)
    made = dd.decide(store, NETWORK, STEWARD, one((a, b), a, close_members=True))
    assert made["members_closed"] == 2 and alone == [True]
