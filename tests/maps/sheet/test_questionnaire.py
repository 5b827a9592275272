"""The questionnaire asks what the form asks, in the words that stand over the columns of the template."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest

from maps.sheet.frame import Facts
from maps.sheet.questionnaire import Questionnaire, _pages, _Strip
from surveys import records
from surveys.codes import Code
from surveys.forms.form import form, live
from surveys.words import LANGS, Lang, words
from tests.maps.sheet.reading import sizes, texts

BY_FILE = [name for name, record_type in records.ALL.items() if record_type.by_file]


def facts(lang: Lang = "th", place: str = "") -> Facts:
    return Facts("เครือข่ายคลองเตย", lang, date(2026, 1, 31), place=place)


def joined(pdf: bytes) -> str:
    """The words of all pages without blanks: a heading may be broken over lines."""
    return "".join("".join(texts(pdf)).split())


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("name", BY_FILE)
def test_every_question_is_on_it_with_every_answer(name: str, lang: Lang) -> None:
    asked, inside = form(records.ALL, name)
    said = joined(Questionnaire(asked, inside, facts(lang)).pdf())
    for field in (*asked.fields, *(inside.fields if inside else ())):
        if inside and field in inside.fields and any(field.name in key for key in inside.record_type.keys):
            continue
        assert "".join(field.words.of(lang).split()) in said, field.name
        for choice in live(field.kind) if isinstance(field.kind, Code) else ():
            assert "".join(choice.words.of(lang).split()) in said, choice.code
    for section in asked.sections:
        assert "".join(section.group.words.of(lang).split()) in said


def test_what_is_sensitive_is_not_asked() -> None:
    asked, inside = form(records.ALL, "household")
    said = joined(Questionnaire(asked, inside, facts()).pdf())
    assert "ศาสนา" not in said and "ความพิการ" not in said
    assert "ไม่ตอบข้อใดก็ได้" in said


def test_the_community_is_written_in_and_its_houses_are_listed_in_order() -> None:
    asked, inside = form(records.ALL, "household")
    houses = pd.DataFrame(
        {"house_seq": ["10", "2", None], "house_no": ["5/1", "5/2", "5/3"], "plot_no": ["7", None, None]}
    )
    pages = texts(Questionnaire(asked, inside, facts(place="ชุมชนริมคลอง"), houses).pdf())
    assert "ชุมชน * ชุมชนริมคลอง" in pages[0]
    listed = next(page for page in pages if page.startswith("รายการบ้านในชุมชน"))
    assert listed.index("2 5/2") < listed.index("10 5/1 7") < listed.index("5/3")
    # Loose sheets say whose they are.
    assert all("ชุมชนริมคลอง" in page for page in pages)
    assert "ลำดับบ้านในผัง ....." in pages[1]


def test_a_community_with_plots_only_has_its_plots_listed() -> None:
    asked, inside = form(records.ALL, "household")
    houses = pd.DataFrame({"house_seq": [], "house_no": [], "plot_no": []})
    plots = pd.DataFrame({"plot_no": ["2", "14", None, None], "deed_no": [None, "9", "9001", None]})
    pages = texts(Questionnaire(asked, inside, facts(place="ชุมชนม่านหมอก"), houses, plots).pdf())
    listed = next(page for page in pages if page.startswith("รายการแปลงในชุมชน"))
    assert "หมายเหตุ 2 14 (9001) ? " in listed


def test_people_are_asked_for_on_a_wide_page_a_row_each() -> None:
    asked, inside = form(records.ALL, "household")
    made = Questionnaire(asked, inside, facts()).pdf()
    assert (297, 210) in sizes(made) and "สมาชิกทุกคน" in " ".join(texts(made))
    alone = Questionnaire(asked, None, facts()).pdf()
    assert set(sizes(alone)) == {(210, 297)}


def heading(height: float = 8.0) -> _Strip:
    return _Strip((), height, words("ก", "a"))


def test_a_heading_never_stands_alone_at_the_foot_of_a_page() -> None:
    body = _Strip((), 30.0)
    parts = list(_pages(iter([heading(), body, body, heading(), body]), 80.0, 100.0))
    assert [[one.heading is not None for one in part] for part in parts] == [
        [True, False, False],
        [True, False],
    ]
    assert all(sum(one.height for one in part) <= 100 for part in parts)
