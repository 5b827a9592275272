"""``python -m docs``: write every reference page anew."""

from __future__ import annotations

from pathlib import Path

from docs.pages import PAGES

HERE = Path(__file__).resolve().parent


def main() -> None:
    """Write the pages and say which."""
    for name, build in PAGES.items():
        (HERE / name).write_text(build(), encoding="utf-8")
        print(f"docs/{name}")


if __name__ == "__main__":
    main()
