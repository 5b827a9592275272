"""Tables of records: searched by several words in any digits, own fields among the columns, rights kept."""

from __future__ import annotations

import csv
import html
import io
import json
import re
from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from fastapi.testclient import TestClient
from python_calamine import CalamineWorkbook

from api.context import LANG_COOKIE, ROLE_COOKIE
from api.pages import tables
from api.pages.render import NAVIGATION
from surveys.custom_fields import NewChoice, NewField
from surveys.privacy import Privacy
from surveys.store.schema import table
from surveys.store.store import Store
from surveys.words import words
from tests.api.conftest import pages, small_city_with
from tests.browser.small_city import CODE, take

HTML = {"accept": "text/html"}
BASE = f"/n/{CODE}"
OWN = (
    NewField("household", "stalls", words("จำนวนแผง", "stalls"), "integer"),
    NewField("household", "trade", words("อาชีพค้าขาย", "trade"), "code"),
    NewField("household", "saint", words("องค์ที่นับถือ", "saint"), "text", privacy=Privacy.SENSITIVE),
    NewField("household", "account", words("เลขบัญชี", "account"), "text", privacy=Privacy.SECRET),
)
CHOICES = (("food", "อาหาร", "food"), ("cloth", "เสื้อผ้า", "cloth"))
MORE = """ชุมชน,ลำดับบ้าน,ครัวเรือนที่,บ้านเลขที่,ชื่อหัวหน้าครัวเรือน,จำนวนแผง,อาชีพค้าขาย,องค์ที่นับถือ,เลขบัญชี,หมายเหตุ
K01,11,1,๑๘๘/๒,นางสมหญิง ใจดี,2,อาหาร,หลวงพ่อทอง,7788990011,มาอยู่ปี ๒๕๔๑
K01,12,1,188/3,นางสมหญิง มีสุข,10,เสื้อผ้า,หลวงพ่อทอง,7788990022,
K01,13,1,9/188,นายสมชาย ใจดี,,,,,
"""


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """The application on the small city with fields of its own and three more households."""
    path = tmp_path_factory.mktemp("tables") / "city.gpkg"
    choices = [NewChoice("household", "trade", code, words(th, en)) for code, th, en in CHOICES]
    store = small_city_with(path, OWN, choices)
    assert take(store, "more.csv", MORE, "household")["taken"] == 3
    store.close()
    with pages(path) as made:
        yield made


def get(client: TestClient, address: str, role: str = "planner", lang: str = "th", **query: str) -> str:
    client.cookies.clear()
    client.cookies.set(ROLE_COOKIE, role)
    client.cookies.set(LANG_COOKIE, lang)
    answer = client.get(address, params=query or None)
    assert answer.status_code == 200, (address, answer.status_code)
    return answer.text


def heads(page: str) -> list[str]:
    """The households of a table, by the words that tell them apart."""
    return re.findall(r'<th scope="row"[^>]*><a [^>]*>บ้านเลขที่ ([^<]+?) ครัวเรือนที่', page)


def search_form(page: str) -> str:
    start = page.index('role="search"')
    return page[start : page.index("</form>", start)]


SEARCHES = [
    ("สมหญิง", {"188/2", "188/3"}),
    ("สมหญิง 188", {"188/2", "188/3"}),
    ("188 สมหญิง", {"188/2", "188/3"}),
    ("สมหญิง ๑๘๘/๓", {"188/3"}),
    ("188/2", {"188/2"}),
    ("๑๘๘/๒", {"188/2"}),
    # As it was written, and as it is asked for.
    ("2541", {"188/2"}),
    ("๒๕๔๑", {"188/2"}),
    ("๑๘๘", {"188/2", "188/3", "9/188"}),
    ("ใจดี สมชาย", {"9/188"}),
    ("สมหญิง สมชาย", set()),
    ("สมหญิง ริมคลอง", {"188/2", "188/3"}),
    ("สมหญิง หลังวัด", set()),
    ("อาหาร", {"188/2"}),
    # What is not seen cannot be searched.
    ("หลวงพ่อทอง", set()),
    ("7788990011", set()),
]


@pytest.mark.parametrize(("said", "wanted"), SEARCHES)
def test_a_search_finds_what_holds_every_word(client: TestClient, said: str, wanted: set[str]) -> None:
    page = get(client, f"{BASE}/table/household", q=said)
    assert set(heads(page)) == wanted
    assert f"<strong>{len(wanted)}</strong>" in page


def test_a_search_shows_what_it_found_and_leaves_the_columns_folded(client: TestClient) -> None:
    page = get(client, f"{BASE}/table/household", q="สมชาย")
    assert "นายสมชาย ใจดี" in page, "the name is no column of the table else"
    assert "<details open" not in page and " open>" not in page
    assert 'name="col"' not in search_form(page) and 'name="q"' in search_form(page)
    chosen = get(client, f"{BASE}/table/household?q=สมชาย&col=house_no")
    assert "นายสมชาย ใจดี" not in chosen
    assert search_form(chosen).count('name="col"') == 1, "what was chosen stays through a search"


def test_every_table_is_searched_at_once(client: TestClient) -> None:
    page = get(client, f"{BASE}/search", q="9/1")
    assert 'id="s-household"' in page and 'id="s-house"' in page and 'id="s-road"' not in page
    assert page.index('id="s-household"') < page.index('id="s-house"')
    assert "พิมพ์ชื่อคน" in get(client, f"{BASE}/search")
    assert "ไม่พบรายการ" in get(client, f"{BASE}/search", q="ไม่มีคนนี้")
    assert "นายสมชาย" not in get(client, f"{BASE}/search", role="public", q="สมชาย")


def test_a_long_list_of_hits_leads_to_its_table(client: TestClient) -> None:
    page = get(client, f"{BASE}/search", q="K01")
    assert len(heads(page)) == 5 and "ดูทั้งหมด 6" in page


def test_the_search_is_one_step_from_every_page(client: TestClient) -> None:
    assert ("search", "see_public") in [(part, right) for part, _, right in NAVIGATION]
    for address in (BASE, f"{BASE}/map", f"{BASE}/imports", f"{BASE}/table/house", f"{BASE}/analysis/counts"):
        assert f'href="{BASE}/search"' in get(client, address), address


def test_own_fields_are_columns_when_asked_for(client: TestClient) -> None:
    page = get(client, f"{BASE}/table/household")
    assert 'value="stalls"' in page and 'value="trade"' in page
    assert 'data-label="จำนวนแผง"' not in page
    page = get(client, f"{BASE}/table/household?col=stalls&col=trade")
    assert 'data-label="จำนวนแผง">10</td>' in page and 'data-label="อาชีพค้าขาย">เสื้อผ้า</td>' in page


SORTED = [
    ("stalls", "", ["188/2", "188/3"]),
    ("stalls", "desc", ["188/3", "188/2"]),
    ("trade", "", ["188/3", "188/2"]),
]


@pytest.mark.parametrize(("by", "way", "first"), SORTED)
def test_own_fields_sort_with_the_empty_ones_last(
    client: TestClient, by: str, way: str, first: list[str]
) -> None:
    assert heads(get(client, f"{BASE}/table/household", sort=by, dir=way))[:2] == first


FILTERED = [("food", {"188/2"}), ("cloth", {"188/3"}), ("other", set())]


@pytest.mark.parametrize(("code", "wanted"), FILTERED)
def test_own_choices_filter(client: TestClient, code: str, wanted: set[str]) -> None:
    assert set(heads(get(client, f"{BASE}/table/household", **{"f.trade": code}))) == wanted


@pytest.mark.parametrize("role", ["surveyor", "planner", "secretary", "steward"])
@pytest.mark.parametrize("name", ["saint", "account"])
def test_what_is_not_seen_whole_is_no_column_sorts_nothing_and_is_not_searched(
    client: TestClient, role: str, name: str
) -> None:
    table = f"{BASE}/table/household"
    page = get(client, f"{table}?col={name}&col=house_no&sort={name}", role)
    assert f'value="{name}"' not in page[page.index('class="checks"') :]
    assert "หลวงพ่อทอง" not in page and "778899" not in page
    assert heads(page) == heads(get(client, table, role)), "in the order they came"


def rows_of(content: bytes, suffix: str) -> list[list[str]]:
    """The cells of a file, its heading first, as texts."""
    if suffix == "csv":
        return list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))
    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    return [[str(cell) for cell in row] for row in book.get_sheet_by_index(0).to_python()]


def fetch(client: TestClient, asked: str, role: str = "planner") -> tuple[int, bytes]:
    client.cookies.clear()
    client.cookies.set(ROLE_COOKIE, role)
    answer = client.get(f"{BASE}/table/{asked}")
    return answer.status_code, answer.content


def exports(client: TestClient) -> list[dict[str, object]]:
    store: Store = client.app.state.store  # type: ignore[attr-defined]
    log = table("event")
    with store.reading() as connection:
        found = connection.scalars(sa.select(log.c.detail).where(log.c.action == "export").order_by(log.c.id))
        return [json.loads(detail) for detail in found]


TOLD = ["ชุมชน", "ลำดับบ้านในผัง", "ครัวเรือนที่", "บ้านเลขที่", "เลขแปลงในผัง"]
KLONG = "ชุมชนริมคลอง"
FILES = [
    ("household.{}?q=สมหญิง&col=head_name&col=stalls&sort=stalls&dir=desc",
     [[*TOLD, "ชื่อหัวหน้าครัวเรือน", "จำนวนแผง"],
      [KLONG, "12", "1", "188/3", "", "นางสมหญิง มีสุข", "10"], [KLONG, "11", "1", "188/2", "", "นางสมหญิง ใจดี", "2"]]),
    ("household.{}?f.trade=cloth&col=trade&col=community",
     [[*TOLD, "อาชีพค้าขาย"], [KLONG, "12", "1", "188/3", "", "เสื้อผ้า"]]),
    ("household.{}?q=นางสอง&col=income&col=head_id",
     [[*TOLD, "รายได้ครัวเรือน (บาท/เดือน)"], [KLONG, "1", "2", "9/1", "", "ไม่ตอบ"]]),
    ("land_plot.{}?sort=plot_no&f.land_kind=waterway&col=declared_area",
     [["ชุมชน", "เลขแปลงในผัง", "เลขที่โฉนด", "เนื้อที่ตามเอกสาร (ตร.ม.)"], [KLONG, "3", "", "200"]]),
    ("member.{}?q=แดง&col=birth_year",
     [[*TOLD, "สมาชิกลำดับที่", "ปีเกิด"], [KLONG, "1", "1", "", "", "2", "2525"]]),
]  # fmt: skip


@pytest.mark.parametrize("suffix", ["csv", "xlsx"])
@pytest.mark.parametrize(("asked", "wanted"), FILES)
def test_a_file_holds_what_the_table_shows(
    client: TestClient, asked: str, wanted: list[list[str]], suffix: str
) -> None:
    status, content = fetch(client, asked.format(suffix))
    assert status == 200
    found = [[cell.removesuffix(".0") for cell in row] for row in rows_of(content, suffix)]
    assert [row[:-1] for row in found] == wanted
    assert found[0][-1] == "id" and all(re.fullmatch("[0-9a-f]{32}", row[-1]) for row in found[1:])
    told = exports(client)[-1]
    assert told == {"rows": len(wanted) - 1, "format": f".{suffix}", "columns": len(found[0])}


def test_every_row_goes_out_not_the_page_alone(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "PAGE", 2)
    assert "1 / 4" in get(client, f"{BASE}/table/household")
    for suffix in ("csv", "xlsx"):
        assert len(rows_of(fetch(client, f"household.{suffix}?page=3")[1], suffix)) == 1 + 7


def test_a_download_is_offered_by_right_and_refused_without(client: TestClient) -> None:
    for role, may in (("planner", True), ("secretary", True), ("surveyor", False)):
        page = get(client, f"{BASE}/table/household", role)
        assert ("household.xlsx?" in page) is may and ("household.csv?" in page) is may
        before = len(exports(client))
        assert fetch(client, "household.xlsx", role)[0] == (200 if may else 403)
        assert len(exports(client)) == before + may
    assert fetch(client, "household.csv", "public")[0] == 403
    assert fetch(client, "castle.csv")[0] == 404
    assert fetch(client, "household.pdf")[0] == 409


def test_a_role_is_given_its_own_columns(client: TestClient) -> None:
    asked = "household.csv?q=นายหนึ่ง&col=head_name&col=income&col=head_id&col=saint&col=account"
    assert rows_of(fetch(client, asked, "secretary")[1], "csv")[0] == [*TOLD, "ชื่อหัวหน้าครัวเรือน", "id"]
    assert "รายได้ครัวเรือน (บาท/เดือน)" in rows_of(fetch(client, asked)[1], "csv")[0]


def test_the_link_asks_for_what_is_shown(client: TestClient) -> None:
    page = get(client, f"{BASE}/table/household", q="สมหญิง 188")
    address = html.unescape(re.findall(r'href="[^"]*table/(household\.csv\?[^"]*)"', page)[0])
    found = rows_of(fetch(client, address)[1], "csv")
    shown = page[page.index("<thead>") : page.index("</thead>")]
    chosen = [re.sub(r" \(.*", "", one) for one in found[0][len(TOLD) : -1]]
    assert chosen and all(one in shown for one in chosen)
    assert len(found) == 3 and "นางสมหญิง ใจดี" in found[1] + found[2]


def test_nothing_in_a_file_is_run(client: TestClient) -> None:
    store: Store = client.app.state.store  # type: ignore[attr-defined]
    bad = "ชุมชน,ลำดับบ้าน,ครัวเรือนที่,ชื่อหัวหน้าครัวเรือน\nK01,66,1,=1+1\n"
    assert take(store, "bad.csv", bad, "household")["taken"] == 1
    asked = "household.{}?q=%3D1&col=head_name"
    assert rows_of(fetch(client, asked.format("csv"))[1], "csv")[1][-2] == "'=1+1"
    assert rows_of(fetch(client, asked.format("xlsx"))[1], "xlsx")[1][-2] == "=1+1"
