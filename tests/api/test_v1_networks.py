"""Networks, record types and records: what is told, to whom, and of which network."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient
from python_calamine import CalamineWorkbook

from surveys import records, roles
from surveys.privacy import Privacy
from surveys.store.store import Store
from surveys.thai import id_check_digit
from surveys.words import words
from tests.api.conftest import HERE, City, add_network, dumped, new_app

FIRST12 = "110170020345"
PERSON = FIRST12 + str(id_check_digit(FIRST12))
NAME, NOTE, ILLNESS = "สมชาย ใจดี", "ประตูหลังพัง", "เบาหวาน"
HOUSES = f"ชุมชน,ลำดับบ้านในผัง,บ้านเลขที่,สภาพ,หมายเหตุ,lat,lon\nริมคลอง,1,10/1,ดี,{NOTE},13.72,100.55\n"
HOUSEHOLDS = (
    "ชุมชน,ลำดับบ้านในผัง,ครัวเรือนที่,ชื่อหัวหน้าครัวเรือน,เลขบัตรประชาชน,จำนวนสมาชิก,รายได้,บัตรเก่า\n"
    f"ริมคลอง,1,1,{NAME},{PERSON},4,ไม่ตอบ,{PERSON}\n"
    f"ริมคลอง,๙,1,สมหญิง,,มาก,9000,{PERSON}\n"
)
MEMBERS = (
    "ชุมชน,ลำดับบ้านในผัง,ครัวเรือนที่,สมาชิกลำดับที่,ชื่อ,เลขประจำตัวประชาชน,โรคประจำตัวหรือความพิการ\n"
    f"ริมคลอง,1,1,1,สมชาย,{PERSON},{ILLNESS}\n"
)


@pytest.fixture(scope="module")
def peopled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[City]:
    """A network with a house, two households and a person; the tests of it only read."""
    with TestClient(new_app(tmp_path_factory.mktemp("peopled")), base_url=HERE) as client:
        city = add_network(client, "rama4")
        city.take("บ้าน.csv", HOUSES, type="house")
        city.take("ครัวเรือน.csv", HOUSEHOLDS, type="household")
        city.take("สมาชิก.csv", MEMBERS, type="member")
        yield city


def test_networks_are_added_and_listed(client: TestClient) -> None:
    bounds = [72.7, 18.8, 73.1, 19.3]
    city = add_network(client, "mumbai", bounds=bounds)
    assert city.get("")["bounds"] == bounds
    assert [network["code"] for network in city.get("/api/v1/networks")] == ["mumbai"]
    again = city.ask("POST", "/api/v1/networks", "steward", json={"code": "mumbai", "name": "x"})
    assert (again.status_code, again.json()["error"]) == (409, "Refused")
    wrong: list[tuple[dict[str, Any], int]] = [
        ({"code": "a b", "name": "x"}, 409),
        ({"code": "c"}, 422),
        ({"code": "c", "name": ""}, 422),
        ({"code": "c", "name": "x", "colour": "red"}, 422),
        ({"code": "c", "name": "x", "bounds": [1, 2, 3]}, 422),
        ({"code": "c", "name": "x", "bounds": [5, 2, 3, 4]}, 409),
    ]
    for new, status in wrong:
        answer = city.ask("POST", "/api/v1/networks", "steward", json=new)
        assert answer.status_code == status, (new, answer.text)
    assert city.ask("POST", "/api/v1/networks", json={"code": "c", "name": "x"}).status_code == 403


def test_the_record_types_are_those_declared(city: City) -> None:
    types = {told["name"]: told for told in city.get("types")}
    assert list(types) == list(records.ALL)
    for name, declared in records.ALL.items():
        fields = types[name]["fields"]
        assert [field["name"] for field in fields] == list(declared.by_name)
        assert [field["privacy"] for field in fields] == [f.privacy.name.lower() for f in declared.fields]
        assert all(field["words"]["th"] and field["words"]["en"] for field in fields)
        assert all(field["rule"]["th"] and field["rule"]["en"] for field in fields)
    house = {field["name"]: field for field in types["house"]["fields"]}
    assert house["storeys"]["json_schema"] == {"type": "integer", "minimum": 1, "maximum": 60}
    assert house["storeys"]["unit"] == {"th": "ชั้น", "en": "storeys"}
    codes = [choice["code"] for choice in house["condition"]["choices"]]
    assert house["condition"]["json_schema"]["enum"] == [*codes, "other"]
    assert house["house_no"]["choices"] is None


def test_a_household_is_told_with_its_missing_and_unreadable_answers(peopled: City) -> None:
    page = peopled.get("records/household")
    assert (page["total"], page["type"]) == (2, "household")
    first, second = page["records"]
    assert first["values"]["people"] == 4
    assert first["values"]["head_name"] == NAME
    assert first["missing"] == {"income": "no_answer"}
    assert second["unreadable"] == {"people": "มาก"}
    assert second["missing"] == {"people": "unreadable"}
    assert first["on_map"] is False
    assert "income" in first["values"] and first["values"]["income"] is None


def test_no_secret_value_is_ever_told(peopled: City) -> None:
    page = peopled.get("records/household")
    first = page["records"][0]
    assert first["values"]["head_id"] == f"•••••••••{PERSON[-4:]}"
    secretary = peopled.get("records/household", "secretary")["records"][0]
    assert "head_id" not in secretary["values"] and secretary["extra"] == {}
    assert first["extra"] == {"บัตรเก่า": "•••••"}, "a column of ids nobody mapped is secret too"
    assert page["records"][1]["values"]["head_id"] is None
    told = [page, peopled.get(f"records/household/{first['id']}"), peopled.get("records/member")]
    member = told[-1]["records"][0]
    told += [peopled.get(f"records/member/{member['id']}"), peopled.get("unplaced"), peopled.get("imports")]
    told += [peopled.get(f"analyses/{name}") for name in ("counts", "standing", "completeness")]
    told += [peopled.ask("GET", f"/api/v1/imports/{n}/problems.csv").text for n in (2, 3, 4)]
    told += [peopled.ask("GET", f"export/household.{s}", "planner").text for s in ("csv", "geojson")]
    said = dumped(told)
    assert PERSON not in said
    assert "enc:1:" not in said
    assert ILLNESS not in said, "what is sensitive has no right that shows it yet"
    assert "health" not in member["values"]


def test_who_may_not_see_households_sees_none(peopled: City, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(roles.RIGHTS, "see_households", (words("ดู", "see"), frozenset({"steward"})))
    for path in ("records/household", "records/member"):
        assert peopled.ask("GET", path).status_code == 403
    told = peopled.get("records/house")["records"][0]
    network_only = {f.name for f in records.ALL["house"].seen(Privacy.NETWORK)}
    assert set(told["values"]) == network_only
    assert (told["extra"], NOTE in dumped(told)) == ({}, False)
    assert NOTE not in dumped(peopled.get(f"records/house/{told['id']}"))
    assert peopled.get("records/house", params={"q": NOTE})["total"] == 0, "nor is it found by guessing"
    unplaced = {row["type"]: row for row in peopled.get("unplaced")["types"]}
    assert (unplaced["household"]["count"], unplaced["household"]["records"]) == (1, [])
    assert NOTE in dumped(peopled.get("records/house", "steward"))


def test_records_are_found_by_text_and_place_and_page_by_page(city: City) -> None:
    rows = "".join(f"ริมคลอง,{n},10/{n},{13.7 + n / 1000},100.5\n" for n in range(1, 31))
    city.take("บ้าน.csv", "ชุมชน,ลำดับบ้านในผัง,บ้านเลขที่,lat,lon\n" + rows, type="house")
    found: list[str] = []
    for offset in (0, 12, 24, 36):
        page = city.get("records/house", params={"limit": 12, "offset": offset})
        assert page["total"] == 30
        found += [record["values"]["house_seq"] for record in page["records"]]
    assert found == [str(n) for n in range(1, 31)]
    for q, count in (("10/30", 1), ("10/๓๐", 1), ("ริมคลอง", 30), ("%", 0), ("_", 0), ("' OR 1=1 --", 0)):
        assert city.get("records/house", params={"q": q})["total"] == count, q
    assert city.get("records/house", params={"bbox": "100.4,13.7005,100.6,13.7035"})["total"] == 3
    assert (
        city.get("records/house", params={"bbox": "100.4,13.7005,100.6,13.7035", "q": "10/2"})["total"] == 1
    )
    for bbox in ("1,2,3", "a,b,c,d", "3,2,1,4", "nan,1,2,3"):
        assert city.ask("GET", "records/house", params={"bbox": bbox}).status_code == 422, bbox
    assert city.ask("GET", "records/member", params={"bbox": "1,2,3,4"}).status_code == 409
    for wrong in ({"limit": 0}, {"limit": 1001}, {"offset": -1}, {"q": "x" * 101}):
        assert city.ask("GET", "records/house", params=wrong).status_code == 422, wrong


def test_a_record_tells_what_brought_each_version(city: City) -> None:
    first = city.take("บ้าน.csv", HOUSES, type="house")
    second = city.take("บ้านใหม่.csv", HOUSES.replace(",ดี,", ",ทรุดโทรม,"), type="house")
    assert second["updated"] == 1
    record = city.get("records/house")["records"][0]
    told = city.get(f"records/house/{record['id']}")
    assert told["geometry"] == {"type": "Point", "coordinates": [100.55, 13.72]}
    new, old = told["history"]
    assert [new["version"], old["version"]] == [2, 1]
    assert old["values"]["condition"] != new["values"]["condition"] == told["values"]["condition"]
    assert (old["origin"]["import_id"], new["origin"]["import_id"]) == (
        first["import_id"],
        second["import_id"],
    )
    assert (new["origin"]["file"], new["origin"]["row"]) == ("บ้านใหม่.csv", 2)
    assert new["closed_at"] is None and old["closed_at"]
    city.ask("POST", f"/api/v1/imports/{second['import_id']}/undo")
    assert city.get(f"records/house/{record['id']}")["values"] == old["values"]
    city.ask("POST", f"/api/v1/imports/{first['import_id']}/undo")
    assert city.ask("GET", f"records/house/{record['id']}").status_code == 404


def test_a_record_of_another_network_is_not_there(city: City, client: TestClient) -> None:
    other = add_network(client, "other")
    city.take("บ้าน.csv", HOUSES, type="house")
    record = city.get("records/house")["records"][0]["id"]
    assert city.ask("GET", f"records/house/{record}").status_code == 200
    for address in (
        f"records/house/{record}",
        f"records/household/{record}",
        f"proposals/{record}",
        "records/castle",
        "records/house/1",
        "layers/household.geojson",
        "analyses/none",
        "export/castle.csv",
        "export/house.exe",
    ):
        answer = other.ask("GET", address, "steward")
        assert answer.status_code == 404, (address, answer.text)
    assert other.get("records/house")["total"] == 0
    assert other.get("layers/house.geojson")["features"] == []
    nowhere = City(client, "nowhere")
    for address in (
        "", "types", "records/house", "layers/house.geojson", "unplaced", "communities/unknown", "imports",
        "analyses", "analyses/counts", "analyses/counts.csv", "proposals", "export/house.csv",
    ):  # fmt: skip
        assert nowhere.ask("GET", address, "steward").status_code == 404, address
    assert City(client, "no%20code").ask("GET", "types").status_code == 404


def test_a_layer_is_sent_again_only_when_the_network_changed(city: City) -> None:
    city.take("บ้าน.csv", HOUSES, type="house")
    first = city.ask("GET", "layers/house.geojson")
    assert first.headers["content-type"] == "application/geo+json"
    assert NOTE not in first.text and len(first.json()["features"]) == 1
    tag = first.headers["etag"]
    for known in (tag, f"W/{tag}", f'"x", {tag}'):
        again = city.ask("GET", "layers/house.geojson", headers={"If-None-Match": known})
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
    english = city.ask("GET", "layers/house.geojson?lang=en", headers={"If-None-Match": tag})
    assert english.status_code == 200
    city.ask("POST", "communities", json={"name": "ริมคลอง"})
    assert city.ask("GET", "layers/house.geojson", headers={"If-None-Match": tag}).status_code == 200


def test_records_without_a_place_are_listed_until_it_arrives(city: City) -> None:
    city.take("ครัวเรือน.csv", HOUSEHOLDS, type="household")
    (told,) = city.get("unplaced")["types"]
    assert (told["type"], told["count"], told["words"]["en"]) == ("household", 2, "Household")
    assert [row["key"] for row in told["records"]] == [
        "community=ริมคลอง|house_seq=1",
        "community=ริมคลอง|house_seq=9",
    ]
    city.take("บ้าน.csv", HOUSES, type="house")
    (told,) = city.get("unplaced")["types"]
    assert (told["count"], told["records"][0]["title"]) == (1, "9"), "the other stands at its house now"


def test_communities_nobody_entered_are_created_by_name(city: City) -> None:
    city.take("บ้าน.csv", HOUSES + "ตลาดเก่า,5,5,ดี,,13.73,100.55\n", type="house")
    unknown = city.get("communities/unknown")
    assert {row["name"]: row["counts"] for row in unknown} == {
        "ริมคลอง": {"house": 1},
        "ตลาดเก่า": {"house": 1},
    }
    assert city.ask("POST", "communities", "secretary", json={"name": "ริมคลอง"}).status_code == 403
    made = city.ask("POST", "communities", json={"name": "ริมคลอง"})
    assert made.status_code == 201
    record = city.get(made.headers["Location"])
    assert (record["title"], record["values"]["survey_state"]) == ("ริมคลอง", "known")
    assert city.ask("POST", "communities", json={"name": "ริมคลอง"}).status_code == 409
    assert city.ask("POST", "communities", json={"name": " "}).status_code == 409
    strange = city.ask("POST", "communities/unknown", json={"names": ["ตลาดเก่า", "ไม่มีใครเอ่ย"]})
    assert strange.status_code == 409
    rest = city.ask("POST", "communities/unknown", json={"names": ["ตลาดเก่า"]})
    assert (rest.status_code, [row["name"] for row in rest.json()]) == (201, ["ตลาดเก่า"])
    assert city.get("communities/unknown") == []
    assert city.get("")["counts"]["community"] == 2


def test_a_community_written_otherwise_is_joined(city: City) -> None:
    city.take("บ้าน.csv", HOUSES.replace("ริมคลอง", "ริมคลองลาดพร้าวว"), type="house")
    made = city.ask("POST", "communities", json={"name": "ริมคลองลาดพร้าว"}).json()
    (unknown,) = city.get("communities/unknown")
    assert unknown["near"] == [{"id": made["id"], "name": "ริมคลองลาดพร้าว"}]
    said = {"name": unknown["name"], "community": made["id"]}
    assert city.ask("POST", "communities/joined", "secretary", json=said).status_code == 403
    assert city.ask("POST", "communities/joined", json=said).status_code == 201
    assert city.ask("POST", "communities/joined", json=said).status_code == 409
    assert (
        city.ask("POST", "communities/joined", json=said | {"community": "0" * 32, "name": "ก"}).status_code
        == 404
    )
    assert city.get("communities/unknown") == []
    again = HOUSES.replace("ริมคลอง", "ตลาดด")
    job = city.examine("บ้าน.csv", again, type="house", communities='{"ตลาดด": "ริมคลองลาดพร้าว"}')
    assert "community_unknown" not in job["report"]["problem_counts"]


def test_an_export_is_a_file_by_right_and_is_logged(peopled: City) -> None:
    store: Store = peopled.client.app.state.store  # type: ignore[attr-defined]
    before = exports(store)
    assert peopled.ask("GET", "export/house.csv").status_code == 403
    for suffix in ("csv", "geojson", "xlsx", "gpkg", "parquet", "zip"):
        answer = peopled.ask("GET", f"export/house.{suffix}", "planner")
        assert answer.status_code == 200, (suffix, answer.text)
        assert answer.headers["content-disposition"] == f'attachment; filename="rama4-house.{suffix}"'
        content = io.BytesIO(answer.content)
        if suffix == "csv":
            assert answer.text.startswith("\ufeff") and "10/1" in answer.text
        elif suffix == "geojson":
            assert json.load(content)["features"][0]["properties"]["house_no"] == "10/1"
        elif suffix == "xlsx":
            assert "10/1" in CalamineWorkbook.from_filelike(content).get_sheet_by_index(0).to_python()[1]
        elif suffix == "zip":
            assert "house.shp" in zipfile.ZipFile(content).namelist()
    assert exports(store) - before == 6
    assert [path for path in store.files.iterdir() if path.name.startswith("export-")] == [], "no copy stays"


def exports(store: Store) -> int:
    """Count the exports in the log."""
    with store.reading() as connection:
        return int(
            connection.exec_driver_sql("SELECT count(*) FROM event WHERE action='export'").scalar() or 0
        )
