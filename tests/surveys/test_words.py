"""A name somebody gives is one that somebody sees."""

from __future__ import annotations

import pytest

from surveys import communities, networks
from surveys.errors import Refused
from surveys.store.store import Store
from surveys.words import seen
from tests.conftest import NETWORK, STEWARD

UNSEEN = ["", "  ", "\u200b", "\ufeff\u2060", "\u200d \u00ad", "\u3164", "\u202e", "\u2800"]


@pytest.mark.parametrize("name", UNSEEN)
def test_what_nobody_sees_is_no_name(store: Store, name: str) -> None:
    assert not seen(name)
    with pytest.raises(Refused):
        networks.add(store, STEWARD, "X", name)
    for act in (communities.create, lambda *of: communities.join(*of, "0" * 32)):
        with pytest.raises(Refused):
            act(store, NETWORK, STEWARD, name)
    assert store.networks() == [NETWORK] and store.counts(NETWORK)["community"] == 0


@pytest.mark.parametrize("name", ["ก", "A", "๑", "क\u094dष", "★", "-"])
def test_what_is_seen_is_a_name(name: str) -> None:
    assert seen(name)
