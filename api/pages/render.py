"""Templates and how a page is made: its language, its nonce, its head, its network."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from api.context import get_lang, get_reader, get_settings, get_store
from api.forms import OFFERED
from maps import assets
from maps.texts import TEXTS
from surveys import dates, networks, records
from surveys.intake.fault_words import file_words
from surveys.intake.plain import plain
from surveys.record import RecordType
from surveys.roles import ROLES, Actor
from surveys.words import Lang, Words, words

STATIC = "/static"
_OWN = Path(assets.__file__).parent

# The pages of a network in the order of the head: last part of the address, words, right needed.
NAVIGATION: tuple[tuple[str, Words, str], ...] = (
    ("", words("หน้าเครือข่าย", "City page"), "see"),
    ("map", words("แผนที่", "Map"), "see_public"),
    ("search", words("ค้นหา", "Search"), "see_public"),
    ("table", words("ตาราง", "Tables"), "see_public"),
    ("upload", words("ส่งไฟล์", "Send a file"), "import"),
    ("imports", words("การนำเข้า", "Imports"), "see"),
    ("proposals", words("ข้อเสนอ", "Proposals"), "see"),
)


def static(name: str) -> str:
    """Return the address of one of our own files or a vendored one, new whenever it changes."""
    path = f"vendor/{assets.FILES[name]}" if name in assets.FILES else name
    return f"{STATIC}/{path}?v={int((_OWN / path).stat().st_mtime)}"


def network_path(code: str, *parts: object, **query: object) -> str:
    """Return the address of a page of a network; queries that are None or empty are left out."""
    path = "/".join(
        ["/n", quote(code, safe=""), *(quote(str(part), safe="") for part in parts if part != "")]
    )
    asked = {name: value for name, value in query.items() if value not in (None, "")}
    return path + ("?" + urlencode(asked, doseq=True) if asked else "")


def show_moment(text: str | datetime, lang: Lang) -> str:
    """Write a moment as the store keeps it for people, in Thai time."""
    return dates.show_time(dates.moment(text) if isinstance(text, str) else text, lang)


def show_day(day: date | str | None, lang: Lang) -> str:
    """Write a date for people; nothing for none."""
    if day is None:
        return ""
    return dates.show_date(date.fromisoformat(day[:10]) if isinstance(day, str) else day, lang)


def show_actor(name: str | None, lang: Lang) -> str:
    """Write who did something; until accounts exist that is a role."""
    role = (name or "").removeprefix("demo:")
    return ROLES[role].of(lang) if role in ROLES else (name or "—")


def unit_of(record_type: RecordType, count: int, lang: Lang) -> str:
    """Return what records are counted in, in one language."""
    return record_type.unit_of(count).of(lang)


@cache
def environment() -> Environment:
    """Return the template environment; values are escaped, an unknown name is an error."""
    made = Environment(
        loader=PackageLoader("api", "templates"), autoescape=True, undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    made.globals.update(static=static, path=network_path, ROLES=ROLES, may=Actor.may)
    made.globals.update(plain=plain, file_words=file_words)
    made.globals["unit_of"] = unit_of
    made.globals["FORM_TYPES"] = tuple(records.ALL[name] for name in OFFERED)
    made.filters["number"] = lambda value: "—" if value is None else f"{value:,}"
    return made


def spoken(lang: Lang) -> dict[str, Any]:
    """Return what templates speak with in one language."""
    return {
        "lang": lang,
        "t": lambda th, en: th if lang == "th" else en,
        "say": lambda said: said.of(lang),
        "day": lambda value: show_day(value, lang),
        "moment": lambda value: show_moment(value, lang),
        "who": lambda value: show_actor(value, lang),
        "made_up_text": TEXTS["made_up"].of(lang),
    }


def network_head(request: Request, code: str) -> dict[str, Any]:
    """Return what the head of a network's page says.

    Raises
    ------
    NotFound
        If there is no such network.
    """
    facts = networks.get(get_store(request), code, get_reader(request))
    name = facts["name_en"] if get_lang(request) == "en" and facts["name_en"] else facts["name"]
    credits = networks.attributions(facts)
    return {"code": code, "name": name, "made_up": facts["made_up"], "attributions": credits}


def page(
    request: Request, template: str, /, network: str | None = None, status: int = 200, **values: Any
) -> HTMLResponse:
    """Render a page; with ``network`` its head, navigation and banner come along.

    ``section`` among the values names the entry of the navigation the page belongs to.
    """
    context = _context(request, network) | values
    return HTMLResponse(environment().get_template(template).render(context), status)


def map_head(request: Request, network: str) -> Markup:
    """Render the head of the map of a network: the one of every page, in one row.

    Raises
    ------
    NotFound
        If there is no such network.
    """
    context = _context(request, network) | {"section": "map", "compact": True}
    return Markup(environment().get_template("head.html").render(context))


def _context(request: Request, network: str | None) -> dict[str, Any]:
    return {
        "section": None,
        "compact": False,
        "network": network_head(request, network) if network else None,
        "actor": get_reader(request),
        "nonce": request.state.nonce,
        "here": _here(request),
        "navigation": NAVIGATION,
        "settings": get_settings(request),
        "today": dates.today(),
        **spoken(get_lang(request)),
    }


def fragment(request: Request, template: str, values: Mapping[str, Any]) -> HTMLResponse:
    """Render a part of a page that htmx puts in place."""
    text = environment().get_template(template).render(spoken(get_lang(request)) | dict(values))
    return HTMLResponse(text)


def _here(request: Request) -> str:
    """Return the address of the page, to come back to; the language it was asked in is left out."""
    if request.method != "GET":
        return "/"
    asked = [(name, value) for name, value in request.query_params.multi_items() if name != "lang"]
    return request.url.path + ("?" + urlencode(asked) if asked else "")


def local_address(text: str | None) -> str:
    """Return an address of our own to go to; anything that could lead elsewhere becomes the first page."""
    plain = (text or "").strip()
    safe = plain.startswith("/") and not plain.startswith("//") and not set(plain) & set("\\\r\n\t")
    return plain if safe else "/"
