"""What a process of its own counts of a very large network is what this process counts."""

from __future__ import annotations

import re

import pytest
from fastapi.testclient import TestClient

from api.pages import gathered
from surveys.errors import FileRefused, NotFound, no_network
from surveys.intake.problem import Problem
from surveys.roles import Actor
from tests.api.test_pages_returns import HOME, client, store_of

__all__ = ["client"]


def words_of(page: str) -> str:
    """What stands on a page, without what differs from one answer to the next."""
    return re.sub(r'nonce="[^"]*"', "", page)


def test_a_network_counted_apart_shows_the_same_pages(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    pages = (HOME, f"{HOME}/analysis/standing", f"{HOME}/doubles", f"{HOME}/table/household")
    here = [words_of(client.get(page).text) for page in pages]
    client.app.state.kept_answers.clear()  # type: ignore[attr-defined]
    monkeypatch.setattr(gathered, "APART", 1)
    assert [words_of(client.get(page).text) for page in pages] == here
    (kept,) = client.app.state.kept_answers.values()  # type: ignore[attr-defined]
    assert "all" in kept.found and "counts" not in kept.found


def test_a_refusal_passes_from_one_process_to_another(client: TestClient) -> None:
    with pytest.raises(NotFound) as refused:
        gathered.made_apart(store_of(client), "NOWHERE", Actor("ทดสอบ", "planner"))
    assert refused.value.said == no_network("NOWHERE").said


def test_a_file_that_is_refused_passes_with_its_problem() -> None:
    error = FileRefused(Problem("no_rows"), [Problem("layer_empty", "a")])
    kind, values = error.__reduce__()
    again = kind(*values)
    assert (again.problem, again.others, again.said) == (error.problem, error.others, error.said)
