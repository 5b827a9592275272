"""Numbers that records here carry beside their key: a file may tell a plot by its deed alone, a house by its number."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import sqlalchemy as sa

from surveys.intake.keys import Keys, fold
from surveys.record import SHAPE, RecordType
from surveys.store.schema import table
from surveys.store.store import Store


def carried(
    record_type: RecordType, keys: Keys, here: pd.DataFrame, store: Store, network: str
) -> pd.DataFrame:
    """Find the other keys that records carry, by which rows of the file tell themselves.

    ``here`` is what :func:`surveys.intake.match.existing` read. Nothing is read where every row has the first
    of the keys, or none. A key of last resort tells no record that another key tells.

    Returns a frame of ``entry``, the position of a record in ``here``; ``holder``, its community and such a key
    as one text; and ``key``, the one it has.
    """
    found = [pd.DataFrame({"fid": [], "key": [], "text": []})]
    for parts in _seconds(record_type) if len(here) else ():
        asked = keys.key[keys.key.str.startswith(f"{parts[0]}=")]
        if len(asked):
            texts = _texts(record_type, parts, store, network)
            # Of what the rows belong to, all: a number made up may be another here.
            bare = _without_ordinal(record_type, asked)
            found.append(texts[_without_ordinal(record_type, texts["text"]).isin(bare)])
    told = pd.concat(found[1:] or found)
    entry = pd.Index(here["fid"]).get_indexer(told["fid"])
    holder = here["community"].iloc[entry].fillna("").to_numpy() + "\x1f" + told["text"].to_numpy()
    return pd.DataFrame(
        {"entry": entry, "holder": pd.Series(holder, dtype="str"), "key": told["key"].to_numpy()}
    )


def besides(here: pd.DataFrame, others: pd.DataFrame) -> pd.DataFrame:
    """Add to what tells the records here a row for each other key they carry (:func:`carried`)."""
    if others.empty:
        return here
    again = here.iloc[others["entry"]].assign(holder=others["holder"].to_numpy(), id=None, source_id=None)
    return pd.concat([here, again.astype(here.dtypes.to_dict())], ignore_index=True)


def _without_ordinal(record_type: RecordType, keys: pd.Series) -> pd.Series:
    if record_type.ordinal is None:
        return keys
    return keys.str.replace(rf"{record_type.ordinal}=[^|]*\|", "", regex=True)


def _seconds(record_type: RecordType) -> list[tuple[str, ...]]:
    """Return the keys after the first, without the community, which stands apart, and without shapes."""
    keys = [key for key in record_type.keys if SHAPE not in key and record_type.last_resort not in key]
    own = list(dict.fromkeys(tuple(part for part in key if part != "community") for key in keys))
    return own[1:]


def _texts(record_type: RecordType, parts: Sequence[str], store: Store, network: str) -> pd.DataFrame:
    """Read the records that have all of ``parts`` and are told by something else: fid, key, and these as a key."""
    source = table(record_type.name)
    other = sa.not_(sa.func.coalesce(source.c.key, "").startswith(f"{parts[0]}=", autoescape=True))
    where = sa.and_(other, *(source.c[part].is_not(None) for part in parts))
    found = store.read_table(network, record_type.name, ["fid", "key", *parts], where).to_pandas()
    text = pd.Series("", index=found.index, dtype="str")
    for part in parts:
        text = text + f"{part}=" + fold(found[part].astype("str")) + "|"
    return pd.DataFrame({"fid": found["fid"], "key": found["key"], "text": text})
