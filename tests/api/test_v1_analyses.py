"""The analyses over HTTP: the same numbers as JSON and as a table."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient

from surveys.planning.analysis import ANALYSES
from tests.api.conftest import HERE, City, add_network, new_app

HOUSES = (
    "ชุมชน,ลำดับบ้านในผัง,บ้านเลขที่,สภาพ,ประเภทที่ดินที่บ้านตั้งอยู่,lat,lon\n"
    "=ริมคลอง,1,10/1,ดี,ที่ดินวัด,13.72,100.55\n=ริมคลอง,2,10/2,ทรุดโทรม,ที่ดินวัด,13.73,100.55\n"
)


@pytest.fixture(scope="module")
def counted(tmp_path_factory: pytest.TempPathFactory) -> Iterator[City]:
    """A network of two houses whose community is spelled like a formula."""
    with TestClient(new_app(tmp_path_factory.mktemp("counted")), base_url=HERE) as client:
        city = add_network(client, "rama4")
        city.take("บ้าน.csv", HOUSES, type="house")
        yield city


def test_every_question_is_listed_and_answered(counted: City) -> None:
    city = counted
    listed = city.get("analyses")
    assert [row["name"] for row in listed] == list(ANALYSES)
    for row in listed:
        result = city.get(f"analyses/{row['name']}")
        assert result["question"] == row["question"]
        assert result["revision"] == city.get("")["revision"]
        assert all(column["heading"]["th"] and column["heading"]["en"] for column in result["columns"])
        assert all(column["name"] in one for column in result["columns"] for one in result["rows"]
                   if not column["missing_of"])  # fmt: skip


@pytest.mark.parametrize("lang", ["th", "en"])
def test_the_table_says_the_same_and_runs_no_formula(counted: City, lang: str) -> None:
    city = counted
    answer = city.ask("GET", f"analyses/counts.csv?lang={lang}")
    assert answer.headers["content-type"].startswith("text/csv")
    heads, *rows = csv.reader(io.StringIO(answer.content.decode("utf-8-sig")))
    result = city.get("analyses/counts")
    assert len(rows) == len(result["rows"])
    told = next(column for column in result["columns"] if column["name"] == "houses")
    place = next(n for n, head in enumerate(heads) if head.startswith(told["heading"][lang]))
    assert [int(row[place]) for row in rows] == [row["houses"] for row in result["rows"]]
    assert not any(cell.startswith(("=", "+", "-", "@")) for row in rows for cell in row)
