"""Layers left out beside others are counted where people look first: the report, the receipt on paper, JSON."""

from __future__ import annotations

import io
import re

import openpyxl
import pytest

from tests.api.conftest import City
from tests.maps.sheet.reading import texts

SAID = {
    "th": ("ยังไม่รับ 4 รายการ ใน 2 ชีต", "เลือกประเภท"),
    "en": ("4 records of 2 sheets not taken", "choose what each sheet holds"),
}


def workbook(*others: str) -> bytes:
    """Houses, and sheets of two rows of which nobody can tell what they are."""
    book = openpyxl.Workbook()
    book.worksheets[0].title = "house"
    for row in (["ชุมชน", "ลำดับบ้าน"], ["กอไผ่", "1"]):
        book.worksheets[0].append(row)
    for name in others:
        sheet = book.create_sheet(name)
        for row in (["a", "b"], ["1", "2"], ["3", "4"]):
            sheet.append(row)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def shown(city: City, address: str, lang: str) -> str:
    answer = city.client.get(address, params={"lang": lang}, follow_redirects=True)
    assert answer.status_code == 200, answer.text
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", "", answer.text))


@pytest.mark.parametrize("lang", ["th", "en"])
def test_layers_left_out_are_counted_in_the_head(city: City, lang: str) -> None:
    said, todo = SAID[lang]
    job = city.examine("งาน.xlsx", workbook("โซน 1", "โซน 2"))
    left = [{"layer": "โซน 1", "rows": 2}, {"layer": "โซน 2", "rows": 2}]
    assert job["report"]["not_taken"] == {"rows": 4, "layers": left}
    page = shown(city, f"/n/{city.code}/upload/{job['id']}", lang)
    head = page[: page.index("ระบบอ่านไฟล์ว่าอย่างไร" if lang == "th" else "How the file was read")]
    assert said in head and todo in head
    # The warnings are of rows that are taken; those are not.
    assert job["report"]["problem_counts"]["layer_left_out"] == 2
    assert page.count("โซน 1”") == 1
    assert city.ask("POST", job["links"]["confirm"]).status_code == 201
    assert city.get("imports")[0]["report"]["not_taken"]["rows"] == 4
    receipt = shown(city, f"/n/{city.code}/imports/1", lang)
    assert said in receipt and todo in receipt
    (paper,) = texts(city.ask("GET", f"/api/v1/imports/1/receipt.pdf?lang={lang}").content)
    counted = "ยังไม่รับทั้งชีต" if lang == "th" else "Whole sheets not taken"
    counted += " · โซน 1 (2), โซน 2 (2) 4"
    assert counted.replace(" ", "") in paper.replace(" ", "")
    assert "--layer" not in paper


def test_nothing_is_said_where_all_is_taken(city: City) -> None:
    job = city.examine("งาน.xlsx", workbook())
    assert job["report"]["not_taken"] == {"rows": 0, "layers": []}
    page = shown(city, f"/n/{city.code}/upload/{job['id']}", "en")
    assert "not taken" not in page
