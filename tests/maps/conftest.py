"""Frames as the store hands them out, and a browser that may reach nothing but the test's own server."""

from __future__ import annotations

import http.server
import mimetypes
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from playwright.sync_api import Browser, Page, Playwright
from shapely.geometry import LineString, Point, box

from maps import layers, spec, standalone
from maps.figure import OWN
from surveys.codes import Code, Codes
from surveys.fields import Flag, Integer, Number
from surveys.record import Field, RecordType
from surveys.records import ALL
from surveys.thai import Day, LandArea, Year
from surveys.words import Lang

CHROMIUM = Path("/usr/bin/chromium")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
WEST, SOUTH, STEP = 100.59, 13.71, 0.0004
SIZES = {"phone": (390, 844), "desktop": (1280, 800)}
POLICY = (
    "default-src 'none'; script-src 'nonce-{n}'; style-src 'nonce-{n}'; "
    "img-src 'self' data:; font-src 'self'; connect-src 'self'"
)

Frame = gpd.GeoDataFrame


def values(field_: Field, rows: int) -> Any:
    """Values of a field as the store hands them out; every fifth is missing."""
    kind, here = field_.kind, np.arange(rows) % 5 != 4
    if isinstance(kind, Code):
        codes = [kind.choices[i % len(kind.choices)].code for i in range(rows)]
        texts = [f'["{code}"]' for code in codes] if isinstance(kind, Codes) else codes
        return pd.Series(texts, dtype="str").where(here)
    numbers = pd.Series(np.arange(rows))
    if isinstance(kind, Flag):
        return (numbers % 2).astype("boolean").where(here)
    if isinstance(kind, Integer | Year):
        return (numbers + 2000).astype("Int64").where(here)
    if isinstance(kind, Number | LandArea):
        return (numbers * 400.0).where(here)
    if isinstance(kind, Day):
        return pd.Series(pd.date_range("2024-01-01", periods=rows, unit="s")).where(here)
    return pd.Series([f"{field_.name} {i}" for i in range(rows)], dtype="str").where(here)


def shape(kind: str | None, place: int) -> Any:
    x, y = WEST + STEP * (place % 60), SOUTH + STEP * (place // 60)
    shapes = {"point": Point(x, y), "line": LineString([(x, y), (x + STEP / 2, y + STEP / 3)])}
    return shapes.get(kind or "", box(x, y, x + STEP * 0.8, y + STEP * 0.8))


def make_frame(record_type: RecordType, rows: int = 10, **given: Any) -> Frame:
    """A frame of ``rows`` records of a type; ``given`` columns replace the made ones."""
    columns = {f.name: values(f, rows) for f in record_type.fields} | given
    columns = {name: pd.Series(column).reset_index(drop=True) for name, column in columns.items()}
    shapes = [shape(record_type.geometry, place) for place in range(rows)]
    frame = gpd.GeoDataFrame(columns, geometry=shapes, crs=4326)
    frame.index = pd.Index([f"{record_type.name}-{i}" for i in range(rows)], dtype="str")
    return frame


def make_spec(
    frames: Mapping[str, Frame], lang: Lang = "th", *, served: bool = False, **facts: Any
) -> spec.MapSpec:
    """The spec of a page with a layer for every frame: by address, or embedded."""
    made = tuple(
        spec.layer_data(layer, ALL[name], lang, count=len(frames[name]), url=f"/geo/{name}")
        if served
        else standalone.embedded(layer, ALL[name], frames[name], lang)
        for name, layer in layers.LAYERS.items()
        if name in frames
    )
    return spec.MapSpec(
        **{"code": "KT", "name": "คลองเตย", "lang": lang, "layers": made, "nonce": "n0nce"} | facts
    )


@pytest.fixture(scope="session")
def frame_of() -> Callable[..., Frame]:
    return make_frame


@pytest.fixture(scope="session")
def spec_of() -> Callable[..., spec.MapSpec]:
    return make_spec


@pytest.fixture(scope="session")
def city() -> dict[str, Frame]:
    """A small city: every layer of the map that has a record type here."""
    return {name: make_frame(ALL[name]) for name in layers.LAYERS if name in ALL}


@pytest.fixture(scope="session")
def chromium(playwright: Playwright) -> Iterator[Browser]:
    if not CHROMIUM.exists():
        pytest.skip("no chromium")
    browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
    yield browser
    browser.close()


@dataclass
class Site:
    """A server on this machine: pages and data by path, and the files below /static."""

    bodies: dict[str, str | bytes] = field(default_factory=dict)
    base: str = ""

    def answer(self, path: str) -> tuple[bytes, str] | None:
        if path in self.bodies:
            body = self.bodies[path]
            return (
                (body.encode(), "text/html; charset=utf-8")
                if isinstance(body, str)
                else (body, "application/json")
            )
        file = OWN / path.removeprefix("/static/")
        if path.startswith("/static/") and file.is_file():
            return file.read_bytes(), mimetypes.guess_type(file.name)[0] or "font/woff2"
        return None


@pytest.fixture
def site() -> Iterator[Site]:
    made = Site()

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            found = made.answer(self.path.partition("?")[0])
            self.send_response(200 if found else 404)
            body, kind = found or (b"", "text/plain")
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.send_header("Content-Security-Policy", POLICY.format(n="n0nce"))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args: object) -> None:
            """Say nothing."""

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    made.base = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield made
    server.shutdown()
    thread.join()
    server.server_close()


@dataclass
class Visit:
    """A page in the browser, with every request it made and everything it complained of."""

    page: Page
    requests: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def open(self, url: str) -> Page:
        self.page.goto(url)
        self.page.wait_for_selector("body[data-ready]")
        return self.page


@pytest.fixture(params=SIZES)
def visit(request: pytest.FixtureRequest, chromium: Browser) -> Iterator[Visit]:
    width, height = SIZES[request.param]
    # Nothing may glide while it is clicked.
    page = chromium.new_page(viewport={"width": width, "height": height}, reduced_motion="reduce")
    made = Visit(page)
    page.on("request", lambda asked: made.requests.append(asked.url))
    page.on("console", lambda said: made.complaints.append(said.text) if said.type != "log" else None)
    page.on("pageerror", lambda error: made.complaints.append(str(error)))
    page.on("dialog", lambda dialog: made.complaints.append(dialog.message) or dialog.dismiss())
    yield made
    page.close()
