"""Signing in."""

import functools
from asyncio import get_running_loop
from typing import Annotated

import msgspec
from litestar import Request, Router, get, post
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.params import JSONBody

from scheduling_core import HostId
from scheduling_web.accounts import AccessTokens, Accounts, User
from scheduling_web.accounts.passwords import LONGEST_PASSWORD
from scheduling_web.accounts.tokens import LIFETIME
from scheduling_web.api.authentication import PUBLIC, SECURITY
from scheduling_web.api.bodies import Strict
from scheduling_web.api.problems import documented


class Credentials(msgspec.Struct, frozen=True):
    """A username and its password."""

    username: Annotated[str, msgspec.Meta(min_length=1, max_length=200, examples=["ann"])]
    password: Annotated[str, msgspec.Meta(max_length=LONGEST_PASSWORD)]


class Grant(msgspec.Struct, frozen=True):
    """A token, to be sent as `Authorization: Bearer ...` for the seconds that it lasts."""

    access_token: str
    token_type: str
    expires_in: int


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
    responses=documented(401, 413, 415, 503),
)
async def login(
    data: JSONBody[Credentials],
    request: Request[None, None, State],
    accounts: NamedDependency[Accounts],
    tokens: NamedDependency[AccessTokens],
) -> Grant:
    """Return an access token for a username and a password."""
    # Passwords have threads of their own, as many as are hashed at a time: whoever waits for a turn keeps
    # none of those busy that the other requests need.
    sign_in = functools.partial(accounts.sign_in, data.username, data.password)
    user = await get_running_loop().run_in_executor(request.app.state.password_threads, sign_in)
    return Grant(tokens.issue(user.id), "Bearer", int(LIFETIME.total_seconds()))


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


router = Router("/api/auth", route_handlers=[login, get_me], tags=["Signing in"])
