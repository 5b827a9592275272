"""Every generated page: its file in this folder and the function that writes its text."""

from __future__ import annotations

from collections.abc import Callable

from docs.analyses_page import analyses_page
from docs.cli_page import cli_page
from docs.problems_page import problems_page
from docs.records_page import records_page
from docs.rights_page import rights_page
from docs.settings_page import settings_page

PAGES: dict[str, Callable[[], str]] = {
    "records.md": records_page,
    "rights.md": rights_page,
    "problems.md": problems_page,
    "analyses.md": analyses_page,
    "cli.md": cli_page,
    "settings.md": settings_page,
}
