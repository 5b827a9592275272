"""An address of the map that names a record shows that record at once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import geopandas as gpd
import pytest

from maps.spec import MapSpec
from tests.maps.test_browser import serve, shapes

pytestmark = pytest.mark.browser


def test_the_record_named_in_the_address_is_shown(
    visit: Any, site: Any, city: dict[str, gpd.GeoDataFrame], spec_of: Callable[..., MapSpec]
) -> None:
    url = serve(site, spec_of(city, served=True), city)
    page = visit.open(f"{url}#house/house-3")
    assert page.get_attribute(".card a", "href") == "/n/KT/house/house-3"
    assert page.locator(".leaflet-popup").count() == 1
    # A layer that is not shown by itself is fetched for it.
    assert shapes(visit, "zoning_area") == 0
    page.evaluate("() => { location.hash = '#zoning_area/zoning_area-2'; }")
    page.wait_for_selector('.card a[href="/n/KT/zoning_area/zoning_area-2"]')
    assert shapes(visit, "zoning_area") == 10 and page.is_checked("#show-zoning_area")
    assert visit.complaints == []


def test_the_part_named_in_the_address_is_shown(
    visit: Any, site: Any, city: dict[str, gpd.GeoDataFrame], spec_of: Callable[..., MapSpec]
) -> None:
    west, south, east, north = city["house"].geometry.iloc[:2].total_bounds
    url = serve(site, spec_of(city, served=True), city)
    page = visit.open(f"{url}#view/{west},{south},{east},{north}")
    seen = page.evaluate(
        "() => { const b = mankongMap.getBounds(); return [b.getWest(), b.getSouth(), b.getEast(), b.getNorth()]; }"
    )
    whole = city["house"].total_bounds
    assert seen[0] <= west and seen[1] <= south and seen[2] >= east and seen[3] >= north
    assert seen[2] - seen[0] < (whole[2] - whole[0]) or seen[3] - seen[1] < whole[3] - whole[1]
    assert visit.complaints == []


@pytest.mark.parametrize(
    "named",
    [
        "house/nobody",
        "castle/house-3",
        "house",
        "house/",
        "%E0%A4%A",
        "<b>/<b>",
        "view/",
        "view/1,2",
        "view/a,2,3,4",
    ],
)
def test_a_record_that_is_not_there_leaves_the_map_as_it_is(
    named: str, visit: Any, site: Any, city: dict[str, gpd.GeoDataFrame], spec_of: Callable[..., MapSpec]
) -> None:
    url = serve(site, spec_of(city, served=True), city)
    page = visit.open(f"{url}#{named}")
    assert page.locator(".leaflet-popup").count() == 0 and shapes(visit, "house") == 10
    assert page.is_visible("#notice") is (named == "house/nobody")
    assert visit.complaints == []
