"""Every problem a reader can name, one row each; people's wording lives with whoever shows it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Severity = Literal["refuse", "quarantine", "warn"]


@dataclass(frozen=True)
class Kind:
    """A kind of defect: refuse the file, quarantine the row, or warn; `english` is for developers and
    logs.
    """

    code: str
    severity: Severity
    english: str


KINDS: tuple[Kind, ...] = (
    # the file as a whole
    Kind("format_unknown", "refuse", "neither the name nor the content is of a known format"),
    Kind("content_mismatch", "refuse", "the content is not of the format the name says"),
    Kind("file_empty", "refuse", "the file has no bytes"),
    Kind("file_too_large", "refuse", "the file is larger than the limit"),
    Kind("no_rows", "refuse", "the file opens but holds no rows"),
    Kind("layer_unknown", "refuse", "a layer asked for is not in the file"),
    Kind("column_unknown", "refuse", "a coordinate column asked for is not in the file"),
    Kind("too_many_rows", "refuse", "more rows than the limit"),
    Kind("too_many_columns", "refuse", "more columns than the limit"),
    Kind("too_many_layers", "refuse", "more layers than the limit"),
    Kind("too_many_vertices_file", "refuse", "more vertices in the file than the limit"),
    Kind("reader_died", "refuse", "the reader stopped on this file: damaged, or made to break readers"),
    Kind("reader_timeout", "refuse", "reading took longer than the limit"),
    Kind("reader_confinement", "refuse", "the reader could not shut off drivers it must not use"),
    Kind("reader_failed", "refuse", "the reader met something it does not understand"),
    Kind("disk_full", "refuse", "the disk has no room for what is read of the file"),
    # text and tables
    Kind("nul_byte", "refuse", "a zero byte inside text"),
    Kind("encoding_unknown", "refuse", "the text is neither UTF-8 nor Thai CP874"),
    Kind("encoding_wrong", "refuse", "the text does not decode in the encoding given"),
    Kind("not_a_table", "refuse", "the content is not a delimited table"),
    Kind("table_unreadable", "refuse", "the table's quoting is broken"),
    Kind("cell_too_long", "refuse", "a cell is longer than the limit"),
    Kind("too_many_cells", "refuse", "a sheet's used range is larger than the limit"),
    Kind("spreadsheet_unreadable", "refuse", "the workbook does not open"),
    # archives
    Kind("archive_unreadable", "refuse", "the archive is truncated or damaged"),
    Kind("archive_unsafe_path", "refuse", "a member's path leaves the archive"),
    Kind("archive_encrypted", "refuse", "a member is encrypted"),
    Kind("archive_too_many_members", "refuse", "more members than the limit"),
    Kind("archive_too_large", "refuse", "the archive unpacks to more than the limit"),
    Kind("archive_ratio", "refuse", "a member unpacks to far more than its size"),
    Kind("archive_nested", "refuse", "the archive holds only other archives"),
    Kind("archive_nothing_readable", "refuse", "no member of the archive is of a known format"),
    # JSON, XML and GDAL formats
    Kind("json_unreadable", "refuse", "the JSON does not parse"),
    Kind("json_too_deep", "refuse", "the JSON is nested deeper than the limit"),
    Kind("not_geojson", "refuse", "JSON, but neither GeoJSON nor survey submissions"),
    Kind("crs_link", "refuse", "the coordinate system is a link to elsewhere; links are never followed"),
    Kind("xml_unreadable", "refuse", "the XML does not parse, or is cut off"),
    Kind("xml_dtd", "refuse", "the XML declares a document type"),
    Kind("xml_too_deep", "refuse", "the XML is nested deeper than the limit"),
    Kind("not_a_submission", "refuse", "XML, but not a survey submission"),
    Kind("kml_unreadable", "refuse", "the KML does not open"),
    Kind("gpx_unreadable", "refuse", "the GPX does not open"),
    Kind("shapefile_unreadable", "refuse", "the shapefile does not open"),
    Kind("gpkg_unreadable", "refuse", "the GeoPackage does not open"),
    Kind("gpkg_damaged", "refuse", "the GeoPackage fails its integrity check"),
    Kind("parquet_unreadable", "refuse", "the Parquet file does not open"),
    Kind("not_geoparquet", "refuse", "Parquet without the geo metadata or not WKB"),
    # one row
    Kind("ragged_row", "quarantine", "the row has more or fewer cells than the header"),
    Kind("coordinates_unreadable", "quarantine", "the coordinates of the row cannot be read"),
    Kind("geometry_unreadable", "quarantine", "the shape of the row cannot be built"),
    Kind("geometry_not_finite", "quarantine", "the shape has a coordinate that is not a finite number"),
    Kind("unclosed_ring", "quarantine", "a ring does not end where it starts"),
    Kind("ring_too_short", "quarantine", "a ring or line has too few points"),
    Kind("too_many_vertices", "quarantine", "the shape has more vertices than the limit"),
    Kind("feature_unreadable", "quarantine", "the feature is not one"),
    # worth saying
    Kind("heading_repeated", "warn", "two columns have the same heading; the later one was numbered"),
    Kind("heading_blank", "warn", "a column without heading was named by its place"),
    Kind("title_row_skipped", "warn", "a row above the heading row was left out"),
    Kind("example_left_out", "warn", "the example row of our own template was left out"),
    Kind("merged_cells", "warn", "a value in cells merged over several rows was taken for each of them"),
    Kind("formula_without_value", "warn", "a formula has no value in the file, or an error in its place"),
    Kind(
        "decimal_comma",
        "warn",
        "numbers of a column are written with a decimal comma; it was read as a point",
    ),
    Kind("point_or_thousands", "warn", "12.000 in a table with semicolons may be twelve or twelve thousand"),
    Kind("utm_datum_assumed", "warn", "a UTM zone is told without its datum; WGS 84 was taken"),
    Kind("zones_joined", "warn", "rows lie in different UTM zones; all were brought into the first"),
    Kind("form_used", "warn", "labels and choices were taken from the form beside the data"),
    Kind("several_coordinates", "warn", "more than one set of coordinate columns; the first was taken"),
    Kind("coordinates_by_cells", "warn", "a column was taken for places by its numbers, not by its heading"),
    Kind("crs_unknown", "warn", "the coordinate system named in the file is not known"),
    Kind("crs_mixed", "warn", "rows name different coordinate systems; all were brought into the first"),
    Kind(
        "crs_too_many",
        "warn",
        "rows name more coordinate systems than are brought into one; those of the further ones have no place",
    ),
    Kind("crs_unnamed", "warn", "rows name no coordinate system, others do; theirs was taken for all"),
    Kind("text_cut", "warn", "a text ends in the middle of a letter: its column was too narrow"),
    Kind(
        "cut_text_edited", "warn", "a text of which a file of ours held the beginning only was edited there"
    ),
    Kind("text_undecodable", "warn", "a text has bytes its encoding does not know"),
    Kind("member_skipped", "warn", "a file inside the archive was not read"),
    Kind("pictures_named", "warn", "pictures of the archive are named by rows"),
    Kind("pictures_unnamed", "warn", "pictures of the archive are named by no row, or not plainly by one"),
    Kind("pictures_over", "warn", "rows name more pictures than are kept of a row or of a file"),
    Kind("pictures_missing", "warn", "rows of a survey export name pictures that are not in the file"),
    Kind("pictures_inside", "warn", "pictures lie in an archive within the archive"),
    Kind("layer_empty", "warn", "a layer without rows was left out"),
    Kind(
        "manifest_unusable",
        "warn",
        "the manifest of an export of ours is damaged or too large and was not used",
    ),
    Kind("view_skipped", "warn", "a view was left out; only base tables are read"),
    Kind(
        "shapefile_attributes_missing", "warn", "the shapefile has no .dbf, so its shapes have no attributes"
    ),
    Kind("shapefile_part_missing", "warn", "a part of the shapefile is missing"),
)

DEFECTS: dict[str, Kind] = {kind.code: kind for kind in KINDS}
