"""Shapes of a file: which are taken as they are, which as their one part, and what is said of faulty ones."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import pytest
import shapely

from tests.conftest import NETWORK, Intake

PLACES = [shapely.Point(100.5, 13.75), shapely.Point(100.51, 13.75)]


def _houses(path: Path, shapes: list[shapely.Geometry]) -> Path:
    numbers = [str(n) for n in range(1, len(shapes) + 1)]
    facts = {"ชุมชน": ["ก"] * len(shapes), "ลำดับบ้าน": numbers}
    gpd.GeoDataFrame(facts, geometry=shapes, crs=4326).to_file(path, engine="pyogrio")
    return path


@pytest.mark.parametrize("suffix", [".gpkg", ".geojson"])
@pytest.mark.parametrize("wrap", [shapely.MultiPoint, shapely.GeometryCollection])
def test_several_points_that_are_one_are_that_point(
    take: Intake, tmp_path: Path, suffix: str, wrap: type[shapely.Geometry]
) -> None:
    report = take(_houses(tmp_path / f"house{suffix}", [wrap([place]) for place in PLACES]))
    assert (report["type"], report["taken"], report["quarantined"]) == ("house", 2, 0)
    assert list(take.store.read(NETWORK, "house").geometry) == PLACES


def test_several_points_that_are_several_are_no_house(take: Intake, tmp_path: Path) -> None:
    file = _houses(tmp_path / "house.gpkg", [shapely.MultiPoint(PLACES), shapely.MultiPoint(PLACES[:1])])
    report = take(file, type="house")
    assert (report["taken"], report["problem_counts"]["geometry_kind"]) == (1, 1)
