"""Errors at the edge: HTTP status and exit code of each error of the domain, as tables."""

from __future__ import annotations

from surveys import errors

STATUS: dict[type[errors.MankongError], int] = {
    errors.NotFound: 404,
    errors.Refused: 409,
    errors.Outdated: 412,
    errors.FileRefused: 422,
    errors.NotAllowed: 403,
    errors.StoreUnavailable: 503,
    errors.MankongError: 400,
}
EXIT: dict[type[errors.MankongError], int] = {
    errors.NotFound: 2,
    errors.Refused: 2,
    errors.FileRefused: 4,
    errors.NotAllowed: 5,
    errors.StoreUnavailable: 6,
    errors.MankongError: 1,
}


def of(error: errors.MankongError, table: dict[type[errors.MankongError], int]) -> int:
    """Look an error up in a table, by its class or the nearest above it."""
    return next(table[kind] for kind in type(error).__mro__ if kind in table)
