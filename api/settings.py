"""The settings: one frozen object, made once, passed on as a value."""

from __future__ import annotations

import os
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """What may differ from one installation to another; each has an environment variable MANKONG_NAME."""

    model_config = SettingsConfigDict(env_prefix="MANKONG_", frozen=True)

    # A text: as a path "postgresql://host" would lose a slash before the store can say what it is not.
    store: Annotated[str, BeforeValidator(os.fspath)] = Field(
        default="mankong.gpkg", description="the store, a GeoPackage"
    )
    host: str = Field(
        default="127.0.0.1", description="the address to serve on; only this machine until accounts exist"
    )
    port: int = Field(default=8000, description="the port to serve on")
    workers: int = Field(default=1, description="how many server processes")
    lang: Literal["th", "en"] = Field(
        default="th", description="the language of a page until a person chooses"
    )
    max_upload_mb: int = Field(default=2048, description="the largest file taken through the page, in MB")
