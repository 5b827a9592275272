"""XML of strangers: well formed, no document type, not too deep, in whatever encoding; walked, never built."""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable
from pathlib import Path
from xml.parsers import expat

from gis.formats import encoding
from gis.formats.model import Refused
from gis.formats.source import Source

_DEPTH = 200
_BLOCK = 1 << 20
_DECLARATION = re.compile(rb"\A\s*<\?xml(?:[^>]*?\bencoding\s*=\s*[\"']([\w.: -]+)[\"'])?[^>]*\?>")
_KNOWN = ("utf-8", "utf-16", "ascii")

Start = Callable[[str, dict[str, str]], None]
Text = Callable[[str], None]


def utf8(source: Source, target: Path) -> Path:
    """The file itself when it is UTF-8 or UTF-16 as XML takes it; else a copy in UTF-8 at `target`.

    The encoding is the one declared, which parsers may not know ("windows-874"), or Thai where the bytes are
    no UTF-8 though nothing else is declared. Raises Refused xml_unreadable when it does not decode.
    """
    declared = _DECLARATION.match(source.head().removeprefix(codecs.BOM_UTF8))
    name = encoding.codec_name(declared[1].decode()) if declared and declared[1] else "utf-8"
    if source.head(2) in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE) or _decodes(source.path, name or ""):
        if name in _KNOWN:
            return source.path
    elif name == "utf-8" and _decodes(source.path, encoding.THAI):
        name = encoding.THAI
    else:
        raise Refused("xml_unreadable", value=name)
    decoder = codecs.getincrementaldecoder(name or "utf-8")()
    with source.path.open("rb") as coded, target.open("wb") as plain:
        head = decoder.decode(coded.read(_BLOCK)).encode()
        plain.write(_DECLARATION.sub(b"", head, count=1))
        while block := coded.read(_BLOCK):
            plain.write(decoder.decode(block).encode())
    return target


def _decodes(path: Path, name: str) -> bool:
    try:
        decoder = codecs.getincrementaldecoder(name)()
        with path.open("rb") as file:
            while block := file.read(_BLOCK):
                decoder.decode(block)
        decoder.decode(b"", True)
    except (UnicodeError, LookupError):
        return False
    return True


def walk(
    path: Path,
    start: Start = lambda tag, attributes: None,
    end: Text = lambda tag: None,
    text: Text = lambda characters: None,
) -> None:
    """Call `start`, `end` and `text` for all there is in an XML file; tags have no prefix ("gx:Track" is
    "Track").

    Namespaces are not resolved: phones write prefixes they do not declare. Raises Refused xml_unreadable,
    xml_dtd or xml_too_deep.
    """
    level = 0

    def begin(tag: str, attributes: dict[str, str]) -> None:
        nonlocal level
        level += 1
        if level > _DEPTH:
            raise Refused("xml_too_deep", detail={"limit": str(_DEPTH)})
        start(tag.rsplit(":", 1)[-1], attributes)

    def finish(tag: str) -> None:
        nonlocal level
        level -= 1
        end(tag.rsplit(":", 1)[-1])

    def refuse(*_: object) -> None:
        raise Refused("xml_dtd")

    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler, parser.EndElementHandler, parser.CharacterDataHandler = begin, finish, text
    parser.StartDoctypeDeclHandler = parser.EntityDeclHandler = refuse
    try:
        with path.open("rb") as file:
            while block := file.read(_BLOCK):
                parser.Parse(block, False)
            parser.Parse(b"", True)
    except (expat.ExpatError, LookupError, ValueError) as error:
        line = {"line": str(parser.CurrentLineNumber)}
        raise Refused("xml_unreadable", detail=line) from error
