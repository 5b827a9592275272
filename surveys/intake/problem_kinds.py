"""What a row of the problem catalogue is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from gis.formats.readers import holds_sheets
from surveys.words import Words, words

Severity = Literal["refuse", "quarantine", "warn"]


# What people call the layers of a file, and those of a workbook.
LAYER, SHEET = words("ชั้นข้อมูล", "layer"), words("ชีต", "sheet")


def layer_word(file_name: str) -> Words:
    """Return what people call a layer of a file."""
    return SHEET if holds_sheets(file_name) else LAYER


@dataclass(frozen=True)
class Kind:
    """One kind of problem: how much it stops, what it says, what to do about it."""

    severity: Severity
    message: Words
    remedy: Words


def row(severity: Severity, th: str, en: str, remedy_th: str, remedy_en: str) -> Kind:
    """Make one row of the catalogue."""
    return Kind(severity, words(th, en), words(remedy_th, remedy_en))
