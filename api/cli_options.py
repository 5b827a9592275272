"""What commands share: where the store is, which network is meant, how is answered, and who acts."""

from __future__ import annotations

import getpass
import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from surveys.errors import NotFound, Refused
from surveys.roles import Actor, local
from surveys.words import words

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


def there(path: Path | None) -> Path | None:
    """Return the path of a file that is given, as an option or argument, if it can be read.

    Raises
    ------
    NotFound, Refused
        If there is no such file; it is a folder, or may not be read.
    """
    if path is None:
        return None
    if not path.exists():
        raise NotFound(
            words(
                f"ไม่มีไฟล์ “{path}” ตรวจชื่อไฟล์และโฟลเดอร์",
                f"There is no file “{path}”. Check its name and folder.",
            )
        )
    if path.is_dir():
        raise Refused(words(f"“{path}” เป็นโฟลเดอร์ ระบุไฟล์ในนั้น", f"“{path}” is a folder. Name a file in it."))
    if not os.access(path, os.R_OK):
        raise Refused(
            words(
                f"ไม่มีสิทธิ์อ่านไฟล์ “{path}” แก้สิทธิ์ของไฟล์ก่อน",
                f"The file “{path}” may not be read. Change its permissions.",
            )
        )
    return path


def person() -> Actor:
    """Return who acts: whoever is logged in on this machine."""
    return local(getpass.getuser())
