from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import LineString, Point, Polygon

from maps import cells, layers, page, popup, standalone
from maps.figure import Linked
from maps.layers import LAYERS, Layer
from maps.spec import MapSpec
from surveys.fields import Text
from surveys.privacy import Privacy
from surveys.record import RecordType, field
from surveys.records import ALL

Frame = gpd.GeoDataFrame
DRAWN = [name for name in LAYERS if name in ALL]


def written(name: str, frame: Frame, lang: str = "en") -> dict[str, Any]:
    return json.loads(layers.features(LAYERS[name], ALL[name], frame, lang))


def said(collection: dict[str, Any], place: int = 0) -> dict[str, str]:
    rows = collection["features"][place]["properties"]["rows"]
    return {label: row for label, row in zip(collection["labels"], rows, strict=True) if row is not None}


def test_layers_are_drawn_in_order_and_households_are_none() -> None:
    order = "zoning_area admin_area community land_plot land_proposal canal road house facility"
    assert list(LAYERS) == order.split()
    assert len({layer.rank for layer in LAYERS.values()}) == len(LAYERS)


@pytest.mark.parametrize("name", DRAWN)
def test_a_layer_writes_what_its_declaration_says(name: str, frame_of: Callable[..., Frame]) -> None:
    frame = frame_of(ALL[name])
    collection = written(name, frame)
    assert collection["fields"] == list(ALL[name].colour_by)
    assert [f["properties"]["id"] for f in collection["features"]] == frame.index.tolist()
    for feature in collection["features"]:
        facts = feature["properties"]
        assert set(facts) == {"id", "title", "codes", "rows"}
        assert len(facts["codes"]) == len(collection["fields"])
        assert len(facts["rows"]) == len(collection["labels"])


def test_values_are_written_for_people(frame_of: Callable[..., Frame]) -> None:
    facts = {
        "name": ["บ้านกล้วย"], "type": [None],
        "year_settled": pd.array([1987], "Int64"), "households_known": pd.array([1893], "Int64"),
        "eviction_deadline": pd.to_datetime(["2026-08-12"]), "eviction_state": ["notice"],
    }  # fmt: skip
    frame = frame_of(ALL["community"], 1, **facts)
    english, thai = said(written("community", frame)), said(written("community", frame, "th"))
    assert english["households reported"] == "1,893 households"
    assert english["year settled"] == "1987" and thai["ปีที่เริ่มตั้งชุมชน"] == "2530"
    assert english["eviction state"] == "notice served" and thai["สถานะไล่รื้อ"] == "ได้หนังสือ"
    assert "2569" in thai["กำหนดไล่รื้อ"]
    assert "type of community" not in english
    plot = frame_of(ALL["land_plot"], 1, declared_area=[7300.0], plot_no=["100893"])
    assert said(written("land_plot", plot))["declared area"].endswith("m²") is False
    assert written("land_plot", plot)["features"][0]["properties"]["title"] == "100893"


TITLES = [
    ({"name": ["ก"], "everyday_name": ["ข"]}, "ก"),
    ({"name": [None], "everyday_name": ["ข"]}, "ข"),
    ({"name": [None], "everyday_name": [None], "code": [None]}, None),
]


@pytest.mark.parametrize(("facts", "title"), TITLES)
def test_the_title_is_the_first_that_is_filled(
    facts: dict[str, list[str | None]], title: str | None, frame_of: Callable[..., Frame]
) -> None:
    given_ = {name: pd.Series(value, dtype="str") for name, value in facts.items()}
    collection = written("community", frame_of(ALL["community"], 1, **given_))
    assert collection["features"][0]["properties"]["title"] == title
    assert "community name" not in collection["labels"]


def test_a_community_is_called_by_its_name(frame_of: Callable[..., Frame]) -> None:
    known = frame_of(
        ALL["community"], 2, code=["WT01", "WT02"], name=["ริมคลอง", "หลังวัด"], everyday_name=["", "วัด"]
    )
    plots = frame_of(ALL["land_plot"], 4, community=pd.Series(["wt01", "วัด", "ที่อื่น", None], dtype="str"))
    named = popup.by_name(plots, known, "th")
    assert named["community"].fillna("-").tolist() == ["ริมคลอง", "หลังวัด", "ที่อื่น", "-"]
    assert plots["community"].iloc[0] == "wt01", "the frame handed in stays as it is"
    assert popup.by_name(plots, known.iloc[:0], "th") is plots


def test_the_codes_are_of_the_fields_to_colour_by(frame_of: Callable[..., Frame]) -> None:
    facts = {"land_kind": ["railway", None], "condition": ["dilapidated", "lasting"]}
    collection = written(
        "house", frame_of(ALL["house"], 2, **{k: pd.Series(v, dtype="str") for k, v in facts.items()})
    )
    assert [f["properties"]["codes"][:2] for f in collection["features"]] == [
        ["railway", "dilapidated"],
        [None, "lasting"],
    ]


def test_columns_the_store_left_out_are_missing_values(frame_of: Callable[..., Frame]) -> None:
    frame = frame_of(ALL["house"], 2)[["house_no", "geometry"]]
    facts = written("house", frame)["features"][0]["properties"]
    assert facts["title"] == "house_no 0" and set(facts["codes"]) == {None} and set(facts["rows"]) == {None}
    assert set(layers.columns(ALL["house"])) >= {"house_no", "land_kind", "community"}
    assert "note" not in layers.columns(ALL["house"])


def test_what_has_no_place_is_not_drawn(frame_of: Callable[..., Frame]) -> None:
    frame = frame_of(ALL["house"], 4)
    frame.geometry = gpd.GeoSeries(
        [None, Polygon(), Point(np.inf, 3), Point(100.5, 13.7)], frame.index, crs=4326
    )
    assert [f["properties"]["id"] for f in written("house", frame)["features"]] == ["house-3"]


def test_places_are_written_to_a_tenth_of_a_metre(frame_of: Callable[..., Frame]) -> None:
    frame = frame_of(ALL["road"], 1)
    frame.geometry = gpd.GeoSeries(
        [LineString([(100.123456789, 13.1), (100.2, 13.2)])], frame.index, crs=4326
    )
    assert written("road", frame)["features"][0]["geometry"]["coordinates"][0] == [100.123457, 13.1]


@pytest.mark.parametrize(
    "name", [name for name, kind in ALL.items() if not kind.public or kind.geometry is None]
)
def test_what_is_personal_or_has_no_place_is_refused(name: str, frame_of: Callable[..., Frame]) -> None:
    frame = frame_of(ALL[name], 2)
    for attempt in (layers.features, standalone.embedded, cells.counted):
        with pytest.raises(ValueError, match="not drawn"):
            attempt(Layer(name), ALL[name], frame, "th")


def test_a_layer_draws_its_own_records_only(frame_of: Callable[..., Frame]) -> None:
    with pytest.raises(ValueError, match="cannot draw"):
        layers.features(LAYERS["road"], ALL["house"], frame_of(ALL["house"], 1), "th")


@st.composite
def classified(draw: st.DrawFn) -> RecordType:
    """A record type whose fields are text, brief or not, private or not, as it may come to be."""
    record_type = ALL[draw(st.sampled_from(DRAWN))]
    classes = st.sampled_from(list(Privacy))
    fields = [
        replace(f, kind=Text(), privacy=draw(classes), brief=draw(st.booleans())) for f in record_type.fields
    ]
    own = replace(
        field(Text(), "ของเครือข่าย", "own", privacy=draw(classes), brief=True), name="own", custom=True
    )
    return replace(record_type.with_fields([*fields, own]), colour_by=(*record_type.colour_by, "own"))


@settings(max_examples=60)
@given(record_type=classified(), embed=st.booleans())
def test_no_value_above_network_is_in_any_output(record_type: RecordType, embed: bool) -> None:
    words = {f.name: pd.Series([f"VALUE-OF-{f.name}-END"] * 2, dtype="str") for f in record_type.fields}
    frame = gpd.GeoDataFrame(words, geometry=[Point(100.5, 13.7), Point(100.6, 13.8)], crs=4326)
    frame.index = pd.Index(["a", "b"], dtype="str")
    layer = LAYERS[record_type.name]
    data = (
        standalone.embedded(layer, record_type, frame, "th")
        if embed
        else cells.counted(layer, record_type, frame, "th")
    )
    whole = page.page(MapSpec("KT", "เมือง", "th", (data,)), Linked("n"))
    secret = {f.name for f in record_type.fields if f.privacy > Privacy.NETWORK}
    assert [name for name in secret if f"VALUE-OF-{name}-END" in whole] == []
    open_ = {f.name for f in popup.rows(record_type)}
    assert not embed or all(f"VALUE-OF-{name}-END" in whole for name in open_)
    assert not secret & set(layers.columns(record_type))


def test_many_shapes_become_cells_that_count_them_all(frame_of: Callable[..., Frame]) -> None:
    frame = frame_of(ALL["house"], standalone.MOST_SHAPES + 1)
    data = standalone.embedded(LAYERS["house"], ALL["house"], frame, "en")
    collection = json.loads(data.data)
    counts = [int(f["properties"]["title"].split()[0].replace(",", "")) for f in collection["features"]]
    assert sum(counts) == data.count == len(frame)
    assert len(counts) <= cells.MOST_CELLS
    assert "3,001" in data.note and not data.records and not data.layer.search
    assert "Treasury land" in " ".join(f["properties"]["rows"][0] for f in collection["features"])


def test_cells_are_square_in_metres(frame_of: Callable[..., Frame]) -> None:
    data = cells.counted(LAYERS["house"], ALL["house"], frame_of(ALL["house"], 3_500), "th")
    squares = gpd.read_file(data.data.decode()).to_crs(32647).geometry
    sides = squares.bounds.maxx - squares.bounds.minx, squares.bounds.maxy - squares.bounds.miny
    assert np.allclose(sides[0], sides[1], rtol=0.02)


def test_exactly_the_limit_is_still_drawn_shape_by_shape(frame_of: Callable[..., Frame]) -> None:
    frame = frame_of(ALL["house"], standalone.MOST_SHAPES)
    assert standalone.embedded(LAYERS["house"], ALL["house"], frame, "th").note == ""
