"""A real server: a file goes in while it answers others, and half a file leaves nothing behind."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from surveys import networks
from surveys.roles import local
from surveys.store.store import Store

pytestmark = pytest.mark.slow
ROWS = 30_000
HEAD = "ชุมชน,ลำดับบ้านในผัง,บ้านเลขที่,สภาพ\n"
BOUNDARY = "----mankong"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def server(tmp_path: Path) -> Iterator[str]:
    """The shipped server in a process of its own, on a free port."""
    store = Store.open(tmp_path / "city.gpkg", create=True)
    networks.add(store, local("test"), "rama4", "พระราม 4")
    store.close()
    port = free_port()
    settings = {"MANKONG_STORE": str(tmp_path / "city.gpkg"), "MANKONG_MAX_UPLOAD_MB": "4"}
    command = [
        "uvicorn",
        "--factory",
        "api.server:application",
        "--port",
        str(port),
        "--log-level",
        "warning",
    ]
    with (tmp_path / "server.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-W", "error", "-m", *command], env=os.environ | settings, stdout=log, stderr=log
        )
        base = f"http://127.0.0.1:{port}"
        try:
            wait_for(base, process)
            yield base
        finally:
            process.terminate()
            process.wait(30)
    assert "Traceback" not in (tmp_path / "server.log").read_text("utf-8")


def wait_for(base: str, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until and process.poll() is None:
        try:
            ask(base + "/healthz")
        except urllib.error.URLError:
            time.sleep(0.1)
        else:
            return
    raise AssertionError("the server did not start")


def ask(address: str, body: bytes | None = None, **headers: str) -> tuple[int, Any]:
    request = urllib.request.Request(address, data=body, headers=headers)
    try:
        with urllib.request.urlopen(request, timeout=120) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as error:
        with error:
            return error.code, json.load(error)


def form(content: bytes) -> tuple[bytes, dict[str, str]]:
    head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="บ้าน.csv"\r\n\r\n'
    body = head.encode() + content + f"\r\n--{BOUNDARY}--\r\n".encode()
    return body, {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"}


def test_the_server_answers_others_while_a_file_goes_in(server: str) -> None:
    rows = "".join(f"ริมคลอง,{n},{n}/1,ดี\n" for n in range(ROWS))
    body, headers = form((HEAD + rows).encode())
    status, sent = ask(f"{server}/api/v1/networks/rama4/imports", body, **headers)
    assert status == 202, sent
    job: dict[str, Any] = {"state": "queued"}
    until = time.monotonic() + 60
    while job["state"] in ("queued", "running") and time.monotonic() < until:
        _, job = ask(server + sent["links"]["self"])
        time.sleep(0.05)
    assert (job["state"], job["report"]["new"]) == ("done", ROWS), job

    waits: list[float] = []
    done = threading.Event()

    def watch() -> None:
        while not done.is_set():
            start = time.monotonic()
            ask(server + "/healthz")
            waits.append(time.monotonic() - start)
            time.sleep(0.02)

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        status, report = ask(server + sent["links"]["confirm"], b"")
    finally:
        done.set()
        watcher.join()
    assert (status, report["taken"]) == (201, ROWS)
    assert ask(f"{server}/api/v1/networks/rama4/records/house?limit=1")[1]["total"] == ROWS
    assert len(waits) >= 5, "others were answered while the rows were written"
    assert max(waits) < 5


def test_half_a_file_leaves_nothing_behind(server: str, tmp_path: Path) -> None:
    body, headers = form(HEAD.encode() + b"x" * 2_000_000)
    port = int(server.rsplit(":", 1)[1])
    with socket.create_connection(("127.0.0.1", port)) as client:
        head = f"POST /api/v1/networks/rama4/imports HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n"
        head += f"Content-Type: {headers['Content-Type']}\r\nContent-Length: {len(body)}\r\n\r\n"
        client.sendall(head.encode() + body[:1_000_000])
        time.sleep(0.5)
    jobs = tmp_path / "city.gpkg.files" / "jobs"
    until = time.monotonic() + 10
    while time.monotonic() < until and any(path.is_file() for path in jobs.rglob("*")):
        time.sleep(0.1)
    assert [path for path in jobs.rglob("*") if path.is_file()] == []
    assert ask(server + "/healthz")[0] == 200


def test_a_body_without_a_length_is_stopped_at_the_limit(server: str) -> None:
    port = int(server.rsplit(":", 1)[1])
    body, headers = form(b"x" * 6_000_000)
    with socket.create_connection(("127.0.0.1", port)) as client:
        head = f"POST /api/v1/networks/rama4/imports HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n"
        head += f"Content-Type: {headers['Content-Type']}\r\nTransfer-Encoding: chunked\r\n\r\n"
        client.sendall(head.encode())
        for start in range(0, len(body), 100_000):
            chunk = body[start : start + 100_000]
            client.sendall(f"{len(chunk):x}\r\n".encode() + chunk + b"\r\n")
        client.sendall(b"0\r\n\r\n")
        assert client.recv(1000).startswith(b"HTTP/1.1 413")
