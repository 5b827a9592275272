"""Serving the application on this machine: a free port, an address that is printed, workers."""

from __future__ import annotations

import os
import socket

import typer
import uvicorn

from api.app import create_app
from api.settings import Settings
from surveys.errors import NotAllowed
from surveys.words import words

LOCAL = ("127.0.0.1", "localhost", "::1")
_TRIES = 20


def application() -> object:
    """Make the application from the environment (each worker does)."""
    return create_app(Settings())


def run(settings: Settings) -> None:
    """Serve until stopped.

    Raises
    ------
    NotAllowed
        If another host than this machine is asked for: there are no accounts yet.
    """
    if settings.host not in LOCAL:
        raise NotAllowed(
            words("ยังไม่มีบัญชีผู้ใช้ จึงให้บริการเฉพาะเครื่องนี้ (127.0.0.1)",
                  f"There are no accounts yet, so only this machine is served (127.0.0.1), not {settings.host}.")
        )  # fmt: skip
    create_app(settings).state.store.close()
    port = _free_port(settings.host, settings.port)
    if port != settings.port:
        typer.echo(
            f"พอร์ต {settings.port} ไม่ว่าง ใช้ {port} แทน / port {settings.port} is busy, {port} is taken"
        )
    typer.echo(f"มั่นคง / Mankong: http://{settings.host}:{port}", color=None)
    for name, value in settings.model_dump().items():
        os.environ[f"MANKONG_{name.upper()}"] = str(value)
    uvicorn.run(
        "api.server:application", factory=True, host=settings.host, port=port, workers=settings.workers,
        log_level="warning", server_header=False,
    )  # fmt: skip


def _free_port(host: str, wanted: int) -> int:
    """Return the wanted port, or the next one that is free."""
    for port in range(wanted, wanted + _TRIES):
        with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
            except OSError:
                continue
            return port
    raise NotAllowed(words(f"ไม่มีพอร์ตว่างตั้งแต่ {wanted}", f"No port from {wanted} on is free."))
