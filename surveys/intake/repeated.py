"""Corners of areas that are there twice in a row: taken as they are, remarked once for a whole layer."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gis.geometry import first_repeated, repeated_vertices
from surveys.intake.problem import Problem
from surveys.intake.shapes import Shapes, place_of
from surveys.words import words


@dataclass
class Repeated:
    """How many areas of a layer repeat corners, how many corners that is, and the first: its row and place."""

    areas: int = 0
    corners: int = 0
    row: int | None = None
    place: str = ""

    def add(self, shapes: Shapes, rows: np.ndarray, taken: np.ndarray) -> None:
        """Look at the shapes of a batch that are taken; ``rows`` are their numbers in the file."""
        counts = np.where(taken, repeated_vertices(shapes.geometries), 0)
        found = np.flatnonzero(counts)
        if not len(found):
            return
        place = first_repeated(shapes.geometries[found[0]])
        self.absorb(
            Repeated(len(found), int(counts.sum()), int(rows[found[0]]), place_of(*(place or (None, None))))
        )

    def absorb(self, later: Repeated) -> None:
        """Take in what was found in later rows."""
        if self.row is None:
            self.row, self.place = later.row, later.place
        self.areas += later.areas
        self.corners += later.corners

    def remarks(self, layer: str) -> list[Problem]:
        """Say it once, at the first row."""
        if self.row is None:
            return []
        areas = f"{self.areas:,}"
        return [
            Problem(
                "vertices_repeated", layer, self.row, value=f"{self.corners:,}", detail=self.place,
                near=words(f"{areas} รูป", f"{areas} shape{'' if self.areas == 1 else 's'}"),
            )
        ]  # fmt: skip
