"""What a field or choice of a network's own may be called: nothing that means something already."""

from __future__ import annotations

import re
from collections.abc import Iterable

from surveys.cells import BESIDE, BLANKS, missing_code
from surveys.codes import Choice, Code
from surveys.errors import Refused
from surveys.fields import Number, Text
from surveys.intake.mapping import ADDED_HEADINGS, OWN_ID, SOURCE_IDS
from surveys.intake.options import COORDINATES
from surveys.record import Field, RecordType
from surveys.store.schema import columns_of
from surveys.words import Words, folded, normal, words

# Names that scripts and addresses can say.
NAME, CODE = r"[a-z][a-z0-9_]{0,39}", r"[a-z0-9][a-z0-9_]{0,39}"
MOST_LETTERS, MOST_ALIASES = 200, 30
# Headings that a file's rows are known by, and columns that are no data, whatever the record type.
_KEPT = frozenset(
    folded(text) for text in (*SOURCE_IDS, *ADDED_HEADINGS, *COORDINATES, OWN_ID, "fid", "geom", "geometry")
)
# Cells that only look filled; "none" is a code of many lists ("ไม่มี").
_EMPTY = BLANKS - {"none"}


def headings(texts: Iterable[str]) -> tuple[str, ...]:
    """Return headings tidied, each once; empty ones are left out.

    Raises
    ------
    Refused
        If there are too many, or one is too long.
    """
    tidy = tuple(dict.fromkeys(text for text in map(normal, texts) if text))
    if len(tidy) > MOST_ALIASES or any(len(text) > MOST_LETTERS for text in tidy):
        raise Refused(
            words(
                f"ใส่ได้ไม่เกิน {MOST_ALIASES} คำ คำละไม่เกิน {MOST_LETTERS} ตัวอักษร",
                f"At most {MOST_ALIASES} words of at most {MOST_LETTERS} letters each can be given.",
            )
        )
    return tidy


def check_field(record_type: RecordType, new: Field) -> None:
    """Refuse a field that cannot be, or that would take over what a file means already.

    ``record_type`` is that of the network, with its own fields so far.

    Raises
    ------
    Refused
        In words that name what is taken, and by which field.
    """
    _check_name(record_type, new.name)
    _check_words(new.words)
    if new.unit and not isinstance(new.kind, Number):
        raise Refused(words("หน่วยนับใช้กับช่องที่เป็นตัวเลขเท่านั้น", "Only a number has a unit."))
    if new.secret and not isinstance(new.kind, Text):
        raise Refused(
            words(
                "ช่องที่เป็นความลับต้องเป็นข้อความ เพราะเก็บแบบเข้ารหัส",
                "A secret field is a text, for it is kept encrypted.",
            )
        )
    for heading in (new.name, new.words.th, new.words.en, *new.aliases):
        check_heading(record_type, heading)


def _check_name(record_type: RecordType, name: str) -> None:
    if not re.fullmatch(NAME, name):
        raise Refused(
            words(
                f"รหัสช่อง “{name[:60]}” ใช้ไม่ได้ ใช้ตัวอักษรอังกฤษเล็ก ตัวเลข และ _ ไม่เกิน 40 ตัว ขึ้นต้นด้วยตัวอักษร เช่น flood_level",
                f"“{name[:60]}” is no name of a field: small letters a-z, digits and _ (at most 40), a letter first, "
                "such as flood_level.",
            )
        )
    if held := record_type.by_name.get(name):
        raise Refused(_taken(name, held, record_type))
    if name in {column for column, _ in columns_of(record_type)}:
        raise Refused(_reserved(name))


def _check_words(said: Words) -> None:
    for text in (said.th, said.en):
        if not folded(text) or len(text) > MOST_LETTERS:
            raise Refused(
                words(
                    f"ชื่อช่องต้องเป็นตัวหนังสือ ไม่เกิน {MOST_LETTERS} ตัวอักษร",
                    f"What a field is called is a text of at most {MOST_LETTERS} letters.",
                )
            )


def check_heading(record_type: RecordType, heading: str) -> None:
    """Refuse a heading that means something already.

    Raises
    ------
    Refused
        In words that name the field it means.
    """
    said = folded(heading)
    if not said or said in _KEPT or heading.endswith(BESIDE):
        raise Refused(_reserved(heading))
    for held in record_type.fields:
        if said in held.headings:
            raise Refused(_taken(heading, held, record_type))


def _reserved(heading: str) -> Words:
    return words(
        f"“{heading}” ใช้เป็นหัวคอลัมน์ของช่องไม่ได้ เพราะระบบใช้คำนี้แล้ว",
        f"“{heading}” cannot be a heading of a field: the program uses that word itself.",
    )


def _taken(heading: str, held: Field, record_type: RecordType) -> Words:
    again = (
        words(" (เลิกใช้แล้ว นำกลับมาใช้ได้)", " (retired; it can be brought back)")
        if held.retired
        else words("", "")
    )
    return words(
        f"“{heading}” หมายถึงช่อง “{held.words.th}” ของ{record_type.words.th}อยู่แล้ว{again.th}",
        f"“{heading}” already means the field “{held.words.en}” ({held.name}) of {record_type.words.en}{again.en}.",
    )


def check_choice(field: Field, new: Choice) -> None:
    """Refuse a choice whose code or spelling the list has already, or that is no answer.

    Raises
    ------
    Refused
        In words that name what is taken, and by which choice.
    """
    if not isinstance(field.kind, Code):
        raise Refused(
            words(
                f"ช่อง “{field.words.th}” ไม่มีรายการให้เลือก",
                f"The field “{field.words.en}” has no list of choices.",
            )
        )
    if not re.fullmatch(CODE, new.code):
        raise Refused(
            words(
                f"รหัสตัวเลือก “{new.code[:60]}” ใช้ไม่ได้ ใช้ตัวอักษรอังกฤษเล็ก ตัวเลข และ _ ไม่เกิน 40 ตัว เช่น bamboo",
                f"“{new.code[:60]}” is no code: small letters a-z, digits and _ (at most 40), such as bamboo.",
            )
        )
    _check_words(new.words)
    if any(choice.code == new.code for choice in field.kind.choices):
        raise Refused(_meant(field.kind, new.code, new.code))
    for spelling in (new.code, new.words.th, new.words.en, *new.aliases):
        _check_spelling(field.kind, spelling)


def _check_spelling(kind: Code, spelling: str) -> None:
    if not folded(spelling) or normal(spelling).casefold() in _EMPTY or missing_code(spelling):
        raise Refused(
            words(
                f"“{spelling}” เป็นตัวเลือกไม่ได้ เพราะหมายถึงไม่มีคำตอบ ซึ่งระบบนับแยกอยู่แล้ว",
                f"“{spelling}” cannot be a choice: it means that there is no answer, and such are counted apart.",
            )
        )
    if code := kind.by_spelling.get(folded(spelling)):
        raise Refused(_meant(kind, spelling, code))


def _meant(kind: Code, spelling: str, code: str) -> Words:
    held = kind.label(code)
    return words(
        f"“{spelling}” หมายถึงตัวเลือก “{held.th}” อยู่แล้ว",
        f"“{spelling}” already means the choice “{held.en}” ({code}).",
    )


def check_open(field: Field) -> None:
    """Refuse to make values readable that are kept encrypted.

    Raises
    ------
    Refused
        Where they are national ids and the field would not be secret.
    """
    if not field.secret:
        raise Refused(
            words(
                f"ค่าที่เก็บไว้ใต้หัวคอลัมน์ “{field.words.th}” เป็นเลขประจำตัวประชาชนที่เข้ารหัสไว้ ช่องนี้จึงต้องเป็นความลับ",
                f"What is kept under “{field.words.th}” are national ids, encrypted; the field must be secret.",
            )
        )
