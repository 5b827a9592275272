"""Pages: correcting one record by hand, ending it, taking either back."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Path, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from starlette.datastructures import FormData

from api.context import ActorDep, LangDep, StoreDep
from api.pages.communities import communities
from api.pages.edit_form import changed, inputs
from api.pages.record_page import current
from api.pages.render import local_address, network_path, page
from api.pages.values import title
from api.routes.problem_page import PageRoute
from surveys import corrections, edit, records
from surveys.city import returns
from surveys.edit_values import Unreadable
from surveys.errors import Outdated, Refused
from surveys.roles import Actor
from surveys.sight import Seen, Sight
from surveys.store.store import Store
from surveys.words import Lang, Words, words
from surveys.words import seen as is_said

router = APIRouter(include_in_schema=False, route_class=PageRoute)

EDITED = tuple(name for name, declared in records.ALL.items() if declared.by_file)
# As the interface for programs bounds it: a number that no store can hold is no change.
ChangeId = Annotated[int, Path(ge=1, le=2**53)]
# Inputs of the form that are no field of a record.
_NO_REASON = words("กรุณาเขียนเหตุผล หรือใครแจ้ง", "Say why, or who said so.")
_OWN = ("version", "reason", "meeting")


def _seen(store: Store, code: str, actor: Actor, where: tuple[str, str]) -> tuple[Sight, Seen, int]:
    """Return what the actor sees of a record, and its version."""
    type_name, record_id = where
    store.revision(code)
    sight = Sight.of(store.types(code)[type_name], actor)
    row = current(store, code, sight, record_id)
    return sight, sight.seen(row, lambda: store.vault), int(row["version"])


@dataclass(frozen=True)
class _Sent:
    """A form that was sent and could not be taken: what was typed, why not, and whether it was to end the record."""

    typed: FormData
    wrong: Refused
    ending: bool = False

    @property
    def by_field(self) -> dict[str, Words]:
        """What is wrong by field; a reason that is wanting is told beside the others."""
        found = dict(self.wrong.by_field) if isinstance(self.wrong, Unreadable) else {}
        if not is_said(str(self.typed.get("reason", ""))):
            found["end-reason" if self.ending else "reason"] = _NO_REASON
        return found

    @property
    def status(self) -> int:
        """The status of the answer."""
        return 412 if isinstance(self.wrong, Outdated) else 409


def _form(
    request: Request, code: str, where: tuple[str, str], who: tuple[Actor, Lang], sent: _Sent | None = None
) -> HTMLResponse:
    """Show the form; after one that could not be taken with what was typed, and why it was not."""
    store: Store = request.app.state.store
    actor, lang = who
    sight, seen, version = _seen(store, code, actor, where)
    typed = sent.typed if sent else request.query_params
    wrong = sent.by_field if sent else {}
    listed = inputs(sight, seen, lang, _mine(store, code, where, who, sent), wrong)
    reason, meeting = str(typed.get("reason", "")) if sent else "", str(typed.get("meeting") or "")
    facts: dict[str, Any] = {
        "type": sight.record_type,
        "id": where[1],
        "title": title(sight.record_type, seen.values, lang),
        "groups": listed,
        "version": version,
        "reason": "" if sent and sent.ending else reason,
        "end_reason": reason if sent and sent.ending else "",
        "meeting": returns.get(store, code, actor, meeting) if meeting else None,
        "communities": sorted(communities(store, code).names.values()),
        "error": sent.wrong.said if sent and not wrong else None,
        "wrong": wrong,
        "words_of": {one.field.name: one.field.words for _, group in listed for one in group},
        "ending": bool(sent and sent.ending),
    }
    status = sent.status if sent else 200
    return page(request, "record_edit.html", network=code, section="table", status=status, **facts)


def _mine(
    store: Store, code: str, where: tuple[str, str], who: tuple[Actor, Lang], sent: _Sent | None
) -> dict[str, list[str]] | None:
    """Return what a person typed; of a form older than the record only what they changed in it.

    The other inputs of such a form hold what somebody else has corrected since: sent again, they
    would undo that.
    """
    if sent is None:
        return None
    texts = _texts(sent.typed)
    if not isinstance(sent.wrong, Outdated):
        return texts
    sight = Sight.of(store.types(code)[where[0]], who[0])
    rows = [row for row in store.history(code, *where) if str(row["version"]) == sent.typed.get("version")]
    if not rows:
        return texts
    before = sight.seen(max(rows, key=lambda row: int(row["opened_by"])), lambda: store.vault)
    return {name: texts[name] for name in changed(sight, before, who[1], texts)}


async def _typed(request: Request) -> AsyncIterator[FormData]:
    """Read the form: its inputs are the fields of the record, which differ from type to type."""
    async with request.form(max_files=0, max_fields=500) as form:
        yield form


def _who(store: StoreDep, actor: ActorDep, lang: LangDep) -> tuple[Store, Actor, Lang]:
    return store, actor, lang


WhoDep = Annotated[tuple[Store, Actor, Lang], Depends(_who)]
TypedDep = Annotated[FormData, Depends(_typed)]


def _texts(typed: FormData) -> dict[str, list[str]]:
    """Return what was typed into the inputs of the record's fields."""
    return {name: [str(text) for text in typed.getlist(name)] for name in typed if name not in _OWN}


def _wanted(code: str, where: tuple[str, str], typed: FormData) -> edit.Correction:
    version = str(typed.get("version", ""))
    return edit.Correction(
        where[0], where[1], int(version) if version.isdecimal() and len(version) < 10 else -1, {},
        str(typed.get("reason", "")), str(typed.get("meeting") or "") or None,
    )  # fmt: skip


def _after(code: str, where: tuple[str, str], asked: edit.Correction, done: edit.Done) -> str:
    """Return where to go on: the meeting at which it was corrected, else the record, which says what was done."""
    if asked.meeting:
        return network_path(code, "returns", asked.meeting)
    return network_path(code, *where, saved=str(done.change))


def _pages_of(type_name: str) -> None:
    """Add the pages that correct and end records of one type."""
    address = f"/n/{{code}}/{type_name}/{{record_id}}"

    def form(request: Request, code: str, record_id: str, actor: ActorDep, lang: LangDep) -> HTMLResponse:
        actor.must("edit")
        return _form(request, code, (type_name, record_id), (actor, lang))

    def correct(request: Request, code: str, record_id: str, who: WhoDep, typed: TypedDep) -> Response:
        store, actor, lang = who
        where = (type_name, record_id)
        actor.must("edit")
        asked = _wanted(code, where, typed)
        sight, seen, _ = _seen(store, code, actor, where)
        values = changed(sight, seen, lang, _texts(typed))
        try:
            done = edit.correct(store, code, actor, replace(asked, values=values))
        except Refused as wrong:
            return _form(request, code, where, (actor, lang), _Sent(typed, wrong))
        return RedirectResponse(_after(code, where, asked, done), 303)

    def end(request: Request, code: str, record_id: str, who: WhoDep, typed: TypedDep) -> Response:
        store, actor, lang = who
        where = (type_name, record_id)
        asked = _wanted(code, where, typed)
        try:
            done = edit.end(store, code, actor, asked)
        except Refused as wrong:
            return _form(request, code, where, (actor, lang), _Sent(typed, wrong, ending=True))
        return RedirectResponse(_after(code, where, asked, done), 303)

    router.add_api_route(f"{address}/edit", form, methods=["GET"], name=f"form to correct a {type_name}")
    router.add_api_route(f"{address}/edit", correct, methods=["POST"], name=f"correct a {type_name}")
    router.add_api_route(f"{address}/end", end, methods=["POST"], name=f"end a {type_name}")


for _name in EDITED:
    _pages_of(_name)


@router.post("/n/{code}/corrections/{change_id}/take-back")
def take_back(
    code: str, change_id: ChangeId, store: StoreDep, actor: ActorDep, next: Annotated[str, Form()] = ""
) -> Response:
    """Take a correction or an ending back; the page of the record then says so, or the one it was done from."""
    taken = edit.take_back(store, code, actor, change_id)
    after = local_address(next) if next else network_path(code, taken.type, taken.id, back=change_id)
    return RedirectResponse(after, 303)


@router.get("/n/{code}/ended")
def ended(request: Request, code: str, store: StoreDep, actor: ActorDep, lang: LangDep) -> HTMLResponse:
    """List the records that were ended and not brought back."""
    found, total = corrections.ended(store, code, actor)
    types = store.types(code)
    names = [
        title(
            types[one.type], Sight.of(types[one.type], actor).seen(one.row, lambda: store.vault).values, lang
        )
        for one in found
    ]
    facts: dict[str, Any] = {"rows": list(zip(found, names, strict=True)), "total": total, "TYPES": types,
                             "known": communities(store, code)}  # fmt: skip
    return page(request, "record_ended.html", network=code, section="table", **facts)
