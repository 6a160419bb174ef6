"""The OpenAPI document, as JSON and as YAML; no page that would have to load scripts."""

from dataclasses import dataclass
from typing import Any

from litestar import Request, Response, Router
from litestar.exceptions import NotFoundException
from litestar.openapi.config import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin, YamlRenderPlugin
from litestar.openapi.spec import Components, License, Operation, Reference, RequestBody, SecurityScheme

from scheduling_web.api.authentication import PUBLIC
from scheduling_web.api.completing import Document, Examples, complete

ADDRESS = "/schema"

_DESCRIPTION = """\
See free slots, book them, and be told every reason when a time is refused.

Sign in with `POST /api/auth/login` and send the token as `Authorization: Bearer ...`. Times are RFC 3339
with an offset; without one they are refused. In answers the offset is that of the host's time zone. Every
answer outside of 2xx is `application/problem+json` (RFC 9457), and its `type` leads to an explanation.
"""


@dataclass
class BodyOptional(Operation):
    """An operation whose body may be left out, which the framework documents as required."""

    def __post_init__(self) -> None:
        """Say so."""
        if isinstance(self.request_body, RequestBody):
            self.request_body.required = False


class _Json(JsonRenderPlugin):
    """Serves the document as JSON."""

    def __init__(self, examples: Examples, *, path: str) -> None:
        super().__init__(path=path)
        self._examples = examples

    def render(self, request: Request[Any, Any, Any], openapi_schema: Document) -> bytes:
        """Return the completed document."""
        return super().render(request, complete(openapi_schema, self._examples))


class _Yaml(YamlRenderPlugin):
    """Serves the document as YAML."""

    def __init__(self, examples: Examples, *, path: list[str]) -> None:
        super().__init__(path=path)
        self._examples = examples

    def render(self, request: Request[Any, Any, Any], openapi_schema: Document) -> bytes:
        """Return the completed document."""
        return super().render(request, complete(openapi_schema, self._examples))


def describe(version: str, examples: Examples, *, cookie: str, has_metrics: bool) -> OpenAPIConfig:
    """Return how the document is made and where it stands.

    *examples* are those of whole bodies, and *cookie* is the name of that with the refresh token. Metrics are
    told of only where they are served.
    """
    return OpenAPIConfig(
        title="Scheduling",
        version=version,
        description=_DESCRIPTION,
        license=License(name="MIT", identifier="MIT"),
        components=Components(security_schemes=_schemes(cookie, has_metrics=has_metrics)),
        use_handler_docstrings=True,
        render_plugins=[
            _Json(examples, path="/openapi.json"),
            _Yaml(examples, path=["/openapi.yaml", "/openapi.yml"]),
        ],
        openapi_router=Router(
            ADDRESS,
            route_handlers=[],
            include_in_schema=False,
            opt=PUBLIC,
            after_request=_refuse_foreign_page,
        ),
    )


def _schemes(cookie: str, *, has_metrics: bool) -> dict[str, SecurityScheme | Reference]:
    """Return what shows who sends a request, by the names that the routes have for it."""
    schemes: dict[str, SecurityScheme | Reference] = {
        "bearer": SecurityScheme(type="http", scheme="bearer", bearer_format="JWT"),
        "refreshCookie": SecurityScheme(
            type="apiKey",
            name=cookie,
            security_scheme_in="cookie",
            description="The refresh token of the pages, together with the `Origin` of a page of ours.",
        ),
    }
    if has_metrics:
        words = "The token of the metrics, which is set by whoever runs the service."
        schemes["metricsToken"] = SecurityScheme(type="http", scheme="bearer", description=words)
    return schemes


async def _refuse_foreign_page(response: Response[bytes]) -> Response[bytes]:
    """Leave a 404 to the one table of problems; the framework would answer with a page of its own."""
    if response.status_code == 404:  # noqa: PLR2004  A status code is its own name.
        raise NotFoundException
    return response
