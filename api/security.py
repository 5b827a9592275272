"""What protects every answer: a nonce policy for scripts, headers, and a look at where a request comes from."""

from __future__ import annotations

import secrets
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "X-Frame-Options": "SAMEORIGIN",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "geolocation=(self), camera=(), microphone=()",
}
LOCAL_HOSTS = frozenset({"127.0.0.1", "localhost", "::1"})


def policy(nonce: str) -> str:
    """Return the content security policy of a page: our own files, and scripts with its nonce."""
    return (
        f"default-src 'self'; script-src 'nonce-{nonce}'; style-src 'self' 'unsafe-inline'; "
        "img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self'; object-src 'none'; "
        "base-uri 'none'; form-action 'self'; frame-ancestors 'self'"
    )


class Protection:
    """ASGI middleware: refuses foreign hosts and cross-site writes, and adds the protecting headers."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        nonce = secrets.token_urlsafe(18)
        scope.setdefault("state", {})["nonce"] = nonce
        refusal = _refusal(scope["method"], Headers(scope=scope))
        answer: ASGIApp = PlainTextResponse(refusal, 403) if refusal else self.app

        async def protect(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in _HEADERS.items():
                    headers.setdefault(name, value)
                headers.setdefault("Content-Security-Policy", policy(nonce))
                headers.setdefault("Cache-Control", "no-cache" if _static(scope) else "no-store")
            await send(message)

        await answer(scope, receive, protect)


def _static(scope: Scope) -> bool:
    """Tell whether an answer is a file of ours that is the same for everybody, to be kept and asked after."""
    return str(scope["path"]).startswith("/static/")


def _refusal(method: str, headers: Headers) -> str | None:
    """Say why a request is refused: another host's name, or a write that another site sent."""
    host = headers.get("host", "")
    if _parts(f"//{host}")[1] not in LOCAL_HOSTS:
        return "This server answers on this machine only."
    origin = headers.get("origin")
    foreign = (origin and _parts(origin)[0] != host) or headers.get("sec-fetch-site") == "cross-site"
    return "This request came from another site." if method not in _SAFE and foreign else None


def _parts(address: str) -> tuple[str, str | None]:
    """Return the host of an address with its port and alone; nobody's where it is no address."""
    try:
        found = urlsplit(address)
        return found.netloc, found.hostname
    except ValueError:
        # A bracket that does not close.
        return "", None
