"""Tables of records: searched by several words in any digits, own fields among the columns, rights kept."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from api.context import LANG_COOKIE, ROLE_COOKIE
from api.pages.render import NAVIGATION
from api.settings import Settings
from surveys import custom_fields
from surveys.custom_fields import NewChoice, NewField
from surveys.privacy import Privacy
from surveys.store.store import Store
from surveys.words import words
from tests.api.conftest import HERE
from tests.browser.small_city import CODE, STEWARD, build, take

HTML = {"accept": "text/html"}
BASE = f"/n/{CODE}"
OWN = (
    NewField("household", "stalls", words("จำนวนแผง", "stalls"), "integer"),
    NewField("household", "trade", words("อาชีพค้าขาย", "trade"), "code"),
    NewField("household", "saint", words("องค์ที่นับถือ", "saint"), "text", privacy=Privacy.SENSITIVE),
    NewField("household", "account", words("เลขบัญชี", "account"), "text", privacy=Privacy.SECRET),
)
CHOICES = (("food", "อาหาร", "food"), ("cloth", "เสื้อผ้า", "cloth"))
MORE = """ชุมชน,ลำดับบ้าน,ครัวเรือนที่,บ้านเลขที่,ชื่อหัวหน้าครัวเรือน,จำนวนแผง,อาชีพค้าขาย,องค์ที่นับถือ,เลขบัญชี
K01,11,1,๑๘๘/๒,นางสมหญิง ใจดี,2,อาหาร,หลวงพ่อทอง,7788990011
K01,12,1,188/3,นางสมหญิง มีสุข,10,เสื้อผ้า,หลวงพ่อทอง,7788990022
K01,13,1,9/188,นายสมชาย ใจดี,,,,
"""


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """The application on the small city with fields of its own and three more households."""
    path = tmp_path_factory.mktemp("tables") / "city.gpkg"
    build(path)
    store = Store.open(path)
    for own in OWN:
        custom_fields.add_field(store, CODE, STEWARD, own)
    for code, th, en in CHOICES:
        custom_fields.add_choice(store, CODE, STEWARD, NewChoice("household", "trade", code, words(th, en)))
    assert take(store, "more.csv", MORE, "household")["taken"] == 3
    store.close()
    with TestClient(create_app(Settings(store=path)), base_url=HERE, headers=HTML) as made:
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
    ("สมหญิง", {"๑๘๘/๒", "188/3"}),
    ("สมหญิง 188", {"๑๘๘/๒", "188/3"}),
    ("188 สมหญิง", {"๑๘๘/๒", "188/3"}),
    ("สมหญิง ๑๘๘/๓", {"188/3"}),
    ("188/2", {"๑๘๘/๒"}),
    ("๑๘๘", {"๑๘๘/๒", "188/3", "9/188"}),
    ("ใจดี สมชาย", {"9/188"}),
    ("สมหญิง สมชาย", set()),
    ("สมหญิง ริมคลอง", {"๑๘๘/๒", "188/3"}),
    ("สมหญิง หลังวัด", set()),
    ("อาหาร", {"๑๘๘/๒"}),
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
    ("stalls", "", ["๑๘๘/๒", "188/3"]),
    ("stalls", "desc", ["188/3", "๑๘๘/๒"]),
    ("trade", "", ["188/3", "๑๘๘/๒"]),
]


@pytest.mark.parametrize(("by", "way", "first"), SORTED)
def test_own_fields_sort_with_the_empty_ones_last(
    client: TestClient, by: str, way: str, first: list[str]
) -> None:
    assert heads(get(client, f"{BASE}/table/household", sort=by, dir=way))[:2] == first


FILTERED = [("food", {"๑๘๘/๒"}), ("cloth", {"188/3"}), ("other", set())]


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
