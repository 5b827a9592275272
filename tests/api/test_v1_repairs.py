"""Shapes mended over HTTP: what is wrong and where, before and after, taken row by row."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient
from shapely.geometry import shape

from api.app import create_app
from api.settings import Settings
from surveys.intake import imports
from tests.api.conftest import HERE, City
from tests.conftest import NETWORK, STEWARD, Intake

BOW = [[100.5, 13.7], [100.501, 13.701], [100.501, 13.7], [100.5, 13.701], [100.5, 13.7]]
SOUND = [[100.6, 13.7], [100.601, 13.7], [100.601, 13.701], [100.6, 13.701], [100.6, 13.7]]
REPAIRS = "/api/v1/imports/1/repairs"


def plot(number: str, ring: list[list[float]]) -> dict[str, Any]:
    geometry = {"type": "Polygon", "coordinates": [ring]}
    return {"type": "Feature", "properties": {"เลขแปลงในผัง": number, "ชุมชน": "ก"}, "geometry": geometry}


@pytest.fixture
def city(take: Intake) -> Iterator[City]:
    """Two plots that cross themselves, kept out, and a sound one."""
    moved = [[x + 0.01, y] for x, y in BOW]
    file = take.folder / "แปลง.geojson"
    features = [plot("7", BOW), plot("8", SOUND), plot("9", moved)]
    file.write_text(json.dumps({"type": "FeatureCollection", "features": features}), encoding="utf-8")
    report = take(file, type="land_plot")
    assert (report["import_id"], report["quarantined"]) == (1, 2)
    app = create_app(Settings(store=take.store.path))
    with TestClient(app, base_url=HERE, raise_server_exceptions=False) as client:
        yield City(client, NETWORK)


def test_what_is_wrong_is_told_where_and_how_it_might_be_mended(city: City) -> None:
    told = city.get(REPAIRS)
    assert (told["import_id"], told["most"]) == (1, 100)
    assert [(one["part"], one["row"], one["title"]) for one in told["repairs"]] == [(0, 1, "7"), (0, 3, "9")]
    one = told["repairs"][0]
    assert (one["what"], one["what_words"]["th"]) == ("self_crossing", "เส้นขอบตัดกันเอง")
    assert one["defect"]["type"] == "Point" and one["defect"]["coordinates"] == pytest.approx(
        [100.5005, 13.7005]
    )
    assert not shape(one["sent"]).is_valid and shape(one["mended"]).is_valid
    assert (one["parts_before"], one["parts_after"]) == (1, 2)
    assert abs(one["area_before_m2"]) < 10 < one["area_after_m2"]


def test_repeated_corners_are_told_and_mended_the_same_way(city: City, take: Intake) -> None:
    moved = [[x + 0.02, y] for x, y in SOUND]
    file = take.folder / "ซ้ำ.geojson"
    features = [plot("20", SOUND[:2] + SOUND[1:]), plot("21", moved), plot("22", BOW)]
    file.write_text(json.dumps({"type": "FeatureCollection", "features": features}), encoding="utf-8")
    number = take(file, type="land_plot")["import_id"]
    address = f"/api/v1/imports/{number}/repairs"
    told = city.get(address)
    assert ([one["row"] for one in told["repairs"]], told["more"], told["more_repeated"]) == (
        [3],
        False,
        False,
    )
    (one,) = told["repeated"]
    assert (one["row"], one["title"], one["type"], one["corners"]) == (1, "20", "land_plot", 1)
    assert (one["what"], one["defect"]["coordinates"]) == ("duplicate_vertices", SOUND[1])
    assert one["mended"]["coordinates"] == [SOUND]
    before = city.get(f"records/land_plot/{one['id']}")
    answer = city.ask("POST", address, json={"rows": [{"part": 0, "row": 1}, {"part": 0, "row": 3}]})
    assert answer.status_code == 201, answer.text
    assert [(report["new"], report["updated"]) for report in answer.json()] == [(1, 0), (0, 1)]
    after = city.get(f"records/land_plot/{one['id']}")
    assert after["geometry"]["coordinates"] == [SOUND] and after["values"] == before["values"]
    told = city.get(address)
    assert told["repairs"] == told["repeated"] == []


def test_a_row_is_taken_and_the_rest_waits(city: City) -> None:
    answer = city.ask("POST", REPAIRS, json={"rows": [{"part": 0, "row": 1}]})
    assert answer.status_code == 201, answer.text
    (report,) = answer.json()
    assert (report["status"], report["taken"], report["type"]) == ("taken", 1, "land_plot")
    mended = next(one for one in city.get("records/land_plot")["records"] if one["values"]["plot_no"] == "7")
    assert city.get(f"records/land_plot/{mended['id']}")["geometry"]["type"] == "MultiPolygon"
    assert mended["extra"]["รูปเดิม (WKT)"].startswith("POLYGON")
    assert [one["row"] for one in city.get(REPAIRS)["repairs"]] == [3]
    receipt = city.get(f"/api/v1/imports/{report['import_id']}")
    assert receipt["file"] == "ซ่อมรูป แปลง.geojson" and receipt["network"] == NETWORK


@pytest.mark.parametrize(
    ("rows", "role", "status", "th", "en"),
    [
        ([{"part": 0, "row": 1}], "secretary", 403, "นำเข้าไฟล์ไม่ได้", "may not import files"),
        ([], "surveyor", 409, "กรุณาเลือกแถว", "Choose the rows to mend."),
        ([{"part": 0, "row": 2}], "surveyor", 409, "กรุณาเลือกแถว", "Choose the rows to mend."),
        ([{"part": 1, "row": 1}], "surveyor", 409, "กรุณาเลือกแถว", "Choose the rows to mend."),
        ([{"part": 0}], "surveyor", 422, "details", "details"),
        ([{"part": "0", "row": 1}], "surveyor", 422, "details", "details"),
        ([{"part": -1, "row": 1}], "surveyor", 422, "details", "details"),
    ],
)
def test_rows_that_may_not_be_taken(
    city: City, rows: list[dict[str, Any]], role: str, status: int, th: str, en: str
) -> None:
    answer = city.ask("POST", REPAIRS, role, json={"rows": rows})
    assert answer.status_code == status, answer.text
    assert th in answer.json()["th"] and en in answer.json()["en"]
    assert city.get("records/land_plot")["total"] == 1


def test_what_is_not_there_and_who_may_not(city: City, take: Intake) -> None:
    body = {"rows": [{"part": 0, "row": 1}]}
    for address in ("/api/v1/imports/99/repairs", "/api/v1/imports/0/repairs", "/api/v1/imports/x/repairs"):
        assert city.ask("GET", address).status_code == 404
        assert city.ask("POST", address, json=body).status_code == 404
    for role in ("public", "secretary"):
        assert city.ask("GET", REPAIRS, role).status_code == 403
    imports.undo(take.store, 1, STEWARD)
    for answer in (city.ask("GET", REPAIRS), city.ask("POST", REPAIRS, json=body)):
        assert answer.status_code == 409 and answer.json()["en"] == "This import is undone."
