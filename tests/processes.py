"""What tests ask the system about processes."""

from __future__ import annotations

from pathlib import Path


def lives(process: int) -> bool:
    """Whether a process runs; one that only waits to be taken note of does not."""
    try:
        state = Path(f"/proc/{process}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"
