"""Reading printed sheets back: their words, their pages, their ink."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import pypdfium2
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]


@contextmanager
def opened(pdf: bytes) -> Iterator[pypdfium2.PdfDocument]:
    document = pypdfium2.PdfDocument(pdf)
    try:
        yield document
    finally:
        document.close()


def texts(pdf: bytes) -> list[str]:
    """The text of every page, as a person would copy it; lines are parted by blanks."""
    with opened(pdf) as document:
        found = []
        for page in document:
            words = page.get_textpage()
            found.append(" ".join(words.get_text_range().split()))
            words.close()
            page.close()
        return found


def sizes(pdf: bytes) -> list[tuple[int, int]]:
    """The width and height of every page in mm."""
    with opened(pdf) as document:
        return [tuple(round(side / 72 * 25.4) for side in page.get_size()) for page in document]  # type: ignore[misc]


def pixels(pdf: bytes, number: int = 0, scale: float = 2.0) -> Pixels:
    """A page as it is printed: rows of red, green and blue."""
    with opened(pdf) as document:
        page = document[number]
        found = np.array(page.render(scale=scale).to_pil().convert("RGB"))
        page.close()
        return found


def ink(pdf: bytes, scale: float = 8.0) -> tuple[float, float, float, float]:
    """The edges of what is black on the first page, in mm: left, top, right, bottom."""
    dark = pixels(pdf, scale=scale).min(axis=2) < 128
    rows, columns = np.flatnonzero(dark.any(axis=1)), np.flatnonzero(dark.any(axis=0))
    mm = 25.4 / 72 / scale
    return columns[0] * mm, rows[0] * mm, columns[-1] * mm, rows[-1] * mm
