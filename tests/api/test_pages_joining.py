"""Linking by hand, comparing rounds, the original files: through the pages."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient

from api.context import ROLE_COOKIE
from surveys import edit, events, linking, rounds
from surveys.rounds import WHAT
from tests.api.conftest import pages
from tests.conftest import NETWORK, STEWARD, Intake

HOME = f"/n/{NETWORK}"
ONE, TWO = "รอบ 1/2566", "รอบ 2/2568"


def home(number: int, people: int, **more: object) -> dict[str, object]:
    return {"ชุมชน": "ริมคลอง", "บ้านเลขที่": f"12/{number}", "ครัวเรือนที่": 1, "จำนวนสมาชิก": people} | more


@pytest.fixture
def client(take: Intake) -> Iterator[TestClient]:
    """A city of two rounds, one household of which writes its house number otherwise."""
    take.rows([{"ชื่อชุมชน": "ริมคลอง"}], "community.csv")
    take.rows(
        [
            {"ชุมชน": "ริมคลอง", "ลำดับบ้าน": n, "บ้านเลขที่": f"12/{n}", "lat": 13.7 + n / 1e4, "lon": 100.5}
            for n in (1, 2, 3)
        ],
        "house.csv",
    )
    first = take.rows([home(1, 2), home(2, 3), home(3, 4) | {"บ้านเลขที่": "12-3 ก"}], "household.csv")
    second = take.rows([home(1, 2), home(2, 5)], "household.csv")
    for report, name in ((first, ONE), (second, TWO)):
        rounds.name(take.store, NETWORK, STEWARD, report["import_id"], name)
    with pages(take.store.path, "surveyor") as made:
        yield made


def test_a_household_is_linked_from_the_list(client: TestClient) -> None:
    page = client.get(f"{HOME}/links", follow_redirects=True).text
    link = re.search(rf'href="({HOME}/links/household/[0-9a-f]+)"', page)
    assert link and "12-3 ก" in page and "บ้านเลขที่ 12/3" in page
    form = client.get(link[1]).text
    for address in (f"{HOME}/links/household", link[1]):
        english = client.get(address, params={"lang": "en"}).text
        assert "house number 12/3, " in english and "บ้านเลขที่" not in english
    target = re.search(r'name="target" value="([0-9a-f]+)"', form)
    version = re.search(r'name="version" value="(\d+)"', form)
    assert target and version
    # The map draws what the list offers, and nothing else.
    drawn = re.search(rf'<iframe[^>]* src="({link[1]}/map)"', form)
    offered = set(
        re.findall(
            r'<(?:input type="radio" name="target"|option) value="([0-9a-f]{32})"',
            form.split("data-chooses")[1],
        )
    )
    assert drawn and set(re.findall(r'"id":"([0-9a-f]{32})"', client.get(drawn[1]).text)) == offered
    assert client.get(f"{link[1]}/map", params={"community": "0" * 32}).status_code == 404
    wrong = client.post(link[1], data={"version": version[1], "reason": "เดินดู"})
    assert wrong.status_code == 409 and "เลือกรายการบนแผนที่" in wrong.text and "เดินดู" in wrong.text
    sent = {"version": version[1], "target": target[1], "reason": "เดินดูกับประธาน"}
    assert client.post(link[1], data=sent, follow_redirects=False).status_code == 303
    assert "ทุกรายการมีตำแหน่งแล้ว" in client.get(f"{HOME}/links/household").text
    again = client.get(link[1]).text
    assert "เลิกเชื่อม" in again
    version = re.search(r'name="version" value="(\d+)"', again)
    assert version
    client.post(link[1], data={"version": version[1], "target": "none", "reason": "เชื่อมผิด"})
    assert "12-3 ก" in client.get(f"{HOME}/links/household").text


def test_the_house_a_household_was_linked_to_is_called_by_its_number(
    client: TestClient, take: Intake
) -> None:
    store, said = take.store, {"th": "บ้านเลขที่ 12/3 · ริมคลอง", "en": "house number 12/3 · ริมคลอง"}
    one = linking.unmatched(store, NETWORK, STEWARD, "household").missing[0]
    house = one.candidates[0].id
    linking.link(
        store, NETWORK, STEWARD, edit.Correction("household", one.id, one.version, {}, "เดินดู"), house
    )
    for lang, name in said.items():
        page = client.get(f"{HOME}/household/{one.id}", params={"lang": lang}).text
        # As a value of the record and in its history, each time with the way there.
        assert page.count(f'<a href="{HOME}/house/{house}">{name}</a>') == 2
        assert not re.search(rf">[^<]*{house}", page)
    table = client.get(f"{HOME}/table/household", params={"col": "linked_to"}).text
    assert said["th"] in table and not re.search(rf">[^<]*{house}", table)
    # A file is read back with the id.
    csv = client.get(
        f"{HOME}/table/household.csv", params={"col": "linked_to"}, headers={"X-Mankong-Role": "steward"}
    ).text
    assert house in csv and said["th"] not in csv
    edit.end(store, NETWORK, STEWARD, edit.Correction("house", house, 1, {}, "รื้อแล้ว"))
    page = client.get(f"{HOME}/household/{one.id}").text
    assert f"→ {said['th']} (ไม่อยู่ในข้อมูลแล้ว)" in page and f"/house/{house}" not in page


def test_every_lonely_house_of_a_community_can_be_looked_for(client: TestClient, take: Intake) -> None:
    many = 620
    houses = [
        {"ชุมชน": "หลังวัด", "บ้านเลขที่": f"{n}", "lat": 13.75 + n / 1e5, "lon": 100.51}
        for n in range(1, many + 1)
    ]
    take.rows([{"ชื่อชุมชน": "หลังวัด"}], "community.csv")
    take.rows(houses, "house.csv", type="house")
    take.rows([{"_uuid": "u1", "บ้านเลขที่": "xyz", "ครัวเรือนที่": 1}], "แบบสำรวจ หลังวัด.csv", type="household")
    pages = [client.get(f"{HOME}/links/household?lonely={n}").text for n in (1, 2, 7)]
    assert "หน้า" in pages[0] and "lonely=2#lonely" in pages[0] and "page=1" in pages[0]
    assert all("บ้านบนแผนที่ที่ไม่มีครัวเรือน (621)" in page for page in pages)
    link = next(
        address
        for address in re.findall(rf'href="({HOME}/links/household/[0-9a-f]+)"', pages[0])
        if "xyz" in client.get(address).text
    )
    form = client.get(link).text
    assert "ดูจากชื่อไฟล์ที่ส่งมา" in form and form.count("<option") > 500 and f"{link}/map" in form
    assert f"({many})" in form and "พิมพ์เลขในช่องค้นหา" in form
    one = client.get(link, params={"q": str(many)}).text
    assert f"บ้านเลขที่ {many}</option>" in one
    assert client.get(f"{link}/map").status_code == 200
    # One of the longer list is chosen as such.
    chosen = re.search(rf'<option value="([0-9a-f]+)" >บ้านเลขที่ {many}</option>', one)
    version = re.search(r'name="version" value="(\d+)"', one)
    assert chosen and version
    sent = {"version": version[1], "target": "other", "reason": "เดินดู"}
    assert client.post(link, data=sent | {"other": ""}).status_code == 409
    other = re.search(r'<option value="([0-9a-f]+)"[^>]*>ริมคลอง<', form)
    assert other and ">บ้านเลขที่ 12/3 " in client.get(link, params={"community": other[1]}).text
    client.post(link, data=sent | {"other": chosen[1]})
    assert take.store.read(NETWORK, "household", ["linked_to"])["linked_to"].eq(chosen[1]).sum() == 1


@pytest.mark.parametrize("path", ["links/road", "links/household/" + "0" * 32, "links/member/x"])
def test_what_is_not_there_is_not_found(client: TestClient, path: str) -> None:
    assert client.get(f"{HOME}/{path}").status_code == 404


def test_the_public_sees_neither(client: TestClient) -> None:
    client.cookies.set(ROLE_COOKIE, "public")
    for path in ("links/household", "rounds", f"rounds/compare?before={ONE}&after={TWO}"):
        assert client.get(f"{HOME}/{path}").status_code == 403


def test_what_a_new_household_may_be_and_why_one_was_ended_is_said(take: Intake) -> None:
    take.rows([{"ชุมชน": "ริมคลอง", "บ้านเลขที่": f"12/{n}", "lat": 13.7, "lon": 100.5 + n / 1e4} for n in (1, 2)],
              "house.csv")  # fmt: skip
    named = [home(n, 3, ชื่อหัวหน้าครัวเรือน=f"นายคนที่ {n}") for n in (1, 2, 3)]
    beside = [home(1, 2) | {"ครัวเรือนที่": n} for n in (2, 3)]
    first = take.rows([*named, *beside], "household.csv")
    second = take.rows([named[0], home(7, 3, ชื่อหัวหน้าครัวเรือน="นายคนที่ 2")], "household.csv")
    for report, name in ((first, ONE), (second, TWO)):
        rounds.name(take.store, NETWORK, STEWARD, report["import_id"], name)
    gone = next(
        row for row in take.store.read_table(NETWORK, "household").to_pylist() if row["house_no"] == "12/3"
    )
    edit.end(take.store, NETWORK, STEWARD, edit.Correction("household", gone["id"], 1, {}, "รื้อบ้านแล้ว"))
    asked = {"before": ONE, "after": TWO}
    with pages(take.store.path, "surveyor") as made:
        page = made.get(f"{HOME}/rounds/compare", params=asked).text
        only = made.get(f"{HOME}/rounds/compare", params=asked | {"what": "new"}).text
        drawn = made.get(f"{HOME}/rounds/compare", params=asked | {"format": "map"}).text
    assert "อาจเป็น บ้านเลขที่ 12/2 ครัวเรือนที่ 1 ของรอบก่อน" in only
    assert "อาจเป็น บ้านเลขที่ 12/2 ครัวเรือนที่ 1 ของรอบก่อน" in page
    assert "อาจเป็น บ้านเลขที่ 12/7 ครัวเรือนที่ 1 ของรอบใหม่" in page and "รื้อบ้านแล้ว" in page
    marks = re.findall(r'"coordinates": ?\[([\d.]+), ?([\d.]+)\]', drawn)
    assert len(marks) > 2 and len(set(marks)) == len(marks), "no household of a house hides another"


def test_two_rounds_are_compared(client: TestClient) -> None:
    listed = client.get(f"{HOME}/rounds").text
    assert ONE in listed and TWO in listed and "ยังไม่ได้ระบุรอบ" in listed
    asked = {"before": ONE, "after": TWO}
    page = client.get(f"{HOME}/rounds/compare", params=asked).text
    assert "จำนวนสมาชิก" in page and "รอบนี้ไม่พบ" in page
    only = client.get(f"{HOME}/rounds/compare", params=asked | {"what": "same"}).text
    assert "12/1" in only and "12/2" not in only
    drawn = client.get(
        f"{HOME}/rounds/compare", params=asked | {"format": "map", "type": "house", "what": "not_surveyed"}
    )
    assert drawn.status_code == 200 and "ชุมชนยังไม่ได้สำรวจรอบนี้" in drawn.text and "leaflet" in drawn.text
    drawn = client.get(f"{HOME}/rounds/compare", params=asked | {"format": "map"}).text
    assert "12/2" in drawn and "format=map" in page, "households stand where their houses do"
    taken = asked | {"format": "csv"}
    assert client.get(f"{HOME}/rounds/compare", params=taken).status_code == 403 and "format=csv" not in page
    client.cookies.set(ROLE_COOKIE, "planner")
    assert "format=csv" in client.get(f"{HOME}/rounds/compare", params=asked).text
    file = client.get(f"{HOME}/rounds/compare", params=taken)
    with client.app.state.store.reading() as connection:  # type: ignore[attr-defined]
        assert events.recent(connection, NETWORK, 1)[0]["action"] == "export"
    assert file.text.startswith("\ufeffid,") and file.text.count("\n") == 4
    assert file.headers["content-disposition"].startswith("attachment")


def test_what_rounds_have_to_say_comes_first_and_fifty_to_a_page(take: Intake) -> None:
    """60 changed, 1 new, 1 not found, 1 the same in a community; 70 of another was not gone to."""
    far = [{"ชุมชน": "หลังวัด", "บ้านเลขที่": f"9/{n}", "ครัวเรือนที่": 1} for n in range(70)]
    take.rows([{"ชื่อชุมชน": "ริมคลอง"}, {"ชื่อชุมชน": "หลังวัด"}], "community.csv")
    take.rows([{"ชุมชน": one["ชุมชน"], "บ้านเลขที่": one["บ้านเลขที่"], "lat": 13.7 + n / 1e4, "lon": 100.5}
               for n, one in enumerate([*far, *(home(n, 1) for n in range(1, 64))])], "house.csv")  # fmt: skip
    first = take.rows([*far, *(home(n, 2) for n in range(1, 63))], "household.csv")
    second = take.rows([*(home(n, 3) for n in range(1, 61)), home(61, 2), home(63, 4)], "household.csv")
    for report, name in ((first, ONE), (second, TWO)):
        rounds.name(take.store, NETWORK, STEWARD, report["import_id"], name)
    asked = {"before": ONE, "after": TWO}
    with pages(take.store.path, "surveyor") as made:

        def get(**more: object) -> str:
            return made.get(f"{HOME}/rounds/compare", params=asked | more).text

        one, two, beyond = (get(page=n) for n in (1, 2, 9))
        far_shown, same, english = get(what="not_surveyed"), get(what="same"), get(lang="en")
        maps = {
            what: get(what=what, format="map", lang="th") for what in ("", "same", "not_surveyed", "doubled")
        }
    told = [re.findall(r'<span class="tag [^>]*>([^<]+)<', page) for page in (one, two)]
    assert told[0] == ["พบใหม่"] + ["ข้อมูลเปลี่ยน"] * 49
    assert told[1] == ["ข้อมูลเปลี่ยน"] * 11 + ["รอบนี้ไม่พบ (ไม่ได้แปลว่าไม่มี)"]
    named = [set(re.findall(rf'href="{HOME}/household/([0-9a-f]+)"', page)) for page in (one, two)]
    # Within an outcome the order goes on from page to page.
    houses = [re.findall(r"บ้านเลขที่ (12/\d+) ครัวเรือนที่ 1</a>", page) for page in (one, two)]
    assert houses[0][1:] + houses[1][:-1] == sorted(f"12/{n}" for n in range(1, 61))
    assert len(named[0]) == 50 and len(named[1]) == 12 and not named[0] & named[1]
    assert "1–50 จาก 62 ครัวเรือน (ทั้งหมด 133)" in one and "51–62 จาก 62" in two and "51–62 จาก 62" in beyond
    assert "1–50 of 62 households (all: 133)" in english
    assert ">ดูต่อ</a>" in one and ">ดูต่อ</a>" not in two and ">ก่อนหน้า</a>" in two
    # The boxes add up to the whole.
    boxes = re.findall(r"<dd><a [^>]*>([\d,]+)</a>", one)
    assert sum(map(int, boxes)) == 133 and len(boxes) == 5
    # What says nothing is shown when its count is pressed; a link leads back.
    assert (
        "1–50 จาก 70 ครัวเรือน (ทั้งหมด 133)" in far_shown and "what=not_surveyed&amp;page=2#found" in far_shown
    )
    assert "1–1 จาก 1 ครัวเรือน" in same and "กลับไปดูทุกอย่างที่ต่าง" in same
    assert "กลับไปดูทุกอย่างที่ต่าง" not in one
    # The map draws the same choice, and its legend names nothing else.
    assert "what=not_surveyed&amp;format=map" in far_shown
    drawn = {name: {said for said in WHAT.values() if f'"title":"{said.th}"' in page.replace('": "', '":"')}
             for name, page in maps.items()}  # fmt: skip
    assert drawn[""] == {WHAT[name] for name in ("new", "changed", "not_found")}
    assert drawn["same"] == {WHAT["same"]} and drawn["not_surveyed"] == {WHAT["not_surveyed"]}
    assert drawn["doubled"] == set()


def test_rounds_that_say_nothing_are_said_to(take: Intake) -> None:
    take.rows([{"ชื่อชุมชน": "ริมคลอง"}, {"ชื่อชุมชน": "หลังวัด"}], "community.csv")
    far = home(1, 2) | {"ชุมชน": "หลังวัด"}
    first, second = (take.rows(rows, "household.csv") for rows in ([home(1, 2), far], [home(1, 2)]))
    for report, name in ((first, ONE), (second, TWO)):
        rounds.name(take.store, NETWORK, STEWARD, report["import_id"], name)
    asked = {"before": ONE, "after": TWO}
    with pages(take.store.path, "surveyor") as made:
        page = made.get(f"{HOME}/rounds/compare", params=asked).text
        none = made.get(f"{HOME}/rounds/compare", params=asked | {"what": "doubled"}).text
        wrong = made.get(f"{HOME}/rounds/compare", params=asked | {"page": "0"})
    assert "ที่สำรวจรอบนี้ไม่มีอะไรต่าง" in page and "what=not_surveyed" in page and "<tbody>" not in page
    assert "ไม่มีรายการในกลุ่มนี้" in none and "กลับไปดูทุกอย่างที่ต่าง" in none
    assert wrong.status_code == 422


@pytest.mark.parametrize(
    ("params", "status"),
    [
        ({"before": ONE, "after": "ไม่มี"}, 404),
        ({"before": ONE, "after": TWO, "type": "road"}, 409),
        ({"before": ONE}, 422),
    ],
)
def test_rounds_that_cannot_be_compared(client: TestClient, params: dict[str, str], status: int) -> None:
    assert client.get(f"{HOME}/rounds/compare", params=params).status_code == status


def test_a_round_is_named_on_the_page(client: TestClient) -> None:
    number = re.search(r'name="import_id" value="(\d+)"', client.get(f"{HOME}/rounds").text)
    assert number
    assert (
        client.post(f"{HOME}/rounds", data={"import_id": number[1], "round": "รอบทดลอง"}).status_code == 200
    )
    assert "รอบทดลอง" in client.get(f"{HOME}/rounds").text
    for odd in ("9" * 23, "-1", "x"):
        assert client.post(f"{HOME}/rounds", data={"import_id": odd, "round": "x"}).status_code == 422


def test_the_original_file_is_given_to_who_reads_files_and_the_log_says_so(client: TestClient) -> None:
    number = re.search(r'name="import_id" value="(\d+)"', client.get(f"{HOME}/rounds").text)
    assert number
    address = f"{HOME}/imports/{number[1]}/file"
    answer = client.get(address)
    assert answer.status_code == 200 and "ชุมชน" in answer.content.decode()
    assert (
        answer.headers["content-disposition"].startswith("attachment")
        and answer.headers["x-content-type-options"] == "nosniff"
    )
    with client.app.state.store.reading() as connection:  # type: ignore[attr-defined]
        assert events.recent(connection, NETWORK, 1)[0]["action"] == "original_taken"
    assert client.get(f"{HOME}/imports/999/file").status_code == 404
    client.cookies.set(ROLE_COOKIE, "secretary")
    assert client.get(address).status_code == 403
