"""The current records of a network as frames, each standing where it can be found."""

from __future__ import annotations

from collections.abc import Iterable

from surveys import records
from surveys.planning.match import Frames
from surveys.planning.place import placed
from surveys.store.store import Store


def frames(store: Store, network: str, names: Iterable[str] | None = None) -> Frames:
    """Read the frames of a network that the analyses and maps take.

    Records without a shape of their own stand at the record they name (see
    :mod:`surveys.planning.place`); what places them is read along. ``import_id`` is the import
    that opened a row.
    """
    wanted = list(records.ALL if names is None else names)
    read = dict.fromkeys([*wanted, *_placing(wanted)])
    found = {name: store.read(network, name).rename(columns={"opened_by": "import_id"}) for name in read}
    whole, _ = placed(found)
    return {name: whole[name] for name in wanted}


def _placing(names: Iterable[str]) -> list[str]:
    """Return the types that place records of these types, directly or in turn, and the communities."""
    rules = [rule.type for name in names for rule in records.ALL[name].place]
    return [*rules, *_placing(rules), "community"] if rules else []
