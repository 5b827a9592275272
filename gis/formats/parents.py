"""Which layer of a file the rows of a repeat belong to, told by the columns a survey server adds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pyarrow as pa

from gis.formats.model import Layer
from gis.formats.submissions import PARENT_TABLE

_KEY, _PARENT_KEY = "KEY", "PARENT_KEY"
_CUT = 28


def with_parents(layers: Sequence[Layer]) -> tuple[Layer, ...]:
    """The same layers, each with the name of its parent where it has one in the file."""
    return tuple(replace(layer, parent=_parent(layer, layers)) for layer in layers)


def _parent(layer: Layer, layers: Sequence[Layer]) -> str | None:
    others = [other.name for other in layers if other.name != layer.name]
    if PARENT_TABLE in layer.columns:
        named = _first(layer, PARENT_TABLE) or ""
        # a sheet's name is cut at 31 letters
        cut = [name for name in others if len(name) >= _CUT and named.startswith(name)]
        return named if named in others else next(iter(cut), None)
    if _PARENT_KEY not in layer.columns:
        return None
    keyed = [other for other in layers if other.name in others and _KEY in other.columns]
    named_so = [other.name for other in keyed if layer.name.startswith(f"{other.name}-")]
    main = [other.name for other in keyed if _PARENT_KEY not in other.columns]
    return max(named_so, key=len) if named_so else main[0] if len(main) == 1 else None


def _first(layer: Layer, column: str) -> str | None:
    with pa.memory_map(str(layer.path)) as file:
        for text in pa.ipc.open_file(file).get_batch(0).column(column).drop_null()[:1].to_pylist():
            return str(text)
    return None
