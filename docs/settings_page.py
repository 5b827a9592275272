"""docs/settings.md: every setting with its environment variable and default."""

from __future__ import annotations

from api.settings import Settings
from docs.markdown import cell, code, page, table

INTRO = """\
What may differ from one installation to another, from `api/settings.py`. Each setting is an environment
variable; an option of a command (`--store`, `--port`, ...) goes before it. `mankong settings` prints what
is in force and where it comes from."""


def settings_page() -> str:
    """Write the page."""
    prefix = str(Settings.model_config.get("env_prefix", ""))
    rows = [
        [code(prefix + name.upper()), cell(field.description or ""), code(str(field.default))]
        for name, field in Settings.model_fields.items()
    ]
    return page("Settings", INTRO, [table(("Variable", "What it is", "Default"), rows)])
