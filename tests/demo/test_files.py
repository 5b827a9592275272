"""The files of the demonstration city: same bytes, real formats, known headings, faults as planned."""

from __future__ import annotations

import hashlib
import zipfile
from collections.abc import Iterator
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest

from demo import faults, files, shapes, steps
from demo.city import City
from demo.faults import Expected
from demo.outlets import (
    CANAL,
    CANVASS,
    COMMUNITY,
    FACILITY,
    HOUSE,
    KHET_FILE,
    MEMBER,
    NEAR_MISS,
    OUTLETS,
    PLOT,
    REVISIT,
    ROAD,
    TITLE_ROW,
    ZONE,
    Outlet,
)
from gis.crs import to_wgs84
from surveys.intake.problems import CATALOGUE
from surveys.words import folded

NO_FIELDS = {"latitude", "longitude", "osm_id"}
# Warnings that only whole columns or several records show; the rest a cell shows alone.
CELL_CODES = {
    "area_unreadable", "choice_unknown", "date_unreadable", "id_check_digit", "id_mangled", "not_a_number",
    "not_whole", "out_of_range", "year_unreadable",
}  # fmt: skip


def digests(folder: Path) -> dict[str, str]:
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(folder.iterdir())}


@pytest.mark.slow
def test_the_same_city_makes_the_same_bytes(folder: Path, tmp_path: Path) -> None:
    made = steps.make(tmp_path)
    assert digests(tmp_path) == digests(folder)
    assert [step.file for step in made] == sorted(digests(folder))


def features(folder: Path, outlet: Outlet) -> gpd.GeoDataFrame:
    found = gpd.read_file(folder / outlet.file, encoding="cp874" if outlet is PLOT else None)
    assert isinstance(found, gpd.GeoDataFrame)
    return found


@pytest.mark.parametrize(
    "outlet", [COMMUNITY, PLOT, HOUSE, CANAL, FACILITY, ROAD, ZONE], ids=lambda o: o.layer
)
def test_maps_open_with_their_rows_and_headings(folder: Path, city: City, outlet: Outlet) -> None:
    found = features(folder, outlet)
    assert len(found) == len(city[outlet].rows)
    assert {heading.lower() for heading in outlet.headings.values()} <= {
        str(c).lower() for c in found.columns
    }


def test_plots_are_in_indian_1975_and_come_back_to_where_they_were(folder: Path, city: City) -> None:
    found = features(folder, PLOT)
    assert found.crs is not None and "Indian" in found.crs.name
    back = to_wgs84(found.geometry.to_numpy(), files.INDIAN_1975_UTM47)
    truth = shapes.in_crs(city[PLOT].shapes, shapes.WGS84)
    planned = {place for place, key in enumerate(city[PLOT].keys(PLOT)) if key in faults.of(PLOT)}
    apart = [a.centroid.distance(b.centroid) for a, b in zip(back, truth, strict=True)]
    assert max(d for place, d in enumerate(apart) if place not in planned) < 1e-7
    assert set(zipfile.ZipFile(folder / PLOT.file).namelist()) == {
        f"plots.{s}" for s in ("dbf", "prj", "shp", "shx")
    }


def test_the_csv_is_as_thai_excel_saves_it(folder: Path, city: City) -> None:
    data = (folder / CANVASS.file).read_bytes()
    lines = data.decode("cp874").split("\r\n")
    assert lines[0].startswith(TITLE_ROW + ",,") and lines[-1] == ""
    assert b"\n" not in data.replace(b"\r\n", b"")
    assert len(lines) == len(city[CANVASS].rows) + 3
    assert lines[1].split(",") == [*CANVASS.headings.values(), *CANVASS.extras]
    text = "".join(lines[2:])
    assert "ส.ค. 25" in text and "ส.ค. ๒๕" in text and "0-0-" in text


def test_the_workbook_has_two_sheets_with_texts_numbers_and_dates(folder: Path, city: City) -> None:
    book = pd.read_excel(folder / REVISIT.file, sheet_name=None, engine="calamine", dtype=object)
    assert {name: len(sheet) for name, sheet in book.items()} == {
        outlet.layer: len(city[outlet].rows) for outlet in (REVISIT, MEMBER)
    }
    dates = book[REVISIT.layer][REVISIT.headings["visit_date"]].dropna()
    assert {isinstance(value, str) for value in dates} == {True, False}
    ids = book[REVISIT.layer][REVISIT.headings["head_id"]].dropna()
    assert {type(value) for value in ids} == {str}


@pytest.mark.parametrize("outlet", OUTLETS, ids=lambda o: o.layer)
def test_headings_are_ones_the_records_know(outlet: Outlet) -> None:
    for name, heading in outlet.headings.items():
        if name in NO_FIELDS or heading == NEAR_MISS:
            continue
        assert folded(heading) in outlet.type.by_name[name].headings
    known = {heading for field in outlet.type.fields for heading in field.headings}
    assert known.isdisjoint(map(folded, [*outlet.extras, NEAR_MISS]))
    if outlet is PLOT:
        assert all(len(heading.encode("cp874")) <= 10 for heading in outlet.headings.values())


def test_thirty_faults_of_the_catalogue_each_in_a_row_of_its_own(planned: tuple[Expected, ...]) -> None:
    assert len(planned) == len(faults.FAULTS) == 30
    assert len({(problem.file, problem.layer, problem.row) for problem in planned}) == 30
    assert {problem.code for problem in planned} <= CATALOGUE.keys()
    severities = [CATALOGUE[problem.code].severity for problem in planned]
    assert severities.count("quarantine") == 13 and severities.count("warn") == 17


def cell_problems(city: City, outlet: Outlet) -> Iterator[tuple[int, str, str]]:
    typed = files.type_in(city, outlet)
    for name, heading in outlet.headings.items():
        if name in NO_FIELDS:
            continue
        for place, row in enumerate(typed.rows):
            cell = row[heading]
            found = outlet.type.by_name[name].kind.parse(None if cell is None else str(cell))
            if found.problem:
                yield outlet.first + place, found.problem, heading


@pytest.mark.parametrize("outlet", OUTLETS, ids=lambda o: o.layer)
def test_every_cell_reads_but_the_faulty_ones(
    city: City, planned: tuple[Expected, ...], outlet: Outlet
) -> None:
    here = [p for p in planned if p.file == outlet.file and p.layer == outlet.layer]
    expected = {(p.row, p.code, p.column) for p in here if p.code in CELL_CODES}
    assert set(cell_problems(city, outlet)) == expected


def test_the_khets_are_the_real_ones(folder: Path) -> None:
    found = gpd.read_file(folder / KHET_FILE)
    assert len(found) == 50
    west, south, east, north = found.total_bounds
    assert (
        steps.BOUNDS[0] < west
        and steps.BOUNDS[1] < south
        and east < steps.BOUNDS[2]
        and north < steps.BOUNDS[3]
    )


def test_data_carries_its_licences() -> None:
    notice = (shapes.DATA / "NOTICE.txt").read_text("utf-8")
    assert all(said in notice for said in steps.ATTRIBUTIONS)
    for path in shapes.DATA.iterdir():
        assert path.stat().st_size < 2_000_000
    texts = {path.name for path in shapes.DATA.glob("LICENSE-*.txt")}
    assert texts == {"LICENSE-CC-BY-3.0-IGO.txt", "LICENSE-ODbL-1.0.txt"}


def test_maps_derived_from_openstreetmap_say_so(folder: Path) -> None:
    for outlet in (COMMUNITY, HOUSE, ROAD):
        assert files.ODBL in (folder / outlet.file).read_text("utf-8")[:400]


def test_proposals_are_about_what_is_there(city: City) -> None:
    plots = set(city[PLOT].keys(PLOT))
    codes = {row["code"] for row in city[COMMUNITY].rows}
    for proposal in steps.PROPOSALS:
        assert proposal.communities or proposal.plots
        assert set(proposal.plots) <= plots and set(proposal.communities) <= codes
        assert proposal.reason or proposal.decision not in ("revise", "refuse")
