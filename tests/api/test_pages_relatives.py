"""The page of a record in a real city: many communities, each with a house 1, and tens of thousands of records."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient

from tests.api.conftest import pages
from tests.conftest import NETWORK, Intake

HOME = f"/n/{NETWORK}"
COMMUNITIES, MEMBERS = 60, 4


@pytest.fixture
def client(take: Intake) -> Iterator[TestClient]:
    """A city whose communities all have a household 1 of house 1, named by code or by name, with members."""
    every = range(COMMUNITIES)
    take.rows([{"name": f"ชุมชน {n}", "code": f"C{n:02d}"} for n in every], "community.csv", type="community")
    first = {"house_seq": "1", "household_no": "1"}
    take.rows(
        [{"community": f"C{n:02d}", **first, "head_name": f"หัวหน้า {n}"} for n in every], "household.csv"
    )
    members = [
        {"community": f"ชุมชน {n}", **first, "member_no": str(m), "name": f"คน {n}.{m}"}
        for n in every
        for m in range(1, MEMBERS + 1)
    ]
    take.rows([*members, {"community": "c-07", **first, "member_no": "9", "name": "คน 7.9"}], "member.csv")
    with pages(take.store.path, "surveyor") as made:
        yield made


def linked(page: str, type_name: str) -> set[str]:
    return set(re.findall(rf"{HOME}/{type_name}/([0-9a-f]{{32}})", page))


def test_a_household_shows_its_own_members_whichever_community_it_is_of(
    take: Intake, client: TestClient
) -> None:
    households = take.store.read(NETWORK, "household", ["community"])["community"]
    members = take.store.read(NETWORK, "member", ["community"])["community"]
    # Community 7 is written in a third way by one of its members.
    for community, count in ((0, MEMBERS), (7, MEMBERS + 1), (50, MEMBERS), (59, MEMBERS)):
        household = str(households.index[households == f"C{community:02d}"][0])
        shown = linked(client.get(f"{HOME}/household/{household}").text, "member")
        assert len(shown) == count, community
        one = str(members.index[members == f"ชุมชน {community}"][0])
        assert one in shown and household in linked(client.get(f"{HOME}/member/{one}").text, "household")
