"""GeoJSON as standards say and as people send it; survey submissions as JSON and XML."""

from __future__ import annotations

import errno
import json
from collections.abc import Callable
from typing import Any

import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from gis.formats import Layer, Limits, Reading, geojson_rows, geojson_shapes, jsontext

Read = Callable[..., Reading]
Rows = Callable[[Layer], list[dict[str, Any]]]
Wkt = Callable[[Layer], list[str | None]]
POINT = {"type": "Point", "coordinates": [100.5, 13.75]}
RING = [[100, 13], [101, 13], [101, 14], [100, 13]]


def feature(geometry: Any, **properties: Any) -> dict[str, Any]:
    return {"type": "Feature", "properties": properties, "geometry": geometry}


def collection(*features: Any, **members: Any) -> str:
    return json.dumps({"type": "FeatureCollection", **members, "features": features}, ensure_ascii=False)


def test_values_of_every_kind_come_as_text(here: Read, rows: Rows) -> None:
    values = {
        "text": "บ้าน",
        "empty": "",
        "none": None,
        "whole": 12,
        "float": 12.0,
        "part": 1.5,
        "id": 1234567890123,
        "yes": True,
        "list": [1, "ก"],
        "object": {"a": 1},
        "large": 1e300,
    }
    row = rows(here(collection(feature(POINT, **values)), "a.geojson").layers[0])[0]
    assert {key: row[key] for key in values} == {
        "text": "บ้าน",
        "empty": None,
        "none": None,
        "whole": "12",
        "float": "12",
        "part": "1.5",
        "id": "1234567890123",
        "yes": "true",
        "list": '[1,"ก"]',
        "object": '{"a":1}',
        "large": "1e+300",
    }


def test_columns_are_the_union_and_foreign_members_are_kept(here: Read, rows: Rows) -> None:
    text = collection({**feature(POINT, a=1), "id": 7, "title": "x"}, feature(None, b=2, a="y"))
    layer = here(text, "a.geojson").layers[0]
    assert layer.columns == ("id", "title", "a", "b")
    assert [[row[name] for name in layer.columns] for row in rows(layer)] == [
        ["7", "x", "1", None],
        [None, None, "y", "2"],
    ]


def collection_ascii(*features: Any) -> str:
    return json.dumps({"type": "FeatureCollection", "features": features})


SHAPES: list[tuple[Any, str]] = [
    (POINT, "POINT (100.5 13.75)"),
    ({"type": "Point", "coordinates": [100.5, 13.75, 3]}, "POINT (100.5 13.75)"),
    ({"type": "POINT", "coordinates": [100, 13]}, "POINT (100 13)"),
    ({"type": "LineString", "coordinates": [[100, 13, 5], [101, 14]]}, "LINESTRING (100 13, 101 14)"),
    ({"type": "polygon", "coordinates": [RING]}, "POLYGON ((100 13, 101 13, 101 14, 100 13))"),
    ({"type": "MultiPoint", "coordinates": [[1, 2], [3, 4]]}, "MULTIPOINT ((1 2), (3 4))"),
    (
        {"type": "MultiLineString", "coordinates": [[[1, 2], [3, 4]], [[5, 6], [7, 8]]]},
        "MULTILINESTRING ((1 2, 3 4), (5 6, 7 8))",
    ),
    ({"type": "MultiPolygon", "coordinates": [[RING]]}, "MULTIPOLYGON (((100 13, 101 13, 101 14, 100 13)))"),
    ({"type": "GeometryCollection", "geometries": [POINT]}, "GEOMETRYCOLLECTION (POINT (100.5 13.75))"),
    ({"type": "Polygon", "coordinates": []}, "POLYGON EMPTY"),
]


@pytest.mark.parametrize(("geometry", "text"), SHAPES)
def test_every_type_of_shape_bare_and_in_a_feature(geometry: Any, text: str, here: Read, wkt: Wkt) -> None:
    assert wkt(here(json.dumps(geometry), "a.geojson").layers[0]) == [text]
    assert wkt(here(json.dumps(feature(geometry)), "a.json").layers[0]) == [text]


def test_mixed_types_keep_their_order(here: Read, wkt: Wkt) -> None:
    layer = here(
        collection(feature(None), *(feature(geometry) for geometry, _ in SHAPES)), "a.geojson"
    ).layers[0]
    assert wkt(layer) == [None, *(text for _, text in SHAPES)]


EMPTY_PARTS: list[tuple[Any, str | None]] = [
    ({"type": "MultiPolygon", "coordinates": [[RING], []]}, SHAPES[7][1]),
    ({"type": "MultiPolygon", "coordinates": [[], [RING]]}, SHAPES[7][1]),
    ({"type": "MultiPolygon", "coordinates": [[]]}, "MULTIPOLYGON EMPTY"),
    ({"type": "MultiPolygon", "coordinates": [[], []]}, "MULTIPOLYGON EMPTY"),
    ({"type": "MultiPolygon", "coordinates": [[[]]]}, None),
    ({"type": "MultiLineString", "coordinates": [[], [[1, 2], [3, 4]]]}, "MULTILINESTRING ((1 2, 3 4))"),
    ({"type": "MultiLineString", "coordinates": [[]]}, "MULTILINESTRING EMPTY"),
    ({"type": "Polygon", "coordinates": [[], RING]}, None),
    ({"type": "Polygon", "coordinates": [[]]}, None),
    ({"type": "MultiPoint", "coordinates": [[], [1, 2]]}, None),
    ({"type": "GeometryCollection", "geometries": []}, "GEOMETRYCOLLECTION EMPTY"),
    (
        {"type": "GeometryCollection", "geometries": [{"type": "MultiPolygon", "coordinates": [[], [RING]]}]},
        f"GEOMETRYCOLLECTION ({SHAPES[7][1]})",
    ),
]


@pytest.mark.parametrize("name", ["a.geojson", "a.csv"])
def test_empty_parts_kill_no_reader(name: str, child: Read, wkt: Wkt, rows: Rows) -> None:
    shapes = [*(geometry for geometry, _ in EMPTY_PARTS), POINT]
    quoted = [json.dumps(shape).replace('"', '""') for shape in shapes]
    table = "shape,n\n" + "".join(f'"{text}",1\n' for text in quoted)
    (layer,) = child(collection(*map(feature, shapes)) if name == "a.geojson" else table, name).layers
    texts = [text for _, text in EMPTY_PARTS]
    assert wkt(layer) == [*texts, "POINT (100.5 13.75)"]
    codes = [None if text else "geometry_unreadable" for text in texts]
    assert [row["#defect"] for row in rows(layer)] == [*codes, None]


BAD: list[tuple[str, str]] = [
    ('{"type":"Point","coordinates":[1,"2"]}', "geometry_unreadable"),
    ('{"type":"Point","coordinates":[1,null]}', "geometry_unreadable"),
    ('{"type":"Point","coordinates":[NaN,2]}', "geometry_not_finite"),
    ('{"type":"Point","coordinates":[1,-Infinity]}', "geometry_not_finite"),
    ('{"type":"Point","coordinates":[1]}', "geometry_unreadable"),
    ('{"type":"Point","coordinates":{"x":1}}', "geometry_unreadable"),
    ('{"type":"Point"}', "geometry_unreadable"),
    ('{"type":"Pint","coordinates":[1,2]}', "geometry_unreadable"),
    ('{"coordinates":[1,2]}', "geometry_unreadable"),
    ("7", "geometry_unreadable"),
    ('{"type":"LineString","coordinates":[[1,2]]}', "ring_too_short"),
    ('{"type":"LineString","coordinates":[[1,2],3]}', "geometry_unreadable"),
    ('{"type":"Polygon","coordinates":[[[0,0],[1,0],[1,1]]]}', "unclosed_ring"),
    ('{"type":"Polygon","coordinates":[[[0,0],[1,0],[0,0]]]}', "ring_too_short"),
    ('{"type":"Polygon","coordinates":[[0,0],[1,0]]}', "geometry_unreadable"),
    ('{"type":"MultiPolygon","coordinates":[5]}', "geometry_unreadable"),
    ('{"type":"GeometryCollection","geometries":5}', "geometry_unreadable"),
    ('{"type":"GeometryCollection","geometries":[' * 12 + "]}" * 12, "geometry_unreadable"),
]


@pytest.mark.parametrize(("geometry", "code"), BAD)
def test_one_bad_shape_is_one_bad_row(geometry: str, code: str, here: Read, wkt: Wkt, rows: Rows) -> None:
    text = collection(feature(POINT, n=1), feature("?", n=2), feature(POINT, n=3)).replace('"?"', geometry)
    layer = here(text, "a.geojson").layers[0]
    closed = "POLYGON ((0 0, 1 0, 1 1, 0 0))" if code == "unclosed_ring" else None
    assert wkt(layer) == ["POINT (100.5 13.75)", closed, "POINT (100.5 13.75)"]
    assert [(row["n"], row["#defect"]) for row in rows(layer)] == [("1", None), ("2", code), ("3", None)]
    assert [(each.code, each.row) for each in layer.defects] == [(code, 2)]


OPEN = [[0, 0], [1, 0], [1, 1], [0, 0.5]]
STRANGE: list[Any] = [5, None, {}, "ก", ["a"], [[]], [None], {"a": 1}]


@pytest.mark.parametrize(
    ("geometry", "place", "closed"),
    [
        (
            {"type": "Polygon", "coordinates": [OPEN]},
            "0.500000, 0.000000",
            "POLYGON ((0 0, 1 0, 1 1, 0 0.5, 0 0))",
        ),
        (
            {"type": "polygon", "coordinates": [RING, OPEN]},
            "0.500000, 0.000000",
            "POLYGON ((100 13, 101 13, 101 14, 100 13), (0 0, 1 0, 1 1, 0 0.5, 0 0))",
        ),
        (
            {"type": "MultiPolygon", "coordinates": [[RING], [OPEN]]},
            "0.500000, 0.000000",
            "MULTIPOLYGON (((100 13, 101 13, 101 14, 100 13)), ((0 0, 1 0, 1 1, 0 0.5, 0 0)))",
        ),
        ({"type": "Polygon", "coordinates": [[[0, 0], [1, 0], [0, 0.5]], [[1]]]}, "0.500000, 0.000000", None),
        *(
            ({"type": kind, "coordinates": coordinates}, "0.500000, 0.000000", None)
            for part in STRANGE
            for kind, coordinates in (
                ("Polygon", [OPEN, part]),
                ("MultiPolygon", [[OPEN, part]]),
                ("MultiPolygon", [[OPEN], part]),
            )
        ),
        ({"type": "Polygon", "coordinates": [OPEN, []]}, "0.500000, 0.000000", None),
        (
            {"type": "MultiPolygon", "coordinates": [[OPEN], []]},
            "0.500000, 0.000000",
            "MULTIPOLYGON (((0 0, 1 0, 1 1, 0 0.5, 0 0)))",
        ),
        (
            {"type": "GeometryCollection", "geometries": [POINT, {"type": "Polygon", "coordinates": [OPEN]}]},
            "0.500000, 0.000000",
            None,
        ),
    ],
)
def test_a_ring_left_open_is_shown_where_it_stops_and_closed_as_a_suggestion(
    geometry: Any, place: str, closed: str | None, here: Read, wkt: Wkt
) -> None:
    layer = here(collection(feature(geometry)), "a.geojson").layers[0]
    assert [(each.code, each.value) for each in layer.defects] == [("unclosed_ring", place)]
    assert wkt(layer) == [closed]


@pytest.mark.parametrize(
    "kind", ["Point", "LineString", "Polygon", "MultiPoint", "MultiLineString", "MultiPolygon"]
)
def test_a_file_of_nothing_but_empty_shapes(kind: str, here: Read, wkt: Wkt) -> None:
    layer = here(collection(feature({"type": kind, "coordinates": []})), "a.geojson").layers[0]
    assert wkt(layer) == [f"{kind.upper()} EMPTY"]


@pytest.mark.parametrize("strange", [{"b": "\ud800x"}, {"\ud800": "x"}, {"b": ["\udc00"]}])
def test_half_a_letter_beside_nan_costs_its_own_feature_only(
    strange: dict[str, Any], here: Read, rows: Rows
) -> None:
    bad = {"type": "Feature", "properties": {"a": float("nan"), **strange}, "geometry": POINT}
    layer = here(collection_ascii(feature(POINT, b="ก"), bad, feature(POINT, b="ข")), "a.geojson").layers[0]
    assert [(row["b"], row["#defect"]) for row in rows(layer)] == [
        ("ก", None),
        (None, "feature_unreadable"),
        ("ข", None),
    ]
    assert rows(layer)[1]["feature"] == json.dumps(bad)


def test_a_fault_nobody_foresaw_costs_its_own_feature_only(
    here: Read, rows: Rows, monkeypatch: pytest.MonkeyPatch
) -> None:
    def build(geometries: list[Any]) -> Any:
        if {"type": "Trap"} in geometries:
            raise KeyError("trap")
        return built(geometries)

    built = geojson_shapes.build
    monkeypatch.setattr(geojson_shapes, "build", build)
    features = [feature({"type": "Trap"} if n in (3, 7) else POINT, n=n) for n in range(9)]
    layer = here(collection(*features), "a.geojson", limits=Limits(vertices=7)).layers[0]
    told = [(row["n"], row["#defect"]) for row in rows(layer)]
    assert told == [(None, "feature_unreadable") if n in (3, 7) else (str(n), None) for n in range(9)]
    assert layer.columns == ("n", "feature")
    assert rows(layer)[3]["feature"] == json.dumps(features[3])


def test_a_full_disk_is_no_fault_of_a_feature(here: Read, monkeypatch: pytest.MonkeyPatch) -> None:
    def put_down(rows: geojson_rows.Rows) -> None:
        raise OSError(errno.ENOSPC, "full")

    monkeypatch.setattr(geojson_rows, "_HELD_BYTES", 1)
    monkeypatch.setattr(geojson_rows.Rows, "_put_down", put_down)
    refusal = here(collection(feature(POINT), feature(POINT)), "a.geojson").refusal
    assert refusal is not None
    assert refusal.code == "disk_full"


@pytest.mark.parametrize(
    ("member", "crs", "code"),
    [
        ({"type": "name", "properties": {"name": "urn:ogc:def:crs:OGC:1.3:CRS84"}}, "EPSG:4326", None),
        ({"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::32647"}}, "EPSG:32647", None),
        ({"type": "name", "properties": {"name": "EPSG:24047"}}, "EPSG:24047", None),
        ({"type": "EPSG", "properties": {"code": 32648}}, "EPSG:32648", None),
        ({"type": "name", "properties": {"name": "my own"}}, None, "crs_unknown"),
        ({"type": "name"}, None, "crs_unknown"),
        (None, "EPSG:4326", None),
    ],
)
def test_the_crs_member(member: Any, crs: str | None, code: str | None, here: Read) -> None:
    layer = here(collection(feature(POINT), crs=member), "a.geojson").layers[0]
    assert (layer.crs, layer.defect_counts) == (crs, {code: 1} if code else {})


DEEP = "[" * 5000 + "]" * 5000


@pytest.mark.parametrize(
    ("text", "name", "code"),
    [
        ("", "a.geojson", "file_empty"),
        ("{", "a.geojson", "json_unreadable"),
        ("{}", "a.geojson", "not_geojson"),
        ("[]", "a.json", "not_geojson"),
        ("[1,2]", "a.json", "not_geojson"),
        ('{"type":"FeatureCollection"}', "a.geojson", "not_geojson"),
        ('{"type":"FeatureCollection","features":[]}', "a.geojson", "no_rows"),
        ('{"type":"Topology","objects":{}}', "a.json", "not_geojson"),
        (
            '{"type":"gdal_streamed_alg","command_line":"gdal vector read /etc/passwd"}',
            "a.geojson",
            "not_geojson",
        ),
        (
            collection(feature(POINT), crs={"type": "link", "properties": {"href": "http://x"}}),
            "a.geojson",
            "crs_link",
        ),
        (
            collection(feature(POINT), crs={"type": "name", "properties": {"href": "http://x"}}),
            "a.geojson",
            "crs_link",
        ),
        ('{"type":"Point","coordinates":' + DEEP + "}", "a.geojson", "json_too_deep"),
        (
            '{"type":"Point","x":"' + "]" * 9000 + '","coordinates":' + DEEP + "}",
            "a.geojson",
            "json_too_deep",
        ),
        ('{"type":"Point","coordinates":[1,\0 2]}', "a.geojson", "nul_byte"),
    ],
)
def test_json_refused(text: str, name: str, code: str, here: Read) -> None:
    refusal = here(text, name).refusal
    assert refusal is not None
    assert refusal.code == code


def test_json_larger_than_the_limit_is_refused(here: Read) -> None:
    refusal = here(json.dumps(POINT), "a.geojson", limits=Limits(json_bytes=10)).refusal
    assert refusal is not None
    assert refusal.code == "file_too_large"


def test_brackets_in_texts_are_not_depth(here: Read) -> None:
    assert here(collection(feature(POINT, note="[" * 500)), "a.geojson").refusal is None


def test_a_feature_a_line(here: Read, rows: Rows) -> None:
    lines = [json.dumps(feature(POINT, n=1)), "{broken", "", "\x1e" + json.dumps(feature(POINT, n=3))]
    layer = here("\n".join(lines), "a.ndjson").layers[0]
    assert [(row["n"], row["#defect"]) for row in rows(layer)] == [
        ("1", None),
        (None, "feature_unreadable"),
        ("3", None),
    ]


def test_shapes_over_the_limits(here: Read) -> None:
    line = {"type": "LineString", "coordinates": [[100 + step / 100, 13] for step in range(50)]}
    layer = here(
        collection(feature(line), feature(POINT)), "a.geojson", limits=Limits(shape_vertices=20)
    ).layers[0]
    assert layer.defect_counts == {"too_many_vertices": 1}
    refusal = here(collection(feature(line)), "a.geojson", limits=Limits(vertices=20)).refusal
    assert refusal is not None
    assert refusal.code == "too_many_vertices_file"


POSITION = st.tuples(st.floats(-180, 180), st.floats(-90, 90))


@settings(max_examples=60)
@given(
    st.lists(
        st.one_of(
            POSITION.map(shapely.Point),
            st.lists(POSITION, min_size=2, max_size=5).map(shapely.LineString),
            st.lists(POSITION, min_size=1, max_size=4).map(shapely.MultiPoint),
            st.lists(POSITION, min_size=3, max_size=5).map(shapely.Polygon),
            st.lists(
                st.lists(POSITION, min_size=3, max_size=5).map(shapely.Polygon), min_size=1, max_size=3
            ).map(shapely.MultiPolygon),
            st.lists(st.lists(POSITION, min_size=2, max_size=3), min_size=1, max_size=3).map(
                shapely.MultiLineString
            ),
            st.lists(POSITION.map(shapely.Point), max_size=2).map(shapely.GeometryCollection),
        ),
        max_size=6,
    )
)
def test_shapes_are_those_shapely_builds(shapes: list[shapely.Geometry]) -> None:
    raw = [json.loads(shapely.to_geojson(shape)) for shape in shapes]
    built, codes = geojson_shapes.build(raw)
    assert codes == {}
    assert [shapely.to_wkb(shape) for shape in built] == [shapely.to_wkb(shape) for shape in shapes]


@given(
    st.recursive(
        st.none() | st.text('[]{}"\\\\/ก', max_size=5),
        lambda inner: st.lists(inner, max_size=3),
        max_leaves=8,
    )
)
def test_the_depth_seen_is_the_depth_there(value: Any) -> None:
    def depth(item: Any) -> int:
        return 1 + max(map(depth, item), default=0) if isinstance(item, list) else 0

    assert jsontext.depth(json.dumps(value).encode()) == depth(value)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("<a/>", "not_a_submission"),
        ("<data id='x'><start></data>", "xml_unreadable"),
        ('<!DOCTYPE data [<!ENTITY a "aaaa">]><data id="x"><start>&a;</start></data>', "xml_dtd"),
        ("<data id='x'>" + "<g>" * 300 + "</g>" * 300 + "</data>", "xml_too_deep"),
        ("<data id='x'>" + "<g>" * 300, "xml_too_deep"),
        ("<OGRVRTDataSource/>", "not_a_submission"),
        ("just text", "content_mismatch"),
    ],
)
def test_xml_refused(text: str, code: str, here: Read) -> None:
    refusal = here(text, "a.xml").refusal
    assert refusal is not None
    assert refusal.code == code


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ([1.5, True, False], ["1.5", "true", "false"]),
        ([True, 1.5, False], ["true", "1.5", "false"]),
        ([2**53, 0.5], [str(2**53), "0.5"]),
        ([1, None, "ก"], ["1", None, "ก"]),
        ([2**63, 1], [str(2**63), "1"]),
        ([{"a": 1}, {"b": 2}], ['{"a":1}', '{"b":2}']),
        ([[1], []], ["[1]", "[]"]),
    ],
)
def test_values_of_one_column_do_not_change_one_another(
    here: Read, rows: Rows, values: list[Any], told: list[str | None]
) -> None:
    features = [feature(POINT, v=value) for value in values]
    (layer,) = here(collection(*features).encode(), ".geojson").layers
    assert [row["v"] for row in rows(layer)] == told
