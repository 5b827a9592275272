"""The screenshots: which the texts show, where each is kept, and how a picture is made small."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from pathlib import Path

from PIL import Image

HERE = Path(__file__).resolve().parent
FOLDER = HERE / "screenshots"
COLOURS = 128
_SHOWN = re.compile(r"screenshots/([a-z]+/[a-z-]+)\.png")


def texts() -> Iterator[Path]:
    """The texts that may show a picture."""
    yield HERE.parent / "README.md"
    yield from sorted(HERE.glob("*.md"))


def shown() -> frozenset[str]:
    """Return the names of all pictures that the texts show: ``th/city-phone``, its language and its screen."""
    return frozenset(name for path in texts() for name in _SHOWN.findall(path.read_text("utf-8")))


def taken() -> frozenset[str]:
    """Return the names of all pictures that are there."""
    return frozenset(str(path.relative_to(FOLDER).with_suffix("")) for path in FOLDER.rglob("*.png"))


def path_of(name: str) -> Path:
    """Return where a picture is kept."""
    return FOLDER / f"{name}.png"


def save(name: str, picture: Image.Image | bytes) -> None:
    """Write a picture with few colours, so that it is small."""
    image = Image.open(io.BytesIO(picture)) if isinstance(picture, bytes) else picture
    small = image.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
    path = path_of(name)
    path.parent.mkdir(parents=True, exist_ok=True)
    small.save(path, optimize=True)
