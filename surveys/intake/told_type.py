"""What an export of ours says of its type when it comes back: by the name of its layer, or by its headings."""

from __future__ import annotations

from collections.abc import Iterable

from gis.formats import Layer
from surveys.intake.mapping import OWN_ID
from surveys.privacy import Privacy
from surveys.record import RecordType

# Beside the fields an export has these.
_BESIDE = frozenset((OWN_ID, "source_id"))


def exported(layer: Layer, types: Iterable[RecordType]) -> RecordType | None:
    """Return the type of which a layer is an export; None for any other layer.

    Its headings tell it. A format that leaves empty columns out keeps the layer's name, which is a word of people
    as well, unless it is that of a type no file brings.
    """
    columns = frozenset(layer.columns)
    if OWN_ID not in columns:
        return None
    known = [*types]
    named = next((one for one in known if one.name == layer.name and not one.by_file), None)
    fits = [one for one in known if _BESIDE | _open_fields(one) <= columns]
    # What has all the columns of a short type may be a longer one, which has more of them.
    return named or max(fits, key=lambda one: len(columns & one.by_name.keys()), default=None)


def _open_fields(record_type: RecordType) -> frozenset[str]:
    """Return the fields that every export of a type has: those that all of a network see."""
    return frozenset(field.name for field in record_type.stored if field.privacy <= Privacy.NETWORK)
