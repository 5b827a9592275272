"""What a process of its own counts of a very large network is what this process counts."""

from __future__ import annotations

import os
import re
import signal
import time
from concurrent.futures import ThreadPoolExecutor
from multiprocessing import active_children
from threading import Barrier

import geopandas as gpd
import httpx2
import pandas as pd
import pytest
from fastapi.testclient import TestClient
from hypothesis import given
from hypothesis import strategies as st

from api.pages import gathered
from api.pages.answers import Answers, Kept
from surveys import networks
from surveys.errors import FileRefused, NotFound, StoreUnavailable, no_network
from surveys.intake.problem import Problem
from surveys.planning.analysis import Result
from surveys.records import ALL
from surveys.roles import Actor
from tests.api.test_pages_returns import HOME, client, store_of
from tests.browser.small_city import CODE

__all__ = ["client"]


def words_of(page: str) -> str:
    """What stands on a page, without what differs from one answer to the next."""
    return re.sub(r'nonce="[^"]*"', "", page)


@pytest.mark.slow
def test_a_network_counted_apart_shows_the_same_pages(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    pages = (HOME, f"{HOME}/analysis/standing", f"{HOME}/doubles", f"{HOME}/table/household")
    here = [words_of(client.get(page).text) for page in pages]
    client.app.state.kept_answers.clear()  # type: ignore[attr-defined]
    monkeypatch.setattr(gathered, "APART", 1)
    monkeypatch.setattr("api.pages.answers.PATIENCE_S", None)
    assert [words_of(client.get(page).text) for page in pages] == here
    (kept,) = client.app.state.kept_answers.values()  # type: ignore[attr-defined]
    assert "all" in kept.found and "counts" not in kept.found


TEXT = st.sampled_from(["ริมคลอง", "ริม คลอง", "c", "ไม่รู้จัก", "ไม่ รู้จัก", None])


@given(rows=st.lists(st.tuples(TEXT, st.sampled_from(["k", "l", None])), max_size=8))
def test_records_of_one_key_are_those_of_one_community_that_share_it(
    rows: list[tuple[str | None, str | None]],
) -> None:
    known = pd.DataFrame({"code": ["c"], "name": ["ริมคลอง"]}, index=["river"], dtype="str")
    ids = [str(n) for n in range(len(rows))]
    frame = pd.DataFrame(rows, columns=["community", "key"], index=ids, dtype="str")
    told = [("river" if text in ("ริมคลอง", "ริม คลอง", "c") else text, key) for text, key in rows]
    shared = [one for one, (text, key) in zip(ids, told, strict=True) if key and told.count((text, key)) > 1]
    for held in (frame, frame.astype("category")):
        whole = {"community": gpd.GeoDataFrame(known), "household": gpd.GeoDataFrame(held)}
        assert gathered.made(gathered.doubles("household"), whole, ALL) == shared


def test_a_refusal_passes_from_one_process_to_another(client: TestClient) -> None:
    with pytest.raises(NotFound) as refused:
        gathered.made_apart(store_of(client), "NOWHERE", Actor("ทดสอบ", "planner"))
    assert refused.value.said == no_network("NOWHERE").said


def test_a_file_that_is_refused_passes_with_its_problem() -> None:
    error = FileRefused(Problem("no_rows"), [Problem("layer_empty", "a")])
    kind, values = error.__reduce__()
    again = kind(*values)
    assert (again.problem, again.others, again.said) == (error.problem, error.others, error.said)


@pytest.mark.slow
def test_who_waits_for_a_counting_process_that_dies_fails_with_it_and_a_later_request_counts_again(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gathered, "APART", 1)
    waiting = 3
    kept, together = Kept(store_of(client).revision(CODE)), Barrier(waiting)

    def ask() -> Result:
        return Answers(store_of(client), CODE, Actor("ทดสอบ", "planner"), kept).result("counts")

    def ask_at_once() -> Result:
        together.wait()
        return ask()

    with ThreadPoolExecutor(waiting) as requests:
        others = set(active_children())
        asked = [requests.submit(ask_at_once) for _ in range(waiting)]
        while not (children := set(active_children()) - others):
            time.sleep(0.001)
        (child,) = children
        assert child.pid
        # It stands still until all of them wait for it.
        os.kill(child.pid, signal.SIGSTOP)
        time.sleep(1)
        os.kill(child.pid, signal.SIGKILL)
        errors = [one.exception(60) for one in asked]
    assert [type(error) for error in errors] == [StoreUnavailable] * waiting
    assert len(set(map(id, errors))) == 1 and str(errors[0]) == str(StoreUnavailable(gathered._DIED))
    assert ask().table["households"].sum() > 0


PEOPLE = {"accept": "text/html"}


@pytest.fixture
def hurried(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> TestClient:
    """A very large network, for which nobody waits."""
    monkeypatch.setattr(gathered, "APART", 1)
    monkeypatch.setattr("api.pages.answers.PATIENCE_S", 0.0)
    return client


def opened(client: TestClient, path: str = HOME) -> httpx2.Response:
    """A page, once it no longer says that records are being counted."""
    until = time.monotonic() + 60
    while (page := client.get(path, headers=PEOPLE)).status_code == 202 and time.monotonic() < until:
        time.sleep(0.05)
    return page


@pytest.mark.slow
def test_a_page_says_that_a_very_large_network_is_counted_and_comes_back_by_itself(
    hurried: TestClient,
) -> None:
    first = hurried.get(HOME, headers=PEOPLE)
    assert first.status_code == 202 and '<meta http-equiv="refresh"' in first.text
    stored = sum(networks.counts(store_of(hurried), CODE, Actor("ทดสอบ", "planner")).values())
    assert f"{stored:,} รายการ" in words_of(first.text)
    done = opened(hurried)
    assert done.status_code == 200 and "refresh" not in done.text
    assert words_of(done.text) == words_of(hurried.get(HOME, headers={"accept": "*/*"}).text)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("path", "accept"),
    [
        (f"{HOME}/analysis/standing.json", "text/html"),
        (f"{HOME}/analysis/standing", "*/*"),
        (f"/api/v1/networks/{CODE}/doubles", "text/html"),
    ],
)
def test_a_file_and_a_program_wait_for_what_is_counted(hurried: TestClient, path: str, accept: str) -> None:
    assert hurried.get(path, headers={"accept": accept}).status_code == 200


@pytest.mark.slow
def test_a_person_hears_once_that_counting_failed_and_whoever_comes_again_has_it_counted_anew(
    hurried: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    tries = []

    def failing(*_: object) -> None:
        tries.append(1)
        raise StoreUnavailable(gathered._DIED)

    with monkeypatch.context() as broken:
        broken.setattr(gathered, "made_apart", failing)
        failed = opened(hurried)
        assert failed.status_code == 503 and gathered._DIED.th in failed.text and len(tries) == 1
    assert opened(hurried).status_code == 200


@pytest.mark.slow
def test_one_process_counts_at_a_time(client: TestClient) -> None:
    others, most = set(active_children()), 0
    with ThreadPoolExecutor(2) as requests:
        asked = [
            requests.submit(gathered.made_apart, store_of(client), CODE, Actor("ทดสอบ", "planner"))
            for _ in range(2)
        ]
        while not all(one.done() for one in asked):
            most = max(most, len(set(active_children()) - others))
            time.sleep(0.01)
    assert most == 1 and all(one.result()["counts"].table["households"].sum() > 0 for one in asked)
