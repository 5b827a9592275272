"""What the command line prints: aligned, in Thai with English where scripts of the field mix them."""

from __future__ import annotations

import json
import os
import shlex
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import typer
from rich.cells import cell_len

from api.pages.changes import Told, in_one_line
from api.settings import Settings
from surveys import records
from surveys.dates import moment, show_time
from surveys.errors import Refused, StoreUnavailable
from surveys.intake import imports
from surveys.intake.left_out import TO_DO, of_report, summed_up
from surveys.intake.problem import OF_UNKNOWN_TYPE, Problem
from surveys.intake.problem_kinds import layer_word
from surveys.planning.result import Result, as_csv, as_json
from surveys.roles import Actor
from surveys.store.store import Store
from surveys.words import Words, words

_SHOWN = 12


def _padded(text: str, width: int, right: bool = False) -> str:
    """Pad by the width a terminal gives the text: Thai marks above and below take none."""
    gap = " " * max(width - cell_len(text), 0)
    return gap + text if right else text + gap


def table(headings: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """Print a table; numbers stand right."""
    texts = [[("" if v is None else f"{v:,}" if isinstance(v, int) else str(v)) for v in row] for row in rows]
    numeric = [
        bool(rows) and all(isinstance(row[n], int | float | None) for row in rows)
        for n in range(len(headings))
    ]
    widths = [max([cell_len(h), *(cell_len(row[n]) for row in texts)]) for n, h in enumerate(headings)]
    for line in ([*headings], ["─" * width for width in widths], *texts):
        typer.echo(
            "  ".join(_padded(v, w, r) for v, w, r in zip(line, widths, numeric, strict=True)).rstrip()
        )


_STATUS = {
    "taken": words("รับเข้าแล้ว", "taken"),
    "partly": words("รับเข้าแล้วบางส่วน", "taken in part"),
    "same": words("เหมือนเดิม ไม่มีอะไรเปลี่ยน", "the same as before; nothing changed"),
    "refused": words("ไม่รับไฟล์นี้", "the file is refused"),
    "dry_run": words("ลองตรวจเท่านั้น ยังไม่บันทึก", "only tried; nothing was written"),
}
_SEVERITY = {
    "refuse": words("ไม่รับ", "refused"),
    "quarantine": words("กันไว้", "kept out"),
    "warn": words("เตือน", "warning"),
}
_COUNTS = (
    ("rows", words("แถว", "rows")), ("new", words("ใหม่", "new")), ("updated", words("ปรับปรุง", "updated")),
    ("unchanged", words("เหมือนเดิม", "unchanged")), ("quarantined", words("กันไว้", "kept out")),
    ("unplaced", words("ยังไม่อยู่บนแผนที่", "not yet on the map")),
)  # fmt: skip


def report(found: dict[str, Any], file: str) -> None:
    """Print the report of a file: what was taken, what was not, and what to do."""
    status = _STATUS[found["status"]]
    number = f"  #{found['import_id']}" if found["import_id"] else ""
    typer.echo(f"{file}: {status.th} / {status.en}{number}")
    if left := of_report(found):
        said, todo = summed_up(left, layer_word(file)), TO_DO.fill(layer=layer_word(file))
        names = ", ".join(f"{layer} ({rows:,})" for layer, rows in left)
        typer.echo(f"{said.th} / {said.en}: {names}\n  {todo.th}\n  {todo.en}")
    for part in found["parts"]:
        facts = [part["type"], part["crs"], part["encoding"]]
        typer.echo(f"\n{part['layer']}  ({', '.join(fact for fact in facts if fact)})")
        table([w.th for _, w in _COUNTS], [[part[name] for name, _ in _COUNTS]])
        if part["unmapped"]:
            typer.echo("เก็บไว้โดยไม่จับคู่ / kept unmapped: " + ", ".join(part["unmapped"]))
    if found["problems"]:
        _problems(found)


def changes(told: Sequence[Told], total: int) -> None:
    """Print the first records that a file changes, old value beside new."""
    if not told:
        return
    unit = "record" if total == 1 else "records"
    typer.echo(f"\nรายการเดิมที่จะเปลี่ยน {total:,} / {total:,} {unit} here will change")
    for one in told:
        typer.echo(f"  {one.name} {one.community}".rstrip() + f" (แถว {one.row})")
        for line in one.lines:
            typer.echo(f"      {in_one_line(line)}")
    if total > len(told):
        typer.echo(f"  … อีก {total - len(told):,} / {total - len(told):,} more")


def _problems(found: dict[str, Any]) -> None:
    total = sum(found["problem_counts"].values())
    typer.echo(f"\nปัญหา {total:,} รายการ / {total:,} problems")
    worst_first = sorted(found["problems"], key=lambda problem: list(_SEVERITY).index(problem["severity"]))
    for problem in worst_first[:_SHOWN]:
        where = " ".join(
            str(p)
            for p in (problem["layer"], problem["row"] and f"แถว {problem['row']}", problem["column"])
            if p
        )
        typer.echo(
            f"  [{_SEVERITY[problem['severity']].th}] {where}: {problem['message_th']} — {problem['remedy_th']}"
        )
        typer.echo(f"      {problem['message_en']} {problem['remedy_en']}")
    if total > _SHOWN:
        typer.echo("  … ดูทั้งหมดด้วย --json หรือหน้านำเข้า / all of them: --json, or the imports page")


def to_type(problems: Sequence[Problem], typed: Sequence[str]) -> None:
    """Print the very commands that would take a file whose type is not known; ``typed`` is what was typed."""
    unknown = [problem for problem in problems if problem.code in OF_UNKNOWN_TYPE and problem.likely]
    if not unknown:
        return
    typer.echo("\nพิมพ์คำสั่งใดคำสั่งหนึ่ง / type one of these:")
    for problem in unknown:
        for name in problem.likely:
            said = records.ALL[name].words
            chosen = ["--type", name] if len(unknown) == 1 else ["--layer", f"{problem.layer}={name}"]
            typer.echo(f"  {shlex.join(['mankong', *typed, *chosen])}    # {said.th} / {said.en}")


def networks(found: list[dict[str, Any]]) -> None:
    """Print the networks with their counts."""
    if not found:
        typer.echo("ยังไม่มีเครือข่าย เพิ่มด้วย: mankong network add CODE NAME / no networks yet")
        return
    shown = ("community", "house", "household", "land_plot")
    rows = [[n["code"], n["name"], *(n["counts"].get(name) for name in shown)] for n in found]
    table(["รหัส", "เครือข่าย", "ชุมชน", "บ้าน", "ครัวเรือน", "แปลง"], rows)


def history(found: list[dict[str, Any]]) -> None:
    """Print the imports of a network."""
    states = {"done": "ใช้อยู่", "undone": "ยกเลิกแล้ว"}
    rows = [
        [row["import_id"], show_time(moment(row["at"]), "th"), row["report"].get("file"), _types(row["report"]),
         row["report"].get("taken"), row["report"].get("quarantined"), states[row["state"]], row["actor"]]
        for row in found
    ]  # fmt: skip
    table(["เลขที่", "เมื่อ", "ไฟล์", "ประเภท", "รับเข้า", "กันไว้", "สถานะ", "โดย"], rows)


def _types(report: dict[str, Any]) -> str:
    """Name the record types of a file; of several each with how many of it were taken."""
    found = imports.kinds(report)
    return " · ".join(one.name + (f" {count:,}" if len(found) > 1 else "") for one, count in found)


def turned(done: dict[str, Any]) -> None:
    """Print what an undo or redo did."""
    for row in done["types"]:
        typer.echo(
            f"{row['type']}: นำกลับ {row['reopened']:,} เอาออก {row['closed']:,}"
            f" / {row['reopened']:,} back, {row['closed']:,} away"
        )
        for record_id in row["kept"]:
            typer.echo(f"  เปลี่ยนหลังจากนั้นจึงคงไว้ / changed since, kept: {record_id}")


def result(title: Words, found: Result) -> None:
    """Print an analysis as a table with its notes and sources."""
    told = as_json(found, "th")
    typer.echo(f"{title.th} / {title.en}\n")
    columns = found.telling
    heads = [c.words.th + (f" ({c.unit.th})" if c.unit and c.kind == "count" else "") for c in columns]
    rows = [[_cell(row, c.name) for c in columns] for row in told["rows"]]
    if sum(cell_len(head) + 2 for head in heads) <= shutil.get_terminal_size((100, 24)).columns:
        table(heads, rows)
    else:
        _cards(heads, rows)
    for note in told["notes"]:
        typer.echo(f"* {note}")
    for source in found.sources:
        typer.echo(f"ที่มา: {source.type.th} {source.rows:,} รายการ, ใหม่สุด {source.newest or '-'}")


def _cards(heads: list[str], rows: list[list[Any]]) -> None:
    """Print a table that is wider than the terminal: a block a row, without what is empty or nought."""
    width = max(cell_len(head) for head in heads)
    for row in rows:
        typer.echo(f"■ {row[0]}")
        for head, value in zip(heads[1:], row[1:], strict=True):
            if value not in (None, "", 0):
                typer.echo(
                    f"  {_padded(head, width)}  {value:,}"
                    if isinstance(value, int | float)
                    else f"  {_padded(head, width)}  {value}"
                )
        typer.echo("")


def _cell(row: dict[str, Any], name: str) -> Any:
    return row.get(f"{name}_text", row.get(name))


def write_result(found: Result, out: Path) -> None:
    """Write an analysis to a file, by its suffix."""
    if out.suffix == ".json":
        out.write_text(json.dumps(as_json(found), ensure_ascii=False, indent=1), encoding="utf-8")
    elif out.suffix == ".csv":
        out.write_text(as_csv(found, "th"), encoding="utf-8")
    else:
        raise Refused(words("เขียนได้เฉพาะ .csv หรือ .json", "The table goes to a .csv or .json file."))


def checked(store: Store, actor: Actor) -> None:
    """Check the store's pages, settings and counts; print them.

    Raises
    ------
    NotAllowed, StoreUnavailable
        If the actor may not manage networks, or the file is damaged.
    """
    actor.must("manage")
    with store.reading() as connection:
        said_ok = str(connection.exec_driver_sql("PRAGMA quick_check").scalar())
        facts = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys")
        }
    if said_ok != "ok":
        raise StoreUnavailable(words(f"ฐานข้อมูลเสียหาย: {said_ok}", f"The store is damaged: {said_ok}."))
    typer.echo("ฐานข้อมูลสมบูรณ์ / the store is sound: " + ", ".join(f"{k}={v}" for k, v in facts.items()))
    for code in store.networks():
        counts = {name: count for name, count in store.counts(code).items() if count}
        typer.echo(f"{code}: " + ", ".join(f"{name} {count:,}" for name, count in counts.items()))


def settings(found: Settings) -> None:
    """Print the settings, where each comes from, and their environment variables."""
    rows = [
        [
            name,
            str(getattr(found, name)),
            _origin(found, name),
            f"MANKONG_{name.upper()}",
            field.description or "",
        ]
        for name, field in Settings.model_fields.items()
    ]
    table(["setting", "value", "from", "variable", "meaning"], rows)


def _origin(found: Settings, name: str) -> str:
    """Say where a setting comes from: given on the command line, the environment, or the default."""
    if name not in found.model_fields_set:
        return "default"
    return (
        "environment" if os.environ.get(f"MANKONG_{name.upper()}") == str(getattr(found, name)) else "option"
    )
