"""GeoJSON read piece by piece: what the whole document gives, however small the pieces; broken ones refused."""

from __future__ import annotations

import json
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gis.formats import Layer, Limits, Reading, ReadOptions, geojson, geojson_rows, jsontext
from gis.formats.child import read_here

Read = Callable[..., Reading]
Rows = Callable[[Layer], list[dict[str, Any]]]
POINT = {"type": "Point", "coordinates": [100.5, 13.75]}
TRAPS = ["},{", '"features":[', "]}", "\\", '"', "\\\\", '\\"', "บ้าน", "😀", "\n", "[[[", "", "NaN"]
TEXT = st.one_of(st.sampled_from(TRAPS), st.text(max_size=6))
VALUE = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.floats(-1e9, 1e9) | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=5,
)
GEOMETRY = st.sampled_from(
    [
        None,
        POINT,
        {"type": "POINT", "coordinates": [1, 2, 3]},
        {"type": "LineString", "coordinates": [[0, 0], [1, 1]]},
        {"type": "Polygon", "coordinates": [[[0, 0], [1, 0], [1, 1], [0, 0.5]]]},
        {"type": "Point", "coordinates": ["},{"]},
        7,
    ]
)
PROPERTIES = st.one_of(st.none(), VALUE, st.dictionaries(TEXT, VALUE, max_size=4))
FEATURE = st.builds(
    lambda geometry, properties, more: {
        "type": "Feature",
        "geometry": geometry,
        "properties": properties,
        **more,
    },
    GEOMETRY,
    PROPERTIES,
    st.dictionaries(st.sampled_from(["id", "features", "title"]), VALUE, max_size=2),
)
ITEM = st.one_of(FEATURE, FEATURE, FEATURE, GEOMETRY, VALUE)
CRS = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::32647"}}
MEMBER = st.one_of(
    st.just(("type", "FeatureCollection")),
    st.just(("type", "featureCOLLECTION")),
    st.just(("crs", CRS)),
    st.just(("crs", {"type": "name", "properties": {"name": "ของเรา"}})),
    st.tuples(st.just("name"), TEXT),
    st.tuples(st.sampled_from(["bbox", "other", '"features":[', "features\\", ""]), VALUE),
)


@st.composite
def documents(draw: st.DrawFn) -> bytes:
    """A collection: members in any order around the features, any white space, now and then a name twice."""
    members = draw(st.lists(MEMBER, max_size=4))
    if draw(st.integers(0, 9)):
        members.append(("type", "FeatureCollection"))
    members = draw(st.permutations([*members, ("features", draw(st.lists(ITEM, max_size=8)))]))
    if not draw(st.integers(0, 9)):
        members.append(("features", draw(st.lists(FEATURE, max_size=2))))
    space = draw(st.sampled_from(["", " ", "\n", "\r\n  ", "\t"]))
    ascii_only = draw(st.booleans())

    def written(value: Any) -> str:
        separators = (f"{space},{space}", f"{space}:{space}")
        return json.dumps(value, ensure_ascii=ascii_only, separators=separators)

    inside = ",".join(f"{space}{written(key)}{space}:{space}{written(value)}" for key, value in members)
    text = f"{space}{{{inside}{space}}}{space}"
    mark = draw(st.sampled_from(["utf-8", "utf-8", "utf-8-sig", "utf-16"]))
    return text.encode(mark, "surrogatepass" if ascii_only else "replace")


@contextmanager
def small_pieces(size: int) -> Iterator[None]:
    """Blocks of so many bytes; what waits for its columns soon waits in a file."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(jsontext, "BLOCK", size)
        patch.setattr(geojson_rows, "_HELD_BYTES", 400)
        patch.setattr(geojson_rows, "_TOLD_ROWS", 3)
        yield


def told(content: bytes, name: str = "a.geojson", **limits: int) -> tuple[Any, ...]:
    """All a reading says, and the rows of its layers."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "upload"
        path.write_bytes(content)
        out = Path(folder) / "out"
        reading = read_here(path, name, ReadOptions(limits=Limits(**limits)), out, lambda rows: None)
        assert not list((out / "scratch").iterdir())
        tables = []
        for layer in reading.layers:
            with pa.memory_map(str(layer.path)) as file:
                tables.append(pa.ipc.open_file(file).read_all().to_pylist())
        layers = [
            (each.name, each.columns, each.rows, each.crs, each.defects, each.has_geometry)
            for each in reading.layers
        ]
        code = reading.refusal.code if reading.refusal else None
        return code, reading.format, layers, tables, reading.defects


def whole(content: bytes, name: str = "a.geojson") -> tuple[Any, ...]:
    """The same, parsed whole."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(geojson, "_in_pieces", lambda source, output: False)
        return told(content, name)


@pytest.mark.slow
@settings(max_examples=250)
@given(documents(), st.integers(4, 90))
def test_pieces_give_what_the_whole_gives(content: bytes, size: int) -> None:
    expected = whole(content)
    with small_pieces(size):
        assert told(content) == expected


@pytest.mark.slow
@settings(max_examples=150)
@given(
    st.lists(
        ITEM | st.sampled_from(["{broken", '{"a":[{}', '{}]},{"b":{}}', "[" * 80 + "]" * 80]), max_size=8
    ),
    st.integers(4, 90),
)
def test_lines_and_arrays_give_what_the_whole_gives(items: list[Any], size: int) -> None:
    broken = [item if isinstance(item, str) and item[:1] in "{[" else json.dumps(item) for item in items]
    texts = [
        "\n".join(broken),
        "\x1e" + "\n\x1e".join(broken) + "\n",
        f" [{', '.join(map(json.dumps, items))}]\n",
    ]
    for text in texts:
        content = text.encode()
        expected = whole(content, "a.json")
        with small_pieces(size):
            assert told(content, "a.json") == expected


def collection(count: int, **members: Any) -> bytes:
    features = [
        {"type": "Feature", "properties": {"n": n, "t": "},{"}, "geometry": POINT} for n in range(count)
    ]
    return json.dumps({"type": "FeatureCollection", "features": features, **members}, indent=1).encode()


@pytest.mark.parametrize(
    "content",
    [
        b"{}" + b"[]" * 400_000,
        b"[]" * 400_000,
        b'{"a":[' + b'],"a":[' * 400_000 + b"]}",
    ],
)
def test_brackets_one_after_another_cost_little(content: bytes) -> None:
    began = time.process_time()
    assert told(content)[0] in ("json_unreadable", "not_geojson")
    assert time.process_time() - began < 3


@pytest.mark.parametrize(
    "content", [collection(3, name="ชื่อ", crs=CRS), json.dumps(POINT).encode().join((b"[", b"]"))]
)
def test_a_document_cut_anywhere_is_refused(content: bytes) -> None:
    with small_pieces(16):
        for cut in range(1, len(content)):
            # too large to be parsed whole, so that the pieces alone must tell
            code = told(content[:cut], json_bytes=cut - 1)[0]
            assert code in ("json_unreadable", "file_too_large"), content[:cut]
            assert code == "json_unreadable" or b'"features": [' not in content[:cut]


BROKEN = [
    b'{"type":"FeatureCollection","features":[%s %s]}',
    b'{"type":"FeatureCollection","features":[%s,,%s]}',
    b'{"type":"FeatureCollection","features":[,%s,%s]}',
    b'{"type":"FeatureCollection","features":[%s,%s,]}',
    b'{"type":"FeatureCollection","features":[%s.5,%s]}',
    b'{"type":"FeatureCollection","features":[%s,%s}}',
    b'{"type":"FeatureCollection","features":[%s,%s]]',
    b'{"type":"FeatureCollection","features":[%s,%s].5}',
    b'{"type":"FeatureCollection","features":[%s,%s],}',
    b'{"type":"FeatureCollection","features":[%s,%s]}}',
    b'{"type":"FeatureCollection","features":[%s,%s]}0',
    b'{"type":"FeatureCollection" "features":[%s,%s]}',
    b'{"type":"FeatureCollection","features":[%s,"\xff",%s]}',
    b'{"type":"FeatureCollection","features":[%s,"\\ud800",%s]}',
    b"[%s,%s]0",
    b"[%s.5,%s]",
    b"[%s,%s}",
]


@pytest.mark.parametrize("text", BROKEN)
@pytest.mark.parametrize("size", [7, 1000])
def test_broken_documents_are_refused(text: bytes, size: int) -> None:
    content = text % (
        (json.dumps({"type": "Feature", "properties": {"a": "b"}, "geometry": POINT}).encode(),) * 2
    )
    with small_pieces(size):
        assert told(content)[0] == "json_unreadable"
        assert told(content, json_bytes=len(content) - 1)[0] == "json_unreadable"


def test_only_what_is_parsed_whole_is_bound_by_the_limit_for_it() -> None:
    content = collection(40, name="later", crs=CRS)
    lines = b"\n".join(json.dumps({"type": "Feature", "properties": {"n": n}}).encode() for n in range(40))
    with small_pieces(64):
        code, _, layers, _, _ = told(content, json_bytes=300)
        assert (code, [layer[:4] for layer in layers]) == (None, [("later", ("n", "t"), 40, "EPSG:32647")])
        assert told(lines, json_bytes=300)[0] is None
        assert told(content + b" " * 400, json_bytes=300)[0] == "file_too_large"
        assert told(content.replace(b"},{", b"x" * 400), json_bytes=300)[0] == "file_too_large"
        assert told(content, file_bytes=300)[0] == "file_too_large"
        assert (
            told(collection(40, results=[]).replace(b"FeatureC", b"C"), json_bytes=300)[0] == "file_too_large"
        )
    assert told(json.dumps([{"a": 1}] * 40).encode(), json_bytes=300)[0] == "file_too_large"


def test_limits_hold_within_pieces() -> None:
    deep = collection(9, deep=1).replace(b'"deep": 1', b'"deep": ' + b"[" * 70 + b"]" * 70)
    names = json.dumps(
        {
            "type": "FeatureCollection",
            "features": [{"type": "Feature", "properties": {f"p{n}": 1}} for n in range(9)],
        }
    )
    with small_pieces(64):
        assert told(deep)[0] == "json_too_deep"
        assert told(collection(9), rows=8)[0] == "too_many_rows"
        assert told(collection(9), vertices=8)[0] == "too_many_vertices_file"
        assert told(names.encode(), columns=8)[0] == "too_many_columns"
        assert told(collection(9) + b"\0")[0] == "nul_byte"


def test_a_stretch_that_never_ends_is_looked_at_before_it_fills_the_memory(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    content = collection(3)[:-20] + b', "an odd quote"", ' + b"x" * 50_000
    monkeypatch.setattr(jsontext, "blocks", seen := Counted(jsontext.blocks))
    with small_pieces(64):
        assert told(content, json_bytes=40_000)[0] == "json_unreadable"
    assert seen.bytes < 20_000


class Counted:
    """What is read of a file, counted."""

    def __init__(self, blocks: Callable[[Path], Iterator[bytes]]) -> None:
        self.blocks = blocks
        self.bytes = 0

    def __call__(self, path: Path) -> Iterator[bytes]:
        self.bytes = 0
        for block in self.blocks(path):
            self.bytes += len(block)
            yield block


def test_a_layer_not_asked_for_leaves_no_trace(here: Read) -> None:
    reading = here(collection(9), "a.geojson", layer=("b",))
    assert reading.refusal is not None
    assert (reading.refusal.code, reading.layers) == ("layer_unknown", ())


def test_values_of_one_column_change_kind_from_piece_to_piece(here: Read, rows: Rows) -> None:
    values = ["ก", "ข", 1, 2.5, True, None, "", [1], 2**64 - 1, "ค"] * 3
    features = [{"type": "Feature", "properties": {"v": value}} for value in values]
    with small_pieces(60):
        (layer,) = here(json.dumps({"type": "FeatureCollection", "features": features}), "a.geojson").layers
    expected = ["ก", "ข", "1", "2.5", "true", None, None, "[1]", str(2**64 - 1), "ค"] * 3
    assert [row["v"] for row in rows(layer)] == expected


@pytest.mark.slow
def test_a_file_larger_than_the_memory_it_is_given_is_read(child: Read, tmp_path: Path) -> None:
    feature = {"type": "Feature", "properties": {"บันทึก": "ก" * 600, "n": 1}, "geometry": POINT}
    line = json.dumps(feature, ensure_ascii=False).encode()
    path = tmp_path / "large.geojson"
    with path.open("wb") as file:
        file.write(b'{"features":[' + line)
        for _ in range(300):
            file.write((b",\n" + line) * 1000)
        file.write(b'],"type":"FeatureCollection"}')
    memory = 1200 << 20  # address space, of which the libraries take half
    assert path.stat().st_size > 550 << 20
    reading = child(path, "large.geojson", limits=Limits(memory_bytes=memory))
    path.unlink()
    assert (reading.refusal, [layer.rows for layer in reading.layers]) == (None, [300_001])


@given(VALUE)
def test_values_are_those_python_reads(value: Any) -> None:
    text = json.dumps(value, ensure_ascii=False).encode()
    assert jsontext.value(text) == json.loads(text)


@pytest.mark.parametrize("space", ["", " ", "\n"])
@pytest.mark.parametrize(
    "number", [2**63, 2**64 - 1, 2**64, -(2**63), -(2**63) - 1, 10**40 + 7, -(10**40) - 7]
)
@pytest.mark.parametrize(
    "around",
    ["#", "[#]", "[1,#]", '{"a":#}', '{"a":[0.12345678901234567890123,"12345678901234567890123",#]}'],
)
def test_whole_numbers_keep_their_digits(number: int, space: str, around: str) -> None:
    text = around.replace("#", f"{space}{number}")
    assert repr(jsontext.value(text.encode())) == repr(json.loads(text))


def test_wide_numbers_come_as_the_file_writes_them(here: Read, rows: Rows) -> None:
    values = {"id": 12345678901234567890123, "low": -(2**63) - 1, "list": [2**64], "object": {"ก": 10**30}}
    other = {"id": 1.5, "low": "ก", "list": None, "object": 7}
    bad = {"type": "LineString", "coordinates": [[10**30, "ก"]]}
    features = [{"type": "Feature", "properties": values, "geometry": bad}]
    features += [{"type": "Feature", "properties": other, "geometry": POINT}] * 3
    content = json.dumps({"type": "FeatureCollection", "features": features}).encode()
    assert told(content) == whole(content)
    (layer,) = here(content, "a.geojson").layers
    assert {name: rows(layer)[0][name] for name in values} == {
        "id": "12345678901234567890123",
        "low": "-9223372036854775809",
        "list": "[18446744073709551616]",
        "object": '{"ก":1000000000000000000000000000000}',
    }
    assert [row["id"] for row in rows(layer)[1:]] == ["1.5"] * 3
    assert layer.defect_counts == {"geometry_unreadable": 1}
    assert [each.value for each in layer.defects] == [
        '{"type":"LineString","coordinates":[[1000000000000000000000000000000,"ก"]]}'
    ]
