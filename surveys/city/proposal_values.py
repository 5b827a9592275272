"""What may stand in a land proposal and in what is decided on it: the rules of its fields, said plainly."""

from __future__ import annotations

from datetime import date

from surveys import records
from surveys.city.proposal_steps import Step
from surveys.codes import Code
from surveys.dates import show_date, today
from surveys.errors import Refused
from surveys.fields import Text
from surveys.words import Words, normal, seen, words

PROPOSAL = records.ALL["land_proposal"]


def title_of(text: str) -> str:
    """Return the title as it is kept.

    Raises
    ------
    Refused
        If nothing of it can be seen, or it is too long.
    """
    title = normal(text)
    if not seen(title):
        raise Refused(words("กรุณาเขียนชื่อเรื่อง", "A proposal needs a title."))
    return _short("title", words("ชื่อเรื่อง", "A title"), title)


def reason_of(text: str, needed: Words | None) -> str | None:
    """Return a reason or remark as it is kept, its lines as written; None for none.

    ``needed`` is what to say when it is wanting, None where it may be left out.

    Raises
    ------
    Refused
        If it is needed and nothing of it can be seen, or it is too long.
    """
    reason = text.strip()
    if not seen(reason):
        if needed:
            raise Refused(needed)
        return None
    return _short("reason", words("เหตุผล", "A reason"), reason)


def _short(name: str, said: Words, text: str) -> str:
    kind = PROPOSAL.by_name[name].kind
    assert isinstance(kind, Text)
    if len(text) > kind.limit:
        raise Refused(
            words(
                f"{said.th}ยาวได้ไม่เกิน {kind.limit:,} ตัวอักษร ที่เขียนมายาว {len(text):,} ตัวอักษร",
                f"{said.en} has at most {kind.limit:,} characters; this one has {len(text):,}.",
            )
        )
    return text


def option_of(code: str) -> str:
    """Return the option, when it is one of the list.

    Raises
    ------
    Refused
        If it is none.
    """
    kind = PROPOSAL.by_name["option"].kind
    assert isinstance(kind, Code)
    if code not in {choice.code for choice in kind.choices if not choice.retired}:
        raise Refused(words("กรุณาเลือกทางเลือกการพัฒนา", "Choose one of the five options."))
    return code


def households_of(count: int | str | None) -> int | None:
    """Return how many households are served, given as a number or as a person writes it; None when not known.

    Raises
    ------
    Refused
        If it is no whole number, or not possible.
    """
    field = PROPOSAL.by_name["households"]
    cell = field.kind.parse(None if count is None else str(count))
    if cell.problem:
        rule = field.kind.rule
        raise Refused(
            words(f"{field.words.th}ต้องเป็น{rule.th}", f"{field.words.en.capitalize()}: write {rule.en}.")
        )
    return cell.value if isinstance(cell.value, int) else None


def filed_of(day: date | None) -> date:
    """Return the day of filing (a Thai day): the one given, else today.

    Raises
    ------
    Refused
        If it has not come yet.
    """
    if day is not None and day > today():
        th, en = (show_date(day, "th"), show_date(day, "en"))
        raise Refused(words(f"วันยื่นเรื่อง {th} ยังมาไม่ถึง", f"The day of filing, {en}, has not come yet."))
    return day or today()


def check_meeting(step: Step, meeting: date | None, filed: date) -> None:
    """Refuse a day on which no meeting can have decided on a proposal filed on ``filed`` (Thai days).

    Raises
    ------
    Refused
        If the step needs the day and it is not given, it has not come yet, or it is before the filing.
    """
    if meeting is None:
        if step.meeting:
            raise Refused(words("กรุณาระบุวันที่ประชุม", "The date of the meeting is needed."))
        return
    th, en = (show_date(meeting, "th"), show_date(meeting, "en"))
    if meeting > today():
        raise Refused(words(f"วันที่ประชุม {th} ยังมาไม่ถึง", f"The meeting of {en} has not been held yet."))
    if meeting < filed:
        raise Refused(
            words(
                f"วันที่ประชุม {th} อยู่ก่อนวันยื่นเรื่อง ({show_date(filed, 'th')}) กรุณาตรวจวันที่อีกครั้ง",
                f"The meeting of {en} was before the proposal was filed ({show_date(filed, 'en')});"
                " check the date.",
            )
        )
