"""What a sign-in and a renewal give: an access token, and a refresh token in a cookie or in the body."""

import attrs
import msgspec
from litestar import Response
from msgspec import UNSET, UnsetType

from scheduling_web.accounts import Access, AccessTokens, RefreshTokens, Session
from scheduling_web.accounts.tokens import LIFETIME
from scheduling_web.api.refresh_cookies import RefreshCookies


class Grant(msgspec.Struct, omit_defaults=True, frozen=True):
    """A token, to be sent as `Authorization: Bearer ...` for the seconds that it lasts.

    A `refresh_token` comes where it was asked for in the body; else it is in a cookie.
    """

    access_token: str
    token_type: str
    expires_in: int
    refresh_token: str | UnsetType = UNSET


@attrs.frozen
class Grants:
    """How tokens are given out and taken back."""

    access: AccessTokens
    refresh: RefreshTokens
    cookies: RefreshCookies

    def answer(self, session: Session, *, in_body: bool) -> Response[Grant]:
        """Return the answer that gives a session its tokens."""
        token = self.refresh.issue(session)
        grant = Grant(
            self.access.issue(Access(session.user_id, session.id)),
            "Bearer",
            int(LIFETIME.total_seconds()),
            token if in_body else UNSET,
        )
        return Response(grant, cookies=[] if in_body else [self.cookies.make(session, token)])
