"""What a manifest puts back into the rows of a file, and in what time; which manifests are left aside."""

from __future__ import annotations

import base64
import struct
import time

import pyarrow as pa
import pytest
import shapely

from gis.formats.manifest import Manifest, Unusable, digest, from_json
from gis.formats.model import Limits

AREA = shapely.to_wkb(shapely.from_wkt("POLYGON ((0 0, 1 0, 1 1, 0 0))"), byte_order=1)
TURNED = shapely.to_wkb(shapely.from_wkt("POLYGON ((0 0, 1 1, 1 0, 0 0))"), byte_order=1)


def untold(row: int, heading: str, text: str) -> None:
    pytest.fail(f"{heading} of row {row} was not edited")


@pytest.mark.parametrize(
    ("held", "whole", "there", "comes", "told"),
    [
        ("long te", "long text", "long te", "long text", False),
        ("long te", "long text", "Long te", "Long te", True),
        ("long te", "long text", "short", "short", True),
        ("long te", "long text", None, None, False),
        ("a", "a ", "b", "b", False),
        ("a_b", "a\x08b", "a_c", "a_c", False),
        (None, "a\x08b", "a_c", "a_c", False),
        (None, "a\x08b", None, "a\x08b", False),
    ],
)
def test_an_edited_beginning_of_a_text_is_told(
    held: str | None, whole: str, there: str | None, comes: str | None, told: bool
) -> None:
    manifest = Manifest("house", {}, {"one": {"note": (held, whole)}})
    heard: list[tuple[int, str, str]] = []
    columns = [pa.array(["other", "one"]), pa.array(["x", there], pa.string())]
    laid, _ = manifest.whole(["id", "note"], columns, None, set(), lambda *what: heard.append(what))
    assert laid[1].to_pylist() == ["x", comes]
    assert heard == ([(1, "note", there)] if told else [])


def test_the_shapes_of_a_record_are_put_back_whatever_is_told_of_it() -> None:
    wanted = {
        "turned": TURNED,
        "several": shapely.to_wkb(shapely.MultiPolygon([shapely.from_wkb(AREA)]), byte_order=1),
        "both": shapely.to_wkb(shapely.MultiPolygon([shapely.from_wkb(TURNED)]), byte_order=1),
        "whole": TURNED,
        "edited": AREA,
        "unknown": AREA,
        None: AREA,
    }
    shapes = {
        one: (held, base64.b64encode(TURNED).decode())
        for one, held in (("whole", digest(AREA)), ("edited", ""))
    }
    manifest = Manifest(
        "house", {}, {}, frozenset(("turned", "both", "edge")), frozenset(("several", "both")), shapes
    )
    ids = pa.array([*wanted], pa.string())
    areas = pa.array([AREA] * len(ids), pa.binary())
    columns, geometry = manifest.whole(["id"], [ids], areas, set(), untold)
    assert columns == [ids] and geometry is not None
    assert dict(zip(wanted, geometry.to_pylist(), strict=True)) == wanted


def test_many_records_told_of_cost_each_batch_no_more_than_few() -> None:
    cells: dict[str, dict[str, tuple[str | None, str]]]
    cells = {f"{n:032x}": {"note": (None, "x")} for n in range(200_000)}
    manifest = Manifest("house", {}, cells, frozenset(cells), frozenset(cells))
    batches = [pa.array([f"other {n}" for n in range(start, start + 100)]) for start in range(0, 30_000, 100)]
    began = time.process_time()
    for ids in batches:
        areas = pa.array([AREA] * 100, pa.binary())
        laid, _ = manifest.whole(["id", "note"], [ids, ids], areas, set(), untold)
        assert laid[1] is ids
    assert time.process_time() - began < 2


def _of(kind: int, *rest: bytes) -> bytes:
    return struct.pack("<BI", 1, kind) + b"".join(rest)


ARC = _of(8, struct.pack("<I6d", 3, 0, 0, 1, 1, 2, 0))


@pytest.mark.parametrize(
    "wkb",
    [
        ARC,
        _of(9, struct.pack("<I", 1), ARC),
        _of(10, struct.pack("<I", 1), _of(8, struct.pack("<I10d", 5, 0, 0, 1, 1, 2, 0, 1, -1, 0, 0))),
        _of(7, struct.pack("<I", 1), ARC),
        _of(11, struct.pack("<I", 1), ARC),
        _of(8, struct.pack("<I", 0)),
        _of(7, struct.pack("<I", 1), _of(8, struct.pack("<I", 0))),
        _of(7, struct.pack("<I", 1), _of(10, struct.pack("<I", 0))),
        _of(12, struct.pack("<I", 0)),
        _of(15, struct.pack("<I", 0)),
    ],
    ids=lambda wkb: str(len(wkb)),
)
def test_a_manifest_with_a_curve_is_left_aside(wkb: bytes) -> None:
    shapes = {"0" * 32: ["00", base64.b64encode(wkb).decode()]}
    raw = {"mankong": "house", "columns": {}, "cells": {}, "turned": [], "several": [], "shapes": shapes}
    with pytest.raises(Unusable):
        from_json(raw, Limits())
