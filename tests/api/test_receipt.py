"""The receipt of an import as PDF: what became of the rows by number and kind, and to whom it tells the rows."""

from __future__ import annotations

import hashlib

import pytest

from surveys import events
from surveys.store.store import Store
from tests.api.conftest import City
from tests.maps.sheet.reading import sizes, texts

ROWS = (
    "ชุมชน,ลำดับบ้านในผัง,ครัวเรือนที่,ชื่อหัวหน้าครัวเรือน,จำนวนสมาชิก,เลขบัตรประชาชน\n"
    "ริมคลอง,1,1,สมหญิง ลับมาก,3,1112034563562\nริมคลอง,2,1,ประเสริฐ ลับมาก,แปดคน,8111203456356\n,,,มาลี ลับมาก,2,\n"
)
TOLD = {
    "th": ("ใบรับข้อมูลเลขที่ 1", "บ้าน.csv", "แถวในไฟล์ 3", "รับเข้าใหม่ 2", "กันไว้ ยังไม่รับ 1", "ไม่ใช่", "ผู้ส่งข้อมูล"),
    "en": ("Receipt of import 1", "บ้าน.csv", "Rows in the file 3", "New 2", "Kept out 1", "Sent by"),
}  # fmt: skip
HIDDEN = ("ลับมาก", "แปดคน", "1112034563562", "8111203456356")


@pytest.mark.parametrize("lang", ["th", "en"])
def test_a_receipt_tells_numbers_and_kinds_and_no_value(city: City, lang: str) -> None:
    report = city.take("บ้าน.csv", ROWS)
    assert (report["taken"], report["quarantined"]) == (2, 1)
    links = city.get("imports")[0]["links"]
    answer = city.ask("GET", links["receipt"] + f"?lang={lang}", "secretary")
    assert answer.status_code == 200 and answer.headers["content-type"] == "application/pdf"
    assert sizes(answer.content) == [(210, 297)]
    (said,) = texts(answer.content)
    assert [part for part in TOLD[lang] if part.replace(" ", "") not in said.replace(" ", "")] == []
    assert [value for value in HIDDEN if value in said] == []


@pytest.mark.parametrize(("lang", "rows"), [("th", "แถว 3"), ("en", "Rows: 3")])
def test_whoever_may_see_the_file_is_told_the_rows_and_what_stood_there(
    city: City, lang: str, rows: str
) -> None:
    city.take("บ้าน.csv", ROWS)
    (said,) = texts(city.ask("GET", f"/api/v1/imports/1/receipt.pdf?lang={lang}").content)
    assert "แปดคน" in said and rows in said and "…" not in said
    store: Store = city.client.app.state.store  # type: ignore[attr-defined]
    with store.reading() as connection:
        (logged,) = events.recent(connection, city.code, 1)
    assert (logged["action"], logged["subject"], logged["detail"]) == ("export", "receipt", {"import": 1})
    assert "8111203456356" not in said


def test_an_undone_import_says_so_and_whoever_may_not_see_gets_none(city: City) -> None:
    city.take("บ้าน.csv", ROWS)
    one = "/api/v1/imports/1"
    city.ask("POST", f"{one}/undo")
    (said,) = texts(city.ask("GET", f"{one}/receipt.pdf").content)
    assert "ถูกยกเลิกแล้ว" in said
    assert city.ask("GET", f"{one}/receipt.pdf", "public").status_code == 403
    assert city.ask("GET", "/api/v1/imports/9/receipt.pdf").status_code == 404


def test_the_round_and_the_fingerprint_stand_on_the_receipt_and_on_the_page(city: City) -> None:
    report = city.take("บ้าน.csv", ROWS)
    page = f"/n/{city.code}/imports/{report['import_id']}"
    assert "ยังไม่ได้ระบุรอบ" in city.client.get(page).text
    city.ask("POST", f"/api/v1/imports/{report['import_id']}/round", json={"name": "รอบ 2/2568"})
    (said,) = texts(city.ask("GET", f"/api/v1/imports/{report['import_id']}/receipt.pdf").content)
    assert "รอบสำรวจ:รอบ2/2568" in said.replace(" ", "")
    shown, digest = city.client.get(page).text, hashlib.sha256(ROWS.encode()).hexdigest()
    assert "รอบ 2/2568" in shown and digest in shown and f"{digest[:12]}…" in shown
