"""Every page, in Thai and in English, with records and without: there, labelled, ours alone."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from api.context import LANG_COOKIE, ROLE_COOKIE
from api.settings import Settings
from surveys.city import proposals
from surveys.planning.analysis import ANALYSES
from surveys.store.store import Store
from tests.api.conftest import HERE, City, pages
from tests.browser.small_city import CODE, STEWARD, build

THAI = re.compile(r"[\u0e00-\u0e7f]")
TEMPLATES = Path(__file__).resolve().parents[2] / "api" / "templates"
HTML = {"accept": "text/html"}
BASE = f"/n/{CODE}"


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """The application on the small city, with a proposal."""
    path = tmp_path_factory.mktemp("pages") / "city.gpkg"
    build(path)
    store = Store.open(path)
    proposals.file(store, CODE, STEWARD, proposals.Draft("ขอเช่าที่ราชพัสดุ", "onsite", 3))
    store.close()
    with pages(path) as made:
        yield made


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """The application on a network without records."""
    path = tmp_path_factory.mktemp("empty") / "city.gpkg"
    build(path, full=False)
    with pages(path) as made:
        yield made


def first_id(client: TestClient, type_name: str) -> str:
    store: Store = client.app.state.store  # type: ignore[attr-defined]
    return str(store.read(CODE, type_name, []).index[0])


def as_role(client: TestClient, role: str, lang: str = "th") -> TestClient:
    client.cookies.clear()
    client.cookies.set(ROLE_COOKIE, role)
    client.cookies.set(LANG_COOKIE, lang)
    return client


FIXED = (
    "/", BASE, f"{BASE}/map", f"{BASE}/table", f"{BASE}/upload", f"{BASE}/imports", f"{BASE}/proposals",
    f"{BASE}/proposals/new", f"{BASE}/analysis", f"{BASE}/returns", f"{BASE}/rounds", f"{BASE}/doubles",
    f"{BASE}/links", f"{BASE}/lists", f"{BASE}/returns/new", *(f"{BASE}/analysis/{name}" for name in ANALYSES),
    f"{BASE}/search", f"{BASE}/search?q=สมมติ",
    *(f"{BASE}/table/{name}" for name in ("community", "land_plot", "house", "household", "member", "road")),
)  # fmt: skip
RECORDS: tuple[tuple[str, Callable[[str], str]], ...] = (
    *((name, lambda key, name=name: f"{BASE}/{name}/{key}")  # type: ignore[misc]
      for name in ("community", "land_plot", "house", "household", "member")),
    *((name, lambda key, name=name: f"{BASE}/{name}/{key}/map") for name in ("community", "land_plot", "house")),  # type: ignore[misc]
    ("land_proposal", lambda key: f"{BASE}/proposals/{key}"),
    ("land_plot", lambda key: f"{BASE}/proposals/new?target=land_plot:{key}"),
)  # fmt: skip


def addresses(client: TestClient) -> list[str]:
    """Every page of the full city."""
    imports = [f"{BASE}/imports/1", f"{BASE}/imports/4?new=1"]
    return [*FIXED, *imports, *(make(first_id(client, name)) for name, make in RECORDS)]


class Reading(HTMLParser):
    """What a test reads of a page: its tags, and its text without scripts."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text: list[str] = []
        self.said: list[str] = []
        self._inside: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        facts = dict(attrs)
        self.tags.append((tag, facts))
        if facts.get("lang") != "th" or tag == "html":
            self.said += [
                facts[name] or "" for name in ("aria-label", "title", "placeholder") if facts.get(name)
            ]
        if tag in ("script", "style", "pre") or (tag == "a" and "lang" in facts):
            self._inside.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if self._inside and self._inside[-1] == tag:
            self._inside.pop()

    def handle_data(self, data: str) -> None:
        if not self._inside and data.strip():
            self.text.append(data.strip())

    def of(self, *names: str) -> list[dict[str, str | None]]:
        return [facts for tag, facts in self.tags if tag in names]


@pytest.mark.parametrize("lang", ["th", "en"])
def test_every_page_is_there_and_ours_alone(client: TestClient, lang: str) -> None:
    as_role(client, "planner", lang)
    for address in addresses(client):
        answer = client.get(address)
        assert answer.status_code == 200, (address, answer.status_code)
        page = Reading(answer.text)
        assert page.of("html")[0]["lang"] == lang, address
        policy = answer.headers["content-security-policy"]
        for script in page.of("script"):
            assert script.get("nonce") and f"'nonce-{script['nonce']}'" in policy, (address, script)
        linked = [
            facts.get(name) or ""
            for _, facts in page.tags
            for name in ("src", "href", "action", "hx-get", "hx-post")
        ]
        assert not [one for one in linked if re.match(r"(https?:)?//", one)], address
        assert not [facts for _, facts in page.tags if any(name.startswith("on") for name in facts)], address


@pytest.mark.parametrize("lang", ["th", "en"])
def test_every_page_is_labelled(client: TestClient, lang: str) -> None:
    as_role(client, "planner", lang)
    for address in (one for one in addresses(client) if not one.endswith("/map")):
        page = Reading(client.get(address).text)
        assert len(page.of("h1")) == 1 and len(page.of("main")) == 1, address
        assert any(facts.get("href") == "#main" for facts in page.of("a")), address
        ids = [facts["id"] for _, facts in page.tags if facts.get("id")]
        assert len(ids) == len(set(ids)), (address, sorted(ids))
        labelled = {facts.get("for") for facts in page.of("label")}
        for field in page.of("input", "select", "textarea"):
            kind = field.get("type")
            inside = kind in ("radio", "checkbox")
            assert kind == "hidden" or inside or field.get("id") in labelled or field.get("aria-label"), (
                address,
                field,
            )
        assert len(page.of("caption")) == len(page.of("table")), address
        assert all(facts.get("scope") for facts in page.of("th")), address
        assert all(facts.get("title") for facts in page.of("iframe")), address


def test_made_up_data_says_so_on_every_page(client: TestClient) -> None:
    as_role(client, "planner")
    for address in [one for one in addresses(client) if one != "/"] + [
        f"{BASE}/map.html",
        f"{BASE}/house/none",
    ]:
        assert "ข้อมูลสมมติ" in client.get(address).text, address
    as_role(client, "secretary")
    refused = client.get(f"{BASE}/upload")
    assert refused.status_code == 403 and "ข้อมูลสมมติ" in refused.text
    assert "นักวางแผน" in refused.text


def test_every_text_is_in_both_languages() -> None:
    pairs = re.compile(r"""\bt\(\s*"((?:[^"\\]|\\.)*)"(?:\|format\([^)]*\))?,\s*"((?:[^"\\]|\\.)*)\"""")
    found = 0
    for template in TEMPLATES.glob("*.html"):
        for th, en in pairs.findall(template.read_text(encoding="utf-8")):
            found += 1
            assert THAI.search(th), (template.name, th)
            assert not THAI.search(en), (template.name, en)
    assert found > 300


def test_templates_say_nothing_in_one_language_only() -> None:
    # Tags, and what macros write into them.
    spoken = re.compile(r"aria-[a-z]+=\"(?:true\")?|\{#.*?#\}|\{\{.*?\}\}|\{%.*?%\}|<[^>]*>|&\w+;", re.DOTALL)
    own = {"CSV", "JSON", "ไทย", "English", "ม", "mankong network add BKK-WATTHANA"}
    for template in TEMPLATES.glob("*.html"):
        text = spoken.sub("\n", template.read_text(encoding="utf-8"))
        words = {line.strip(' "()') for line in text.splitlines()} - own
        assert not [word for word in words if re.search(r"[A-Za-z\u0e00-\u0e7f]{2,}", word)], template.name


def test_english_pages_speak_english(empty: TestClient) -> None:
    as_role(empty, "steward", "en")
    for address in (*FIXED, "/nowhere", f"{BASE}/house/none"):
        if address.endswith("/map"):
            continue
        page = Reading(empty.get(address).text)
        texts = [one for one in (*page.text, *page.said) if "made-up" not in one.lower() and one != "ม"]
        assert not [one for one in texts if THAI.search(one)], address


def test_thai_pages_speak_thai(client: TestClient) -> None:
    as_role(client, "planner")
    english = {
        en for template in TEMPLATES.glob("*.html")
        for en in re.findall(r""",\s*"([A-Z][^"]{7,})"\)""", template.read_text(encoding="utf-8"))
    }  # fmt: skip
    english -= {"Kobo/ODK"}  # a name
    assert len(english) > 150
    for address in addresses(client):
        text = " ".join(Reading(client.get(address).text).text)
        assert not [one for one in english if one in text], address


def test_an_empty_network_says_how_to_begin(empty: TestClient) -> None:
    as_role(empty, "surveyor")
    for address, begin in ((BASE, "ส่งไฟล์"), (f"{BASE}/imports", "ส่งไฟล์แรก"), (f"{BASE}/table/house", "ยังไม่มีข้อมูล"),
                           (f"{BASE}/proposals", "ยังไม่มีข้อเสนอ"), (f"{BASE}/analysis/counts", "ยังไม่มีข้อมูล")):  # fmt: skip
        answer = empty.get(address)
        assert answer.status_code == 200 and "empty-state" in answer.text and begin in answer.text, address


@pytest.mark.parametrize("rows", [None, "ชุมชน,ลำดับบ้าน,ชื่อหัวหน้าครัวเรือน\nริมคลอง,1,สมชาย\n"])
def test_every_page_is_there_before_anything_has_a_place(tmp_path: Path, rows: str | None) -> None:
    build(tmp_path / "city.gpkg", full=False)
    with TestClient(
        create_app(Settings(store=tmp_path / "city.gpkg")), base_url=HERE, headers=HTML
    ) as client:
        as_role(client, "surveyor")
        if rows:
            sent = client.post(f"/api/v1/networks/{CODE}/imports", files={"file": ("a.csv", rows)}).json()
            job = City(client, CODE).ended(sent["links"]["self"])
            assert client.post(job["links"]["confirm"]).status_code == 201
        as_role(client, "steward")
        for address in (*FIXED, f"{BASE}/map.html"):
            answer = client.get(address)
            assert answer.status_code == 200, (address, answer.text[:300])
        assert "ยังไม่มีข้อมูลบนแผนที่" in client.get(f"{BASE}/map").text


def test_an_empty_store_tells_the_first_command(tmp_path: Path) -> None:
    Store.open(tmp_path / "city.gpkg", create=True).close()
    with TestClient(
        create_app(Settings(store=tmp_path / "city.gpkg")), base_url=HERE, headers=HTML
    ) as client:
        assert "mankong network add" in client.get("/").text
        as_role(client, "steward")
        wrong = client.post("/networks", data={"code": "A B", "name": "เมือง", "bounds": "1,2"})
        assert wrong.status_code == 409 and 'value="A B"' in wrong.text and 'value="1,2"' in wrong.text
        made = client.post("/networks", data={"code": "AB", "name": "เมือง"}, follow_redirects=False)
        assert made.status_code == 303 and made.headers["location"] == "/n/AB"
        as_role(client, "planner")
        assert client.post("/networks", data={"code": "CD", "name": "เมือง"}).status_code == 403


NOT_THERE = ("/nowhere", "/n/NONE", "/n/NONE/map", f"{BASE}/nothing", f"{BASE}/table/secrets", f"{BASE}/house/0000",
             f"{BASE}/imports/999", f"{BASE}/imports/x", f"{BASE}/proposals/0000", f"{BASE}/upload/0000",
             f"{BASE}/analysis/magic", f"{BASE}/analysis/counts.exe", f"{BASE}/land_proposal/0000")  # fmt: skip


@pytest.mark.parametrize("address", NOT_THERE)
def test_what_is_not_there_is_said_with_a_way_on(client: TestClient, address: str) -> None:
    as_role(client, "planner")
    answer = client.get(address)
    assert answer.status_code == 404
    assert "ทำอย่างไรต่อ" in answer.text and len(Reading(answer.text).of("h1")) == 1


def test_language_and_role_are_kept_and_lead_nowhere_else(client: TestClient) -> None:
    client.cookies.clear()
    answer = client.get("/lang/en", params={"next": f"{BASE}/imports"}, follow_redirects=False)
    assert (
        answer.headers["location"] == f"{BASE}/imports"
        and f"{LANG_COOKIE}=en" in answer.headers["set-cookie"]
    )
    for bad in ("//elsewhere.example", "https://elsewhere.example", "/\\elsewhere", "javascript:alert(1)"):
        assert client.get("/lang/en", params={"next": bad}, follow_redirects=False).headers["location"] == "/"
        moved = client.post("/actor", data={"role": "planner", "next": bad}, follow_redirects=False)
        assert moved.headers["location"] == "/"
    client.cookies.clear()
    assert 'lang="en"' in client.get(f"{BASE}?lang=en").text
    unknown = client.post("/actor", data={"role": "king"}, follow_redirects=False)
    assert "set-cookie" not in unknown.headers


def test_the_city_page_shows_what_there_is(client: TestClient) -> None:
    page = as_role(client, "planner").get(BASE).text
    for said in ("ชุมชนริมคลอง", "ชุมชนหลังวัด", "dot-hollow", "กำหนดไล่รื้อ", "1 ธ.ค. 2590", "รายเจ้าของที่ดิน", "ราชพัสดุ",
                 "ข้อเสนอที่รออยู่", "ขอเช่าที่ราชพัสดุ", "ยังไม่อยู่บนแผนที่", "ชุมชนใหม่", "สร้างชุมชนนี้"):  # fmt: skip
        assert said in page, said
    assert "อาจซ้ำกัน" not in page


def test_a_house_shows_both_families_and_a_household_its_members(client: TestClient) -> None:
    as_role(client, "planner")
    house = client.get(f"{BASE}/house/{first_id(client, 'house')}").text
    assert "นายหนึ่ง สมมติ" in house and "นางสอง สมมติ" in house and "เสนอเรื่องที่ดินนี้" in house
    household = client.get(f"{BASE}/household/{first_id(client, 'household')}").text
    assert "แดง" in household and "12,000 บาท/เดือน" in household and "สีประตู" in household
    assert "•••••••••3562" in household and "1112034563562" not in household
    assert "การนำเข้าเลขที่ 4" in household and "แถว 2" in household


def test_missing_answers_are_words_and_bad_cells_show_what_stood_there(client: TestClient) -> None:
    store: Store = as_role(client, "planner").app.state.store  # type: ignore[attr-defined]
    ids = [str(key) for key in store.read(CODE, "household", []).index]
    assert "ไม่ตอบ" in client.get(f"{BASE}/household/{ids[1]}").text
    assert "หมื่นห้า" in client.get(f"{BASE}/household/{ids[2]}").text


TABLES = (
    ("household?q=สมมติ", 4), ("household?q=นางสอง", 1), ("household?only=unplaced", 1),
    ("household?f.joining=interested", 2),
    ("house?q=ชำรุด", 1), ("house?f.condition=lasting&sort=house_seq&dir=desc", 2), ("house?q=100%25", 0),
    ("house?sort=nonsense&page=999&dir=up&f.nothing=1", 3), ("household?f.income=1&col=secret", 4),
    ("land_plot?q='", 0),
)  # fmt: skip


@pytest.mark.parametrize(("asked", "count"), TABLES)
def test_tables_find_what_is_asked(client: TestClient, asked: str, count: int) -> None:
    answer = as_role(client, "planner").get(f"{BASE}/table/{asked}")
    assert answer.status_code == 200
    assert f"<strong>{count}</strong>" in answer.text
    assert ("ไม่พบรายการที่ตรงกับที่ค้น" in answer.text) == (count == 0)


def test_a_table_of_one_community_knows_it_by_code_and_name(client: TestClient) -> None:
    key = first_id(as_role(client, "planner"), "community")
    page = client.get(f"{BASE}/table/household", params={"community": key}).text
    assert "<strong>3</strong>" in page and "ชุมชนริมคลอง" in page


def test_no_secret_stands_in_any_page(client: TestClient) -> None:
    as_role(client, "steward")
    for address in [*addresses(client), f"{BASE}/table/household?col=head_id&col=head_name"]:
        assert "1112034563562" not in client.get(address).text, address


def test_analyses_come_as_files(client: TestClient) -> None:
    as_role(client, "planner")
    table = client.get(f"{BASE}/analysis/landowners.csv")
    assert table.text.startswith("\ufeffที่ดินของใคร") and "attachment" in table.headers["content-disposition"]
    assert client.get(f"{BASE}/analysis/counts.json").json()["totals"]["houses"] == 3


def test_the_map_file_needs_no_server(client: TestClient) -> None:
    answer = as_role(client, "planner").get(f"{BASE}/map.html")
    assert "attachment" in answer.headers["content-disposition"]
    assert "/static/" not in answer.text and "ชุมชนริมคลอง" in answer.text
    assert "นายหนึ่ง" not in answer.text
