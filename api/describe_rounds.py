"""Survey rounds and the difference between two as programs read them; the command line says the same."""

from __future__ import annotations

from collections.abc import Collection, Hashable, Mapping
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import pandas as pd

from api.describe import said
from api.pages.values import title
from api.schemas import Said
from api.schemas_rounds import DifferingField, RoundLine, RoundOut, RoundsCompared
from surveys import communities, rounds
from surveys.planning.match import COMMUNITY
from surveys.record import RecordType
from surveys.roles import Actor
from surveys.rounds import WHAT, Round
from surveys.store.store import Store
from surveys.words import LANGS

# What is told when nobody says what: all that is a difference.
DIFFERENT = tuple(name for name in WHAT if name != "same")


def round_out(found: Round) -> RoundOut:
    """Describe a round."""
    return RoundOut(name=found.name, imports=list(found.imports), begun=found.begun, ended=found.ended)


@dataclass(frozen=True)
class Compared:
    """Two rounds (the earlier, the later) compared: a frame of :func:`surveys.rounds.compare`.

    ``communities`` are the names of the communities by id.
    """

    names: tuple[str, str]
    type: RecordType
    frame: gpd.GeoDataFrame
    communities: Mapping[str, str]

    @property
    def counts(self) -> dict[str, int]:
        """How many records each thing became of."""
        found = self.frame["what"].value_counts()
        return {name: int(found.get(name, 0)) for name in WHAT}

    def picked(self, what: Collection[str] = ()) -> gpd.GeoDataFrame:
        """Return the records of which one of these became, by what, community and title; else the differences."""
        frame = self.frame[self.frame["what"].isin(list(what or DIFFERENT))]
        order = {name: place for place, name in enumerate(WHAT)}
        where = frame[COMMUNITY].map(lambda at: self.communities.get(at, at), na_action="ignore")
        titles = [frame[name] for name in self.type.title if name in frame]
        texts = [column.astype("str").fillna("") for column in (where, *titles)]
        keys = pd.concat([frame["what"].map(order), *texts], axis=1, keys=range(len(texts) + 1))
        return frame.loc[keys.sort_values(list(keys.columns), kind="stable").index]

    def lines(self, frame: gpd.GeoDataFrame) -> list[RoundLine]:
        """Describe what became of each record of a frame."""
        rows = pd.DataFrame(frame.drop(columns=frame.geometry.name)).to_dict("records")
        placed = frame.geometry.notna().tolist()
        return [
            self._line(str(at), row, on_map)
            for at, row, on_map in zip(frame.index, rows, placed, strict=True)
        ]

    def _line(self, at: str, row: Mapping[Hashable, Any], on_map: bool) -> RoundLine:
        filled = {name: row[name] for name in self.type.title if name in row and pd.notna(row[name])}
        where = str(row[COMMUNITY]) if pd.notna(row[COMMUNITY]) else None
        return RoundLine(
            id=at, title=Said(**{lang: title(self.type, filled, lang) for lang in LANGS}),
            community=None if where is None else self.communities.get(where, where),
            community_id=where if where in self.communities else None,
            what=row["what"], what_words=said(WHAT[row["what"]]),
            fields=[DifferingField(field=name, words=said(rounds.words_of(self.type, name))) for name in row["fields"]],
            moved_m=round(float(row["moved_m"]), 1) if pd.notna(row["moved_m"]) else None, on_map=on_map,
            reason=row["reason"], perhaps=list(row["perhaps"]),
        )  # fmt: skip


def compared_out(found: Compared, what: Collection[str], offset: int, limit: int | None) -> RoundsCompared:
    """Describe two rounds compared; ``limit`` None tells all lines."""
    picked = found.picked(what)
    return RoundsCompared(
        before=found.names[0], after=found.names[1], type=found.type.name, words=said(found.type.words),
        total=len(picked), counts=found.counts, lines=found.lines(picked.iloc[offset:][:limit]),
    )  # fmt: skip


def compared(store: Store, network: str, actor: Actor, type_name: str, names: tuple[str, str]) -> Compared:
    """Compare the records of a type after two rounds (the earlier, the later).

    Raises
    ------
    NotAllowed, NotFound, Refused
        As :func:`surveys.rounds.compare`.
    """
    frame = rounds.compare(store, network, actor, type_name, names)
    known = communities.known(store, network).names
    return Compared(names, store.types(network)[type_name], frame, known)
