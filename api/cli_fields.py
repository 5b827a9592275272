"""The commands about a network's own fields and choices: add, choice, retire, list."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from api import output
from api.cli_options import JsonOption, NetworkOption, StoreOption, open_store, person
from api.describe_fields import listed_out, outcome_out
from surveys import custom_fields
from surveys.custom_fields import NewChoice, NewField, Outcome, Own, OwnOfType
from surveys.errors import Refused
from surveys.privacy import Privacy
from surveys.store.custom import CUSTOM_KINDS
from surveys.words import Words, words

field_app = typer.Typer(no_args_is_help=True, help="Fields and choices that a city network adds.")

TypeArgument = Annotated[str, typer.Argument(metavar="TYPE", help="The record type, such as house.")]
FieldArgument = Annotated[str, typer.Argument(metavar="FIELD", help="The name of the field.")]
ThaiArgument = Annotated[str, typer.Argument(metavar="THAI", help="What it is called in Thai.")]
EnglishOption = Annotated[str, typer.Option("--en", help="What it is called in English (else its name).")]
_PRIVACY = " | ".join(one.name.lower() for one in Privacy)


@field_app.command("add")
def add(
    type_name: TypeArgument,
    name: Annotated[str, typer.Argument(metavar="NAME", help="a-z, 0-9 and _; it never changes.")],
    thai: ThaiArgument,
    network: NetworkOption,
    store: StoreOption = None,
    english: EnglishOption = "",
    kind: Annotated[str, typer.Option(help=" | ".join(CUSTOM_KINDS))] = "text",
    unit: Annotated[str, typer.Option(help="THAI or THAI=ENGLISH, of a number.")] = "",
    alias: Annotated[list[str] | None, typer.Option(help="Another heading of columns that mean it.")] = None,
    privacy: Annotated[str, typer.Option(help=_PRIVACY)] = "household",
    group: Annotated[str, typer.Option(help="The section of the form, such as building.")] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only tell what would happen.")] = False,
    as_object: JsonOption = False,
) -> None:
    """Add a field to a record type; values that earlier files kept under its headings become its values."""
    new = NewField(
        type_name, name, Words(thai, english), kind, _unit(unit), tuple(alias or ()), _privacy(privacy), group
    )
    use_case = custom_fields.look if dry_run else custom_fields.add_field
    opened = open_store(store)
    outcome = use_case(opened, network, person(), new)
    opened.close()
    told = outcome_out(outcome).model_dump(mode="json") | {"status": "dry_run" if dry_run else "added"}
    typer.echo(json.dumps(told, ensure_ascii=False)) if as_object else _added(outcome, dry_run)


def _unit(text: str) -> Words | None:
    thai, _, english = text.partition("=")
    return Words(thai, english) if thai else None


def _privacy(name: str) -> Privacy:
    if name.upper() not in Privacy.__members__:
        raise Refused(
            words(f"ไม่มีชั้นความลับ “{name}” มี {_PRIVACY}", f"--privacy is one of {_PRIVACY}, not {name}.")
        )
    return Privacy[name.upper()]


def _added(outcome: Outcome, dry_run: bool) -> None:
    """Print a field and what became of the values that came before it."""
    field, tally = outcome.field, outcome.tally
    done = words("จะเพิ่มช่อง", "would add the field") if dry_run else words("เพิ่มช่องแล้ว", "added the field")
    typer.echo(
        f"{done.th} / {done.en}: {outcome.type.name}.{field.name}  {field.words.th} / {field.words.en}"
    )
    for heading, count in outcome.headings.items():
        typer.echo(
            f"  ค่าที่เก็บไว้ใต้หัวคอลัมน์ “{heading}” {count:,} รายการ / values kept under that heading: {count:,}"
        )
    if tally.records:
        typer.echo(f"  อ่านได้ {tally.read:,} / read: {tally.read:,}")
    if tally.other:
        typer.echo(
            f"  ยังไม่มีในรายการ เก็บเป็นอื่น ๆ {tally.other:,} / in no list yet, kept as other: {tally.other:,}"
        )
    if tally.unreadable:
        typer.echo(
            f"  อ่านไม่ได้ เก็บข้อความไว้ {tally.unreadable:,} / not readable, text kept: {tally.unreadable:,}"
        )
    for text in tally.shown():
        typer.echo(f"    “{text}”")


@field_app.command("choice")
def choice(
    type_name: TypeArgument,
    field: FieldArgument,
    code: Annotated[str, typer.Argument(metavar="CODE", help="a-z, 0-9 and _; it never changes.")],
    thai: ThaiArgument,
    network: NetworkOption,
    store: StoreOption = None,
    english: EnglishOption = "",
    alias: Annotated[list[str] | None, typer.Option(help="Another spelling that means it.")] = None,
    as_object: JsonOption = False,
) -> None:
    """Add a choice to the code list of a field; records that had said so under "other" have it then."""
    opened = open_store(store)
    new = NewChoice(type_name, field, code, Words(thai, english), tuple(alias or ()))
    records = custom_fields.add_choice(opened, network, person(), new)
    opened.close()
    if as_object:
        told = {"type": type_name, "field": field, "code": code.strip(), "records": records}
        typer.echo(json.dumps(told, ensure_ascii=False))
        return
    typer.echo(f"เพิ่มตัวเลือกแล้ว / added the choice: {type_name}.{field} = {code.strip()}  {thai}")
    if records:
        typer.echo(f"  อ่านใหม่จากอื่น ๆ {records:,} รายการ / records that had said so under other: {records:,}")


@field_app.command("retire")
def retire(
    type_name: TypeArgument,
    field: FieldArgument,
    network: NetworkOption,
    store: StoreOption = None,
    code: Annotated[str, typer.Option("--choice", help="Only this choice of its list.")] = "",
    back: Annotated[bool, typer.Option("--back", help="Bring it back into use.")] = False,
    as_object: JsonOption = False,
) -> None:
    """Retire a field or choice of the network's own: no longer asked for, still read; nothing is deleted."""
    opened, own = open_store(store), Own(type_name, field, code)
    custom_fields.retire(opened, network, person(), own, back=back)
    opened.close()
    if as_object:
        typer.echo(json.dumps({"type": type_name, "field": field, "code": code or None, "retired": not back}))
        return
    done = words("นำกลับมาใช้แล้ว", "brought back") if back else words("เลิกใช้แล้ว", "retired")
    typer.echo(f"{done.th} / {done.en}: {own.subject}")


@field_app.command("list")
def listed(network: NetworkOption, store: StoreOption = None, as_object: JsonOption = False) -> None:
    """List the fields and choices that a network has added, with how many records have a value."""
    opened = open_store(store)
    found = custom_fields.listed(opened, network, person())
    opened.close()
    if as_object:
        typer.echo(json.dumps([listed_out(own).model_dump(mode="json") for own in found], ensure_ascii=False))
    elif found:
        for own in found:
            _listed(own)
    else:
        typer.echo("เครือข่ายนี้ยังไม่ได้เพิ่มช่องหรือตัวเลือก / this network has added no fields or choices")


def _listed(own: OwnOfType) -> None:
    typer.echo(f"\n{own.type.words.th} / {own.type.words.en} ({own.type.name})")
    state = {False: "", True: "เลิกใช้แล้ว"}
    fields = [
        [one.field.name, one.field.words.th, one.field.kind.rule.th[:40], one.field.privacy.words.th, one.records,
         state[one.field.retired]]
        for one in own.fields
    ]  # fmt: skip
    if fields:
        output.table(["ช่อง", "ชื่อ", "รับค่า", "ความเป็นส่วนตัว", "รายการ", ""], fields)
    choices = [
        [one.field.name, one.choice.code, one.choice.words.th, one.records, state[one.choice.retired]]
        for one in own.choices
    ]
    if choices:
        output.table(["ช่อง", "ตัวเลือก", "ชื่อ", "รายการ", ""], choices)
