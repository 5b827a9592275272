"""What a form asks, and that every word it explains with is true of the import."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from surveys import records
from surveys.codes import Choice, Code, Codes
from surveys.errors import NotFound, Refused
from surveys.fields import Integer, Text
from surveys.forms import explain, workbook
from surveys.forms.form import NETWORK, Form, alternatives, form, live, not_asked, spelled
from surveys.forms.xlsform import needed
from surveys.intake.mapping import guess_type, map_columns
from surveys.privacy import Privacy
from surveys.record import SHAPE, Field, RecordType
from surveys.shared import LINK
from surveys.words import LANGS, Lang, folded, words

BY_FILE = [record_type for record_type in records.ALL.values() if record_type.by_file]
NAMES = [record_type.name for record_type in BY_FILE]


def own(name: str, th: str, **facts: object) -> Field:
    """A field of a network."""
    return Field(name=name, kind=Text(), words=words(th, th), custom=True, **facts)  # type: ignore[arg-type]


@pytest.mark.parametrize("record_type", BY_FILE, ids=NAMES)
def test_every_field_is_asked_once_but_those_that_are_not_to_be_asked(record_type: RecordType) -> None:
    made = Form(record_type)
    out = {f.name for f in record_type.fields if f.privacy == Privacy.SENSITIVE or f.name == LINK}
    out |= {rule.field for rule in record_type.derived}
    assert sorted(f.name for f in made.fields) == sorted(
        f.name for f in record_type.fields if f.name not in out
    )
    assert {f.name for f in not_asked(record_type)} <= out


def test_nothing_sensitive_is_asked_and_nothing_retired() -> None:
    more = [own("faith", "ความเชื่อ", privacy=Privacy.SENSITIVE), own("fence", "สีรั้ว", retired=True)]
    made = Form(records.ALL["member"].with_fields(more))
    assert {"health", "religion", "faith", "fence"} & {f.name for f in made.fields} == set()


NEEDED = [
    ("community", set(), [{"code"}, {"name"}]),
    ("house", {"community"}, [{"house_seq"}, {"house_no"}]),
    ("household", {"community"}, [{"house_seq"}, {"house_no"}, {"plot_no"}]),
    ("member", {"community", "household_no"}, [{"house_seq"}, {"house_no"}, {"plot_no"}]),
    ("land_plot", {"community"}, [{"plot_no"}, {"deed_no"}]),
    ("road", {"code"}, []),
    ("zoning_area", {"code"}, []),
    ("admin_area", {"code"}, []),
]


@pytest.mark.parametrize(("name", "required", "either"), NEEDED)
def test_what_must_be_filled_in_follows_from_the_keys(
    name: str, required: set[str], either: list[set[str]]
) -> None:
    made = Form(records.ALL[name])
    assert made.required == required
    assert [set(one) for one in made.either] == either


PHONE = [
    ("household", {"community": "yes", "plot_no": "(${house_seq} = '') and (${house_no} = '')"}),
    ("house", {"community": "yes", "gps": "(${house_seq} = '') and (${house_no} = '')"}),
    ("road", {"gps": "(${code} = '')"}),
    ("zoning_area", {"zone": "(${code} = '')", "gps": "(${code} = '')"}),
    ("admin_area", {"code": "yes"}),
]


@pytest.mark.parametrize(("name", "when"), PHONE)
def test_on_a_phone_the_last_way_to_tell_a_record_is_needed_where_no_other_was_used(
    name: str, when: dict[str, str]
) -> None:
    assert needed(records.ALL[name]) == when


def test_an_alternative_that_holds_another_is_left_out() -> None:
    sets = alternatives(records.ALL["road"], shape=True)
    assert sets == (frozenset({"code"}), frozenset({SHAPE}))


def test_what_has_no_form() -> None:
    with pytest.raises(NotFound):
        form(records.ALL, "dragon")
    for record_type in records.ALL.values():
        if not record_type.by_file:
            with pytest.raises(Refused):
                form(records.ALL, record_type.name)
    assert form(records.ALL, "house")[1] is None
    household, member = form(records.ALL, "household", ["ก", "ข", "ก"])
    assert (household.communities, member and member.record_type.name) == (("ก", "ข"), "member")


def test_fields_of_a_network_stand_in_a_section_of_their_own() -> None:
    record_type = records.ALL["house"].with_fields([own("fence", "สีรั้ว")])
    assert [s.group for s in Form(record_type).sections if any(f.name == "fence" for f in s.fields)] == [
        NETWORK
    ]


@pytest.mark.parametrize("record_type", BY_FILE, ids=NAMES)
@pytest.mark.parametrize("lang", LANGS)
def test_examples_and_choices_are_read_by_the_rule_without_a_word(
    record_type: RecordType, lang: Lang
) -> None:
    for field in record_type.fields:
        texts = [explain.example(field).of(lang), *(word.of(lang) for word in explain.choices(field))]
        for text in filter(None, texts):
            cell = field.kind.parse(text)
            assert cell.problem is None, (field.name, text, cell)
            assert (cell.value is None) == (cell.missing is not None)


def test_a_retired_choice_is_not_offered_and_other_is_last() -> None:
    kind = Code(choices=(Choice("a", words("ก", "a")), Choice("b", words("ข", "b"), retired=True)))
    assert [choice.code for choice in live(kind)] == ["a", "other"]


@given(st.text(min_size=1).filter(lambda text: folded(text) != ""))
def test_a_choice_without_blanks_means_the_same(text: str) -> None:
    made = spelled(text)
    assert folded(made) == folded(text)
    assert not any(letter.isspace() for letter in made)


def test_nothing_is_no_choice() -> None:
    with pytest.raises(ValueError, match="cannot be a choice"):
        spelled(" - ")


TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), min_size=1, max_size=12)
TAKEN = st.sampled_from(sorted({f.words.th for t in BY_FILE for f in t.fields}))
KINDS = st.sampled_from([Text(), Integer(), Codes(choices=(Choice("a", words("ก", "a")),))])
FIELDS = st.lists(
    st.builds(
        lambda n, th, en, kind: Field(name=f"own_{n}", kind=kind, words=words(th, en), custom=True),
        st.integers(0, 99), st.one_of(TEXTS, TAKEN), TEXTS, KINDS,
    ),
    max_size=4, unique_by=lambda field: field.name,
)  # fmt: skip


@pytest.mark.slow
@settings(max_examples=60)
@given(st.sampled_from(BY_FILE), FIELDS, st.sampled_from(LANGS))
def test_every_heading_of_a_template_means_its_field_and_the_type_is_told(
    record_type: RecordType, more: list[Field], lang: Lang
) -> None:
    extended = record_type.with_fields(more)
    columns = workbook.columns(Form(extended), lang)
    headings = [column.heading for column in columns]
    places = [column.heading for column in columns if column.field is None]
    found = map_columns(extended, headings, places)
    assert found.unmapped == ()
    assert dict(found.fields) == {c.field.name: c.heading for c in columns if c.field is not None}
    types = [extended if t.name == record_type.name else t for t in records.ALL.values()]
    assert guess_type(types, headings, places, ("x.xlsx", "1"), {}).type == record_type.name
