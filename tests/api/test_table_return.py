"""A table taken out as a spreadsheet and sent back: unchanged it changes nothing, and an edit in it is read."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from urllib.parse import urlencode

import openpyxl
import pytest
from fastapi.testclient import TestClient

from api.context import LANG_COOKIE, ROLE_COOKIE
from api.pages.table_file import listing
from api.pages.tables import Row
from api.pages.values import Reader
from surveys import records
from surveys.custom_fields import NewChoice, NewField
from surveys.intake.examination import Examination
from surveys.intake.examine import Upload, examine
from surveys.intake.options import Options
from surveys.roles import Actor
from surveys.sight import Seen, Sight
from surveys.store.store import Store
from surveys.words import LANGS, Lang, words
from tests.api.conftest import pages, small_city_with
from tests.browser.small_city import CODE, STEWARD, take

PLANNER = Actor("demo:planner", "planner")
TYPES = ("community", "house", "household", "member", "land_plot")
OWN = (
    NewField("household", "stalls", words("จำนวนแผง", "stalls"), "integer", unit=words("แผง", "stalls")),
    NewField("household", "trade", words("อาชีพค้าขาย", "trade"), "code"),
    NewField("household", "rai", words("ที่นา", "paddy"), "area"),
)
MORE = {
    "community": """รหัสชุมชน,ชื่อชุมชน,ปีที่เริ่มตั้งชุมชน,ประเภทชุมชน,วันที่ทำขอบเขต,จำนวนครัวเรือน,หมายเหตุ
K08,ชุมชนเก่าแก่,ค.ศ. 1850,ริมน้ำมาก,1801-01-11,120,ปี ๒๓๙๓
""",
    "household": """ชุมชน,ลำดับบ้าน,ครัวเรือนที่,บ้านเลขที่,แปลงที่,ชื่อหัวหน้าครัวเรือน,จำนวนสมาชิก,สถานะบ้าน,ความต้องการ,ปีที่ย้ายเข้า,\
วันที่สำรวจ,จำนวนแผง,อาชีพค้าขาย,ที่นา,รายได้,อายุสัญญาเช่า,หมายเหตุ
K01,11,1,๑๘๘/๒,,=1+1,4,ครอบครองมานาน,ปรับปรุงบ้าน; อื่น ๆ,2541,21 ส.ค. 2551,2,อาหาร,1-2-25,12345.67,1.5,'=ก
K01,12,1,,7ก,นางสมหญิง มีสุข,ไม่ทราบ,เช่าบ้าน,สวนหลังบ้าน,ราว ๆ 40,,10,ขายของ,ไม่ทราบ,ไม่ตอบ,สองปี,
K01,,1,9/188,,,,ไม่เกี่ยวข้อง,,ไม่ตอบ,เมื่อวาน,,,กว้าง,,,
""",
    "land_plot": """ชุมชน,เลขแปลง,เลขที่โฉนด,ประเภทที่ดิน,เนื้อที่,สัญญาเช่าสิ้นสุด
K01,21,,ราชพัสดุ,123.456 ตร.ม.,1/12/2590
K01,22,10/2,ที่ของวัดเก่า,50,
K01,,10/3,,ประมาณไร่เศษ,เร็ว ๆ นี้
K02,24,,ไม่ทราบ,ไม่ตอบ,
""",
    "house": """ชุมชน,ลำดับบ้าน,บ้านเลขที่,แปลงที่,ห้องให้เช่า,จำนวนชั้น,สภาพบ้าน,วันที่สำรวจ
ชุมชนหลังวัด,7,10/7,2,3,2,พังนิดหน่อย,2008-08-21
ชุมชนหลังวัด,8,,,ไม่ทราบ,,ไม่ตอบ,
""",
}


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """The application on the small city with fields of its own, and answers of every make."""
    path = tmp_path_factory.mktemp("returned") / "city.gpkg"
    store = small_city_with(path, OWN, [NewChoice("household", "trade", "food", words("อาหาร", "food"))])
    for name, text in MORE.items():
        report = take(store, f"{name}.csv", text, name)
        assert report["taken"] == text.count("\nK") + text.count("\nชุมชนหลัง"), report["problems"]
    store.close()
    with pages(path) as made:
        yield made


def store_of(client: TestClient) -> Store:
    store: Store = client.app.state.store  # type: ignore[attr-defined]
    return store


def fetch(client: TestClient, name: str, suffix: str, lang: Lang, *columns: str) -> bytes:
    client.cookies.clear()
    client.cookies.set(ROLE_COOKIE, "planner")
    client.cookies.set(LANG_COOKIE, lang)
    query = urlencode([("col", one) for one in columns])
    answer = client.get(f"/n/{CODE}/table/{name}.{suffix}?{query}")
    assert answer.status_code == 200, answer.text
    return answer.content


def examined(client: TestClient, folder: Path, name: str, content: bytes) -> Examination:
    """Examine a file as somebody sends it who says nothing of it."""
    raw = folder / "raw"
    raw.write_bytes(content)
    return examine(Upload(raw, name, CODE, Options(), folder), store_of(client), STEWARD)


def all_of(client: TestClient, name: str) -> list[str]:
    return [field.name for field in Sight.of(store_of(client).types(CODE)[name], PLANNER).plain]


WAYS = [*product(["csv", "xlsx"], LANGS, ["default", "all"]), ("csv", "th", "one")]


@pytest.mark.parametrize(("suffix", "lang", "columns"), WAYS)
@pytest.mark.parametrize("name", TYPES)
def test_a_table_sent_back_unchanged_changes_nothing(
    client: TestClient, tmp_path: Path, name: str, suffix: str, lang: Lang, columns: str
) -> None:
    chosen = {"default": [], "all": all_of(client, name), "one": all_of(client, name)[-1:]}[columns]
    found = examined(client, tmp_path, f"{CODE}-{name}.{suffix}", fetch(client, name, suffix, lang, *chosen))
    assert not found.refused, found.problems
    assert [part.type for part in found.parts] == [name]
    told = {what: found.total(what) for what in ("new", "updated", "quarantined")}
    assert told == dict.fromkeys(told, 0), (found.changes, found.problems)
    assert found.total("unchanged") == found.total("rows") > 0
    assert found.parts[0].unmapped == ()


EDITED = [
    ("house", "บ้านเลขที่", "10/7", "10/9", "house_no"),
    ("land_plot", "เนื้อที่ตามเอกสาร (ตร.ม.)", "123.456", "250", "declared_area"),
    ("household", "จำนวนสมาชิก (คน)", "4", "5", "people"),
]


@pytest.mark.parametrize(("name", "heading", "old", "new", "field"), EDITED)
def test_an_edit_in_it_is_read(
    client: TestClient, tmp_path: Path, name: str, heading: str, old: str, new: str, field: str
) -> None:
    rows = list(csv.reader(io.StringIO(fetch(client, name, "csv", "th").decode("utf-8-sig"))))
    at = rows[0].index(heading)
    (row,) = [one for one in rows if one[at] == old]
    row[at] = new
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    found = examined(client, tmp_path, f"{name}.csv", text.getvalue().encode())
    assert (found.total("updated"), found.total("unchanged")) == (1, len(rows) - 2), found.problems
    (change,) = found.changes
    assert [(one["field"], str(one["new"]).removesuffix(".0")) for one in change["fields"]] == [(field, new)]


def test_what_tells_a_record_stands_first_and_our_id_last(client: TestClient) -> None:
    book = openpyxl.load_workbook(io.BytesIO(fetch(client, "household", "xlsx", "th", "people")))
    sheet = book.active
    assert sheet is not None
    headings, *rows = ([cell.value for cell in row] for row in sheet)
    assert headings == [
        "ชุมชน", "ลำดับบ้านในผัง", "ครัวเรือนที่", "บ้านเลขที่", "เลขแปลงในผัง", "จำนวนสมาชิก (คน)", "id",
    ]  # fmt: skip
    (row,) = [row for row in rows if row[1] == "11"]
    assert row[:-1] == ["ชุมชนริมคลอง", "11", "1", "188/2", None, 4]


def test_the_text_of_the_file_goes_along(client: TestClient) -> None:
    rows = list(csv.reader(io.StringIO(fetch(client, "land_plot", "csv", "en").decode("utf-8-sig"))))
    by_plot = {row[1] or row[2]: dict(zip(rows[0], row, strict=True)) for row in rows[1:]}
    kinds, areas = (
        {plot: row[head] for plot, row in by_plot.items()} for head in ("land kind", "declared area (m²)")
    )
    assert kinds["22"] == "ที่ของวัดเก่า" and kinds["24"] == "unknown"
    assert areas["10/3"] == "ประมาณไร่เศษ" and areas["24"] == "no answer"
    assert areas["22"] == "", "a number without a unit would be read as square metres"


def test_a_community_goes_by_its_name_only_where_the_name_is_its_own() -> None:
    known = {
        "K01": ("/1", "ริมคลอง"),
        "ริมคลอง": ("/1", "ริมคลอง"),
        "K02": ("/2", "หลังวัด"),
        "K03": ("/3", "หลังวัด"),
    }
    write = Reader("th", known.get, lambda _id: None)
    field = records.ALL["house"].by_name["community"]
    rows = [Row("a" * 32, Seen({"community": text}, {}, {}, {})) for text in ("K01", "K02", "K03", "ใหม่")]
    made = listing(Sight.of(records.ALL["house"], PLANNER), [field], rows, write)
    assert [row[0] for row in made.rows] == ["ริมคลอง", "K02", "K03", "ใหม่"]
