"""The requests that the upload page and its scripts send, and what a person sees of the answers."""

from __future__ import annotations

import html
import http.client
import re
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

# The page asks for progress this often, in seconds.
_PACE = 0.5
# How long a file may take, in seconds.
_PATIENCE = 3600
_BOUNDARY = "----mankong-benchmark"
_CHUNK = 1 << 20


@dataclass(frozen=True)
class Answer:
    """An answer of the server."""

    status: int
    headers: http.client.HTTPMessage
    text: str


@dataclass(frozen=True)
class Browser:
    """A person at the pages of a server, in English."""

    port: int

    @property
    def _headers(self) -> dict[str, str]:
        return {"Accept": "text/html", "Origin": f"http://127.0.0.1:{self.port}", "Cookie": "mankong_lang=en"}

    def ask(self, method: str, address: str, *, htmx: bool = False) -> Answer:
        """Ask as a browser would, or as the script of its page."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=_PATIENCE)
        try:
            headers = self._headers | ({"HX-Request": "true"} if htmx else {})
            connection.request(method, address, headers=headers)
            answer = connection.getresponse()
            return Answer(answer.status, answer.headers, answer.read().decode("utf-8"))
        finally:
            connection.close()

    def led(self, answer: Answer, header: str = "Location") -> str:
        """Return where an answer leads.

        Raises
        ------
        SystemExit
            If it leads nowhere: the server says something else than its page expects.
        """
        if header not in answer.headers:
            raise SystemExit(f"HTTP {answer.status} without {header}: {plain(answer.text)[:500]}")
        return str(answer.headers[header])

    def send(self, form: str, file: Path, part: float = 1.0) -> str:
        """Send a file to the address of a form as its script does; return where it leads, "" after a part of it."""
        head = f'--{_BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="{file.name}"\r\n\r\n'.encode()
        tail = f"\r\n--{_BOUNDARY}--\r\n".encode()
        size = file.stat().st_size
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=_PATIENCE)
        try:
            connection.putrequest("POST", form)
            length = str(len(head) + size + len(tail))
            kind = f"multipart/form-data; boundary={_BOUNDARY}"
            more = {"Content-Type": kind, "Content-Length": length, "HX-Request": "true"}
            for name, value in (self._headers | more).items():
                connection.putheader(name, value)
            connection.endheaders(head)
            for chunk in _chunks(file, int(size * part)):
                connection.send(chunk)
            if part < 1:
                return ""
            connection.send(tail)
            answer = connection.getresponse()
            return self.led(Answer(answer.status, answer.headers, answer.read().decode()), "HX-Redirect")
        finally:
            connection.close()


def _chunks(file: Path, size: int) -> Iterator[bytes]:
    """Read the first bytes of a file, piece by piece."""
    with file.open("rb") as stream:
        while size > 0 and (chunk := stream.read(min(_CHUNK, size))):
            size -= len(chunk)
            yield chunk


def plain(page: str) -> str:
    """Return what a person reads of a page."""
    text = re.sub(r"<(style|script).*?</\1>|<!--.*?-->|<[^>]*>", " ", page, flags=re.DOTALL)
    return " ".join(html.unescape(text).split())


@dataclass
class Followed:
    """What a person saw of a job: the steps of its progress, and the longest time without a new one."""

    steps: list[str] = field(default_factory=list)
    longest: float = 0.0

    def told(self) -> str:
        """Say how many steps there were of what, each with the last of it, and the longest time without one."""
        of = Counter(step.partition(" · ")[0] for step in self.steps)
        last = {step.partition(" · ")[0]: step for step in self.steps}
        said = "; ".join(f"{count} x “{last[name]}”" for name, count in of.items())
        return f"{len(self.steps)} steps of progress ({said}), at most {self.longest:.1f} s without a new one"


def follow(
    browser: Browser, page: str, awaited: Callable[[str], bool] = lambda _step: False
) -> tuple[Followed, bool]:
    """Follow the progress of a job as its page does, until it has ended (True) or a step is the one awaited.

    Raises
    ------
    SystemExit
        If it does not end, or its progress is not told.
    """
    seen, began, last = Followed(), time.monotonic(), time.monotonic()
    if browser.ask("GET", page).status != 200:
        return seen, True  # it has ended and leads on
    while time.monotonic() - began < _PATIENCE:
        time.sleep(_PACE)
        answer = browser.ask("GET", f"{page}/progress", htmx=True)
        now = time.monotonic()
        seen.longest = max(seen.longest, now - last)
        if answer.status == 204 and answer.headers["HX-Refresh"] == "true":
            return seen, True
        if answer.status != 200:
            raise SystemExit(f"{page}/progress: HTTP {answer.status}: {plain(answer.text)[:500]}")
        step = plain(answer.text)
        if step not in seen.steps:
            seen.steps.append(step)
            last = now
        if awaited(step):
            return seen, False
    raise SystemExit(f"{page} has not ended")
