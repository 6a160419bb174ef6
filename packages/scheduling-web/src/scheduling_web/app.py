"""The service, put together from its parts; what it works on is held open by `resources`."""

import datetime as dt
from asyncio import get_running_loop
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from importlib.metadata import version
from typing import Any

from litestar import Litestar, Request
from litestar.di import NamedDependency, Provide

from scheduling_calcom import read_hint, verify
from scheduling_core import InvalidValue, Scheduler, system
from scheduling_core.ports import Storage
from scheduling_core.sync import Hint
from scheduling_web import logs
from scheduling_web.accounts import AccessTokens, Accounts, RefreshTokens, User
from scheduling_web.accounts.passwords import AT_A_TIME
from scheduling_web.api import (
    appointment_types,
    appointments,
    auth,
    availability,
    document,
    feeds,
    health,
    pages,
    slots,
    sync,
    webhooks,
)
from scheduling_web.api.addresses import Addresses
from scheduling_web.api.authentication import Authentication, current_user
from scheduling_web.api.bodies import LARGEST_BODY
from scheduling_web.api.bundle import Bundle, serve_bundle
from scheduling_web.api.cursors import Cursors
from scheduling_web.api.errors import UnreadableBody, UnverifiedCall
from scheduling_web.api.examples import EXAMPLES
from scheduling_web.api.grants import Grants
from scheduling_web.api.headers import header_writer
from scheduling_web.api.kept_feeds import KeptFeeds
from scheduling_web.api.methods import Methods
from scheduling_web.api.metrics import metrics_router
from scheduling_web.api.other_origins import OtherOrigins
from scheduling_web.api.problems import answer_error
from scheduling_web.api.queries import refuse_repeated
from scheduling_web.api.refresh_cookies import RefreshCookies
from scheduling_web.api.write_limits import WriteLimit
from scheduling_web.metrics import Metrics
from scheduling_web.observing import Observer
from scheduling_web.settings import Settings, require_secrets

HANDLERS = (
    auth.router,
    appointments.router,
    appointment_types.router,
    availability.router,
    slots.router,
    sync.router,
    feeds.router,
    feeds.read_feed,
    webhooks.router,
    health.router,
    pages.router,
)
"""What every service answers, whatever its settings."""


def create_app(
    settings: Settings,
    *,
    storage: Storage,
    accounts: Accounts,
    bundle: Bundle | None = None,
    metrics: Metrics | None = None,
    address: str | None = None,
    clock: Callable[[], dt.datetime] = system.read_clock,
    new_id: Callable[[], str] = system.new_id,
) -> Litestar:
    """Return the service over the given storage and accounts, whose tables are up to date.

    Without a *bundle* there are no pages for people, and everything else. What comes of requests is counted
    in *metrics*, where others may count as well. *address* is where it listens, for links to it where the
    settings do not tell how it is reached from outside.
    Raises InvalidSetting where there is no key to sign tokens with.
    """
    metrics = Metrics() if metrics is None else metrics
    secrets = require_secrets(settings)
    tokens = AccessTokens(secrets, clock=clock, new_id=new_id)
    grants = Grants(tokens, RefreshTokens(secrets, clock=clock), RefreshCookies(settings.public_url))
    scheduler = Scheduler(storage, clock=clock, new_id=new_id)
    app = Litestar(
        route_handlers=[
            *HANDLERS,
            serve_bundle(bundle) if bundle else pages.get_first_page,
            *([] if settings.metrics_token is None else [metrics_router(metrics, settings.metrics_token)]),
        ],
        dependencies={
            "accounts": _provide(accounts),
            "addresses": _provide(Addresses(settings.trusted_proxies)),
            "calls": _provide(_read_calls(settings, clock)),
            "cursors": _provide(Cursors(secrets)),
            "grants": _provide(grants),
            "kept_feeds": _provide(KeptFeeds()),
            "now": Provide(clock, sync_to_thread=False),
            "origin": _provide(feeds.Origin(settings.public_url or address or _usual_address(settings))),
            "scheduler": _provide(scheduler),
            "user": Provide(_current_user, sync_to_thread=False),
        },
        middleware=[Authentication(tokens, accounts, WriteLimit(settings.writes_per_minute, clock))],
        before_request=refuse_repeated,
        before_send=[header_writer(is_https=settings.is_https)],
        exception_handlers={Exception: answer_error},
        lifespan=[hold_threads(settings.threads)],
        openapi_config=document.describe(
            version("scheduling-web"),
            EXAMPLES,
            cookie=grants.cookies.name,
            has_metrics=settings.metrics_token is not None,
        ),
        request_max_body_size=LARGEST_BODY,
        # The framework's own log would show bodies, and what exceptions say; ours stands in `logs`.
        logging_config=None,
        debug=False,
    )
    _surround(app, settings, metrics)
    return app


def _surround(app: Litestar, settings: Settings, metrics: Metrics) -> None:
    """Put around all of it what must see unknown addresses, which no middleware of the router does."""
    listeners = [metrics.count_request, *([logs.report_request] if settings.access_log else [])]
    app.asgi_handler = Methods(app.asgi_handler, app.routes)
    if settings.cors_origins:
        app.asgi_handler = OtherOrigins(app.asgi_handler, settings.cors_origins)
    app.asgi_handler = Observer(app.asgi_handler, listeners)


def _read_calls(settings: Settings, clock: Callable[[], dt.datetime]) -> webhooks.Calls:
    """Return what verifies and reads the calls of Cal.com; without a secret in the settings none is right."""
    secrets = [secret.value.decode() for secret in settings.calcom_webhook_secrets or ()]

    def read_call(body: bytes, signature: str | None) -> Hint | None:
        if not secrets or not verify(body, signature, secrets):
            raise UnverifiedCall
        try:
            return read_hint(body, clock())
        except InvalidValue as error:
            raise UnreadableBody(error.rule) from None

    return webhooks.Calls(read_call)


def _usual_address(settings: Settings) -> str:
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    return f"http://{host}:{settings.port}"


def _current_user(request: Request[User, Any, Any], scheduler: NamedDependency[Scheduler]) -> User:  # noqa: ARG001  See below.
    """Provide the user, and ask for the scheduler to make the framework find one after the other.

    It starts a task for each of several that could be found at a time, which costs more than to find them.
    """
    return current_user(request)


def _provide(value: object) -> Provide:
    """Return a dependency that is there already."""
    return Provide(lambda: value, sync_to_thread=False)


def hold_threads(count: int) -> Callable[[Litestar], AbstractAsyncContextManager[None]]:
    """Return the part of the lifespan that holds the threads: *count* for requests, and a few to hash."""

    @asynccontextmanager
    async def hold(app: Litestar) -> AsyncIterator[None]:
        get_running_loop().set_default_executor(ThreadPoolExecutor(count, "request"))
        with ThreadPoolExecutor(AT_A_TIME, "password") as app.state.password_threads:
            yield

    return hold
