"""What Prometheus reads, for those who know the token."""

import hmac
from typing import Any

from litestar import Request, Response, Router, get
from litestar.datastructures import State

from scheduling_web.accounts import Unauthenticated
from scheduling_web.api.authentication import METRICS_SECURITY, PUBLIC, find_token
from scheduling_web.api.problems import documented
from scheduling_web.metrics import Metrics
from scheduling_web.setting_values import Secret

MEDIA_TYPE = "text/plain; version=0.0.4; charset=utf-8"


def metrics_router(metrics: Metrics, token: Secret) -> Router:
    """Return the route that tells what was counted to those who send the *token*.

    It is there only where a token is set, so that nobody finds out that there could be one.
    """

    @get(
        operation_id="getMetrics",
        summary="Read what was counted",
        media_type=MEDIA_TYPE,
        sync_to_thread=True,
        security=METRICS_SECURITY,
        responses=documented(401),
    )
    def get_metrics(request: Request[Any, Any, State]) -> Response[bytes]:
        """Return the counters as text, in the format of Prometheus."""
        if not hmac.compare_digest(find_token(request.scope).encode(), token.value):
            raise Unauthenticated
        return Response(metrics.write(), media_type=MEDIA_TYPE)

    return Router("/metrics", route_handlers=[get_metrics], tags=["Operations"], opt=PUBLIC)
