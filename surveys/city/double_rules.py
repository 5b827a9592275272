"""What may make two households one: the rules, the evidence each gives, and the sentence that says it."""

from __future__ import annotations

from dataclasses import dataclass

from surveys.words import Words, words


@dataclass(frozen=True)
class Rule:
    """What may make two households one: what it is called, and what it says with the value measured.

    A sentence holds ``{value}``, and ``{alike}`` for how alike the names are in percent; ``several``
    is said of more than one person.
    """

    name: str
    words: Words
    sentence: Words
    several: Words | None = None


# Of one id number: how alike the names of the heads who both give it are (percent) that they are one name.
ALIKE = 100.0
OTHER_NAME = words(" แต่ชื่อหัวหน้าครัวเรือนต่างกัน", ", but the names of the heads differ")

_RULES = (
    Rule("same_id", words("เลขบัตรเดียวกัน", "same id number"),
         words("เลขบัตรเดียวกันอยู่ในทั้งสองครัวเรือน", "the same id number is in both households"),
         words("เลขบัตรเดียวกันอยู่ในทั้งสองครัวเรือน {value:.0f} เลข",
               "{value:.0f} id numbers are the same in both households")),
    Rule("same_name", words("ชื่อเดียวกันในบ้านเดียวกัน", "same name, same house"),
         words("ชื่อหัวหน้าครัวเรือนเดียวกัน ในบ้านเดียวกัน", "the same head of household in the same house")),
    Rule("said_double", words("ผู้สำรวจบันทึกว่าซ้ำ", "noted as double"),
         words("อยู่บ้านเดียวกัน และผู้สำรวจบันทึกผลการเยี่ยมว่า “ซ้ำ”",
               "in the same house, and the surveyor noted the visit as “double”")),
    Rule("same_name_plot", words("ชื่อเดียวกันในแปลงเดียวกัน", "same name, same plot"),
         words("ชื่อหัวหน้าครัวเรือนเดียวกัน ในแปลงเดียวกัน", "the same head of household on the same plot")),
    Rule("said_double_plot", words("ผู้สำรวจบันทึกว่าซ้ำ ในแปลงเดียวกัน", "noted as double, same plot"),
         words("อยู่แปลงเดียวกัน และผู้สำรวจบันทึกผลการเยี่ยมว่า “ซ้ำ”",
               "on the same plot, and the surveyor noted the visit as “double”")),
    Rule("near_name", words("ชื่อใกล้เคียงในบ้านเดียวกัน", "near name, same house"),
         words("ชื่อหัวหน้าครัวเรือนเหมือนกัน {value:.0f} % ในบ้านเดียวกัน",
               "the names of the heads are {value:.0f} % alike, in the same house")),
    Rule("near_name_plot", words("ชื่อใกล้เคียงในแปลงเดียวกัน", "near name, same plot"),
         words("ชื่อหัวหน้าครัวเรือนเหมือนกัน {value:.0f} % ในแปลงเดียวกัน",
               "the names of the heads are {value:.0f} % alike, on the same plot")),
    Rule("near_place", words("ชื่อเดียวกันหรือใกล้เคียง ห่างไม่เกิน 20 เมตร", "same or near name within 20 m"),
         words("ห่างกัน {value:.0f} เมตร ชื่อหัวหน้าครัวเรือนเหมือนกัน {alike:.0f} %",
               "{value:.0f} m apart, the names of the heads {alike:.0f} % alike")),
    Rule("two_houses", words("เลขบัตรเดียวกันในสองบ้านหรือสองแปลง", "same id number in two houses or plots"),
         words("เลขบัตรเดียวกันถูกนับในสองบ้านหรือสองแปลง", "the same id number is counted in two houses or plots"),
         words("เลขบัตรเดียวกัน {value:.0f} เลข ถูกนับในสองบ้านหรือสองแปลง",
               "{value:.0f} id numbers are counted in two houses or plots")),
    Rule("same_number", words("เลขครัวเรือนเดียวกัน", "same household number"),
         words("ชุมชน บ้านหรือแปลง และลำดับครัวเรือนเดียวกัน",
               "the same community, house or plot, and household number")),
)  # fmt: skip
RULES: dict[str, Rule] = {rule.name: rule for rule in _RULES}


@dataclass(frozen=True)
class Evidence:
    """One thing that makes two households alike: the rule and what was measured.

    ``value`` is a number of persons, a percentage or metres, as the rule says; None where there is
    nothing to measure. ``told`` are the very values compared: when one of them changes, so does it.
    """

    rule: str
    value: float | None
    alike: float | None
    told: str

    @property
    def sentence(self) -> Words:
        """Say the evidence with what was measured."""
        rule = RULES[self.rule]
        said = rule.several if rule.several and (self.value or 0.0) > 1 else rule.sentence
        told = said.fill(value=self.value or 0.0, alike=self.alike or 0.0)
        if rule.several is None or self.alike is None or self.alike >= ALIKE:
            return told
        return words(told.th + OTHER_NAME.th, told.en + OTHER_NAME.en)


@dataclass(frozen=True)
class Pair:
    """Two households, by id in order, and what makes them alike, the strongest first."""

    first: str
    second: str
    evidence: tuple[Evidence, ...]

    @property
    def ids(self) -> tuple[str, str]:
        """The two ids in order."""
        return self.first, self.second
