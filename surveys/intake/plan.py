"""What to do with each layer of a file: its record type, its columns, its coordinate system."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa
import shapely

from gis.crs import UnknownCrs
from gis.crs import parse as parse_crs
from gis.formats import GEOMETRY, Layer, Reading
from gis.geometry import THAILAND, Bounds
from surveys.errors import FileRefused
from surveys.intake import totals
from surveys.intake.geometry_kinds import counted, shape_ids
from surveys.intake.mapping import ColumnMap, guess_type, keyed, map_columns
from surveys.intake.options import COORDINATES, Options, field_columns
from surveys.intake.problem import Problem
from surveys.intake.repeats import Given, by_order, holders, in_order, links, with_parent
from surveys.intake.row_ids import own_ids, tells_rows
from surveys.intake.told_type import exported
from surveys.record import RecordType
from surveys.words import LANGS, Words, words

# A cover sheet or a list of codes beside the data is left out, with a warning, unless it was asked for.
_MAY_BE_LEFT_OUT = ("type_unknown", "type_not_by_file", "key_columns_missing")
_WGS84 = "EPSG:4326"


@dataclass(frozen=True)
class LayerPlan:
    """How one layer is taken; ``orphans`` says why rows belong to no row of another layer.

    They are codes of problems by row, "" where nothing is wrong: the row it names is not there, or is one of several.
    """

    layer: Layer
    record_type: RecordType
    columns: ColumnMap
    crs: str | None
    has_geometry: bool
    orphans: np.ndarray | None = None


def open_layer(layer: Layer) -> pa.ipc.RecordBatchFileReader:
    """Open a layer's Arrow file, memory-mapped."""
    return pa.ipc.open_file(pa.memory_map(str(layer.path)))


def refuse(code: str, **facts: object) -> FileRefused:
    """Make the refusal of a file."""
    return FileRefused(Problem(code, **facts))  # type: ignore[arg-type]


def plan(
    reading: Reading,
    file_name: str,
    types: Mapping[str, RecordType],
    options: Options,
    given: Given = by_order,
    bounds: Bounds = THAILAND,
) -> tuple[tuple[LayerPlan, ...], tuple[Problem, ...]]:
    """Decide how every wanted layer of a file is taken; say which are left out beside others, and why.

    ``given`` gives the numbers that rows without one will have, for the rows that belong to them;
    ``bounds`` are the network's, in degrees.

    Raises
    ------
    FileRefused
        If a type, a mapping or a coordinate system is unknown or cannot be told.
    """
    asked = [layer.name for layer in wanted(reading, options)]
    plans, left_out, belonging = dict[str, LayerPlan](), [], links(reading.layers, open_layer)
    layers = [layer for layer in reading.layers if layer.name in {*asked, *holders(asked, belonging)}]
    _check_mapping(layers, options)
    for layer in in_order(layers, belonging):
        link = belonging.get(layer.name)
        parent = plans.get(link.parent) if link else None
        whole, lost = (
            with_parent(layer, link, parent, open_layer, given) if link and parent else (layer, None)
        )
        try:
            said = options if layer.name in asked else replace(options, type=None)
            planned = _plan_layer(whole, file_name, types, said)
            plans[layer.name] = replace(planned, orphans=lost)
        except FileRefused as refusal:
            if layer.name in options.layers or refusal.problem.code not in _MAY_BE_LEFT_OUT:
                raise
            if layer.name in asked:
                left_out.append((layer.name, refusal.problem))
    remarks = [
        Problem("layer_left_out", name, value=name, near=p.message, rule=p.rule, likely=p.likely)
        for name, p in left_out
    ]
    taken = tuple(planned for name, planned in plans.items() if name in asked)
    if not taken:
        raise FileRefused(left_out[0][1], remarks[1:])
    placed, assumed = _with_crs(taken, options, bounds)
    return placed, (*remarks, *assumed)


def wanted(reading: Reading, options: Options) -> Sequence[Layer]:
    """Return the layers whose rows are to be taken; others are there for what repeats belong to.

    Raises
    ------
    FileRefused
        If one that was asked for is not there.
    """
    names = [layer.name for layer in reading.layers]
    for name in options.layers:
        if name not in names:
            raise refuse("layer_unknown", value=name, near=words(", ".join(names), ", ".join(names)))
    return [layer for layer in reading.layers if not options.layers or layer.name in options.layers]


def _check_mapping(layers: Sequence[Layer], options: Options) -> None:
    headings = [column for layer in layers for column in (*layer.columns, *layer.coordinate_columns)]
    for column in options.columns:
        if column not in headings:
            shown = ", ".join(dict.fromkeys(headings))
            raise refuse("mapping_unknown", value=column, near=words(shown, shown))


def twice(layer: Layer, options: Options) -> dict[str, tuple[str, ...]]:
    """Return the fields and coordinates that a person said several columns of a layer are, with those columns."""
    said: dict[str, list[str]] = {}
    for column in dict.fromkeys((*layer.columns, *layer.coordinate_columns)):
        if (name := options.columns.get(column, "-")) != "-":
            said.setdefault(COORDINATES.get(name, name), []).append(column)
    return {name: tuple(columns) for name, columns in said.items() if len(columns) > 1}


def _plan_layer(layer: Layer, file_name: str, types: Mapping[str, RecordType], options: Options) -> LayerPlan:
    record_type = _type(layer, file_name, types, options)
    chosen = {c: f for c, f in field_columns(options).items() if c in layer.columns}
    for column, field in chosen.items():
        if field != "-" and field not in record_type.by_name:
            fields = ", ".join(record_type.by_name)
            raise refuse("mapping_unknown", value=f"{column}={field}", near=words(fields, fields))
    for field, several in twice(layer, options).items():
        named = record_type.by_name[field].words if field in record_type.by_name else words(field, field)
        # The page asks again with what was chosen, among the fields of this type.
        raise refuse(
            "mapping_twice",
            layer=layer.name,
            value=" / ".join(several),
            near=named,
            likely=(record_type.name,),
        )
    taken = [c for c in layer.coordinate_columns if options.columns.get(c) in (None, *COORDINATES)]
    columns = map_columns(record_type, layer.columns, taken, chosen, layer.known_as)
    if columns.source_id and not tells_rows(layer, columns.source_id):
        chosen |= {columns.source_id: "-"}
        columns = map_columns(record_type, layer.columns, taken, chosen, layer.known_as)
    columns, layer = own_ids(columns, totals.set_apart(layer, record_type, columns.fields))
    has_geometry = layer.has_geometry and record_type.geometry is not None
    if not keyed(record_type, columns, has_geometry):
        raise refuse("key_columns_missing", layer=layer.name, rule=key_words(record_type, last_resort=True))
    return LayerPlan(layer, record_type, columns, None, has_geometry)


def key_words(record_type: RecordType, last_resort: bool = False) -> Words:
    """Say which fields tell a record of a type: each set that is enough by itself, the last resort when asked."""
    keys = [key for key in record_type.keys if last_resort or record_type.last_resort not in key]
    sets = [[p for p in key if p in record_type.by_name and p != record_type.ordinal] for key in keys]
    # A number that tells a record without its community, too, is told once: with it.
    once = [parts for n, parts in enumerate(sets) if not any({*parts} < {*other} for other in sets[:n])]
    named = [[record_type.by_name[p].words for p in parts] for parts in once if parts]
    return words(
        " หรือ ".join(" + ".join(w.th for w in parts) for parts in named),
        " or ".join(" + ".join(w.en for w in parts) for parts in named),
    )


def _type(layer: Layer, file_name: str, types: Mapping[str, RecordType], options: Options) -> RecordType:
    asked = options.layers.get(layer.name) or options.type
    told = types.get(asked) if asked else exported(layer, types.values())
    if told and told.made_in:
        raise refuse("type_not_by_file", layer=layer.name, rule=told.words, near=told.made_in)
    if told:
        return told
    if asked:
        known = "--type " + " | ".join(name for name, t in types.items() if t.by_file)
        raise refuse("type_unknown", value=asked, near=words(f"({known})", f"({known})"))
    shapes = shape_ids(open_layer(layer)) if layer.has_geometry else Counter[int]()
    names = (file_name, *layer.folders, layer.name)
    found = guess_type(types.values(), layer.columns, layer.coordinate_columns, names, shapes, layer.known_as)
    if found.type is None:
        raise refuse(
            "type_unknown", layer=layer.name, likely=found.candidates, rule=counted(shapes, layer.rows),
            near=_likely([types[name] for name in found.candidates]),
        )  # fmt: skip
    return types[found.type]


def _likely(types: Sequence[RecordType]) -> Words:
    """Name the types a layer may hold, each with what to type for it."""
    if not types:
        return words("(--type)", "(--type)")
    th, en = ([f"{t.words.of(lang)} (--type {t.name})" for t in types] for lang in LANGS)
    return words("อาจเป็น " + " / ".join(th), "Perhaps " + " / ".join(en) + ".")


def _with_crs(
    plans: tuple[LayerPlan, ...], options: Options, bounds: Bounds
) -> tuple[tuple[LayerPlan, ...], list[Problem]]:
    """Give each layer its coordinate system; say where degrees are taken for WGS 84.

    What a person tells goes to the layers that say nothing; only where all say theirs does it overrule them,
    so that a wrong one can be corrected.
    """
    shaped = [p.layer for p in plans if p.has_geometry]
    plain = {layer.name for layer in shaped if layer.crs is None and _in_degrees(layer, bounds)}
    silent = [layer.name for layer in shaped if layer.crs is None and layer.name not in plain]
    if silent and not options.crs:
        raise refuse("crs_needed", layer=silent[0], value="”, “".join(silent))
    said = {layer.name: layer.crs or _WGS84 for layer in shaped}
    if options.crs:
        said |= dict.fromkeys(silent or said, options.crs)
    assumed = plain if silent or not options.crs else set[str]()
    taken = tuple(replace(p, crs=_crs(p.layer, said[p.layer.name])) if p.has_geometry else p for p in plans)
    return taken, [Problem("degrees_assumed", name, value=name) for name in said if name in assumed]


def _in_degrees(layer: Layer, bounds: Bounds) -> bool:
    """Tell whether the shapes written in the cells of a table all are degrees within bounds (x, y)."""
    if not layer.coordinate_columns:
        return False
    west, south, east, north = bounds
    source, edges = open_layer(layer), []
    for number in range(source.num_record_batches):
        wkb = source.get_batch(number).column(GEOMETRY).drop_null()
        edges.append(shapely.bounds(shapely.from_wkb(wkb.to_numpy(zero_copy_only=False))))
    box = np.concatenate(edges)
    box = box[~np.isnan(box).all(axis=1)]
    within = (box[:, :2] >= (west, south)) & (box[:, 2:] <= (east, north))
    return bool(len(box) and within.all())


def _crs(layer: Layer, text: str) -> str:
    """Return the coordinate system as "EPSG:n" where it has a code, else as WKT."""
    try:
        crs = parse_crs(text)
    except UnknownCrs:
        raise refuse("crs_unreadable", layer=layer.name, value=text[:80]) from None
    code = crs.to_epsg()
    return f"EPSG:{code}" if code else crs.to_wkt()
