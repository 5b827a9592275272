"""A file's way in: sent, examined, looked at, confirmed, sent again, undone, redone."""

from __future__ import annotations

import csv
import io
import json
import threading
import time
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from fastapi.testclient import TestClient
from python_calamine import CalamineWorkbook

from surveys.fields import Text
from tests.api.conftest import City, add_network, real

HOUSES = "ชุมชน,ลำดับบ้านในผัง,บ้านเลขที่,สภาพ,วัสดุ\nริมคลอง,1,10/1,ดี,ไม้\nริมคลอง,2,10/2,ทรุดโทรม,ปูน\n"
# One row has no number; another is equal in key to the one before, with other values.
FAULTY = HOUSES + "ริมคลอง,,,ดี,=1+1\nริมคลอง,2,10/2,ดี,ไม้\nริมคลอง,3,10/3,สีฟ้า,ไม้\n"
MISSING_NUMBER, REPEATED = 4, 5


def test_a_real_file_goes_in_again_is_the_same_is_undone_and_redone(city: City) -> None:
    khet = real("thai_admin/bangkok_khet_50.geojson")
    job = city.examine("bangkok_khet_50.geojson", khet)
    assert (job["report"]["status"], job["report"]["type"], job["report"]["new"]) == (
        "ready",
        "admin_area",
        50,
    )
    assert city.get("")["counts"]["admin_area"] == 0, "nothing is in the store before it is confirmed"

    taken = city.ask("POST", job["links"]["confirm"])
    assert taken.status_code == 201
    report = taken.json()
    assert taken.headers["Location"] == f"/api/v1/imports/{report['import_id']}"
    assert (report["status"], report["taken"], report["quarantined"]) == ("taken", 50, 0)
    page = city.get("records/admin_area?limit=1000")
    assert (page["total"], len(page["records"])) == (50, 50)
    assert "พระนคร" in {record["title"] for record in page["records"]}

    again = city.examine("bangkok_khet_50.geojson", khet)
    assert again["report"]["status"] == "same"
    same = city.ask("POST", again["links"]["confirm"])
    assert (same.status_code, same.json()["status"]) == (200, "same")
    assert (same.json()["unchanged"], same.json()["taken"]) == (50, 0)
    assert [row["import_id"] for row in city.get("imports")] == [report["import_id"]]

    one = taken.headers["Location"]
    undone = city.ask("POST", f"{one}/undo").json()
    assert (undone["state"], undone["types"][0]["closed"]) == ("undone", 50)
    assert city.get("records/admin_area")["total"] == 0
    assert city.get(one)["state"] == "undone"
    assert city.ask("POST", f"{one}/undo").status_code == 409
    assert city.ask("POST", f"{one}/redo").json()["state"] == "done"
    assert city.get("records/admin_area")["total"] == 50


def test_a_second_confirmation_gives_the_same_report(city: City) -> None:
    job = city.examine("บ้าน.csv", HOUSES)
    answers: list[tuple[int, object]] = []

    def confirm() -> None:
        answer = city.ask("POST", job["links"]["confirm"])
        answers.append((answer.status_code, answer.json()))

    threads = [threading.Thread(target=confirm) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    confirm()
    assert len(answers) == 5
    assert all(answer == answers[0] for answer in answers), answers
    assert answers[0][0] == 201
    assert city.get("")["counts"]["house"] == 2


def test_two_files_examined_side_by_side_are_not_doubled(city: City) -> None:
    other = HOUSES.replace("ดี", "ทรุดโทรม")
    jobs = [city.examine(name, content) for name, content in (("บ้าน1.csv", HOUSES), ("บ้าน2.csv", other))]
    assert [job["report"]["new"] for job in jobs] == [2, 2]
    reports: list[dict[str, Any]] = []

    def confirm(job: dict[str, Any]) -> None:
        reports.append(city.ask("POST", job["links"]["confirm"]).json())

    threads = [threading.Thread(target=confirm, args=(job,)) for job in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted((r["new"], r["updated"], r["unchanged"]) for r in reports) == [(0, 1, 1), (2, 0, 0)]
    assert city.get("")["counts"]["house"] == 2
    for report in reports:
        text = city.ask("GET", f"/api/v1/imports/{report['import_id']}/problems.csv").content.decode(
            "utf-8-sig"
        )
        assert len(list(csv.reader(io.StringIO(text)))) == 1 + sum(report["problem_counts"].values())


def test_rows_kept_out_come_back_as_a_workbook_that_says_why(city: City) -> None:
    job = city.examine("บ้าน.csv", FAULTY)
    report = job["report"]
    assert (report["new"], report["quarantined"]) == (3, 2)
    before = city.ask("GET", job["links"]["quarantined"])
    assert before.status_code == 200
    taken = city.ask("POST", job["links"]["confirm"])
    assert (taken.status_code, taken.json()["status"]) == (201, "partly")
    for address in (job["links"]["quarantined"], taken.headers["Location"] + "/quarantined.xlsx"):
        answer = city.ask("GET", address)
        assert answer.headers["Content-Disposition"].startswith("attachment; ")
        book = CalamineWorkbook.from_filelike(io.BytesIO(answer.content))
        assert len(book.sheet_names) == 1
        heads, *rows = book.get_sheet_by_index(0).to_python()
        told = {int(row[0]): dict(zip(heads, row, strict=True)) for row in rows}
        assert set(told) == {MISSING_NUMBER, REPEATED}
        assert told[MISSING_NUMBER]["วัสดุ"] == "=1+1", "a text, not a formula"
        assert "number or code" in told[MISSING_NUMBER]["why it was kept out"]
        assert "ซ้ำกับรายการก่อนหน้า" in told[REPEATED]["เหตุที่กันไว้"]
        assert all(row["วิธีแก้"] and row["what to do"] for row in told.values())
        assert told[REPEATED]["บ้านเลขที่"] == "10/2"
        assert "wkt" not in heads or not told[REPEATED]["wkt"]


def test_rows_that_came_back_are_in_no_download_of_their_import(city: City) -> None:
    job = city.examine("บ้าน.csv", FAULTY)
    imported = city.ask("POST", job["links"]["confirm"]).headers["Location"]
    addresses = (job["links"]["quarantined"], imported + "/quarantined.xlsx")
    for seq, left in (("7", [REPEATED]), ("8", [])):
        book = openpyxl.load_workbook(io.BytesIO(city.ask("GET", addresses[1]).content))
        sheet = book.worksheets[0]
        heads = [cell.value for cell in sheet[1]]
        sheet.cell(2, heads.index("ลำดับบ้านในผัง") + 1).value = seq
        sheet.delete_rows(3, 9)
        book.save(mended := io.BytesIO())
        again = city.examine("แก้.xlsx", mended.getvalue())
        assert again["report"]["new"] == 1
        assert city.ask("POST", again["links"]["confirm"]).status_code == 201
        for address in addresses:
            answer = city.ask("GET", address)
            if not left:
                assert answer.status_code == 404 and "have come back" in answer.json()["en"]
                continue
            rows = CalamineWorkbook.from_filelike(io.BytesIO(answer.content)).get_sheet_by_index(0)
            assert [int(row[0]) for row in rows.to_python()[1:]] == left


def test_the_workbook_mended_and_sent_again_is_taken(city: City) -> None:
    job = city.examine("บ้าน.csv", FAULTY)
    city.ask("POST", job["links"]["confirm"])
    book = CalamineWorkbook.from_filelike(io.BytesIO(city.ask("GET", job["links"]["quarantined"]).content))
    heads, *rows = book.get_sheet_by_index(0).to_python()
    number = heads.index("ลำดับบ้านในผัง")
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(heads)
    writer.writerows([*row[:number], str(90 + n), *row[number + 1 :]] for n, row in enumerate(rows))
    report = city.take("บ้าน แก้แล้ว.csv", text.getvalue(), type="house")
    assert (report["new"], report["quarantined"]) == (2, 0)


def test_shapes_kept_out_are_written_as_text_in_the_system_of_the_file(city: City) -> None:
    bowtie = [[[100.5, 13.7], [100.6, 13.8], [100.6, 13.7], [100.5, 13.8], [100.5, 13.7]]]
    features = [
        {
            "type": "Feature",
            "properties": {"name": name},
            "geometry": {"type": "Polygon", "coordinates": ring},
        }
        for name, ring in (
            ("ผูกโบว์", bowtie),
            ("ดี", [[[100.5, 13.7], [100.6, 13.7], [100.6, 13.8], [100.5, 13.7]]]),
        )
    ]
    content = json.dumps({"type": "FeatureCollection", "features": features}, ensure_ascii=False)
    job = city.examine("ชุมชน.geojson", content, type="community")
    assert (job["report"]["new"], job["report"]["quarantined"]) == (1, 1)
    book = CalamineWorkbook.from_filelike(io.BytesIO(city.ask("GET", job["links"]["quarantined"]).content))
    heads, row = book.get_sheet_by_index(0).to_python()
    assert dict(zip(heads, row, strict=True))["wkt"].startswith("POLYGON ((100.5 13.7,")

    preview = city.get(job["links"]["preview"])
    assert (preview["total"], preview["shown"]) == (2, 2)
    first, second = (feature["properties"] for feature in preview["features"])
    assert (first["status"], first["reason"], first["row"]) == ("quarantined", "geometry_invalid", 1)
    assert first["message"]["th"] and second["status"] == "taken"


def test_the_problems_are_a_table_that_runs_no_formula(city: City) -> None:
    job = city.examine("บ้าน.csv", HOUSES + "ริมคลอง,3,10/3,=cmd(),ไม้\n")
    answer = city.ask("GET", job["links"]["problems"])
    assert answer.content.startswith(b"\xef\xbb\xbf"), "a spreadsheet needs the mark to read Thai"
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    by_code = {row["code"]: row for row in rows}
    assert by_code["choice_unknown"]["value"] == "'=cmd()"
    assert by_code["choice_unknown"]["row"] == "4"
    assert by_code["community_unknown"]["message_th"]


def test_a_refused_file_says_why_and_cannot_be_confirmed(city: City) -> None:
    job = city.examine("khet.zip", real("nasty_thai/bangkok_khet_indian1975_no_prj_no_cpg.zip"))
    assert (job["state"], job["report"]["status"]) == ("done", "refused")
    reasons = {problem["code"]: problem for problem in job["report"]["problems"]}
    assert "EPSG:24047" in reasons["crs_needed"]["remedy_th"]
    assert reasons["crs_needed"]["remedy_en"]
    answer = city.ask("POST", job["links"]["confirm"])
    assert answer.status_code == 409
    assert set(answer.json()) == {"error", "th", "en"}
    told = city.examine(
        "khet.zip", real("nasty_thai/bangkok_khet_indian1975_no_prj_no_cpg.zip"), crs="EPSG:24047"
    )
    assert (told["report"]["status"], told["report"]["new"]) == ("ready", 50)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.csv", b""),
        ("a.exe", b"MZ\x90\x00"),
        ("a.zip", b"PK\x03\x04broken"),
        ("a.geojson", b'{"type": "Feat'),
    ],
)
def test_what_is_no_survey_file_is_refused_not_a_fault(city: City, name: str, content: bytes) -> None:
    job = city.examine(name, content)
    assert (job["state"], job["report"]["status"]) == ("done", "refused")
    assert job["report"]["problems"][0]["remedy_th"]


def test_an_examined_file_can_be_dropped(city: City, tmp_path: Path) -> None:
    job = city.examine("บ้าน.csv", HOUSES)
    folder = tmp_path / "city.gpkg.files" / "jobs" / job["id"]
    assert (folder / "raw").stat().st_mode & 0o077 == 0, "the raw file is for its owner only"
    dropped = city.ask("POST", job["links"]["cancel"])
    assert (dropped.status_code, dropped.json()["state"]) == (200, "cancelled")
    assert not folder.exists()
    assert city.ask("POST", job["links"]["confirm"]).status_code == 409
    assert city.ask("POST", job["links"]["cancel"]).status_code == 409
    assert city.ask("GET", job["links"]["problems"]).status_code == 409


def test_a_running_examination_can_be_cancelled(city: City, tmp_path: Path) -> None:
    rows = "".join(f"ริมคลอง,{n},{n}/1,ดี,ไม้\n" for n in range(20_000))
    sent = city.send("บ้าน.csv", HOUSES.splitlines()[0] + "\n" + rows)
    links = sent.json()["links"]
    assert city.ask("POST", links["cancel"]).json()["state"] == "cancelled"
    time.sleep(0.3)
    assert city.get(links["self"])["state"] == "cancelled"
    assert city.get("")["counts"]["house"] == 0
    assert not (tmp_path / "city.gpkg.files" / "jobs" / sent.json()["job"] / "raw").exists()


def test_a_taken_file_is_not_dropped_but_undone(city: City) -> None:
    job = city.examine("บ้าน.csv", HOUSES)
    assert city.ask("POST", job["links"]["confirm"]).status_code == 201
    answer = city.ask("POST", job["links"]["cancel"])
    assert answer.status_code == 409
    assert "undo" in answer.json()["en"]


def test_a_file_over_the_limit_is_refused_while_it_comes(city: City, tmp_path: Path) -> None:
    for extra in (1, 5 << 20):
        answer = city.send("big.csv", b"x" * ((1 << 20) + extra))
        assert answer.status_code == 413, answer.text
        assert "1 MB" in answer.json()["en"]
        assert answer.json()["error"] == "TooLarge"
    jobs = tmp_path / "city.gpkg.files" / "jobs"
    assert [path for path in jobs.rglob("*") if path.is_file()] == []
    assert city.examine("บ้าน.csv", HOUSES)["state"] == "done", "the next file goes in"


WRONG_FORMS = [
    ({"existing": "delete"}, "existing"),
    ({"columns": "{not json"}, "JSON"),
    ({"columns": '["a"]'}, "columns"),
    ({"encodng": "cp874"}, "encodng"),
    ({"layers": "[" * 50_000}, "JSON"),
]


@pytest.mark.parametrize(("fields", "said"), WRONG_FORMS)
def test_a_wrong_form_says_what_is_wrong(city: City, fields: dict[str, str], said: str) -> None:
    answer = city.send("บ้าน.csv", HOUSES, **fields)
    assert answer.status_code == 422
    assert answer.json()["error"] == "Invalid"
    assert said in answer.json()["en"]


def test_a_form_without_a_file_or_with_two_is_refused(city: City) -> None:
    assert city.ask("POST", "imports", data={"type": "house"}).status_code == 422
    assert city.ask("POST", "imports", files={"other": ("a.csv", b"a")}).status_code == 422
    two = [("file", ("a.csv", b"a")), ("file", ("b.csv", b"b"))]
    assert city.ask("POST", "imports", files=two).status_code == 422
    headers = {"content-type": "multipart/form-data; boundary=x"}
    for body in (
        b"",
        b"--x\r\n",
        b"--x\r\nContent-Disposition: form-data; name=file\r\n\r\nhalf",
        b"\xff" * 100,
    ):
        assert city.ask("POST", "imports", content=body, headers=headers).status_code == 422, body


PART = b"--x\r\nContent-Disposition: form-data; name=type\r\n\r\n\r\n"
# Each is cut into pieces without a length, as programs send what they do not know the end of.
ENDLESS = [
    ([PART * 51], 422, "more than 50 parts"),
    ([b"--x\r\nX-A: ", *[b"a" * 100_000] * 20], 422, "cannot be read"),
    (
        [b"--x\r\nContent-Disposition: form-data; name=%d\r\n\r\n\r\n" % n for n in range(10)],
        422,
        "no part “0”",
    ),
    ([b"\r\n" * 500_000] * 4, 413, "larger than 1 MB"),
    ([PART + b"--x--\r\n", *[b"a" * 1_000_000] * 4], 413, "larger than 1 MB"),
]


@pytest.mark.parametrize(("pieces", "status", "said"), ENDLESS)
def test_a_form_without_end_is_refused(city: City, pieces: list[bytes], status: int, said: str) -> None:
    headers = {"content-type": "multipart/form-data; boundary=x"}
    answer = city.ask("POST", "imports", content=iter(pieces), headers=headers)
    assert answer.status_code == status and said in answer.json()["en"], answer.text


def test_what_is_said_beside_the_file_is_done(city: City) -> None:
    columns = json.dumps({"เลข": "house_seq", "สภาพ": "-"}, ensure_ascii=False)
    report = city.take("ตาราง.csv", "ชุมชน,เลข,สภาพ\nริมคลอง,7,ดี\n", type="house", columns=columns, layers="")
    assert (report["type"], report["new"], report["unmapped"]) == ("house", 1, ["สภาพ"])
    record = city.get("records/house")["records"][0]
    assert (record["values"]["house_seq"], record["extra"]) == ("7", {"สภาพ": "ดี"})


@pytest.mark.parametrize(
    "name", ["../../etc/passwd.csv", "C:\\x\\บ้าน.csv", "บ้าน\r\nX-A: b.csv", "ก" * 500 + ".csv", ""]
)
def test_a_file_name_is_only_a_name(city: City, name: str) -> None:
    body = HOUSES.encode()
    said = name.replace("\r\n", "%0D%0A").encode()
    head = b'--x\r\nContent-Disposition: form-data; name="file"; filename="' + said + b'"\r\n\r\n'
    headers = {"content-type": "multipart/form-data; boundary=x"}
    fields = b'\r\n--x\r\nContent-Disposition: form-data; name="type"\r\n\r\nhouse'
    answer = city.ask("POST", "imports", content=head + body + fields + b"\r\n--x--\r\n", headers=headers)
    assert answer.status_code == 202, answer.text
    job = city.ended(answer.json()["links"]["self"])
    assert city.ask("POST", job["links"]["confirm"]).status_code == 201
    kept = city.get("imports")[0]["file"]
    assert "/" not in kept and "\\" not in kept
    assert 0 < len(kept) <= 200


NOT_ALLOWED = [
    ("POST", "imports", "secretary"),
    ("GET", "/api/v1/jobs/{job}", "secretary"),
    ("POST", "/api/v1/jobs/{job}/confirm", "secretary"),
    ("POST", "/api/v1/jobs/{job}/cancel", "secretary"),
    ("GET", "/api/v1/jobs/{job}/preview", "secretary"),
    ("GET", "/api/v1/jobs/{job}/problems.csv", "secretary"),
    ("GET", "/api/v1/jobs/{job}/quarantined.xlsx", "secretary"),
    ("POST", "/api/v1/imports/{import_id}/undo", "secretary"),
    ("POST", "/api/v1/imports/{import_id}/redo", "secretary"),
    ("GET", "/api/v1/imports/{import_id}/quarantined.xlsx", "secretary"),
]


def test_a_role_without_the_right_is_told_who_may(city: City) -> None:
    report = city.take("บ้าน.csv", HOUSES)
    job = city.send("บ้าน.csv", FAULTY).json()["job"]
    for method, address, role in NOT_ALLOWED:
        path = address.format(job=job, import_id=report["import_id"])
        more = {"files": {"file": ("a.csv", b"a")}} if path == "imports" else {}
        answer = city.ask(method, path, role, **more)
        assert answer.status_code == 403, (method, path, answer.text)
        assert "surveyor" in answer.json()["en"], answer.json()


def test_what_is_not_there_is_404(city: City, client: TestClient) -> None:
    other = add_network(client, "other")
    accepted = city.take("บ้าน.csv", HOUSES)
    none = "0" * 32
    for address in (
        f"/api/v1/jobs/{none}",
        f"/api/v1/jobs/{none}/preview",
        "/api/v1/jobs/not-an-id",
        "/api/v1/imports/99999",
        "/api/v1/imports/x",
        f"/api/v1/imports/{accepted['import_id']}/quarantined.xlsx",
        "/api/v1/imports/2",
        "/api/v1/imports/1000001",
    ):
        answer = city.ask("GET", address)
        assert answer.status_code == 404, (address, answer.text)
        assert {"error", "th", "en"} <= set(answer.json())
    assert other.get("imports") == []
    assert City(client, "nowhere").send("a.csv", HOUSES).status_code == 404


def test_a_text_field_is_not_cut_in_the_way(city: City) -> None:
    long = "ก" * (Text().limit + 1)
    report = city.take("บ้าน.csv", HOUSES.replace("10/1", long))
    assert report["problem_counts"]["text_too_long"] == 1
