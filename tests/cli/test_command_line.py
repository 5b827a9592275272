"""The command line as people and scripts use it: every command, its exit code, and what it prints."""

from __future__ import annotations

import json
import os
import re
import shlex
import signal
import socket
import stat
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest

from api import cli
from surveys.planning.analysis import ANALYSES
from surveys.store.store import Store
from tests.conftest import NETWORK

OF_IMPORT = {
    "import_id", "status", "rows", "taken", "new", "updated", "unchanged", "quarantined", "unplaced", "type",
    "crs", "encoding", "unmapped", "parts", "problem_counts", "problems", "changes", "not_taken",
}  # fmt: skip
OF_PART = {
    "layer", "type", "rows", "taken", "new", "updated", "unchanged", "quarantined", "unplaced", "crs", "encoding",
    "unmapped",
}  # fmt: skip
SAID = {f"{part}_{lang}" for part in ("message", "remedy") for lang in ("th", "en")}
OF_PROBLEM = {"severity", "code", "layer", "row", "column", "field", "value"} | SAID
HOUSES = "ชุมชน,ลำดับบ้าน,สภาพบ้าน,สีรั้ว\nริมคลอง,1,ชำรุด,แดง\nริมคลอง,2,ดี,\n"


@dataclass(frozen=True)
class Said:
    """What a command said, and its exit code."""

    code: int
    out: str
    err: str

    @property
    def object(self) -> Any:
        """The one JSON object it printed."""
        return json.loads(self.out)


Run = Callable[..., Said]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Run:
    """Runs ``mankong`` in an empty folder of its own, as a shell does."""
    here = tmp_path / "here"
    here.mkdir()
    monkeypatch.chdir(here)
    monkeypatch.delenv("MANKONG_STORE", raising=False)

    def command(*words: object) -> Said:
        monkeypatch.setattr("sys.argv", ["mankong", *map(str, words)])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        said = capsys.readouterr()
        assert isinstance(ended.value.code, int)
        assert "Traceback" not in said.out + said.err
        return Said(ended.value.code, said.out, said.err)

    return command


@pytest.fixture
def houses(tmp_path: Path) -> Path:
    path = tmp_path / "house.csv"
    path.write_text(HOUSES, encoding="utf-8")
    return path


@pytest.fixture
def city(run: Run) -> Run:
    """The same, in a folder whose store has the network KT."""
    assert run("network", "add", NETWORK, "คลองเตย").code == 0
    return run


def taken(city: Run, file: Path, *more: object) -> Said:
    return city("import", file, "--network", NETWORK, "--json", *more)


# --- networks and stores ----------------------------------------------------------------------------------


def test_the_first_network_makes_the_store_in_the_folder_one_is_in(run: Run) -> None:
    before = run("network", "list")
    assert before.code == 6 and "no store mankong.gpkg" in before.err and not Path("mankong.gpkg").exists()
    made = run("network", "add", NETWORK, "เครือข่ายคลองเตย")
    assert made.code == 0 and made.out == f"{NETWORK}  เครือข่ายคลองเตย\n"
    assert stat.S_IMODE(Path("mankong.gpkg").stat().st_mode) == 0o600
    assert run("network", "add", "MUM", "มุมไบ", "--bounds", "72.7,18.8,73.1,19.4").code == 0
    listed = run("network", "list", "--json")
    assert [(n["code"], n["bounds"]) for n in listed.object] == [
        (NETWORK, None),
        ("MUM", [72.7, 18.8, 73.1, 19.4]),
    ]
    assert "เครือข่ายคลองเตย" in run("network", "list").out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([NETWORK, "ซ้ำ"], "already"),
        (["ก ข", "ชื่อ"], "A-Z"),
        (["A", "ก", "--bounds", "1,2,3"], "W,S,E,N"),
        (["A", "ก", "--bounds", "a,b,c,d"], "W,S,E,N"),
        (["A", "ก", "--bounds", "3,2,1,4"], "west,south,east,north"),
    ],
)
def test_a_network_that_cannot_be_is_said(city: Run, words: list[str], said: str) -> None:
    refused = city("network", "add", *words)
    assert refused.code == 2 and said in refused.err
    # In Thai, then in English.
    assert len(refused.err.splitlines()) == 2 and re.search("[ก-๙]", refused.err.splitlines()[0])


def test_the_store_is_named_by_option_or_environment(
    run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    assert run("network", "add", "A", "ก", "--store", tmp_path / "one.gpkg").code == 0
    monkeypatch.setenv("MANKONG_STORE", str(tmp_path / "one.gpkg"))
    assert [n["code"] for n in run("network", "list", "--json").object] == ["A"]
    assert run("network", "list", "--store", tmp_path / "other.gpkg").code == 6
    told = run("settings").out
    assert str(tmp_path / "one.gpkg") in told and "MANKONG_STORE" in told and "127.0.0.1" in told
    assert not Path("mankong.gpkg").exists()


# --- importing --------------------------------------------------------------------------------------------


def test_a_file_is_imported_and_its_report_has_exactly_these_keys(city: Run, houses: Path) -> None:
    said = taken(city, houses)
    report = said.object
    assert said.code == 0 and set(report) == OF_IMPORT
    assert {**report, "problems": 0, "parts": 0} == {
        "import_id": 1, "status": "taken", "rows": 2, "taken": 2, "new": 2, "updated": 0,
        "unchanged": 0, "quarantined": 0, "unplaced": 2, "type": "house", "crs": None, "encoding": "utf-8",
        "unmapped": ["สีรั้ว"], "parts": 0, "problem_counts": {"community_unknown": 1}, "problems": 0,
        "changes": [], "not_taken": {"rows": 0, "layers": []},
    }  # fmt: skip
    (part,) = report["parts"]
    assert set(part) == OF_PART and part["layer"] == "house" and part["rows"] == part["taken"] == 2
    assert [set(problem) for problem in report["problems"]] == [OF_PROBLEM]
    assert said.out.count("\n") == 1 and "\\u0e" not in said.out, "one object, in plain UTF-8"


def test_the_exit_code_tells_what_became_of_the_file(city: Run, houses: Path, tmp_path: Path) -> None:
    def write(name: str, content: str | bytes) -> Path:
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    same = [taken(city, houses), taken(city, houses)]
    assert [(said.code, said.object["status"]) for said in same] == [(0, "taken"), (0, "same")]
    partly = taken(city, write("house2.csv", "ชุมชน,ลำดับบ้าน\nก,1\nก,\n"), "--type", "house")
    assert partly.code == 3 and (partly.object["status"], partly.object["quarantined"]) == ("partly", 1)
    nothing = taken(city, write("house3.csv", "ชุมชน,ลำดับบ้าน\nก,\n"), "--type", "house")
    assert nothing.code == 3 and nothing.object["taken"] == 0
    for name, content, why in (
        ("empty.csv", "", "file_empty"),
        ("heads.csv", "ชุมชน,ลำดับบ้าน\n", "no_rows"),
        ("x.csv", "a,b\n1,2\n", "type_unknown"),
        ("x.exe", "MZ", "format_unknown"),
        ("x.geojson", "{", "json_unreadable"),
    ):
        refused = taken(city, write(name, content))
        assert refused.code == 4 and set(refused.object) == OF_IMPORT, name
        assert refused.object["import_id"] is None and refused.object["status"] == "refused"
        assert [problem["code"] for problem in refused.object["problems"]] == [why]
    unknown = taken(city, houses, "--type", "castle")
    assert unknown.code == 4 and [p["code"] for p in unknown.object["problems"]] == ["type_unknown"]


USAGE = [
    (["--network", "nowhere"], "There is no network “nowhere”"),
    (["--network", NETWORK, "--existing", "perhaps"], "update, skip or refuse"),
    (["--network", NETWORK, "--map", "สีรั้ว"], "NAME=VALUE"),
    (["--network", NETWORK, "--layer", "a="], "NAME=VALUE"),
    ([], "--network"),
    (["--network", NETWORK, "--loudly"], "--loudly"),
]


@pytest.mark.parametrize(("words", "said"), USAGE)
def test_a_command_that_is_wrong_ends_with_2_and_says_why(
    city: Run, houses: Path, words: list[str], said: str
) -> None:
    wrong = city("import", houses, *words)
    assert wrong.code == 2 and said in wrong.err and wrong.out == ""


def test_a_file_that_is_not_there_is_a_usage_error(city: Run, tmp_path: Path) -> None:
    missing = city("import", tmp_path / "nothing.csv", "--network", NETWORK)
    assert missing.code == 2 and missing.out == "" and len(missing.err.splitlines()) == 2
    assert f"ไม่มีไฟล์ “{tmp_path / 'nothing.csv'}”" in missing.err and "There is no file" in missing.err
    folder = city("import", tmp_path, "--network", NETWORK)
    assert folder.code == 2 and "เป็นโฟลเดอร์" in folder.err and "is a folder" in folder.err
    paper = city("correct-return", 1, "--network", NETWORK, "--why", "x", "--paper", tmp_path / "no.jpg")
    assert paper.code == 2 and "ไม่มีไฟล์" in paper.err and "There is no file" in paper.err


@pytest.mark.parametrize("name", ["ก" * 200 + ".csv", "a/" * 3_000])
def test_a_name_that_no_file_can_have_is_one_of_none(city: Run, name: str) -> None:
    missing = city("import", name, "--network", NETWORK)
    assert missing.code == 2 and len(missing.err.splitlines()) == 2 and "There is no file" in missing.err


def test_what_is_no_stored_file_is_not_read_without_end(city: Run) -> None:
    for endless in ("/dev/zero", "/dev/null"):
        told = city("import", endless, "--network", NETWORK)
        assert told.code == 2 and "บันทึกเป็นไฟล์ก่อน" in told.err and "no stored file" in told.err


def test_a_file_that_may_not_be_read_is_said(
    city: Run, houses: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("os.access", lambda path, mode: False)
    kept = city("import", houses, "--network", NETWORK)
    assert kept.code == 2 and "ไม่มีสิทธิ์อ่านไฟล์" in kept.err and "may not be read" in kept.err


def test_columns_layers_encoding_and_crs_may_be_told(city: Run, tmp_path: Path) -> None:
    file = tmp_path / "งาน.csv"
    file.write_bytes("ที่,เลข,หมายเหตุ,e,n\nริมคลอง,7,ลับ,665000,1515000\n".encode("cp874"))
    said = taken(
        city, file, "--type", "house", "--encoding", "cp874", "--crs", "EPSG:32647", "--map", "ที่=community",
        "--map", "เลข=house_seq", "--map", "หมายเหตุ=-", "--map", "e=x", "--map", "n=y",
    )  # fmt: skip
    assert said.code == 0 and (said.object["crs"], said.object["encoding"]) == ("EPSG:32647", "cp874")
    assert said.object["unplaced"] == 0 and said.object["unmapped"] == ["หมายเหตุ"]
    store = Store.open("mankong.gpkg")
    (row,) = store.read(NETWORK, "house").itertuples()
    assert (
        (row.community, row.house_seq) == ("ริมคลอง", "7")
        and 100 < row.geometry.x < 101
        and 13 < row.geometry.y < 14
    )
    store.close()
    for option, value, why in (
        ("--map", "ไม่มี=note", "mapping_unknown"),
        ("--map", "เลข=castle", "mapping_unknown"),
        ("--layer", "other", "layer_unknown"),
        ("--crs", "EPSG:1", "crs_unreadable"),
        ("--encoding", "utf-8", "encoding_wrong"),
    ):
        refused = taken(city, file, "--type", "house", "--map", "e=x", "--map", "n=y", option, value)
        assert (refused.code, refused.object["problems"][-1]["code"]) == (4, why), option


def test_a_file_of_unknown_type_is_refused_with_the_very_commands(city: Run, tmp_path: Path) -> None:
    lines = {"type": "LineString", "coordinates": [[100.5, 13.7], [100.6, 13.7]]}
    feature = {"type": "Feature", "properties": {"name": "ซอย 1"}, "geometry": lines}
    file = tmp_path / "วันนี้ เช้า.geojson"
    file.write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}), encoding="utf-8")
    refused = city("import", file, "--network", NETWORK)
    assert refused.code == 4 and "type house" not in refused.out
    typed = [line for line in refused.out.splitlines() if line.startswith("  mankong import ")]
    assert [line.split("--type ")[1].split()[0] for line in typed] == [
        "road",
        "canal",
        "community",
        "facility",
    ]
    assert city(*shlex.split(typed[0], comments=True)[1:]).code == 0
    store = Store.open("mankong.gpkg")
    assert store.counts(NETWORK)["road"] == 1
    store.close()


def test_layers_that_are_left_out_are_counted_first(city: Run, tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    for name, rows in {
        "house": [["ชุมชน", "ลำดับบ้าน"], ["ริมคลอง", "1"]],
        "อื่น": [["a", "b"], ["1", "2"]],
    }.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    book.save(tmp_path / "งาน.xlsx")
    told = city("import", tmp_path / "งาน.xlsx", "--network", NETWORK).out.splitlines()
    assert told[1] == "ยังไม่รับ 1 รายการ ใน 1 ชีต / 1 record of 1 sheet not taken: อื่น (1)"
    assert "--layer" in told[2] and "--layer" in told[3]


def test_a_dry_run_writes_nothing(city: Run, houses: Path, tmp_path: Path) -> None:
    first = tmp_path / "first.csv"
    first.write_text("ชุมชน,ลำดับบ้าน\nริมคลอง,9\n", encoding="utf-8")
    assert taken(city, first, "--type", "house").code == 0

    def files() -> dict[str, bytes]:
        found = (path for path in Path().rglob("*") if path.is_file())
        return {str(path): path.read_bytes() for path in found}

    before = files()
    said = taken(city, houses, "--dry-run")
    assert said.code == 0 and said.object["status"] == "dry_run" and set(said.object) == OF_IMPORT
    assert (said.object["new"], said.object["import_id"]) == (2, None)
    assert files() == before
    assert taken(city, houses).object["status"] == "taken"


def test_a_dry_run_tells_the_first_records_that_change(city: Run, houses: Path, tmp_path: Path) -> None:
    taken(city, houses)
    other = tmp_path / "other" / "house.csv"
    other.parent.mkdir()
    other.write_text(HOUSES.replace("ชำรุด", "ดี"), encoding="utf-8")
    told = city("import", other, "--network", NETWORK, "--dry-run").out
    assert "1 record here will change" in told and "สภาพบ้าน: ชำรุด → คงทนถาวร" in told
    (one,) = taken(city, other, "--dry-run").object["changes"]
    (field,) = one["fields"]
    assert (one["row"], field["field"], field["old"], field["new"]) == (
        2,
        "condition",
        "dilapidated",
        "lasting",
    )
    assert "will change" not in city("import", other, "--network", NETWORK).out


def test_a_community_written_otherwise_is_joined(city: Run, houses: Path, tmp_path: Path) -> None:
    communities = tmp_path / "ชุมชน.csv"
    communities.write_text("รหัสชุมชน,ชื่อชุมชน\nK01,ชุมชนริมคลองเตย\n", encoding="utf-8")
    assert taken(city, communities, "--type", "community").code == 0
    houses.write_text(HOUSES.replace("ริมคลอง", "ริมคลองเต่ย"), encoding="utf-8")
    told = taken(city, houses, "--dry-run").object["problems"][0]
    option = shlex.split(re.findall(r"\((--community .*)\)", told["remedy_en"])[0])
    assert option == ["--community", "ริมคลองเต่ย=K01"]
    joined = taken(city, houses, *option)
    assert (joined.code, joined.object["problem_counts"]) == (0, {})
    wrong = taken(city, houses, "--community", "ริมคลองเต่ย=K99")
    assert (wrong.code, wrong.object["problems"][0]["code"]) == (4, "community_meant_unknown")


def test_what_is_here_is_kept_when_one_asks_for_that(city: Run, houses: Path, tmp_path: Path) -> None:
    taken(city, houses)
    other = tmp_path / "other" / "house.csv"
    other.parent.mkdir()
    other.write_text(HOUSES.replace("ชำรุด", "ดี"), encoding="utf-8")
    assert taken(city, other, "--existing", "skip").object["unchanged"] == 2
    refused = taken(city, other, "--existing", "refuse")
    assert refused.code == 3 and refused.object["problem_counts"]["exists_already"] == 1
    assert [p["value"] for p in refused.object["problems"] if p["code"] == "exists_already"] == ["1"]
    assert taken(city, other, "--existing", "update").object["updated"] == 1


def test_at_most_a_hundred_problems_of_a_code_are_listed_and_all_are_counted(
    city: Run, tmp_path: Path
) -> None:
    file = tmp_path / "house.csv"
    rows = [f"ริมคลอง,{n},หลายชั้น,?" for n in range(150)]
    file.write_text("\n".join(["ชุมชน,ลำดับบ้าน,จำนวนชั้น,สภาพบ้าน", *rows]), encoding="utf-8")
    report = taken(city, file).object
    assert report["problem_counts"] == {"community_unknown": 1, "not_a_number": 150, "choice_unknown": 150}
    listed = [problem["code"] for problem in report["problems"]]
    assert {code: listed.count(code) for code in set(listed)} == {
        "community_unknown": 1,
        "not_a_number": 100,
        "choice_unknown": 100,
    }


def test_without_json_a_person_reads_thai_and_english(city: Run, houses: Path, tmp_path: Path) -> None:
    said = city("import", houses, "--network", NETWORK)
    assert said.code == 0 and "รับเข้าแล้ว / taken" in said.out and "สีรั้ว" in said.out and "ริมคลอง" in said.out
    empty = tmp_path / "empty.csv"
    empty.write_bytes(b"")
    refused = city("import", empty, "--network", NETWORK)
    assert refused.code == 4 and "ไม่รับไฟล์นี้" in refused.out and "The file is empty." in refused.out


# --- undo, redo, history ----------------------------------------------------------------------------------


def test_an_import_is_undone_redone_and_listed(city: Run, houses: Path) -> None:
    number = taken(city, houses).object["import_id"]
    undone = city("undo", number, "--json")
    assert undone.code == 0
    assert undone.object == {
        "import_id": number, "state": "undone", "network": NETWORK,
        "types": [{"type": "house", "reopened": 0, "closed": 2, "kept": []}],
    }  # fmt: skip
    assert [row["state"] for row in city("history", "--network", NETWORK, "--json").object] == ["undone"]
    again = city("undo", number)
    assert again.code == 2 and "undone already" in again.err
    assert city("redo", number).code == 0
    assert city("redo", number).code == 2
    (row,) = city("history", "--network", NETWORK, "--json").object
    assert set(row) >= {"import_id", "at", "actor", "state", "report"} and row["report"]["new"] == 2
    assert "house.csv" in city("history", "--network", NETWORK).out
    assert city("undo", 99).code == 2 and city("history", "--network", "nowhere").code == 2
    assert "house" in city("undo", number).out


def test_history_counts_each_type_of_a_file_by_itself(city: Run, houses: Path, tmp_path: Path) -> None:
    taken(city, houses)
    book = tmp_path / "families.xlsx"
    with pd.ExcelWriter(book) as sheets:
        pd.DataFrame({"ชุมชน": ["ริมคลอง"] * 2, "ลำดับบ้าน": [1, 2], "ครัวเรือนที่": [1, 1]}).to_excel(
            sheets, sheet_name="ครัวเรือน", index=False
        )
        pd.DataFrame({
            "ชุมชน": ["ริมคลอง"] * 3, "ลำดับบ้าน": [1, 1, 2], "ครัวเรือนที่": [1, 1, 1], "ลำดับสมาชิก": [1, 2, 1],
        }).to_excel(sheets, sheet_name="สมาชิก", index=False)  # fmt: skip
    assert taken(city, book).object["taken"] == 5
    several, one = city("history", "--network", NETWORK).out.splitlines()[2:]
    assert "families.xlsx" in several and "household 2 · member 3  " in several
    assert re.search(r"house\.csv +house  ", one)


# --- out ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("suffix", [".gpkg", ".geojson", ".csv", ".xlsx", ".parquet", ".zip"])
def test_records_are_exported_in_every_format(city: Run, tmp_path: Path, suffix: str) -> None:
    file = tmp_path / "house.csv"
    file.write_text("ชุมชน,ลำดับบ้าน,lat,lon\nริมคลอง,1,13.7,100.5\n", encoding="utf-8")
    taken(city, file)
    out = tmp_path / f"out{suffix}"
    said = city("export", out, "--network", NETWORK, "--type", "house")
    assert said.code == 0 and "1" in said.out and out.stat().st_size > 0
    back = taken(city, out)
    assert (back.code, back.object["new"], back.object["type"]) == (0, 0, "house")


def test_an_export_that_cannot_be_is_said(city: Run, tmp_path: Path) -> None:
    for words, said in (
        ((tmp_path / "o.csv", "--network", NETWORK, "--type", "castle"), "no record type"),
        ((tmp_path / "o.docx", "--network", NETWORK, "--type", "house"), "no export format"),
        ((tmp_path / "o.csv", "--network", "nowhere", "--type", "house"), "no network"),
    ):
        refused = city("export", *words)
        assert refused.code == 2 and said in refused.err
    assert not list(tmp_path.glob("o.*"))


@pytest.mark.parametrize("lang", ["th", "en"])
def test_the_map_is_one_file_that_asks_nobody(city: Run, tmp_path: Path, lang: str) -> None:
    file = tmp_path / "house.csv"
    file.write_text("ชุมชน,ลำดับบ้าน,lat,lon\nริมคลอง,1,13.7,100.5\n", encoding="utf-8")
    taken(city, file)
    out = tmp_path / "map.html"
    said = city("map", out, "--network", NETWORK, "--lang", lang)
    assert said.code == 0 and "map.html" in said.out
    page = out.read_text(encoding="utf-8")
    assert f'lang="{lang}"' in page and "คลองเตย" in page
    assert not re.findall(r"<(?:script|link|img|iframe)[^>]+(?:src|href)=[\"']?(?:https?:)?//", page)
    assert city("map", tmp_path / "m.html", "--network", "nowhere").code == 2


@pytest.mark.parametrize("name", ANALYSES)
def test_an_analysis_is_printed_and_written(city: Run, houses: Path, tmp_path: Path, name: str) -> None:
    taken(city, houses)
    as_object = city("analyse", name, "--network", NETWORK, "--json")
    assert as_object.code == 0 and as_object.object["rows"] is not None and as_object.object["columns"]
    assert ANALYSES[name].words.th in city("analyse", name, "--network", NETWORK).out
    for suffix in (".csv", ".json"):
        out = tmp_path / f"{name}{suffix}"
        assert city("analyse", name, "--network", NETWORK, "--out", out).code == 0
        assert out.stat().st_size > 0


def test_the_four_analyses_of_the_issue_are_there(city: Run) -> None:
    assert {"counts", "standing", "landowners", "completeness"} <= set(ANALYSES)
    refused = city("analyse", "horoscope", "--network", NETWORK)
    assert refused.code == 2 and "counts" in refused.err
    assert city("analyse", "counts", "--network", "nowhere").code == 2


def test_check_says_that_the_store_is_sound_or_that_it_is_not(city: Run, houses: Path) -> None:
    taken(city, houses)
    sound = city("check")
    assert (
        sound.code == 0
        and "journal_mode=wal" in sound.out
        and "synchronous=2" in sound.out
        and "house 2" in sound.out
    )
    whole = bytearray(Path("mankong.gpkg").read_bytes())
    page = 16_384
    whole[20 * page : 40 * page] = os.urandom(20 * page)
    Path("mankong.gpkg").write_bytes(whole)
    damaged = city("check")
    assert damaged.code == 6 and damaged.err.strip()


def test_a_store_that_may_only_be_read_is_said(city: Run, houses: Path) -> None:
    if os.geteuid() == 0:
        pytest.skip("root may write everything")
    Path("mankong.gpkg").chmod(0o400)
    said = city("import", houses, "--network", NETWORK)
    assert said.code == 6 and len(said.err.splitlines()) == 2


# --- serving ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.1.5", "::", "example.org"])
def test_another_host_is_not_served_until_there_are_accounts(city: Run, host: str) -> None:
    refused = city("serve", "--host", host)
    assert refused.code == 5 and "no accounts yet" in refused.err and host in refused.err


def mankong(*words: object, **more: Any) -> subprocess.Popen[str]:
    """The command in a process of its own."""
    command = [sys.executable, "-W", "error", "-c", "from api.start import main; main()", *map(str, words)]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    return subprocess.Popen(command, text=True, start_new_session=True, **(pipes | more))


@pytest.fixture
def serving(store_path: Path) -> Iterator[Callable[[int], tuple[subprocess.Popen[str], str]]]:
    """Serves the store from a port on; gives the process and what it printed of its address."""
    processes = []

    def serve(port: int) -> tuple[subprocess.Popen[str], str]:
        process = mankong(
            "serve", "--store", store_path, "--port", port, env=os.environ | {"PYTHONUNBUFFERED": "1"}
        )
        processes.append(process)
        assert process.stdout is not None
        printed = ""
        while "http://" not in printed:
            line = process.stdout.readline()
            assert line, process.communicate()[1]
            printed += line
        return process, printed

    yield serve
    for process in processes:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGTERM)
        process.communicate(timeout=20)


def healthy(address: str) -> bool:
    limit = time.monotonic() + 30
    while time.monotonic() < limit:
        try:
            with urllib.request.urlopen(f"{address}/healthz", timeout=5) as answer:
                return bool(answer.status == 200)
        except OSError:
            time.sleep(0.1)
    return False


@pytest.mark.slow
def test_a_busy_port_is_said_and_the_next_is_served(serving: Callable[[int], tuple[Any, str]]) -> None:
    with socket.socket() as busy:
        busy.bind(("127.0.0.1", 0))
        busy.listen()
        port = busy.getsockname()[1]
        process, printed = serving(port)
        address = re.search(r"http://127\.0\.0\.1:(\d+)", printed)
        assert address is not None and port < int(address[1]) <= port + 20
        assert f"{port} is busy" in printed and address[1] in printed
        assert healthy(address[0])
        with urllib.request.urlopen(f"{address[0]}/", timeout=10) as page:
            assert NETWORK in page.read().decode()
    # Ctrl-C ends it in peace.
    os.killpg(process.pid, signal.SIGINT)
    out, err = process.communicate(timeout=20)
    assert "Traceback" not in out + err


# --- in a process of its own ---------------------------------------------------------------------------------


@pytest.mark.slow
def test_the_command_itself_speaks_utf8_and_ends_with_its_code(tmp_path: Path, houses: Path) -> None:
    """In a shell without a Thai locale, as on a server."""
    plain = {
        "PATH": os.environ["PATH"],
        "LC_ALL": "C",
        "MANKONG_STORE": str(tmp_path / "s.gpkg"),
        "HOME": "/",
    }

    def said(*words: object) -> tuple[int, str, str]:
        process = mankong(*words, env=plain, encoding="utf-8")
        out, err = process.communicate(timeout=60)
        return process.returncode, out, err

    assert said("network", "add", NETWORK, "คลองเตย") == (0, f"{NETWORK}  คลองเตย\n", "")
    code, out, err = said("import", houses, "--network", NETWORK, "--json")
    assert (code, err) == (0, "") and json.loads(out)["new"] == 2
    code, out, err = said("import", houses, "--network", "nowhere")
    assert (code, out) == (2, "") and "ไม่มีเครือข่าย" in err
    assert said("check")[0] == 0


@pytest.mark.slow
def test_a_large_file_is_shared_with_forks_of_the_command(city: Run, tmp_path: Path) -> None:
    """Two batches of rows, each taken by a process; a row's number and order stay its own."""
    rows = 60_000
    file = tmp_path / "house.csv"
    file.write_text(
        "ชุมชน,ลำดับบ้าน,บ้านเลขที่,lat,lon\n"
        + "".join(f"ก,{n},{n}/1,{13.7 + n / 1e6:.6f},100.5\n" for n in range(1, rows + 1)),
        encoding="utf-8",
    )
    program = """
from surveys.intake import helpers, layers
helpers.LARGE_BYTES, layers.SHARED = 1, 1
helpers.helpers = lambda: 2
from api.start import main
started = helpers._started
helpers._started = lambda method: print(method, file=__import__("sys").stderr) or started(method)
main()
"""
    words = ["import", file, "--network", NETWORK, "--type", "house", "--json"]
    ran = subprocess.run(
        [sys.executable, "-W", "error", "-c", program, *map(str, words)], capture_output=True, text=True
    )
    assert (ran.returncode, ran.stderr) == (0, "fork\n") and json.loads(ran.stdout)["new"] == rows
    kept = Store.open(Path("mankong.gpkg")).read_table(NETWORK, "house", ["house_seq", "source_row"])
    assert kept["house_seq"].to_pylist() == [str(n) for n in range(1, rows + 1)]
    assert kept["source_row"].to_pylist() == list(range(2, rows + 2))


def test_every_command_explains_itself(run: Run) -> None:
    whole = run("--help")
    commands = [*cli.app.registered_commands, *cli.network_app.registered_commands]
    assert whole.code == 0 and len(commands) >= 13
    for command in cli.app.registered_commands:
        name = command.name or (command.callback.__name__ if command.callback else "")
        assert name in whole.out
        assert run(name, "--help").code == 0
    assert run("network", "add", "--help").code == 0
    assert run().code == 2
    assert run("dance").code == 2


@pytest.mark.slow
def test_the_demonstration_city_is_made_once_and_kept(run: Run) -> None:
    made = run("demo", "--no-serve")
    assert made.code == 0 and "made-up" in made.out
    (told,) = run("network", "list", "--json").object
    assert told["counts"]["house"] > 500 and told["counts"]["household"] > 500 and told["made_up"] is True
    again = run("demo", "--no-serve")
    assert again.code == 0 and "is kept" in again.out
    assert run("network", "list", "--json").object == [told]
