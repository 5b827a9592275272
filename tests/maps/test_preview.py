from __future__ import annotations

import json
import re

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from shapely.geometry import LineString, Point, Polygon

from maps import preview
from maps.preview import MOST_SHAPES

BOW = Polygon([(100.5, 13.7), (100.6, 13.8), (100.6, 13.7), (100.5, 13.8)])


def upload(rows: int, faulty: int = 0) -> gpd.GeoDataFrame:
    status = ["taken"] * (rows - faulty) + ["quarantined"] * faulty
    facts = {
        "row": np.arange(2, rows + 2),
        "status": status,
        "title": ["</script>ก"] * rows,
        "reason": ["เหตุ"] * rows,
    }
    places = [Point(100.5 + n / 1e5, 13.7) for n in range(rows)]
    return gpd.GeoDataFrame(facts, geometry=places, crs=4326)


def layer(text: str, name: str) -> list[dict[str, dict[str, object]]]:
    return json.loads(re.search(rf'id="layer-{name}">(.*?)</script>', text, re.DOTALL)[1])["features"]


def test_the_faulty_come_first_when_not_all_are_shown() -> None:
    text = preview.preview(upload(MOST_SHAPES + 500, faulty=20), "th", "n0nce")
    assert len(layer(text, "quarantined")) == 20
    assert len(layer(text, "taken")) == MOST_SHAPES - 20
    assert "แสดง 2,000 จาก 2,500 แถว" in text
    assert "แสดง 2,000 จาก 9,000 แถว" in preview.preview(upload(MOST_SHAPES), "th", "n0nce", total=9_000)
    assert layer(text, "quarantined")[0]["properties"]["rows"] == ["2482", "เหตุ"]


SHAPES = [
    (BOW, 1),
    (None, 0),
    (Polygon(), 0),
    (Point(650_000, 1_500_000), 0),
    (Point(np.nan, 3), 0),
    (Point(np.inf, 3), 0),
    (LineString([(100, 13), (100, 14)]), 1),
]


@pytest.mark.parametrize(("shape", "drawn"), SHAPES)
def test_what_no_map_can_draw_is_counted_and_left_out(shape: object, drawn: int) -> None:
    frame = upload(1, faulty=1)
    frame.geometry = gpd.GeoSeries([shape], crs=4326)
    text = preview.preview(frame, "en", "n")
    assert len(layer(text, "quarantined")) == drawn
    assert f"{drawn} of 1 rows are shown" in text


def test_huge_shapes_are_drawn_simpler() -> None:
    angles = np.linspace(0, 2 * np.pi, preview.MOST_CORNERS + 10)
    ring = Polygon(np.column_stack([100.5 + np.cos(angles) / 50, 13.7 + np.sin(angles) / 50]))
    frame = upload(2)
    frame.geometry = gpd.GeoSeries([ring, Point(100.5, 13.7).buffer(1e-6)], crs=4326)
    features = layer(preview.preview(frame, "th", "n"), "taken")
    assert len(features[0]["geometry"]["coordinates"][0]) < 1_000
    assert all(f["geometry"]["coordinates"] for f in features)


def test_every_tag_has_the_nonce_and_no_name_ends_a_script() -> None:
    text = preview.preview(upload(3, 1), "th", "n0nce")
    assert [
        tag for tag in re.findall(r"<(?:script|style|link)\b[^>]*>", text) if 'nonce="n0nce"' not in tag
    ] == []
    assert "</script>ก" not in text


def test_an_upload_without_rows_has_a_page() -> None:
    empty = upload(1).iloc[:0].astype({"row": "int64"})
    assert "0 of 0 rows" in preview.preview(empty, "en", "n")
    assert pd.isna(empty["row"].max())


def test_whose_ground_it_is_and_that_it_is_made_up_is_said_where_records_are_drawn() -> None:
    said = ("© OpenStreetMap contributors (ODbL)",)
    text = preview.preview(upload(2), "th", "n", ground=preview.Ground(said, made_up=True))
    assert said[0] in text and "ข้อมูลสมมติ" in text
    assert said[0] not in preview.preview(upload(2), "th", "n")
