"""A command of ``mankong`` run in this process: what it answered."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from api import cli

# Exit code, what was said, what went wrong.
Answer = tuple[int, str, str]
Run = Callable[..., Answer]


@pytest.fixture
def mankong(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs ``mankong`` with some words; whatever goes wrong, nobody sees a traceback."""

    def command(*words: str) -> Answer:
        monkeypatch.setattr("sys.argv", ["mankong", *words])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        said = capsys.readouterr()
        assert isinstance(ended.value.code, int) and "Traceback" not in said.err
        return ended.value.code, said.out, said.err

    return command


def told(answer: Answer) -> Any:
    """Return what a command answered as JSON."""
    assert answer[0] == 0, answer
    return json.loads(answer[1])
