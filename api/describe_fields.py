"""A network's own fields and choices as programs read and write them; the command line says the same."""

from __future__ import annotations

from api.describe import field_out, said
from api.schemas_fields import FieldOutcome, NewOwnField, OwnChoice, OwnField, OwnOfType
from surveys.custom_fields import NewField, Outcome
from surveys.custom_fields import OwnOfType as Listed
from surveys.privacy import Privacy
from surveys.words import Words


def new_field(asked: NewOwnField) -> NewField:
    """Return the field that a request asks for."""
    return NewField(
        asked.type, asked.name, Words(asked.words.th, asked.words.en), asked.kind,
        Words(asked.unit.th, asked.unit.en) if asked.unit else None, tuple(asked.aliases),
        Privacy[asked.privacy.upper()], asked.group,
    )  # fmt: skip


def outcome_out(outcome: Outcome) -> FieldOutcome:
    """Describe what adding a field does."""
    tally = outcome.tally
    return FieldOutcome(
        type=outcome.type.name, field=field_out(outcome.field), headings=dict(outcome.headings),
        records=tally.records, read=tally.read, other=tally.other, unreadable=tally.unreadable,
        texts=tally.shown(),
    )  # fmt: skip


def listed_out(own: Listed) -> OwnOfType:
    """Describe what a network has added to a record type."""
    return OwnOfType(
        type=own.type.name,
        words=said(own.type.words),
        fields=[OwnField(field=field_out(one.field), records=one.records) for one in own.fields],
        choices=[
            OwnChoice(
                field=one.field.name, code=one.choice.code, words=said(one.choice.words),
                aliases=list(one.choice.aliases), retired=one.choice.retired, records=one.records,
            )
            for one in own.choices
        ],
    )  # fmt: skip
