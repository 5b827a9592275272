"""The receipt of an import, to be printed or kept: what became of the rows, by number and kind.

Which rows, and what stood in them, is told only to those who may see the files sent.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from api.forms import sheet_facts
from api.pages.render import show_actor
from api.pages.upload_report import EXAMPLES, Kind, Report, in_general, report
from surveys import networks, records
from surveys.dates import moment, show_time
from surveys.intake import imports
from surveys.intake.accept import import_folder
from surveys.intake.examination import Examination
from surveys.intake.fault_words import file_words
from surveys.intake.left_out import AGAIN, of_report
from surveys.intake.plain import plain
from surveys.intake.problem_kinds import layer_word
from surveys.roles import Actor
from surveys.rounds import ROUND
from surveys.store.store import Store
from surveys.words import Lang, Words, words

if TYPE_CHECKING:
    from maps.sheet.receipt import Line

_FILE = words("ไฟล์: {name}", "File: {name}")
_TYPE = words("ข้อมูล: {types}", "Records: {types}")
_TAKEN = words("นำเข้าเมื่อ {when} โดย {who}", "Imported {when} by {who}")
_DIGEST = words("ลายนิ้วมือไฟล์ (SHA-256): {digest}", "Fingerprint of the file (SHA-256): {digest}")
_ROUND = words("รอบสำรวจ: {name}", "Survey round: {name}")
_UNDONE = words("การนำเข้านี้ถูกยกเลิกแล้ว ข้อมูลไม่ได้ใช้อยู่", "This import is undone; its records are not in use.")
_KEPT_OUT, _WARNED = words("กันไว้: {what}", "Kept out: {what}"), words("เตือน: {what}", "Warning: {what}")
_ROWS = words("แถว {rows}", "Rows: {rows}")
_MEND = words("แก้ในไฟล์แถวที่กันไว้ แล้วส่งอีกครั้ง", "Mend them in the workbook of rows kept out and send it again.")
_PLACE = words(
    "ส่งแผนที่บ้านหรือแปลงตามมา ตำแหน่งจะขึ้นเอง", "Send the map of houses or plots; they find their place then."
)
_COUNTS = (
    ("rows", words("แถวในไฟล์", "Rows in the file"), words("", "")), ("new", words("รับเข้าใหม่", "New"), words("", "")),
    ("updated", words("ปรับปรุงของเดิม", "Updated"), words("", "")),
    ("unchanged", words("มีอยู่แล้ว ไม่เปลี่ยน", "Here already, unchanged"), words("", "")),
    ("quarantined", words("กันไว้ ยังไม่รับ", "Kept out"), _MEND),
    ("unplaced", words("ยังไม่มีตำแหน่งบนแผนที่", "Not on the map yet"), _PLACE),
)  # fmt: skip
_LEFT_OUT = words("ยังไม่รับทั้ง{layer}", "Whole {layer}s not taken")
# What stands on every receipt, were it none.
_ALWAYS = frozenset({"rows", "new", "quarantined"})


def print_receipt(store: Store, import_id: int, actor: Actor, lang: Lang) -> bytes:
    """Print the receipt of an import as PDF; what was wrong in it is told by kind, with its number.

    Whoever may see the files sent is told the first example of a kind and its rows, as on the page, and that is
    written in the log.

    Raises
    ------
    NotAllowed, NotFound
        If the actor may not see the network, or there is no such import.
    """
    from maps.sheet.receipt import Receipt

    made = imports.get(store, import_id, actor)
    facts = networks.get(store, made["network"], actor)
    said = replace(sheet_facts(facts, lang), version=facts["revision"])
    kept = Examination.there(import_folder(store, import_id))
    found = report(kept, store.types(made["network"])) if kept else None
    told = found is not None and actor.may("see_files")
    if told:
        imports.files(store, import_id, actor, "receipt")
    lines = [*_counts(made["report"]), *_left_out(made["report"]), *(_kinds(found, told) if found else ())]
    return Receipt(import_id, _about(made, lang), lines).pdf(said)


def _about(made: dict[str, Any], lang: Lang) -> list[Words]:
    """Say which file it was, when it came and from whom."""
    told = made["report"]
    names = {part["type"] for part in told["parts"]}
    types = [records.ALL[name].words for name in sorted(names)]
    when = show_time(moment(made["at"]), lang)
    about = [
        _FILE.fill(name=file_words(told)),
        _TYPE.fill(types=words(", ".join(w.th for w in types), ", ".join(w.en for w in types))),
        _TAKEN.fill(when=when, who=show_actor(made["actor"], lang)),
        *([_ROUND.fill(name=told[ROUND])] if told.get(ROUND) else []),
        _DIGEST.fill(digest=told["digest"]),
    ]
    return about if made["state"] == "done" else [*about, _UNDONE]


def _counts(told: dict[str, Any]) -> Iterator[Line]:
    """Count what became of the rows."""
    from maps.sheet.receipt import Line

    for name, what, todo in _COUNTS:
        count = int(told.get(name, 0))
        if count or name in _ALWAYS:
            yield Line(what, count, todo if count else words("", ""))


def _left_out(told: dict[str, Any]) -> Iterator[Line]:
    """Count the records of layers that were not taken."""
    from maps.sheet.receipt import Line

    if left := of_report(told):
        layer = layer_word(str(told.get("file") or ""))
        count = sum(rows for _, rows in left)
        names = ", ".join(f"{name} ({rows:,})" for name, rows in left[:EXAMPLES])
        names += " …" if len(left) > EXAMPLES else ""
        yield Line(_LEFT_OUT.fill(layer=layer), count, plain(AGAIN.fill(layer=layer)), words(names, names))


def _kinds(found: Report, told: bool) -> Iterator[Line]:
    """Tell what was wrong, by kind: rows kept out, then warnings; ``told``: with values and rows."""
    from maps.sheet.receipt import Line

    for kinds, before in ((found.kept_out, _KEPT_OUT), (found.remarks, _WARNED)):
        for kind in kinds:
            what, todo = in_general(kind)
            rows = None
            if told and kind.examples:
                first = kind.examples[0]
                what, todo, rows = plain(first.message), plain(first.remedy), _rows(kind, bool(found.layers))
            yield Line(before.fill(what=what), kind.count, todo, rows)
    if found.before is not None:
        yield Line(_WARNED.fill(what=plain(found.before.message)), 1, plain(found.before.remedy))


def _rows(kind: Kind, layers: bool) -> Words | None:
    """Say the first rows a kind of problem was met in, with their layer where the file has several."""
    met = [one for one in kind.examples if one.row is not None]
    said = [
        f"{one.row:,} ({one.layer})" if layers and one.layer else f"{one.row:,}" for one in met[:EXAMPLES]
    ]
    rows = ", ".join(dict.fromkeys(said)) + (" …" if kind.count > EXAMPLES else "")
    return _ROWS.fill(rows=rows) if said else None
