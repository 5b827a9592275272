"""The documentation of the interface is whole and valid, and so is what says that the server can work."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.openapi.models import OpenAPI
from fastapi.testclient import TestClient

from api.operation import refusal
from surveys.errors import StoreUnavailable
from surveys.store.store import Store
from surveys.words import words

METHODS = ("get", "post", "put", "patch", "delete")
EVERYWHERE = {"404", "422", "503"}


@pytest.fixture(scope="module")
def document(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The document as it is served."""
    from tests.api.conftest import HERE, new_app

    with TestClient(new_app(tmp_path_factory.mktemp("docs")), base_url=HERE) as client:
        answer = client.get("/api/v1/openapi.json")
    assert answer.status_code == 200
    told: dict[str, Any] = answer.json()
    return told


def operations(document: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for path, item in document["paths"].items():
        for method in METHODS:
            if method in item:
                yield f"{method.upper()} {path}", item[method]


def references(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        for key, inner in value.items():
            if key == "$ref" and isinstance(inner, str):
                yield inner
            yield from references(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from references(inner)


def test_the_document_is_valid_and_whole(document: dict[str, Any]) -> None:
    OpenAPI.model_validate(document)
    assert document["openapi"].startswith("3.1")
    for reference in set(references(document)):
        at: Any = document
        for part in reference.removeprefix("#/").split("/"):
            assert part in at, reference
            at = at[part]
    for where, operation in operations(document):
        named = {p["name"] for p in operation.get("parameters", []) if p["in"] == "path"}
        assert named == set(re.findall(r"{(\w+)}", where)), where
        assert all(p["required"] for p in operation.get("parameters", []) if p["in"] == "path")


def test_every_operation_says_what_it_does_answers_and_refuses(document: dict[str, Any]) -> None:
    seen: set[str] = set()
    for where, operation in operations(document):
        assert operation["operationId"] not in seen, where
        seen.add(operation["operationId"])
        assert operation["summary"] and operation["description"] and operation["tags"], where
        good = [
            answer for status, answer in operation["responses"].items() if status in ("200", "201", "202")
        ]
        contents = [media for answer in good for media in answer.get("content", {}).values()]
        assert any(media.get("schema") for media in contents), where
        if where == "GET /healthz":
            continue
        assert set(operation["responses"]) >= EVERYWHERE, where
        if where != "GET /api/v1/networks":
            assert "403" in operation["responses"], where
        for status, answer in operation["responses"].items():
            if status.startswith("4") or status == "503":
                content = answer["content"]["application/json"]
                assert content["schema"] == {"$ref": "#/components/schemas/Refusal"}, (where, status)
                assert set(content["example"]) == {"error", "th", "en"}
    assert len(seen) >= 30
    assert "HTTPValidationError" not in document["components"]["schemas"]


def test_the_upload_is_described(document: dict[str, Any]) -> None:
    operation = document["paths"]["/api/v1/networks/{code}/imports"]["post"]
    schema = operation["requestBody"]["content"]["multipart/form-data"]["schema"]
    parts = {"file", "type", "crs", "encoding", "existing", "columns", "layers", "communities", "afresh"}
    assert set(schema["properties"]) == parts
    assert schema["required"] == ["file"]
    assert {"202", "403", "404", "413"} <= set(operation["responses"])


def test_the_page_of_the_documentation_loads_nothing_of_others(client: TestClient) -> None:
    page = client.get("/docs")
    policy = page.headers["content-security-policy"]
    nonce = re.search(r"'nonce-([^']+)'", policy)
    assert nonce
    scripts = re.findall(r"<script([^>]*)>", page.text)
    assert len(scripts) == 2
    assert all(f'nonce="{nonce[1]}"' in script for script in scripts)
    assert "//" not in re.sub(r"<!doctype[^>]*>", "", page.text)
    for address in re.findall(r'(?:src|href)="(/[^"]+)"', page.text):
        assert client.get(address).status_code == 200, address
    assert client.get("/docs").headers["content-security-policy"] != policy


def test_health(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    told = client.get("/healthz")
    assert (told.status_code, told.json()["status"], told.json()["store"]) == (200, "ok", "ok")

    def broken(_store: Store) -> list[str]:
        raise StoreUnavailable(words("เสีย", "broken"))

    monkeypatch.setattr(Store, "networks", broken)
    told = client.get("/healthz")
    assert (told.status_code, told.json()["status"]) == (503, "unavailable")
    assert client.get("/api/v1/networks").json() == {"error": "StoreUnavailable", "th": "เสีย", "en": "broken"}


def test_a_fault_of_ours_tells_nothing(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    def faulty(_store: Store) -> list[str]:
        raise RuntimeError(f"at {Path.cwd()}")

    monkeypatch.setattr(Store, "networks", faulty)
    answer = client.get("/api/v1/networks")
    assert answer.status_code == 500
    assert "Traceback" not in answer.text and str(Path.cwd()) not in answer.text


def test_the_body_of_a_refusal() -> None:
    assert (
        refusal(404, "NotFound", words("ไม่มี", "none")).body.decode()
        == '{"error":"NotFound","th":"ไม่มี","en":"none"}'
    )


def test_the_application_has_no_route_twice(app: FastAPI) -> None:
    paths = [(path, method) for path, item in app.openapi()["paths"].items() for method in item]
    assert len(paths) == len(set(paths))
