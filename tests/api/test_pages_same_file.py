"""The very same file sent again: its page, its receipt and the print say once what that means."""

from __future__ import annotations

from typing import Any

from fastapi.testclient import TestClient

from surveys import edit
from surveys.edit import Correction
from surveys.store.store import Store
from tests.api.conftest import pages_of_the_small_city
from tests.api.test_pages_upload import BASE, ended, post, send
from tests.browser.small_city import CODE, STEWARD
from tests.maps.sheet.reading import texts

client = pages_of_the_small_city("surveyor", max_upload_mb=1)

FILE = "ชุมชน,ลำดับบ้าน,ครัวเรือนที่,จำนวนสมาชิก\nK01,71,1,4\nK01,72,1,4\nK01,73,1,4\n"
SAID = {"th": "รายการที่รับไว้แล้วจึงไม่เปลี่ยน", "en": "what was taken from it stays as it is now"}


def store_of(client: TestClient) -> Store:
    found: Store = client.app.state.store  # type: ignore[attr-defined]
    return found


def household(client: TestClient, house: int) -> dict[str, Any]:
    rows = store_of(client).read_table(CODE, "household").to_pylist()
    found: dict[str, Any] = next(row for row in rows if row["house_seq"] == str(house))
    return found


def said_of(client: TestClient, house: int, **values: str) -> Correction:
    row = household(client, house)
    return Correction("household", row["id"], row["version"], values, "แก้ตามเวที")


def test_what_it_means_stands_once_on_each_page(client: TestClient) -> None:
    store = store_of(client)
    client.get(ended(client, post(client, f"{send(client, 'z1.csv', FILE)}/confirm")))
    edit.correct(store, CODE, STEWARD, said_of(client, 71, people="6"))
    edit.end(store, CODE, STEWARD, said_of(client, 73))
    page = send(client, "z1.csv", FILE)
    for lang, text in SAID.items():
        assert client.get(f"{page}?lang={lang}").text.count(text) == 1
    client.get(f"{page}?lang=th")
    assert 'id="changes"' not in client.get(page).text
    receipt = client.get(ended(client, post(client, f"{page}/confirm")))
    assert receipt.text.count(SAID["th"]) == 1 and BASE in str(receipt.url)
    number = str(receipt.url).split("?")[0].rsplit("/", 1)[-1]
    printed = "".join(texts(client.get(f"/api/v1/imports/{number}/receipt.pdf?lang=en").content))
    assert printed.replace("\n", " ").replace(" ", "").count(SAID["en"].replace(" ", "")) == 1
    assert household(client, 71)["people"] == 6
