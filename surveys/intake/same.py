"""Which import a file repeats: the same bytes, taken in the same way, with nothing since that takes them otherwise."""

from __future__ import annotations

import json
from collections.abc import Sequence

import sqlalchemy as sa

from surveys.intake.options import Options, coordinates
from surveys.intake.plan import LayerPlan
from surveys.store.changes import IMPORT
from surveys.store.schema import table
from surveys.store.store import Store

# What is kept of an import beside its report: the revision of the network that it made.
REVISION = "revision"
# Why a row is kept out for what is here: each may be otherwise once somebody has written.
_FOR_WHAT_IS_HERE = ("exists_already", "key_of_several", "record_ended", "outside_bounds")
# What leaves taken rows as taken: a correction, or a later file, says more than the same file again.
_ADDS = (IMPORT, "edit", "return", "proposal", "lists")


def identity(digest: str, network: str, plans: Sequence[LayerPlan], options: Options) -> str:
    """Return the text that tells the same import from another one: the file, and all that says how it is taken."""
    layers = [
        {"layer": p.layer.name, "type": p.record_type.name, "crs": p.crs, "encoding": p.layer.encoding,
         "fields": dict(sorted(p.columns.fields.items())), "ids": [p.columns.own_id, p.columns.source_id],
         "unmapped": p.columns.unmapped, "coordinates": p.layer.coordinate_columns} for p in plans
    ]  # fmt: skip
    told = [
        digest,
        network,
        options.existing,
        layers,
        coordinates(options),
        *([options.communities] if options.communities else ()),
    ]
    return json.dumps(told, ensure_ascii=False, sort_keys=True)


def repeated(store: Store, network: str, told: str) -> int | None:
    """Return the import of this identity that still stands, None where the file must be examined.

    It stands while nobody has written to the network since. It stands after corrections and other files too, so that
    they are not overwritten, unless they may let rows in that were kept out for what was here. An undo, an ending or
    a decision on doubles may have any row taken otherwise.
    """
    change, state, later = table("change"), table("network_state"), table("change").alias()
    revision = sa.select(state.c.revision).where(state.c.network == network).scalar_subquery()
    turned = sa.exists().where(
        later.c.network == network, later.c.id > change.c.id, later.c.kind.not_in(_ADDS)
    )
    settled = sa.and_(
        *(
            sa.func.json_extract(change.c.report, f"$.problem_counts.{code}").is_(None)
            for code in _FOR_WHAT_IS_HERE
        )
    )
    query = sa.select(change.c.number).where(
        change.c.network == network, change.c.identity == told, change.c.state == "done",
        (sa.func.json_extract(change.c.report, f"$.{REVISION}") == revision) | (settled & ~turned),
    ).order_by(change.c.number.desc())  # fmt: skip
    with store.reading() as connection:
        found: int | None = connection.scalar(query)
        return found
