"""The web application: made once from its settings, with its store."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.metadata import version

from fastapi import FastAPI, Request
from fastapi.responses import Response
from fastapi.staticfiles import StaticFiles
from starlette.exceptions import HTTPException

from api import errors
from api.routes import ROUTERS
from api.routes.problem_page import error_answer, http_error
from api.security import Protection
from api.settings import Settings
from maps.assets import VENDOR
from surveys.errors import MankongError, StoreUnavailable
from surveys.jobs import Jobs
from surveys.store.store import Store

DESCRIPTION = "Community mapping and housing survey: records, imports, analyses, proposals of city networks."


def create_app(settings: Settings) -> FastAPI:
    """Make the application; its store is opened at once, so that a wrong one is said at the start.

    Raises
    ------
    StoreUnavailable
        If the store is not there or cannot be used.
    """
    store = Store.open(settings.store)
    Jobs(store).sweep()

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        yield
        store.close()

    app = FastAPI(
        title="Mankong", description=DESCRIPTION, version=version("mankong"), docs_url=None, redoc_url=None,
        openapi_url="/api/v1/openapi.json", lifespan=lifespan,
    )  # fmt: skip
    app.state.settings, app.state.store = settings, store
    app.add_middleware(Protection)
    app.mount("/static/vendor", StaticFiles(directory=VENDOR), name="vendor")
    app.mount("/static", StaticFiles(packages=[("maps", "assets")]), name="static")
    for router in ROUTERS:
        app.include_router(router)
    app.add_exception_handler(MankongError, _answer)
    app.add_exception_handler(HTTPException, http_error)
    app.add_exception_handler(Exception, http_error)
    return app


async def _answer(request: Request, error: Exception) -> Response:
    """Turn an error of the domain into an answer: JSON for programs, a page for people."""
    if not isinstance(error, MankongError):
        raise error
    status = errors.of(error, errors.STATUS)
    answer = error_answer(request, error, error.said, (status, None))
    if isinstance(error, StoreUnavailable):
        answer.headers["Retry-After"] = "5"
    return answer
