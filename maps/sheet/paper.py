"""Sizes of paper and places on it, in millimetres from the top left corner."""

from __future__ import annotations

from dataclasses import dataclass, replace

POINTS_PER_MM = 72 / 25.4


@dataclass(frozen=True)
class Paper:
    """A sheet of paper as it lies: ``margin`` is what printers leave white."""

    name: str
    width: float
    height: float
    margin: float = 10.0

    @property
    def landscape(self) -> Paper:
        """The same sheet with its long side at the bottom."""
        return replace(self, width=max(self.width, self.height), height=min(self.width, self.height))

    @property
    def portrait(self) -> Paper:
        """The same sheet with its short side at the bottom."""
        return replace(self, width=min(self.width, self.height), height=max(self.width, self.height))

    @property
    def inside(self) -> Box:
        """What can be printed on."""
        return Box(0, 0, self.width, self.height).smaller(self.margin)


@dataclass(frozen=True)
class Box:
    """A rectangle on a page: its left and top edge, its width and height."""

    x: float
    y: float
    width: float
    height: float

    @property
    def right(self) -> float:
        """Its right edge."""
        return self.x + self.width

    @property
    def bottom(self) -> float:
        """Its bottom edge."""
        return self.y + self.height

    def smaller(self, margin: float) -> Box:
        """The rectangle inside this one, ``margin`` from each edge."""
        return Box(self.x + margin, self.y + margin, self.width - 2 * margin, self.height - 2 * margin)

    def split_right(self, width: float, gap: float = 0.0) -> tuple[Box, Box]:
        """What is left, and a strip of this width at the right."""
        rest = replace(self, width=self.width - width - gap)
        return rest, replace(self, x=self.right - width, width=width)

    def split_bottom(self, height: float, gap: float = 0.0) -> tuple[Box, Box]:
        """What is left, and a strip of this height at the bottom."""
        rest = replace(self, height=self.height - height - gap)
        return rest, replace(self, y=self.bottom - height, height=height)

    def split_top(self, height: float, gap: float = 0.0) -> tuple[Box, Box]:
        """A strip of this height at the top, and what is left."""
        rest = replace(self, y=self.y + height + gap, height=self.height - height - gap)
        return replace(self, height=height), rest


PAPERS: dict[str, Paper] = {"A3": Paper("A3", 420.0, 297.0), "A4": Paper("A4", 297.0, 210.0)}
