from __future__ import annotations

import json
import re
from typing import Any

import geopandas as gpd
import pytest
from shapely.geometry import Point, box

from maps import choose, style
from maps.figure import Linked
from maps.page import page
from maps.preview import preview
from maps.spec import LayerData, MapSpec
from surveys.records import ALL

HOUSE = ALL["house"]


def houses(*numbers: str, area: bool = False) -> gpd.GeoDataFrame:
    shapes = [
        box(100.5, 13.7 + n / 1e4, 100.50005, 13.70005 + n / 1e4) if area else Point(100.5, 13.7 + n / 1e4)
        for n, _ in enumerate(numbers)
    ]
    ids = [f"id {number}" for number in numbers]
    return gpd.GeoDataFrame({"house_no": list(numbers)}, index=ids, geometry=shapes, crs=4326)


def drawn(layers: tuple[LayerData, ...]) -> dict[str, list[dict[str, Any]]]:
    return {one.layer.name: [f["properties"] for f in json.loads(one.data)["features"]] for one in layers}


@pytest.mark.parametrize("area", [False, True])
@pytest.mark.parametrize(
    ("likely", "free", "layers"),
    [
        (("12/3",), ("9", "8"), ["taken", "free", "likely"]),
        ((), ("9",), ["taken", "free"]),
        (("9",), (), ["taken", "likely"]),
        ((), (), ["taken"]),
    ],
)
def test_what_may_be_chosen_is_drawn_the_likely_ones_on_top(
    likely: tuple[str, ...], free: tuple[str, ...], layers: list[str], area: bool
) -> None:
    numbers = {"likely": likely, "free": free, "taken": ("7",)}
    made = choose.choices(HOUSE, {name: houses(*of, area=area) for name, of in numbers.items()}, "th")
    assert [one.layer.name for one in made] == layers
    assert all(one.chosen == style.CHOSEN for one in made)
    for name, of in numbers.items():
        told = [(one["id"], one["title"]) for one in drawn(made).get(name, [])]
        assert told == [(f"id {number}", number) for number in of]


def test_what_has_no_place_is_not_offered() -> None:
    frame = houses("1", "2")
    frame.loc["id 2", "geometry"] = None
    (layer,) = choose.choices(HOUSE, {"likely": frame, "free": houses()}, "en")
    assert (layer.count, layer.title, layer.unit) == (1, "likely ones", "houses")


def test_the_script_that_chooses_is_there_where_something_is_chosen() -> None:
    made = choose.choices(HOUSE, {"likely": houses("1"), "taken": houses("2")}, "th")
    text = page(MapSpec("kt", "เลือก", "th", made, nonce="n0nce"), Linked("n0nce"))
    found = re.search(r'id="map-config">(.*?)</script>', text, re.DOTALL)
    assert found and [one["chosen"] for one in json.loads(found[1])["layers"]] == [style.CHOSEN.leaflet()] * 2
    assert text.index("map_choose.js") < text.index("mankong.start(")
    facts = {"row": [1], "status": ["taken"], "title": ["ก"], "reason": [""]}
    other = preview(gpd.GeoDataFrame(facts, geometry=[Point(100.5, 13.7)], crs=4326), "th", "n0nce")
    assert "map_choose.js" not in other and '"chosen": null' in other
