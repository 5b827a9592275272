"""The documentation of the interface, from our own files, and whether the server can work."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, JSONResponse, Response
from jinja2 import Environment

from api.context import StoreDep
from api.operation import ApiRoute
from api.schemas import Health
from maps.assets import FILES
from surveys.errors import StoreUnavailable

router = APIRouter(route_class=ApiRoute)

_PAGE = Environment(autoescape=True).from_string("""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{{ title }}</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/static/vendor/{{ css }}">
</head>
<body>
<div id="docs"></div>
<script nonce="{{ nonce }}" src="/static/vendor/{{ js }}"></script>
<script nonce="{{ nonce }}">
SwaggerUIBundle({
  url: "{{ url }}", dom_id: "#docs", deepLinking: true, validatorUrl: null, tryItOutEnabled: true,
  presets: [SwaggerUIBundle.presets.apis], layout: "BaseLayout",
});
</script>
</body>
</html>
""")


@router.get("/docs", include_in_schema=False)
def documentation(request: Request) -> HTMLResponse:
    """Show the documentation of the interface; everything it loads is ours."""
    return HTMLResponse(
        _PAGE.render(
            title=f"{request.app.title} API",
            css=FILES["swagger-ui.css"],
            js=FILES["swagger-ui.js"],
            nonce=request.state.nonce,
            url=request.app.openapi_url,
        )
    )


@router.get(
    "/healthz",
    operation_id="health",
    tags=["server"],
    summary="Whether the server can do its work",
    response_model=Health,
    responses={503: {"model": Health, "description": "The store cannot be read."}},
)
def health(request: Request, store: StoreDep) -> Response | Health:
    """Read from the store; a store that cannot be read is 503."""
    version = request.app.version
    try:
        store.networks()
    except StoreUnavailable:
        answer = Health(status="unavailable", store="unavailable", version=version)
        return JSONResponse(answer.model_dump(), 503, headers={"Retry-After": "5"})
    return Health(status="ok", store="ok", version=version)
