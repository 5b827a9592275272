"""``python -m docs``: write every reference page and the sample files anew."""

from __future__ import annotations

from pathlib import Path

from docs import sample
from docs.pages import PAGES

HERE = Path(__file__).resolve().parent


def main() -> None:
    """Write the files and say which."""
    for name, build in PAGES.items():
        (HERE / name).write_text(build(), encoding="utf-8")
        print(f"docs/{name}")
    for name, write in sample.FILES.items():
        write(HERE / name)
        print(f"docs/{name}")


if __name__ == "__main__":
    main()
