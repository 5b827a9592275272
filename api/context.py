"""What every request carries: the store, who acts, in which language, and the nonce of its page."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Request

from api.settings import Settings
from surveys.errors import NotAllowed
from surveys.jobs import Jobs
from surveys.roles import ROLES, Actor
from surveys.store.store import Store
from surveys.words import LANGS, Lang, words

LANG_COOKIE = "mankong_lang"
ROLE_COOKIE = "mankong_role"
DEFAULT_ROLE = "surveyor"


def get_settings(request: Request) -> Settings:
    """Return the settings the application was made with."""
    settings: Settings = request.app.state.settings
    return settings


def get_store(request: Request) -> Store:
    """Return the store the application serves."""
    store: Store = request.app.state.store
    return store


def get_jobs(request: Request) -> Jobs:
    """Return the jobs of the store."""
    return Jobs(get_store(request))


def get_lang(request: Request) -> Lang:
    """Return the language: asked for in the address, else chosen before, else the setting."""
    for text in (request.query_params.get("lang"), request.cookies.get(LANG_COOKIE)):
        for lang in LANGS:
            if text == lang:
                return lang
    return get_settings(request).lang


def for_people(request: Request) -> bool:
    """Tell whether a person reads the answer, as a page; a program is answered in JSON."""
    return not request.url.path.startswith("/api/") and "text/html" in request.headers.get("accept", "")


def get_actor(request: Request) -> Actor:
    """Return who acts: the role chosen in the head of the page, until accounts exist.

    Scripts may say it with the header ``X-Mankong-Role``; a role that does not exist is refused.
    """
    role = _role(request)
    if role not in ROLES:
        raise NotAllowed(words(f"ไม่มีบทบาท “{role[:40]}”", f"There is no role “{role[:40]}”."))
    return Actor(f"demo:{role}", role)


def get_reader(request: Request) -> Actor:
    """Return for whom the frame of a page is written: who acts, or the public where that role does not exist.

    A page must be there to say that there is no such role, and to choose another.
    """
    role = _role(request)
    return Actor(f"demo:{role}", role) if role in ROLES else Actor("demo:public", "public")


def _role(request: Request) -> str:
    return request.headers.get("X-Mankong-Role") or request.cookies.get(ROLE_COOKIE) or DEFAULT_ROLE


StoreDep = Annotated[Store, Depends(get_store)]
JobsDep = Annotated[Jobs, Depends(get_jobs)]
ActorDep = Annotated[Actor, Depends(get_actor)]
LangDep = Annotated[Lang, Depends(get_lang)]
SettingsDep = Annotated[Settings, Depends(get_settings)]
