from __future__ import annotations

import base64
import hashlib
import re

import folium
import pytest
from branca.element import CssLink, JavascriptLink
from folium.plugins import MiniMap

from maps import figure
from maps.figure import Figure, Fragment, Inlined, Linked, UnknownAddress, json_data

TAGS = re.compile(r"<(script|style|link)\b[^>]*>")
HOSTILE = "</script><script>alert(1)</script><img src=x onerror=alert(1)>{{ 7 * 7 }}{% raw %}&amp;\u2028"


def stock(way: Linked | Inlined) -> str:
    """A map of folium as anybody makes it, with a plugin, on our page."""
    made = Figure("แผนที่", "th", way)
    m = folium.Map(location=(13.7, 100.5), tiles=None)
    MiniMap().add_to(m)
    m.add_to(made)
    return made.render()


def test_a_stock_folium_map_loads_local_files_only() -> None:
    text = stock(Linked("n0nce"))
    assert re.findall(r'(?:src|href)="(?!/static/|data:,)[^"]*"', text) == []
    assert "glyphicons" not in text


def test_every_tag_a_policy_governs_has_the_nonce() -> None:
    tags = [found[0] for found in TAGS.finditer(stock(Linked("n0nce")))]
    assert len(tags) > 10
    assert [tag for tag in tags if ' nonce="n0nce"' not in tag] == []


def test_the_page_has_a_language_a_title_and_a_view_people_may_zoom() -> None:
    text = stock(Linked("n"))
    assert text.startswith('<!DOCTYPE html>\n<html lang="th">')
    assert "<title>แผนที่</title>" in text
    assert re.findall(r'<meta name="viewport"[^>]*>', text) == [
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
    ]
    assert "maximum-scale" not in text and "user-scalable" not in text


@pytest.mark.parametrize("link", [JavascriptLink, CssLink])
def test_an_unknown_address_is_an_error(link: type[JavascriptLink | CssLink]) -> None:
    made = Figure("t", "en", Linked("n"))
    made.header.add_child(link("https://example.org/new.js"))
    with pytest.raises(UnknownAddress, match=re.escape("https://example.org/new.js")):
        made.render()


def test_no_class_of_folium_is_changed() -> None:
    before = [*folium.Map.default_js], [*folium.Map.default_css]
    stock(Linked("n"))
    stock(Inlined())
    assert before == (folium.Map.default_js, folium.Map.default_css)


def test_a_file_of_its_own_allows_exactly_what_it_carries() -> None:
    text = stock(Inlined())
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', text)[1]
    carried = re.findall(r"<(script|style)\b[^>]*>(.*?)</\1>", text, re.DOTALL)
    hashes = {base64.b64encode(hashlib.sha256(body.encode()).digest()).decode() for _, body in carried}
    assert set(re.findall(r"'sha256-([^']*)'", policy)) == hashes
    assert policy.startswith("default-src 'none'") and "unsafe" not in policy and "connect-src" not in policy
    assert "nonce=" not in text
    assert re.findall(r"url\(['\"]?(?!['\"]?(?:data:|#))[^)]*\)", text) == []
    assert re.findall(r'<(?:script|link)[^>]*(?:src|href)="(?!data:,)', text) == []


def test_finished_text_is_not_read_as_a_template() -> None:
    made = Figure(HOSTILE, "en", Linked("n"))
    made.html.add_child(Fragment("{{ 7 * 7 }}"))
    text = made.render()
    assert "{{ 7 * 7 }}" in text and "49" not in text
    assert "<script>alert" not in text and "<img" not in text


def test_data_cannot_end_its_block() -> None:
    block = json_data('a"b', {"name": HOSTILE})
    opening, body = re.fullmatch(r"(<script[^>]*>)(.*)</script>", block, re.DOTALL).groups()
    assert opening == '<script type="application/json" id="a&quot;b">'
    assert not set("<>&\u2028") & set(body)
    assert __import__("json").loads(body) == {"name": HOSTILE}


def test_a_file_that_would_end_its_tag_is_refused() -> None:
    with pytest.raises(ValueError, match=r"x\.js"):
        figure._closed("a</SCRIPT>b", "script", "x.js")
