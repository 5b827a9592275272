from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace

import geopandas as gpd
import pytest
from markupsafe import Markup

from maps import page, popup, standalone
from maps.spec import MapSpec
from maps.texts import TEXTS
from surveys.records import ALL

Frame = gpd.GeoDataFrame
City = dict[str, Frame]
HOSTILE = "</script><img src=x onerror=alert(1)>{{ 7 * 7 }}"
HEAD = Markup('<header class="top"><h1>KT</h1><a href="/n/KT/table">ตาราง</a></header>')


def config(text: str) -> dict[str, object]:
    return json.loads(re.search(r'id="map-config">(.*?)</script>', text, re.DOTALL)[1])


@pytest.mark.parametrize("lang", ["th", "en"])
def test_the_served_page_names_addresses_and_carries_no_shapes(
    city: City, lang: str, spec_of: Callable[..., MapSpec]
) -> None:
    text = page.city_map(spec_of(city, lang, served=True, head=HEAD, code="ก/ข"))
    told = config(text)
    assert [layer["url"] for layer in told["layers"]] == [f"/geo/{name}" for name in city]
    assert [layer["title"] for layer in told["layers"]] == [ALL[name].words.of(lang) for name in city]
    assert told["layers"][0]["records"] == "/n/%E0%B8%81%2F%E0%B8%82/zoning_area/"
    assert told["texts"] == {name: text.of(lang) for name, text in TEXTS.items()}
    assert HEAD in text and "/static/mankong.js" in text and text.count("<h1") == 1
    assert "FeatureCollection" not in text
    assert f'<html lang="{lang}">' in text and "maxZoom" in text and '"map_main"' in text


def test_the_page_loads_what_the_map_uses_and_nothing_else(
    city: City, spec_of: Callable[..., MapSpec]
) -> None:
    text = page.city_map(spec_of(city, served=True))
    for left_out in ("jquery", "bootstrap", "fontawesome", "awesome"):
        assert left_out not in text
    assert [tag for tag in re.findall(r"<(?:script|style|link)\b[^>]*>", text) if "n0nce" not in tag] == []
    assert re.findall(r'(?:src|href)="(?:https?:)?//', text) == []


@pytest.mark.parametrize("made_up", [True, False])
def test_made_up_data_is_said(city: City, made_up: bool, spec_of: Callable[..., MapSpec]) -> None:
    assert ('class="made-up"' in page.city_map(spec_of(city, made_up=made_up))) is made_up


def test_names_cannot_become_markup_or_template(
    city: City, spec_of: Callable[..., MapSpec], frame_of: Callable[..., Frame]
) -> None:
    frame = frame_of(ALL["community"], 2, name=[HOSTILE, HOSTILE], everyday_name=[HOSTILE, HOSTILE])
    spec = spec_of(
        {"community": frame},
        name=HOSTILE,
        attributions=(HOSTILE,),
    )
    for text in (page.city_map(spec), standalone.standalone(spec)):
        assert "<img" not in text and "</script><" not in text.replace("</script></body>", "")
        assert re.search(r"\b49\b", text.partition("<body>")[2].partition("map_main")[0]) is None
        assert config(text)["attributions"] == [HOSTILE]


def test_the_search_says_what_it_finds_records_by(city: City, spec_of: Callable[..., MapSpec]) -> None:
    found = {
        layer["name"]: layer["search"]
        for layer in config(page.city_map(spec_of(city, "en", served=True)))["layers"]
    }
    assert found["house"]["by"] == ["house number", "house sequence on the plan"]
    rows = [field.name for field in popup.rows(ALL["house"])]
    assert [rows[place] for place in found["house"]["rows"]] == ["house_seq"]
    assert found["land_plot"] == {"by": ["plot number"], "rows": []}, "a deed's number stands in no popup"
    assert found["admin_area"] is None


def test_a_file_links_nothing_and_refuses_what_must_be_fetched(
    city: City, spec_of: Callable[..., MapSpec]
) -> None:
    text = standalone.standalone(spec_of(city, head=HEAD))
    assert "/n/KT" not in text and "/static/" not in text and "<h1>คลองเตย</h1>" in text
    assert {layer["records"] for layer in config(text)["layers"]} == {""}
    with pytest.raises(ValueError, match="zoning_area"):
        standalone.standalone(spec_of(city, served=True))


def test_a_file_of_few_shapes_is_small(city: City, spec_of: Callable[..., MapSpec]) -> None:
    assert len(standalone.standalone(spec_of(city)).encode()) < 500_000


def test_a_large_page_draws_on_one_canvas(city: City, spec_of: Callable[..., MapSpec]) -> None:
    small = spec_of(city, served=True)
    large = replace(small, layers=(replace(small.layers[0], count=page.MOST_ELEMENTS + 1),))
    assert '"preferCanvas": false' in page.city_map(small)
    assert '"preferCanvas": true' in page.city_map(large)
