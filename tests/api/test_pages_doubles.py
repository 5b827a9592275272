"""Doubles and rival lists through the pages: found, looked at side by side, decided, taken back; names by right."""

from __future__ import annotations

import io
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

import pytest
from fastapi.testclient import TestClient
from python_calamine import CalamineWorkbook

from api.context import LANG_COOKIE, ROLE_COOKIE
from surveys import events
from surveys.city import double_decisions
from surveys.city.households import told as households_told
from surveys.roles import Actor
from surveys.store.store import Store
from tests.api.conftest import pages
from tests.api.test_pages import THAI, Reading
from tests.browser.small_city import CODE, take
from tests.browser.two_lists import build_two_lists

BASE = f"/n/{CODE}"
PERSON_ID = "1112034563562"
STEWARD = Actor("demo:steward", "steward")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, int, int]:
    """The small city with two rival lists; copied by each test."""
    path = tmp_path_factory.mktemp("doubles") / "city.gpkg"
    return (path, *build_two_lists(path))


@pytest.fixture
def client(made: tuple[Path, int, int], tmp_path: Path) -> Iterator[TestClient]:
    for part in made[0].parent.iterdir():
        (shutil.copytree if part.is_dir() else shutil.copyfile)(part, tmp_path / part.name)
    with pages(tmp_path / "city.gpkg", "planner") as made_client:
        yield made_client


def store_of(client: TestClient) -> Store:
    store: Store = client.app.state.store  # type: ignore[attr-defined]
    return store


def pair(client: TestClient, rule: str) -> tuple[str, str]:
    """The two households that a rule makes alike."""
    cases = double_decisions.cases(store_of(client), CODE, STEWARD).waiting
    found = next(case.pair for case in cases if case.pair.evidence[0].rule == rule)
    return found.first, found.second


def community(client: TestClient) -> str:
    frame = store_of(client).read(CODE, "community", ["code"])
    return str(frame.index[frame["code"] == "K02"][0])


def lists_address(client: TestClient, made: tuple[Path, int, int], **more: object) -> str:
    return f"{BASE}/lists?" + urlencode({"community": community(client), "a": made[1], "b": made[2], **more})


def decide(client: TestClient, ids: tuple[str, str], **form: object) -> str:
    answer = client.post(
        f"{BASE}/doubles/{ids[0]}/{ids[1]}", data={"reason": "ถามแล้ว", **form}, follow_redirects=False
    )
    assert answer.status_code == 303, answer.text
    return answer.headers["location"]


def households(client: TestClient) -> set[str]:
    return set(store_of(client).read(CODE, "household", []).index)


def test_the_city_page_leads_to_the_pairs_and_the_imports_to_the_lists(client: TestClient) -> None:
    assert re.search(rf'href="{BASE}/doubles">[^<]*3 คู่', client.get(BASE).text)
    assert f'href="{BASE}/lists"' in client.get(f"{BASE}/imports").text
    page = client.get(f"{BASE}/doubles").text
    for said in ("นายสมชาย ใจดี", "สมชาย ใจดี", "ชื่อหัวหน้าครัวเรือนเดียวกัน ในบ้านเดียวกัน", "ถูกนับในสองบ้าน",
                 "บัญชีรองประธาน.csv", "รอตัดสิน"):  # fmt: skip
        assert said in page, said
    only = client.get(f"{BASE}/doubles?rule=two_houses").text
    assert "ใหม่ มาเอง" in only and "นายสมชาย ใจดี" not in only
    away = client.get(f"{BASE}/doubles", params={"community": "ที่ไม่มี"}).text
    assert "ไม่มีคู่ที่ตรงกับที่กรอง" in away
    for odd in ("page=0", "page=99999999999", "page=x", "state=no", "rule=no"):
        assert client.get(f"{BASE}/doubles?{odd}").status_code == 200


def test_two_are_seen_side_by_side_and_ids_are_never_shown(client: TestClient) -> None:
    page = client.get(f"{BASE}/doubles/{'/'.join(pair(client, 'same_name'))}").text
    for said in (
        "นายสมชาย ใจดี",
        "9,000 บาท/เดือน",
        "12,000 บาท/เดือน",
        "ต่างกัน",
        "สถานะการอยู่ในบ้าน",
        "นาง สมหญิง ใจดี",
    ):
        assert said in page, said
    ids = pair(client, "two_houses")
    page = client.get(f"{BASE}/doubles/{ids[1]}/{ids[0]}").text
    assert "เลขเดียวกัน" in page
    for role in ("planner", "secretary", "surveyor", "steward"):
        client.cookies.set(ROLE_COOKIE, role)
        for address in (f"{BASE}/doubles", f"{BASE}/doubles/{ids[0]}/{ids[1]}"):
            text = client.get(address).text
            assert PERSON_ID not in text and f"•{PERSON_ID[-4:]}" not in text


def test_one_household_is_decided_with_what_was_ticked_and_taken_back(client: TestClient) -> None:
    ids = pair(client, "same_name")
    before = households(client)
    page = client.get(f"{BASE}/doubles/{ids[0]}/{ids[1]}").text
    (offered,) = re.findall(r'name="copy_to" value="([^"]+)"', page)
    keep, other = ("first", ids[1]) if offered.startswith("first") else ("second", ids[0])
    where = decide(client, ids, said=f"keep_{keep}", copy_to=[offered], close_members="1", resolution="3/2569",
                   meeting="2 มี.ค. 2569")  # fmt: skip
    assert before - households(client) == {other}
    page = client.get(where).text
    for said in ("ครัวเรือนเดียวกัน", "มติที่ 3/2569", "2 มี.ค. 2569", "ถามแล้ว", "ปิดแล้ว", "ถอนผลตัดสินนี้", "ดูคู่ต่อไป",
                 "เติม สถานะการอยู่ในบ้าน"):  # fmt: skip
        assert said in page, said
    assert 'name="said"' not in page
    decided = client.get(f"{BASE}/doubles?state=decided").text
    assert "เลขที่ 1" in decided and "3/2569" in decided
    record = re.findall(r'name="decision" value="(\w+)"', page)[0]
    sent = {"decision": record, "seen_decision": f"{record}:1"}
    without = client.post(f"{where.split('?')[0]}/withdraw", data=sent | {"reason": " "})
    assert without.status_code == 409 and "กรุณาเขียนเหตุผล" in without.text
    back = client.post(f"{where.split('?')[0]}/withdraw", data=sent | {"reason": "ผิดคน"})
    assert (
        back.status_code == 200
        and "ถอนแล้ว" in back.text
        and "ผิดคน" in back.text
        and 'name="said"' in back.text
    )
    assert households(client) == before


def test_a_decision_of_which_nothing_is_left_is_said(client: TestClient, made: tuple[Path, int, int]) -> None:
    ids = pair(client, "same_number")
    told = households_told(store_of(client), CODE, STEWARD, ids)
    assert {told[one].import_id for one in ids} == {made[1], made[2]}
    keep = "keep_first" if told[ids[0]].import_id == made[2] else "keep_second"
    decide(client, ids, said=keep)
    assert "ไม่เหลือทั้งสองรายการ" not in client.get(f"{BASE}/doubles").text
    assert client.post(f"{BASE}/imports/{made[2]}/undo").status_code == 200
    page = client.get(f"{BASE}/doubles").text
    assert "ไม่เหลือทั้งสองรายการ" in page and "/".join(ids) in page


def test_what_was_typed_is_kept_when_it_cannot_be(client: TestClient) -> None:
    ids = pair(client, "same_name")
    address = f"{BASE}/doubles/{ids[0]}/{ids[1]}"
    before = households(client)
    wrong = [
        ({"said": "", "reason": "ก"}, "กรุณาเลือกผลตัดสิน"), ({"said": "different", "reason": ""}, "กรุณาเขียนเหตุผล"),
        ({"said": "different", "reason": "ก", "meeting": "เมื่อวาน"}, "อ่านวันที่ไม่ได้"),
        ({"said": "keep_first", "reason": "ก", "copy_to": "first:house_seq"}, "คัดลอกช่อง"),
        ({"said": "keep_first", "reason": "ก", "seen_first": "9", "seen_second": "1"}, "ไปก่อนแล้ว"),
    ]  # fmt: skip
    for form, said in wrong:
        answer = client.post(address, data=form | {"resolution": "พิมพ์ไว้"})
        assert answer.status_code == 409 and said in answer.text and 'value="พิมพ์ไว้"' in answer.text, form
    assert households(client) == before
    client.cookies.set(ROLE_COOKIE, "public")
    for method, path in (("GET", f"{BASE}/doubles"), ("GET", address), ("POST", address), ("GET", f"{BASE}/lists"),
                         ("POST", f"{BASE}/lists")):  # fmt: skip
        form = {"said": "different", "reason": "ก"} if method == "POST" else None
        assert client.request(method, path, data=form).status_code == 403, (method, path)


def test_two_households_leave_the_list_and_undecided_ones_stay(client: TestClient) -> None:
    first, second = pair(client, "same_name"), pair(client, "two_houses")
    decide(client, first, said="different")
    decide(client, second, said="undecided")
    page = client.get(f"{BASE}/doubles").text
    assert "/".join(first) not in page and "/".join(second) in page and "ยังตัดสินไม่ได้" in page
    assert "/".join(second) in client.get(f"{BASE}/doubles?state=undecided").text
    assert "/".join(second) not in client.get(f"{BASE}/doubles?state=open").text


@pytest.mark.parametrize("address", ["{b}/doubles/{z}/{z}", "{b}/doubles/x/y", "/n/NONE/doubles", "/n/NONE/lists",
                                     "{b}/lists?community=x", "{b}/lists?community={c}&a=1&b=x",
                                     "{b}/lists?community={c}&a=999&b=998",
                                     "{b}/lists.doc?community={c}&a=7&b=8"])  # fmt: skip
def test_what_is_not_there_is_not_found(client: TestClient, address: str) -> None:
    path = address.format(b=BASE, z="0" * 32, c=community(client))
    assert client.get(path).status_code == 404, path


def test_two_lists_are_chosen_and_compared(client: TestClient, made: tuple[Path, int, int]) -> None:
    start = client.get(f"{BASE}/lists").text
    assert "ชุมชนหลังวัด" in start
    chosen = client.get(f"{BASE}/lists", params={"community": community(client)}).text
    assert f'name="a" value="{made[1]}"' in chosen and "บัญชีประธานชุมชน.csv" in chosen
    page = client.get(lists_address(client, made)).text
    for said in ("ค่าต่างกัน", "อยู่คนละบ้าน", "มีเฉพาะบัญชี ก", "เพชร ดีงาม", "ใหม่ มาเอง", "รายได้ครัวเรือน: 5,000 → 6,000",
                 "ลำดับบ้านในผัง: 3 → 9", "ไม่มีในบัญชีนี้"):  # fmt: skip
        assert said in page, said
    only = client.get(lists_address(client, made, status="only_a")).text
    assert "เพชร ดีงาม" in only and "ปิติ กล้าแข็ง" not in only
    assert client.get(lists_address(client, (made[0], made[1], made[1]))).status_code == 409
    client.cookies.set(ROLE_COOKIE, "secretary")
    page = client.get(lists_address(client, made)).text
    assert "รายได้ครัวเรือน" in page and "ผู้ใช้งานนี้ดูค่าไม่ได้" in page and "6,000" not in page
    assert PERSON_ID not in page and f"•{PERSON_ID[-4:]}" not in page


def test_a_comparison_is_taken_along_by_right_and_that_is_logged(
    client: TestClient, made: tuple[Path, int, int]
) -> None:
    address = lists_address(client, made).replace("/lists?", "/lists.{}?")
    client.cookies.set(ROLE_COOKIE, "surveyor")
    assert client.get(address.format("csv")).status_code == 403
    client.cookies.set(ROLE_COOKIE, "secretary")
    text = client.get(address.format("csv")).content.decode("utf-8-sig")
    assert text.splitlines()[0].startswith("ผลเทียบ,บ้านหรือแปลง (บัญชี ก)") and len(text.splitlines()) == 7
    assert "ชูใจ รักไทย" in text and "6,000" not in text
    client.cookies.set(ROLE_COOKIE, "planner")
    answer = client.get(address.format("xlsx"))
    assert 'filename="KLONG-lists.xlsx"' in answer.headers["content-disposition"]
    rows = CalamineWorkbook.from_filelike(io.BytesIO(answer.content)).get_sheet_by_index(0).to_python()
    assert len(rows) == 7 and any("6,000" in str(cell) for row in rows for cell in row)
    with store_of(client).reading() as connection:
        logged = [
            event["detail"]["format"]
            for event in events.recent(connection, CODE, 3)
            if event["action"] == "export"
        ]
    assert logged == [".xlsx", ".csv"]


def test_a_resolution_is_shown_with_both_imports_and_the_community(
    client: TestClient, made: tuple[Path, int, int]
) -> None:
    form = {"community": community(client), "a": made[1], "b": made[2], "holds": "in_part", "reason": "ที่ประชุมเห็นพ้อง",
            "holds_for": "บ้านใช้บัญชี ก", "resolution": "4/2569", "meeting": "2 มี.ค. 2569"}  # fmt: skip
    assert client.post(f"{BASE}/lists", data=form).status_code == 403
    client.cookies.set(ROLE_COOKIE, "secretary")
    wrong = client.post(f"{BASE}/lists", data=form | {"holds_for": " "})
    assert wrong.status_code == 409 and "เรื่องใด" in wrong.text and 'value="4/2569"' in wrong.text
    page = client.post(f"{BASE}/lists", data=form)
    assert page.status_code == 200 and "มติที่ 4/2569" in page.text
    about = [
        f"{BASE}/imports/{made[1]}",
        f"{BASE}/imports/{made[2]}",
        f"{BASE}/community/{community(client)}",
        f"{BASE}/lists",
    ]
    for address in about:
        text = client.get(address).text
        assert "มติที่ 4/2569" in text and "บ้านใช้บัญชี ก" in text, address
    assert "4/2569" not in client.get(f"{BASE}/imports/5").text
    record = re.findall(r'name="decision" value="(\w+)"', page.text)[0]
    data = {"community": community(client), "a": made[1], "b": made[2], "decision": record, "reason": "พิมพ์ผิด",
            "seen_decision": f"{record}:1"}  # fmt: skip
    back = client.post(f"{BASE}/lists/withdraw", data=data)
    assert "ถอนแล้ว" in back.text and "พิมพ์ผิด" in back.text
    assert all("4/2569" not in client.get(address).text for address in about)


def test_a_household_stands_where_its_house_does_on_this_page_too(client: TestClient) -> None:
    ids = pair(client, "two_houses")
    address = f"{BASE}/doubles/{'/'.join(ids)}"
    row = r"ตำแหน่งบนแผนที่.*?<span>(.*?)</span></td>.*?<span>(.*?)</span></td>"
    assert set(re.findall(row, client.get(address).text)[0]) <= {"ยังไม่อยู่บนแผนที่", "มีตำแหน่งแล้ว ตามบ้านหรือแปลง"}
    houses = "".join(f"K02,{n},13.70{n},100.50{n}\n" for n in range(1, 10))
    take(store_of(client), "บ้าน.csv", f"ชุมชน,ลำดับบ้าน,lat,lon\n{houses}", "house")
    for one in ids:
        assert "มีตำแหน่งแล้ว" in client.get(f"{BASE}/household/{one}").text
    told = re.findall(row, client.get(address).text)
    assert told == [("มีตำแหน่งแล้ว ตามบ้านหรือแปลง",) * 2]


def hidden(text: str, action: str) -> dict[str, str]:
    """What the form of a page that is sent to an address carries unseen."""
    form = re.search(rf'<form method="post" action="{action}".*?</form>', text, re.S)
    assert form is not None
    return dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form[0]))


def test_a_page_opened_before_another_decision_overwrites_nothing(client: TestClient) -> None:
    ids = pair(client, "same_name")
    address = f"{BASE}/doubles/{'/'.join(ids)}"
    opened = hidden(client.get(address).text, address)
    decide(client, ids, said="different", reason="มติชุมชน")
    late = client.post(address, data=opened | {"said": "keep_first", "reason": "ดูแล้วซ้ำ"})
    assert late.status_code == 409 and "ยังไม่ได้บันทึก" in late.text
    assert "มติชุมชน" in late.text and "ดูแล้วซ้ำ" in late.text
    again = hidden(late.text, address) | {"said": "undecided", "reason": "รอถาม"}
    assert client.post(address, data=again, follow_redirects=False).status_code == 303
    back = hidden(late.text, f"{address}/withdraw") | {"reason": "ผิดคู่"}
    assert client.post(f"{address}/withdraw", data=back).status_code == 409
    made = double_decisions.decisions(store_of(client), CODE, STEWARD)
    assert [row["decision"] for row in made] == ["undecided"]


def test_a_resolution_typed_beside_another_overwrites_nothing(
    client: TestClient, made: tuple[Path, int, int]
) -> None:
    client.cookies.set(ROLE_COOKIE, "secretary")
    address, where = lists_address(client, made), f"{BASE}/lists"
    opened = hidden(client.get(address).text, where)
    form = opened | {"holds": "list_a", "reason": "ก", "meeting": "2 มี.ค. 2569"}
    assert client.post(where, data=form, follow_redirects=False).status_code == 303
    late = client.post(where, data=form | {"holds": "list_b"})
    assert late.status_code == 409 and "ยังไม่ได้บันทึก" in late.text
    again = hidden(late.text, where) | {"holds": "list_b", "reason": "ข", "meeting": "2 มี.ค. 2569"}
    assert client.post(where, data=again, follow_redirects=False).status_code == 303
    back = hidden(late.text, f"{where}/withdraw") | {"reason": "ผิด"}
    assert client.post(f"{where}/withdraw", data=back).status_code == 409


def addresses(client: TestClient, made: tuple[Path, int, int]) -> list[str]:
    return [f"{BASE}/doubles", f"{BASE}/doubles?state=decided", f"{BASE}/doubles/{'/'.join(pair(client, 'same_name'))}",
            f"{BASE}/lists", f"{BASE}/lists?community={community(client)}", lists_address(client, made)]  # fmt: skip


@pytest.mark.parametrize("lang", ["th", "en"])
@pytest.mark.parametrize("role", ["planner", "secretary"])
def test_pages_are_labelled_and_speak_one_language(
    client: TestClient, made: tuple[Path, int, int], lang: str, role: str
) -> None:
    client.cookies.set(ROLE_COOKIE, role)
    client.cookies.set(LANG_COOKIE, lang)
    decide(client, pair(client, "same_number"), said="different")
    for address in addresses(client, made):
        page = Reading(client.get(address).text)
        assert len(page.of("h1")) == 1 and len(page.of("caption")) == len(page.of("table")), address
        assert all(facts.get("scope") for facts in page.of("th")), address
        ids = [facts["id"] for _, facts in page.tags if facts.get("id")]
        assert len(ids) == len(set(ids)), address
        labelled = {facts.get("for") for facts in page.of("label")}
        for field in page.of("input", "select", "textarea"):
            assert field.get("type") in ("hidden", "radio", "checkbox") or field.get("id") in labelled, (
                address,
                field,
            )
        own = [facts.get("src") or facts.get("href") or "" for _, facts in page.tags]
        assert not [one for one in own if re.match(r"(https?:)?//", one)], address


def test_english_pages_have_no_thai_of_ours(client: TestClient, made: tuple[Path, int, int]) -> None:
    client.cookies.set(LANG_COOKIE, "en")
    data = (
        "ใจดี",
        "มีสุข",
        "กล้า",
        "รักไทย",
        "ดีงาม",
        "เก่งกล้า",
        "มาเอง",
        "สมมติ",
        "ชุมชน",
        "บัญชี",
        "ครัวเรือน.csv",
        "ถามแล้ว",
    )
    for address in addresses(client, made):
        texts = [text for text in Reading(client.get(address).text).text if THAI.search(text)]
        assert not [
            text for text in texts if not any(word in text for word in data) and text not in ("ม", "ไทย")
        ], address
