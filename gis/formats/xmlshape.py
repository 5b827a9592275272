"""A first pass over XML of strangers: well formed, no document type, not too deep; counts elements by
name.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from xml.parsers import expat

from gis.formats.model import Refused

_DEPTH = 200
_BLOCK = 1 << 20


def element_counts(path: Path) -> Counter[str]:
    """How often each element occurs (names without prefix); Refused xml_unreadable, xml_dtd or xml_too_deep.

    Namespaces are not resolved: phones write prefixes they do not declare, and GDAL reads them all the same.
    """
    counts: Counter[str] = Counter()
    level = 0

    def start(name: str, _: dict[str, str]) -> None:
        nonlocal level
        level += 1
        if level > _DEPTH:
            raise Refused("xml_too_deep", detail={"limit": str(_DEPTH)})
        counts[name.rsplit(":", 1)[-1]] += 1

    def end(_: str) -> None:
        nonlocal level
        level -= 1

    def refuse(*_: object) -> None:
        raise Refused("xml_dtd")

    parser = expat.ParserCreate()
    parser.StartElementHandler, parser.EndElementHandler = start, end
    parser.StartDoctypeDeclHandler = parser.EntityDeclHandler = refuse
    try:
        with path.open("rb") as file:
            while block := file.read(_BLOCK):
                parser.Parse(block, False)
            parser.Parse(b"", True)
    except (expat.ExpatError, LookupError, ValueError) as error:
        line = {"line": str(parser.CurrentLineNumber)}
        raise Refused("xml_unreadable", detail=line) from error
    return counts
