"""The current records of a network as frames, each standing where it can be found: to be shown, or to be counted."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial

import geopandas as gpd

from surveys import counting, records
from surveys.errors import NotFound
from surveys.fields import Text
from surveys.planning.analysis import ANALYSES, READ, Analysis
from surveys.planning.match import COMMUNITY, NAMED_BY, Frames
from surveys.planning.place import placed, placing
from surveys.planning.result import Result
from surveys.privacy import Privacy
from surveys.record import Field, RecordType
from surveys.roles import Actor
from surveys.sight import Sight, rights_of, sees
from surveys.store.changes import import_numbers
from surveys.store.schema import SYSTEM
from surveys.store.store import Store
from surveys.words import words

# Reads the columns named of a network's records of a type.
Reading = Callable[[str, str, Sequence[str]], gpd.GeoDataFrame]
# What counting reads of the columns that every record carries.
_COUNTED_SYSTEM = ("id", "key", "opened_by", "opened_at")


def frames(store: Store, network: str, actor: Actor, names: Iterable[str] | None = None) -> Frames:
    """Read records to be shown: of the types named, else of all that the actor sees.

    A frame holds the fields the actor sees whole, and no other; secret ones never. Records without a
    shape of their own stand at the record they name (see :mod:`surveys.planning.place`).
    ``import_id`` is the import that opened a row.

    Raises
    ------
    NotAllowed, NotFound
        If the actor may not see a type named, or there is no such network.
    """
    store.revision(network)
    types = store.types(network)
    wanted = [name for name in types if sees(types[name], actor)] if names is None else list(names)
    seen = {name: _columns(Sight.of(types[name], actor).plain) for name in wanted}
    return _placed(store, network, seen, store.read)


def counted(store: Store, network: str, actor: Actor, names: Iterable[str] | None = None) -> Frames:
    """Read records to be counted, whatever the actor sees of each; only sums and shares of them may be told.

    Sensitive and secret fields, free texts that no answer tells, and what nobody mapped, are not
    counted and stay out: a million households are read for a count (:mod:`surveys.counting`).

    Raises
    ------
    NotAllowed, NotFound
        If the actor may not see the network, or there is none.
    """
    actor.must("see")
    store.revision(network)
    wanted = {name: _counting(records.ALL[name]) for name in (names or records.ALL)}
    columns = {name: [*_COUNTED_SYSTEM, *_names(one), "missing"] for name, one in wanted.items()}
    return _placed(store, network, columns, partial(_leanly, store))


def _leanly(store: Store, network: str, type_name: str, columns: Sequence[str]) -> gpd.GeoDataFrame:
    """Read records to be counted; those of which there are most take the least."""
    read = partial(counting.read, store) if type_name in READ else store.read
    return read(network, type_name, columns)


def _counting(record_type: RecordType) -> tuple[Field, ...]:
    """Return the fields that are counted, name a record or place it, or stand in an answer."""
    parts = (*record_type.keys, *(rule.on for rule in record_type.place))
    named = {name for part in parts for name in part} | set(NAMED_BY if record_type.name == COMMUNITY else ())
    named |= {field for one in ANALYSES.values() for name, field in one.tells if name == record_type.name}
    seen, read = record_type.seen(Privacy.HOUSEHOLD), READ.get(record_type.name)
    if read is None:
        return tuple(field for field in seen if type(field.kind) is not Text or field.name in named)
    return tuple(field for field in seen if field.name in named.union(read))


def questions(store: Store, network: str, actor: Actor) -> tuple[Analysis, ...]:
    """Return the analyses whose answers the actor may see.

    Raises
    ------
    NotAllowed, NotFound
        If the actor may not see the network, or there is none.
    """
    actor.must("see")
    store.revision(network)
    return tuple(one for one in ANALYSES.values() if actor.may(*_told(one)))


def question(name: str, actor: Actor) -> Analysis:
    """Return an analysis whose answer the actor may see.

    Raises
    ------
    NotAllowed, NotFound
        If the actor may not see the network, or what the answer tells of records; if there is none of this name.
    """
    actor.must("see")
    analysis = ANALYSES.get(name)
    if analysis is None:
        raise NotFound(words(f"ไม่มีการวิเคราะห์ “{name}”", f"There is no analysis “{name}”."))
    actor.must(*_told(analysis))
    return analysis


def _told(analysis: Analysis) -> tuple[str, ...]:
    """Return the rights that the values told by an analysis need."""
    fields = (records.ALL[type_name].by_name[field] for type_name, field in analysis.tells)
    return tuple(dict.fromkeys(act for field in fields for act in rights_of(field)))


def answer(store: Store, network: str, actor: Actor, name: str) -> Result:
    """Ask a question of a network.

    Raises
    ------
    NotAllowed, NotFound
        As :func:`question`; or there is no such network.
    """
    analysis = question(name, actor)
    return analysis.run(counted(store, network, actor, analysis.needs), store.types(network))


def _placed(store: Store, network: str, wanted: Mapping[str, Sequence[str]], read: Reading) -> Frames:
    """Read the columns wanted of each type; what places records is read along."""
    places = {name: _columns(records.ALL[name].seen(Privacy.NETWORK)) for name in placing(wanted)}
    with store.reading() as connection:
        numbers = import_numbers(connection, network)
    found = {
        name: _by_import(read(network, name, columns), numbers)
        for name, columns in (places | dict(wanted)).items()
    }
    whole, _ = placed(found)
    return {name: whole[name] for name in wanted}


def _by_import(frame: gpd.GeoDataFrame, numbers: Mapping[int, int]) -> gpd.GeoDataFrame:
    """Tell of each row the number of the import that opened it; none where it was written here."""
    opened = frame["opened_by"].map(dict(numbers)).astype("Int64")
    made: gpd.GeoDataFrame = frame.drop(columns="opened_by").assign(import_id=opened)
    return made


def _columns(fields: Sequence[Field]) -> list[str]:
    """Return the columns of fields, and those every record carries."""
    return [*(name for name, _ in SYSTEM), *_names(fields)]


def _names(fields: Sequence[Field]) -> list[str]:
    return [one.name for one in fields if not one.custom]
