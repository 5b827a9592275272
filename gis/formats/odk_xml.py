"""Survey submissions as XML (ODK, Ona, Kobo): one in a file, many in an archive, or a server's list of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from xml.etree.ElementTree import Element, ParseError

from defusedxml import ElementTree
from defusedxml.common import DefusedXmlException

from gis.formats import submissions, xmlshape
from gis.formats.model import Defect, Refused
from gis.formats.output import Output
from gis.formats.source import Source
from gis.formats.submissions import Record

_MARKS = frozenset(("instanceID", "formhub", "start", "deviceid", "today", "end"))
# What ODK Briefcase writes on the first element of a submission.
_ATTRIBUTES = ("instanceID", "submissionDate")


def read(source: Source, output: Output) -> None:
    """Read a submission, or a list of them; Refused not_a_submission for any other XML."""
    _write(_found(source), source.stem, output)


def read_parts(sources: Sequence[Source], name: str, output: Output) -> None:
    """Read the submissions of an archive as one layer; other XML in it is named as skipped."""
    found: list[Element] = []
    for source in sources:
        try:
            found += _found(source)
        except Refused as refusal:
            if refusal.defect.code != "not_a_submission":
                raise
            output.log.add(Defect("member_skipped", value=source.name))
    if not found:
        raise Refused("not_a_submission")
    _write(found, name, output)


def _found(source: Source) -> list[Element]:
    path = xmlshape.utf8(source, source.scratch / "utf8.xml")
    xmlshape.walk(path)
    try:
        root = ElementTree.parse(path, forbid_dtd=True).getroot()
    except DefusedXmlException as error:
        raise Refused("xml_dtd") from error
    except ParseError as error:
        raise Refused("xml_unreadable") from error
    if root is None:
        raise Refused("xml_unreadable")
    found = [root] if _is_submission(root) else [each for each in root.iterfind("*") if _is_submission(each)]
    found = found or [each for each in root.iterfind("*/*") if _is_submission(each)]
    if not found:
        raise Refused("not_a_submission", value=_name(root))
    return found


def _is_submission(element: Element) -> bool:
    return element.get("id") is not None and any(_name(inside) in _MARKS for inside in element.iter())


def _write(found: Sequence[Element], name: str, output: Output) -> None:
    repeats = set(output.form.repeats) if output.form else set()
    for element in found:
        _find_repeats(element, "", repeats)
    submissions.write([_record(element, repeats) for element in found], name, output)


def _name(element: Element) -> str:
    return str(element.tag).rsplit("}", 1)[-1]


def _find_repeats(parent: Element, prefix: str, repeats: set[str]) -> None:
    """Add the paths of elements that hold others and stand several times in one parent, in any submission."""
    times = Counter(_name(child) for child in parent if len(child))
    for child in parent:
        path = f"{prefix}{_name(child)}"
        if times[_name(child)] > 1:
            repeats.add(path)
        _find_repeats(child, f"{path}/", repeats)


def _record(element: Element, repeats: set[str]) -> Record:
    made = Record({name: element.get(name) for name in _ATTRIBUTES if element.get(name)})
    _take(element, made, ("", ""), repeats)
    return made


def _take(parent: Element, made: Record, at: tuple[str, str], repeats: set[str]) -> None:
    """Take what an element holds; `at` is its path from the submission and from the repeat it stands in."""
    for child in parent:
        whole, path = (f"{prefix}{_name(child)}" for prefix in at)
        if whole in repeats:
            turn = Record()
            _take(child, turn, (f"{whole}/", ""), repeats)
            if any(turn.values.values()) or turn.repeats:
                made.repeats.setdefault(path, []).append(turn)
        elif len(child):
            _take(child, made, (f"{whole}/", f"{path}/"), repeats)
        else:
            before, text = made.values.get(path), (child.text or "").strip() or None
            made.values[path] = f"{before} {text}" if before and text else text or before
