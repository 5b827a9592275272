"""The press: Thai is shaped, what is printed can be read and searched, nothing needs a colour printer."""

from __future__ import annotations

import re
import unicodedata

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from maps.sheet import fonts
from maps.sheet.paper import PAPERS, Box, Paper
from maps.sheet.pdf import Document, Pen, Type
from tests.maps.sheet.reading import ink, pixels, sizes, texts

A4 = PAPERS["A4"].portrait
THAI = (
    "ผู้ป่วยที่นี่ น้ำ ก็ ปู่ ฎีกา ญี่ปุ่น ฐานะ ฐุ ญู ที่ดิน กำหนด ป้ำ ฟื้น ฬิฬ่า",
    "รายชื่อฉบับตรวจทาน ชุมชนริมคลองลาดพร้าว ๑๒/๓ เจ้าของที่ดิน ค่ำ ซ้ำ ต้นไม้",
    "12/3ก (45/6) นางสาว “ก้อย” ตร.ม. m² – $x_1$ ☐ ✓",
)


def printed(text: str, how: Type = Type(40), paper: Paper = A4) -> bytes:  # noqa: B008
    document = Document("ทดสอบ")
    with document.page(paper) as page:
        page.text(20, 60, text, how)
    return document.finish()


@pytest.mark.parametrize("text", THAI)
def test_what_is_printed_is_what_is_read(text: str) -> None:
    assert texts(printed(text, Type(10))) == [text]


def test_the_fonts_are_in_the_file_and_the_same_sheet_is_the_same_file() -> None:
    made = printed("ที่ดิน")
    assert b"Sarabun" in made and b"/FontFile2" in made and b"/Type3" not in made
    assert made == printed("ที่ดิน")


@pytest.mark.slow
def test_a_tone_mark_stands_over_the_vowel_where_there_is_one_and_lower_where_there_is_none() -> None:
    """A press that does not shape sets it at one height: through the vowel, or hanging in the air."""
    plain, tone, vowel, both = (ink(printed(text))[1] for text in ("ท", "ท่", "ที", "ที่"))
    assert both < vowel - 1.0 and both < tone - 1.0 < plain - 1.0


@pytest.mark.parametrize(("short", "whole"), [("ท", "ที่"), ("น", "น้ำ"[:2]), ("ป", "ปู่")])
def test_marks_take_no_room_of_their_own(short: str, whole: str) -> None:
    assert fonts.width_mm(whole, 12) == pytest.approx(fonts.width_mm(short, 12), abs=0.2)


def test_letters_no_font_has_are_shown_to_be_missing() -> None:
    assert fonts.printable("ก中 ข\n\tค") == "ก\ufffd ข ค"
    assert texts(printed("ຊຸມຊົນ Ω", Type(10))) == ["ຊຸມຊົນ Ω"]


@pytest.mark.parametrize("align", ["left", "centre", "right"])
def test_a_text_stands_where_it_is_put(align: str) -> None:
    left, _, right, bottom = ink(printed("HHHH", Type(20, align=align)))  # type: ignore[arg-type]
    place = {"left": left, "centre": (left + right) / 2, "right": right}[align]
    assert place == pytest.approx(20, abs=0.6)
    assert bottom == pytest.approx(60, abs=0.3)


@pytest.mark.parametrize("name", PAPERS)
def test_pages_are_as_large_as_their_paper(name: str) -> None:
    document = Document("")
    for paper in (PAPERS[name].landscape, PAPERS[name].portrait):
        with document.page(paper) as page:
            page.box(paper.inside)
    sides = {"A3": (420, 297), "A4": (297, 210)}[name]
    assert sizes(document.finish()) == [sides, sides[::-1]]


def test_holes_stay_open_and_what_is_clipped_is_not_seen() -> None:
    hole = shapely.Polygon(shapely.box(20, 20, 60, 60).exterior, [shapely.box(30, 30, 50, 50).exterior])
    document = Document("")
    with document.page(A4) as page:
        page.shapes([hole], Pen(0.3), fill=0.5)
        with page.clipped(Box(100, 100, 20, 20)):
            page.shapes([shapely.box(90, 90, 130, 130)], None, fill=0.0)
    seen = pixels(document.finish(), scale=72 / 25.4 / (72 / 25.4) * 72 / 25.4)
    mm = seen.shape[1] / 210
    at = lambda x, y: int(seen[int(y * mm), int(x * mm)].min())  # noqa: E731
    assert at(25, 25) < 140 and at(40, 40) == 255
    assert at(110, 110) == 0 and at(95, 95) == 255 and at(125, 125) == 255


def test_everything_is_grey() -> None:
    document = Document("")
    with document.page(A4) as page:
        page.box(Box(20, 20, 50, 50), Pen(1, 0.4), fill=0.8)
        page.shapes([shapely.box(100, 20, 150, 60)], Pen(), fill=1.0, hatch="////")
        page.text(20, 100, "ขาวดำ", Type(20, grey=0.3))
    seen = pixels(document.finish()).astype(int)
    assert int(np.ptp(seen, axis=2).max()) <= 1


WORDS = st.text(st.sampled_from("กขคงจชซญดตทนบปผพฟมยรลวสหอะาิีึืุู่้๊็์ำเแโใไๆ .-/12aB()“”"), max_size=60).map(
    lambda text: " ".join(text.split())
)


@given(WORDS)
def test_pieces_are_the_text_again(text: str) -> None:
    assert "".join(fonts.pieces(text)) == text


@given(WORDS, st.sampled_from([15.0, 30.0, 80.0]))
def test_lines_are_no_wider_than_asked_and_lose_nothing(text: str, width: float) -> None:
    plain = fonts.printable(text)
    lines = fonts.wrapped(plain, width, 11)
    assert "".join(lines).replace(" ", "") == plain.replace(" ", "")
    for line in lines:
        # One letter with its marks is never parted.
        alone = re.sub(r"[\u0e31\u0e34-\u0e3a\u0e47-\u0e4e]", "", line)
        assert fonts.width_mm(line, 11) <= width + 0.1 or len(alone) <= 1
        assert not (line and unicodedata.combining(line[0])) or f" {line[0]}" in f" {plain}"


BROKEN = [
    ("ชุมชนริมคลองลาดพร้าว", ["ชุมชนริมคลอง", "ลาดพร้าว"]),
    ("หมู่บ้านหลังวัดใหม่", ["หมู่บ้านหลัง", "วัดใหม่"]),
    ("เจ้าของเห็นชอบ", ["เจ้าของ", "เห็นชอบ"]),
    ("หัวหน้าครัวเรือน", ["หัวหน้า", "ครัวเรือน"]),
    ("ประชุมใหญ่ประจำปี", ["ประชุมใหญ่", "ประจำปี"]),
]


@pytest.mark.parametrize(("text", "lines"), BROKEN)
def test_a_line_ends_before_a_syllable_and_never_inside_a_cluster(text: str, lines: list[str]) -> None:
    width = max(fonts.width_mm(line, 12) for line in lines) + 0.5
    assert fonts.wrapped(text, width, 12) == lines
    for piece in fonts.pieces(text):
        assert piece[0] not in "ะาำๅๆฯ" and not unicodedata.combining(piece[0])
        assert piece.rstrip()[-1] not in "เแโใไ"


def test_a_line_ends_before_a_bracket_and_not_inside_it_while_it_has_room() -> None:
    name = "เครือข่ายชุมชนริมคลองวัฒนา (ข้อมูลสมมติ)"
    assert fonts.wrapped(name, 50, 10) == ["เครือข่ายชุมชนริมคลองวัฒนา", "(ข้อมูลสมมติ)"]
    assert len(fonts.wrapped(name, 15, 10)) > 3


def test_what_is_too_much_is_cut_and_says_so() -> None:
    lines = fonts.wrapped("ชุมชนริมคลอง " * 10, 30, 11, most=2)
    assert len(lines) == 2 and lines[-1].endswith("…") and fonts.width_mm(lines[-1], 11) <= 30
    assert fonts.fitted("สั้น", 30, 11) == "สั้น"
    assert fonts.fitted("ยาวมากจนไม่พอดีกับช่อง", 20, 11).endswith("…")


def test_boxes_part_without_a_gap() -> None:
    box = Box(10, 10, 100, 50)
    left, right = box.split_right(30, 5)
    top, rest = box.split_top(20)
    assert (left.right + 5, right.right) == (right.x, box.right)
    assert (top.bottom, rest.bottom) == (rest.y, box.bottom)
    assert A4.inside == Box(10, 10, 190, 277)
