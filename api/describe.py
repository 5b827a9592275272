"""Record types as programs read them: everything derived from the declaration."""

from __future__ import annotations

from api.schemas import ChoiceOut, FieldOut, Said, TypeOut
from surveys.codes import Code
from surveys.record import Field, RecordType
from surveys.words import Words


def said(text: Words) -> Said:
    """Return words in both languages."""
    return Said(th=text.th, en=text.en)


def type_out(record_type: RecordType) -> TypeOut:
    """Describe a record type with its fields."""
    return TypeOut(
        name=record_type.name,
        words=said(record_type.words),
        unit=said(record_type.unit),
        geometry=record_type.geometry,
        by_file=record_type.by_file,
        keys=[list(key) for key in record_type.keys],
        fields=[field_out(field) for field in record_type.fields],
    )


def field_out(field: Field) -> FieldOut:
    """Describe a field: its kind and rule, who may see it, the codes of its list."""
    return FieldOut.model_validate(
        {
            "name": field.name,
            "words": said(field.words),
            "kind": type(field.kind).__name__.lower(),
            "rule": said(field.kind.rule),
            "unit": said(field.unit) if field.unit else None,
            "help": said(field.help) if field.help else None,
            "privacy": field.privacy.name.lower(),
            "group": said(field.group.words) if field.group else None,
            "brief": field.brief,
            "custom": field.custom,
            "retired": field.retired,
            "headings": [*dict.fromkeys((field.words.th, field.words.en, field.name, *field.aliases))],
            "json_schema": field.kind.schema,
            "choices": _choices(field),
        }
    )


def _choices(field: Field) -> list[ChoiceOut] | None:
    if not isinstance(field.kind, Code):
        return None
    return [
        ChoiceOut(code=choice.code, th=choice.words.th, en=choice.words.en, retired=choice.retired)
        for choice in field.kind.choices
    ]
