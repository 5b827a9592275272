"""A file for which the disk has no room: refused in plain words, before or while it comes; nothing stays behind."""

from __future__ import annotations

import asyncio
from collections import namedtuple
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from starlette.requests import Request

from api import uploads
from api.operation import EdgeRefusal
from api.settings import Settings
from gis.formats import ReadOptions
from gis.formats.child import read_here
from tests.api.conftest import City

Usage = namedtuple("Usage", "total used free")
HOUSES = "ชุมชน,ลำดับบ้าน\nK1,1\n"
PAGE = {"accept": "text/html"}
HEAD = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\n'


@pytest.fixture
def little_room(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uploads, "disk_usage", lambda _: Usage(9 << 30, 9 << 30, 5 << 20))


@pytest.mark.usefixtures("little_room")
def test_without_room_a_file_is_refused_before_it_comes(city: City, tmp_path: Path) -> None:
    answer = city.send("บ้าน.csv", HOUSES)
    assert (answer.status_code, answer.json()["error"]) == (507, "NoRoom")
    assert "5 MB" in answer.json()["en"] and "5 MB" in answer.json()["th"]
    held = tmp_path / "city.gpkg.files" / "jobs"
    assert [path for path in held.rglob("*") if path.is_file()] == []


@pytest.mark.usefixtures("little_room")
def test_the_page_says_what_to_do_without_room(city: City, client: TestClient) -> None:
    answer = client.post(f"/n/{city.code}/upload", files={"file": ("a.csv", HOUSES)}, headers=PAGE)
    assert answer.status_code == 507
    assert "ดิสก์ของเครื่องเหลือที่ว่างไม่พอ" in answer.text and "5 MB" in answer.text


def test_a_disk_that_fills_while_a_file_comes_refuses_it(tmp_path: Path) -> None:
    """What a disk that is full answers is told by the device that always is."""
    target = tmp_path / "raw"
    target.symlink_to("/dev/full")

    async def body() -> AsyncIterator[dict[str, Any]]:
        for piece in (HEAD, *[b"a,b\r\n" * 20_000] * 20, b"\r\n--x--\r\n"):
            yield {"type": "http.request", "body": piece, "more_body": True}
        yield {"type": "http.request", "body": b"", "more_body": False}

    pieces = body()
    headers = [(b"content-type", b"multipart/form-data; boundary=x")]
    request = Request({"type": "http", "method": "POST", "headers": headers}, pieces.__anext__)
    with pytest.raises(EdgeRefusal) as refused:
        asyncio.run(uploads.receive(request, target, 10))
    assert (refused.value.status, refused.value.error) == (507, "NoRoom")
    assert not target.exists() and not target.is_symlink()
    assert Path("/dev/full").is_char_device()


def test_a_disk_that_fills_while_a_file_is_read_is_not_the_files_fault(tmp_path: Path) -> None:
    (tmp_path / "layer0.arrow").symlink_to("/dev/full")
    file = tmp_path / "a.csv"
    file.write_text(HOUSES, "utf-8")
    refusal = read_here(file, file.name, ReadOptions(), tmp_path, lambda _: None).refusal
    assert refusal is not None and refusal.code == "disk_full"


def test_a_million_households_fit_the_page() -> None:
    """Their GeoJSON has 1.9 GB."""
    assert Settings().max_upload_mb << 20 > 2_000_000_000
