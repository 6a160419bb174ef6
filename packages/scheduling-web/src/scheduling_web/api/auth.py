"""Signing in, staying so, and signing out."""

import contextlib
import functools
from asyncio import get_running_loop
from collections.abc import Callable
from typing import Annotated, Any, Literal

import msgspec
from litestar import Request, Response, Router, get, post
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.params import JSONBody

from scheduling_core import HostId
from scheduling_web.accounts import Accounts, Session, SessionEnded, Unauthenticated, User
from scheduling_web.accounts.passwords import LONGEST_PASSWORD, SHORTEST_PASSWORD
from scheduling_web.accounts.signing import LONGEST_TOKEN
from scheduling_web.api.addresses import Addresses
from scheduling_web.api.authentication import COOKIE_SECURITY, PUBLIC, SECURITY, find_token
from scheduling_web.api.bodies import Strict
from scheduling_web.api.document import BodyOptional
from scheduling_web.api.grants import Grant, Grants
from scheduling_web.api.problems import documented
from scheduling_web.api.refresh_cookies import SET_COOKIE


class Credentials(msgspec.Struct, frozen=True):
    """A username and its password; programs ask for the refresh token in the body, pages in a cookie."""

    username: Annotated[str, msgspec.Meta(min_length=1, max_length=200, examples=["ann"])]
    password: Annotated[str, msgspec.Meta(max_length=LONGEST_PASSWORD)]
    refresh: Literal["cookie", "body"] = "cookie"


class Renewal(msgspec.Struct, frozen=True):
    """The refresh token that was given last."""

    refresh_token: Annotated[str, msgspec.Meta(max_length=LONGEST_TOKEN)]


class PasswordChange(msgspec.Struct, frozen=True):
    """The password that there is, and another one; and where the new refresh token shall be."""

    current_password: Annotated[str, msgspec.Meta(max_length=LONGEST_PASSWORD)]
    new_password: Annotated[str, msgspec.Meta(min_length=SHORTEST_PASSWORD, max_length=LONGEST_PASSWORD)]
    refresh: Literal["cookie", "body"] = "cookie"


class Me(msgspec.Struct, frozen=True):
    """Who is signed in; the id is that of the host whose agenda this is."""

    id: HostId
    username: str


@post(
    "/login",
    operation_id="login",
    summary="Sign in",
    dto=Strict[Credentials],
    return_dto=None,
    status_code=200,
    opt=PUBLIC,
    response_headers=[SET_COOKIE],
    responses=documented("invalid-credentials", 413, 415, "too-many-attempts", 503),
)
async def login(
    data: JSONBody[Credentials],
    request: Request[Any, Any, State],
    accounts: NamedDependency[Accounts],
    addresses: NamedDependency[Addresses],
    grants: NamedDependency[Grants],
) -> Response[Grant]:
    """Return an access token for a username and a password, and what it is renewed with.

    That is a cookie for the pages, or with `"refresh": "body"` the `refresh_token` in the answer.
    """

    def sign_in() -> Session:
        user = accounts.sign_in(data.username, data.password, address=addresses.find(request))
        return accounts.open_session(user)

    session = await _in_turn(request, sign_in)
    return grants.answer(session, in_body=data.refresh == "body")


@post(
    "/refresh",
    operation_id="refresh",
    summary="Stay signed in",
    dto=Strict[Renewal],
    return_dto=None,
    status_code=200,
    opt=PUBLIC,
    security=COOKIE_SECURITY,
    operation_class=BodyOptional,
    sync_to_thread=True,
    response_headers=[SET_COOKIE],
    responses=documented("session-ended", "foreign-origin", 413, 415, 503),
)
def refresh(
    request: Request[Any, Any, Any],
    accounts: NamedDependency[Accounts],
    grants: NamedDependency[Grants],
    data: JSONBody[Renewal | None] = None,
) -> Response[Grant]:
    """Return a new access token for the refresh token in the body, or else in the cookie.

    The refresh token is replaced as well, wherever it came from. It can be used again for ten seconds, and
    gives the same new one, in case the answer got lost. Later it ends the session, for everybody: somebody
    has kept a copy. A request with the cookie must come from a page of the service itself (`Origin`).
    """
    token = grants.cookies.read(request) if data is None else data.refresh_token
    if token is None:
        raise SessionEnded
    session = accounts.renew_session(*grants.refresh.read(token))
    return grants.answer(session, in_body=data is not None)


@post(
    "/logout",
    operation_id="logout",
    summary="Sign out",
    dto=Strict[Renewal],
    return_dto=None,
    status_code=204,
    opt=PUBLIC,
    security=[*SECURITY, *COOKIE_SECURITY],
    operation_class=BodyOptional,
    sync_to_thread=True,
    response_description="Signed out",
    response_headers=[SET_COOKIE],
    responses=documented("foreign-origin", 413, 415, 503),
)
def logout(
    request: Request[Any, Any, Any],
    accounts: NamedDependency[Accounts],
    grants: NamedDependency[Grants],
    data: JSONBody[Renewal | None] = None,
) -> Response[None]:
    """End the session of the access token, of the refresh token in the body and of that in the cookie.

    All their tokens are refused from now on. Without any, or with some that are not good any more, there is
    nothing to do, and that is no error.

    The cookie counts where a page of the service itself sends it (`Origin`), and is taken back there. From
    elsewhere it is ignored beside a good token; without one, what another site sends is refused.
    """
    named = _find_sessions(request, grants, data)
    if not named:
        grants.cookies.refuse_foreign(request)
    by_page = grants.cookies.is_from_page(request)
    kept = _session_of(grants, grants.cookies.read(request)) if by_page else set()
    for session_id in named | kept:
        accounts.end_session(session_id)
    return Response(None, cookies=[grants.cookies.expire()] if by_page else [])


@post(
    "/password",
    operation_id="changePassword",
    summary="Change the password",
    dto=Strict[PasswordChange],
    return_dto=None,
    status_code=200,
    security=SECURITY,
    response_headers=[SET_COOKIE],
    responses=documented(401, 413, 415, 429, "too-many-attempts", 503),
)
async def change_password(
    data: JSONBody[PasswordChange],
    request: Request[User, Any, State],
    accounts: NamedDependency[Accounts],
    addresses: NamedDependency[Addresses],
    grants: NamedDependency[Grants],
) -> Response[Grant]:
    """Exchange the password for another.

    All sessions of the user end at once, also that of the request: it is answered like a sign-in.
    """
    change = functools.partial(
        accounts.change_password,
        request.user,
        data.current_password,
        data.new_password,
        address=addresses.find(request),
    )
    session = await _in_turn(request, change)
    return grants.answer(session, in_body=data.refresh == "body")


@get(
    "/me",
    operation_id="getMe",
    summary="Who am I",
    sync_to_thread=False,
    security=SECURITY,
    responses=documented(401, 503),
)
def get_me(user: NamedDependency[User]) -> Me:
    """Return who the token was made for."""
    return Me(user.id, user.username)


router = Router(
    "/api/auth", route_handlers=[login, refresh, logout, change_password, get_me], tags=["Signing in"]
)


async def _in_turn(request: Request[Any, Any, State], work: Callable[[], Session]) -> Session:
    """Do what hashes passwords.

    That has threads of its own, as many as are hashed at a time: whoever waits for a turn keeps none of those
    busy that the other requests need.
    """
    return await get_running_loop().run_in_executor(request.app.state.password_threads, work)


def _find_sessions(request: Request[Any, Any, Any], grants: Grants, data: Renewal | None) -> set[str]:
    """Return the ids of the sessions that a request names by a good token, other than in the cookie."""
    found = set() if data is None else _session_of(grants, data.refresh_token)
    with contextlib.suppress(Unauthenticated):
        found.add(grants.access.read(find_token(request.scope)).session_id)
    return found


def _session_of(grants: Grants, token: str | None) -> set[str]:
    """Return the id of the session that a refresh token is of, if it is a good one."""
    if token is None:
        return set()
    try:
        return {grants.refresh.read(token)[0]}
    except SessionEnded:
        return set()
