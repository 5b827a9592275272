"""The photos of a record over HTTP and on its page, from exports as Kobo, ODK and QField make them."""

from __future__ import annotations

import html
import json
import re
import time
from collections.abc import Callable
from typing import Any

import pytest
from fastapi.testclient import TestClient

from api.context import ROLE_COOKIE
from surveys.store.connect import sqlite
from tests import workbooks
from tests.api.conftest import City
from tests.api.test_pages_returns import store_of
from tests.gis.formats.test_pictures import HERE as FIRST
from tests.gis.formats.test_pictures import OTHER as SECOND
from tests.gis.formats.test_pictures import jpeg, png, zipped

HEADINGS = ["ชุมชน", "ลำดับบ้าน", "ครัวเรือนที่", "ชื่อหัวหน้าครัวเรือน", "photo", "_uuid"]
ROWS = [["K1", "1", "1", "สมชาย", "1.jpg", FIRST], ["K1", "2", "1", "สมหญิง", "1.jpg", SECOND]]
PAGE = {"accept": "text/html"}


def kobo() -> bytes:
    """A workbook, and the photos in folders of the submissions; phones name them alike."""
    book = workbooks.xlsx({"ครัวเรือน": [HEADINGS, *ROWS]})
    folder = "user/attachments/0a1b2c3d-0000-4a4a-8b8b-00000000000f"
    photos = [(f"{folder}/{uuid}/1.jpg", jpeg(uuid)) for uuid in (FIRST, SECOND)]
    return zipped(("survey.xlsx", book), *photos)


def central() -> bytes:
    """CSV as ODK Central names it, and the folder of media."""
    lines = [
        [*HEADINGS[:5], "KEY"],
        *([*row[:4], f"{n}.jpg", f"uuid:{row[5]}"] for n, row in enumerate(ROWS)),
    ]
    table = "\n".join(",".join(line) for line in lines)
    return zipped(("ครัวเรือน.csv", table), *((f"media/{n}.jpg", jpeg(row[5])) for n, row in enumerate(ROWS)))


def briefcase() -> bytes:
    """A folder for each submission with its photo beside it."""
    made: list[tuple[str, bytes | str]] = []
    for row in ROWS:
        answers = "".join(
            f"<{name}>{text}</{name}>" for name, text in zip(HEADINGS[:5], row[:5], strict=True)
        )
        text = f'<data id="h">{answers}<meta><instanceID>uuid:{row[5]}</instanceID></meta></data>'
        made += [
            (f"instances/uuid{row[5]}/submission.xml", text),
            (f"instances/uuid{row[5]}/1.jpg", jpeg(row[5])),
        ]
    return zipped(*made)


def qfield() -> bytes:
    """The project folder of QField, its table told as GeoJSON."""
    features = ",".join(
        f'{{"type": "Feature", "geometry": null, "properties": {{"ชุมชน": "K1", "ลำดับบ้าน": "{row[1]}", '
        f'"ครัวเรือนที่": "1", "ชื่อหัวหน้าครัวเรือน": "{row[3]}", "photo": "DCIM/{row[1]}.jpg"}}}}'
        for row in ROWS
    )
    table = f'{{"type": "FeatureCollection", "features": [{features}]}}'
    return zipped(("p/ครัวเรือน.geojson", table), *((f"p/DCIM/{row[1]}.jpg", jpeg(row[5])) for row in ROWS))


def kobo_json() -> bytes:
    """The JSON of the server's API, and its folder of attachments."""
    folder = "bob/attachments/0a1b2c3d"
    told = [
        dict(zip(HEADINGS, row, strict=True)) | {"_attachments": [{"filename": f"{folder}/{row[5]}/1.jpg"}]}
        for row in ROWS
    ]
    photos = [(f"{folder}/{uuid}/1.jpg", jpeg(uuid)) for uuid in (FIRST, SECOND)]
    return zipped(("ครัวเรือน.json", json.dumps({"results": told})), *photos)


def google_earth() -> bytes:
    """A KMZ: what is known of a household as data, its photo in the description."""
    placemarks = "".join(
        f"<Placemark><description><![CDATA[<img src='files/{row[1]}.jpg'/>]]></description><ExtendedData>"
        + "".join(
            f"<Data name='{name}'><value>{text}</value></Data>"
            for name, text in zip(HEADINGS[:4], row[:4], strict=True)
        )
        + "</ExtendedData></Placemark>"
        for row in ROWS
    )
    document = f"<kml><Document><name>ครัวเรือน</name>{placemarks}</Document></kml>"
    return zipped(("doc.kml", document), *((f"files/{row[1]}.jpg", jpeg(row[5])) for row in ROWS))


EXPORTS: list[Callable[[], bytes]] = [kobo, central, briefcase, qfield, kobo_json, google_earth]


def households(city: City) -> dict[str, dict[str, Any]]:
    found = city.get("records/household")["records"]
    return {str(one["values"]["house_seq"]): one for one in found}


@pytest.mark.parametrize("export", EXPORTS, ids=[one.__name__ for one in EXPORTS])
def test_an_export_with_photos_end_to_end(export: Callable[[], bytes], city: City) -> None:
    name = "export.kmz" if export is google_earth else "export.zip"
    report = city.take(name, export(), type="household")
    assert (report["new"], report["quarantined"]) == (2, 0), report
    assert "member_skipped" not in report["problem_counts"]
    assert [one["value"] for one in report["problems"] if one["code"] == "pictures_named"] == ["2"]
    for (_, record), row in zip(sorted(households(city).items()), ROWS, strict=True):
        where = f"records/household/{record['id']}/attachments"
        (photo,) = city.get(where)
        assert photo["size"] == len(jpeg(row[5])) and photo["import_id"] == report["import_id"]
        answer = city.ask("GET", f"{where}/{photo['key']}")
        assert (answer.status_code, answer.content) == (200, jpeg(row[5]))
        assert answer.headers["content-type"] == "image/jpeg"
        assert answer.headers["content-disposition"] == f'attachment; filename="{photo["name"]}"'
        assert (answer.headers["x-content-type-options"], answer.headers["cache-control"]) == (
            "nosniff",
            "no-store",
        )


def test_photos_are_for_those_who_read_files(city: City) -> None:
    city.take("export.zip", kobo(), type="household")
    record = households(city)["1"]
    where = f"records/household/{record['id']}/attachments"
    key = city.get(where)[0]["key"]
    for role in ("secretary", "public"):
        assert city.ask("GET", where, role).status_code == 403
        assert city.ask("GET", f"{where}/{key}", role).status_code == 403
        assert (
            city.ask("GET", f"/n/rama4/household/{record['id']}/attachments/{key}", role).status_code == 403
        )
    assert city.ask("GET", f"{where}/{'0' * 32}").status_code == 404
    assert city.ask("GET", f"{where}/..%2F1.jpg").status_code == 404
    other = households(city)["2"]["id"]
    assert city.ask("GET", f"records/household/{other}/attachments/{key}").status_code == 404
    assert city.get(f"records/household/{'0' * 32}/attachments") == []


def test_the_page_of_a_record_names_its_photos(city: City, client: TestClient) -> None:
    rows = [[*HEADINGS[:5]], ["K1", "1", "1", "ก", '<b>"ครัว".png'], ["K1", "2", "1", "ข", ""]]
    book = workbooks.xlsx({"ครัวเรือน": rows})
    city.take("a.zip", zipped(("a.xlsx", book), ('<b>"ครัว".png', png())), type="household")
    found = households(city)
    shown = city.ask("GET", f"/n/rama4/household/{found['1']['id']}", headers=PAGE).text
    section = re.search(r'aria-labelledby="g-photos".*?</section>', shown, re.S)
    assert section and "<b>" not in section[0] and '<b>"ครัว".png' in html.unescape(section[0])
    # The answer says that it is to be saved; "download" on the link would hide the page that says why it is not given.
    link = re.search(r'href="([^"]+/attachments/[0-9a-f]{32})">', section[0])
    assert link
    answer = city.ask("GET", link[1])
    assert (answer.content, answer.headers["content-type"]) == (png(), "image/png")
    assert answer.headers["content-disposition"].startswith('attachment; filename="<b>.png"; filename*=')
    assert "g-photos" not in city.ask("GET", f"/n/rama4/household/{found['2']['id']}", headers=PAGE).text
    hidden = city.ask("GET", f"/n/rama4/household/{found['1']['id']}", "secretary", headers=PAGE)
    assert hidden.status_code == 200 and "g-photos" not in hidden.text and ".png" not in hidden.text
    client.cookies.set(ROLE_COOKIE, "steward")
    wrong = client.get(f"/n/rama4/household/{found['2']['id']}/attachments/{link[1][-32:]}", headers=PAGE)
    assert wrong.status_code == 404 and "ไม่พบรูปถ่ายนี้" in wrong.text


def test_photos_sent_after_their_rows_are_offered_on_the_page(city: City) -> None:
    table = workbooks.xlsx({"ครัวเรือน": [HEADINGS, *ROWS]})
    city.take("survey.xlsx", table, type="household")
    job = city.examine("export.zip", kobo(), type="household")
    assert job["report"]["taken"] == 0
    shown = city.ask("GET", f"/n/rama4/upload/{job['id']}", headers=PAGE).text
    assert "ยืนยัน รับรูปถ่าย" in shown and "ไม่มีแถวใดเปลี่ยน แต่มีรูปถ่ายใหม่" in shown
    assert city.ask("POST", job["links"]["confirm"]).status_code == 201
    assert len(city.get(f"records/household/{households(city)['1']['id']}/attachments")) == 1


def test_a_photo_that_got_damaged_is_told_in_words(city: City, client: TestClient) -> None:
    city.take("export.zip", kobo(), type="household")
    where = f"household/{households(city)['1']['id']}/attachments"
    (photo,) = city.get(f"records/{where}")
    (raw,) = (store_of(client).files / "raw").iterdir()
    raw.chmod(0o600)
    raw.write_bytes(raw.read_bytes()[:-100])
    answer = city.ask("GET", f"records/{where}/{photo['key']}")
    assert answer.status_code == 404 and "damaged" in answer.json()["en"]
    page = city.ask("GET", f"/n/rama4/{where}/{photo['key']}", headers=PAGE)
    assert page.status_code == 404 and "เสียหาย" in page.text


def test_a_photo_that_cannot_be_logged_is_told_in_words(city: City, client: TestClient) -> None:
    city.take("export.zip", kobo(), type="household")
    where = f"household/{households(city)['1']['id']}/attachments"
    (photo,) = city.get(f"records/{where}")
    others = sqlite().connect(store_of(client).path, isolation_level=None)
    others.execute("BEGIN IMMEDIATE")
    begun = time.monotonic()
    answer = city.ask("GET", f"records/{where}/{photo['key']}")
    assert (answer.status_code, time.monotonic() - begun < 25) == (503, True)
    assert "logged" in answer.json()["en"] and "retry-after" in answer.headers
    page = city.ask("GET", f"/n/rama4/{where}/{photo['key']}", headers=PAGE)
    assert page.status_code == 503 and "บันทึกไว้ว่าใครเปิดรูป" in page.text
    assert (
        "sqlite" not in page.text
        and city.ask("GET", f"/n/rama4/{where[:-12]}", headers=PAGE).status_code == 200
    )
    others.execute("ROLLBACK")
    others.close()
    assert city.ask("GET", f"records/{where}/{photo['key']}").status_code == 200
