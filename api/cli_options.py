"""What commands share: where the store is, which network is meant, how is answered, and who acts."""

from __future__ import annotations

import getpass
from typing import TYPE_CHECKING, Annotated

import typer

from surveys.roles import Actor, local

if TYPE_CHECKING:
    from api.settings import Settings
    from surveys.store.store import Store

StoreOption = Annotated[
    str | None,
    typer.Option("--store", help="The store, a GeoPackage (else MANKONG_STORE, else ./mankong.gpkg)."),
]
NetworkOption = Annotated[str, typer.Option("--network", help="The code of the city network.")]
JsonOption = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]


def settings_of(store: str | None) -> Settings:
    """Return the settings in force; a store named on the command line goes before them."""
    # Loaded when it is needed: an import starts its reader before.
    from api.settings import Settings

    return Settings(store=store) if store else Settings()


def open_store(store: str | None, *, create: bool = False) -> Store:
    """Open the store that is meant; the settings need not be asked for one that is named."""
    from surveys.store.store import Store

    return Store.open(store or settings_of(None).store, create=create)


def person() -> Actor:
    """Return who acts: whoever is logged in on this machine."""
    return local(getpass.getuser())
