"""One survey submission as XML (ODK, Ona, Kobo): groups as "group/name", repeats as "name[1]/..."."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from xml.etree.ElementTree import Element, ParseError

from defusedxml import ElementTree
from defusedxml.common import DefusedXmlException

from gis.formats import odk_json, xmlshape
from gis.formats.model import Refused
from gis.formats.output import Output
from gis.formats.source import Source


def read(source: Source, output: Output) -> None:
    """Read a submission as one row; Refused not_a_submission for any other XML."""
    xmlshape.walk(source.path)
    try:
        root = ElementTree.parse(source.path, forbid_dtd=True).getroot()
    except DefusedXmlException as error:
        raise Refused("xml_dtd") from error
    except ParseError as error:
        raise Refused("xml_unreadable") from error
    if root is None:
        raise Refused("xml_unreadable")
    inside = {_name(element) for element in root.iter()}
    if root.get("id") is None or not inside & {"instanceID", "formhub", "start", "deviceid"}:
        raise Refused("not_a_submission", value=_name(root))
    if output.wants(source.stem):
        odk_json.write_rows([dict(_leaves(root, ""))], source, output)


def _name(element: Element) -> str:
    return str(element.tag).rsplit("}", 1)[-1]


def _leaves(parent: Element, prefix: str) -> Iterator[tuple[str, str | None]]:
    repeats = Counter(_name(child) for child in parent)
    seen: Counter[str] = Counter()
    for child in parent:
        name = _name(child)
        seen[name] += 1
        path = f"{prefix}{name}[{seen[name]}]" if repeats[name] > 1 else f"{prefix}{name}"
        if len(child):
            yield from _leaves(child, f"{path}/")
        else:
            yield path, (child.text or "").strip() or None
