"""The page around a Folium map: everything it loads is ours, and every tag is accounted for.

Folium links content networks, lets nobody zoom, names no language, and renders what a macro
returns once more as a template. :class:`Figure` maps each address to a vendored file (an unknown one
is an error), and :class:`Fragment` carries text that no template engine reads again.
"""

from __future__ import annotations

import base64
import hashlib
import json
import mimetypes
import re
from collections.abc import Callable
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any

from branca.element import CssLink, Element, JavascriptLink, Link
from branca.element import Figure as BrancaFigure

from maps import assets
from surveys.words import Lang

OWN = Path(assets.__file__).parent
STATIC = "/static/"

# One element of the kinds a policy governs: no text of ours inside contains its closing tag.
_GOVERNED = re.compile(r"<(script|style)\b([^>]*)>(.*?)</\1>|<(link)\b([^>]*)>", re.DOTALL)
_VIEWPORT = re.compile(r'<meta\s+name="viewport"[^>]*>')
# What branca calls its own meta tag; ours is the standard one.
_CHARSET = "meta_http"
_CSS_URL = re.compile(r"url\(\s*['\"]?(?!data:|#)([^'\")]+)['\"]?\s*\)")
# The second, older format of a font face; only the newest is vendored.
_OLD_FONT = re.compile(r",\s*url\([^)]*\.(?:woff|ttf)\)\s*format\(['\"](?:woff|truetype)['\"]\)")
# Faces whose letters neither Thai nor English needs, left out of a file that carries its fonts.
_RARE_FACES = re.compile(r"/\* sarabun-(?:vietnamese|latin-ext)-.*?\}\s*", re.DOTALL)


class UnknownAddress(Exception):
    """A page links an address that has no local file."""


class Fragment(Element):
    """Finished text; branca would otherwise read it as a template."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.text = text

    def render(self, **kwargs: Any) -> str:
        """Return the text as it is."""
        return self.text


def asset_path(url: str) -> str | None:
    """Return the path below ``maps/assets`` of what is linked as ``url``; None when it is left out.

    Addresses without a scheme are paths already.
    """
    if "//" not in url:
        return url
    try:
        path = assets.local(url)
    except KeyError:
        raise UnknownAddress(f"{url} has no local file: add it to maps.assets.URLS") from None
    return None if path is None else f"vendor/{path}"


def vendored(name: str) -> str:
    """Return the path below ``maps/assets`` of a file our own pages load."""
    return f"vendor/{assets.FILES[name]}"


@dataclass(frozen=True)
class Linked:
    """The page is served: its files are links, its tags carry the nonce of the answer's policy."""

    nonce: str

    def script(self, path: str) -> str:
        """Link a script."""
        return f'<script src="{STATIC}{path}"></script>'

    def sheet(self, path: str) -> str:
        """Link a style sheet."""
        return f'<link rel="stylesheet" href="{STATIC}{path}">'

    def sealed(self, page: str) -> str:
        """Put the nonce on every tag the policy governs."""
        nonce = f' nonce="{escape(self.nonce)}"'

        def tagged(found: re.Match[str]) -> str:
            if found[4]:
                return f"<link{nonce}{found[5]}>"
            return f"<{found[1]}{nonce}{found[2]}>{found[3]}</{found[1]}>"

        return _GOVERNED.sub(tagged, page)


@dataclass(frozen=True)
class Inlined:
    """The page is a file of its own: it carries its files and allows nothing but them."""

    def script(self, path: str) -> str:
        """Carry a script."""
        return f"<script>{_closed((OWN / path).read_text('utf-8'), 'script', path)}</script>"

    def sheet(self, path: str) -> str:
        """Carry a style sheet with the images and fonts it names."""
        return f"<style>{_closed(_whole_sheet(OWN / path), 'style', path)}</style>"

    def sealed(self, page: str) -> str:
        """Add a policy that names the hash of every script and style."""
        hashes: dict[str, list[str]] = {"script": [], "style": []}
        for tag, facts, text, *_ in _GOVERNED.findall(page):
            if tag and "application/json" not in facts:
                digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
                hashes[tag].append(f"'sha256-{digest}'")
        policy = "; ".join(
            (
                "default-src 'none'",
                "script-src " + " ".join(hashes["script"]),
                "style-src " + " ".join(hashes["style"]),
                "img-src data:; font-src data:; base-uri 'none'; form-action 'none'",
            )
        )
        meta = f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
        return page.replace("<head>", f"<head>\n{meta}", 1)


def _closed(text: str, tag: str, path: str) -> str:
    if f"</{tag}" in text.lower():
        raise ValueError(f"{path} contains </{tag} and cannot stand inside a page")
    return text


def _whole_sheet(path: Path) -> str:
    text = _RARE_FACES.sub("", _OLD_FONT.sub("", path.read_text("utf-8")))
    return _CSS_URL.sub(lambda found: f"url({_data_url(path.parent / found[1])})", text)


def _data_url(path: Path) -> str:
    kind = "font/woff2" if path.suffix == ".woff2" else mimetypes.guess_type(path.name)[0]
    return f"data:{kind};base64,{base64.b64encode(path.read_bytes()).decode()}"


def json_data(name: str, value: Any) -> str:
    """Write a value as a data block that a script of the page reads; nothing in it can end the block."""
    text = value.decode() if isinstance(value, bytes) else json.dumps(value, ensure_ascii=False)
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return f'<script type="application/json" id="{escape(name)}">{text}</script>'


class Figure(BrancaFigure):
    """A page of ours: language, title, a view people may zoom, local files, a policy."""

    def __init__(self, title: str, lang: Lang, way: Linked | Inlined) -> None:
        super().__init__(title=title)
        self.lang = lang
        self.way = way

    def render(self, **kwargs: Any) -> str:
        """Write the page."""
        for child in self._children.values():
            child.render(**kwargs)
        children = self.header._children.items()
        head = "\n".join(self._head(child) for name, child in children if name != _CHARSET)
        body, script = (part.render(**kwargs) for part in (self.html, self.script))
        return self.way.sealed(
            "<!DOCTYPE html>\n"
            f'<html lang="{self.lang}">\n<head>\n<meta charset="utf-8">\n'
            '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
            f'<link rel="icon" href="data:,">\n<title>{escape(self.title or "")}</title>\n{head}\n</head>\n'
            f"<body>\n{body}\n<script>{script}</script>\n</body>\n</html>\n"
        )

    def _head(self, child: Element) -> str:
        """Write a child of the head: links become local, what forbids zooming goes."""
        if not isinstance(child, Link):
            return _VIEWPORT.sub("", child.render())
        path = asset_path(child.url)
        if path is None:
            return ""
        ways: dict[type[Link], Callable[[str], str]] = {
            JavascriptLink: self.way.script,
            CssLink: self.way.sheet,
        }
        return ways[type(child)](path)
