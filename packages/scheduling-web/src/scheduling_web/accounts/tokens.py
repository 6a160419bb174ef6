"""The two kinds of token: a short one for every request (RFC 9068), and one to renew it with."""

import datetime as dt
from collections.abc import Callable, Sequence

import attrs

from scheduling_web.accounts.errors import SessionEnded, Unauthenticated
from scheduling_web.accounts.sessions import IDLE, Session
from scheduling_web.accounts.signing import Claims, Signer
from scheduling_web.setting_values import Secret

LIFETIME = dt.timedelta(minutes=15)
"""Of an access token."""


class _Access(Claims, forbid_unknown_fields=True, kw_only=True):
    sub: str
    sid: str
    jti: str


class _Refresh(Claims, forbid_unknown_fields=True, kw_only=True):
    sid: str
    generation: int


@attrs.frozen
class Access:
    """Whose requests a token is for, and of which session."""

    user_id: str
    session_id: str


class AccessTokens:
    """Makes access tokens with the first of some keys, and reads back those of any of them."""

    def __init__(
        self, secrets: Sequence[Secret], *, clock: Callable[[], dt.datetime], new_id: Callable[[], str]
    ) -> None:
        self._signer = Signer(
            secrets, _Access, media_type="at+jwt", kind="access", longest=LIFETIME, clock=clock
        )
        self._clock = clock
        self._new_id = new_id

    def issue(self, access: Access) -> str:
        """Return a token that is good for LIFETIME, as long as the session does not end."""
        now = int(self._clock().timestamp())
        about = {"sub": access.user_id, "sid": access.session_id, "jti": self._new_id()}
        return self._signer.sign(now, now + int(LIFETIME.total_seconds()), about)

    def read(self, token: str) -> Access:
        """Return what a token was made for; raises Unauthenticated."""
        claims = self._signer.read(token)
        if claims is None:
            raise Unauthenticated
        return Access(claims.sub, claims.sid)


class RefreshTokens:
    """Makes refresh tokens with the first of some keys, and reads back those of any of them.

    A token says how often its session had been renewed, and nothing in it is left to chance: whoever asks
    again for a token whose answer got lost is given the same one.
    """

    def __init__(self, secrets: Sequence[Secret], *, clock: Callable[[], dt.datetime]) -> None:
        self._signer = Signer(
            secrets, _Refresh, media_type="rt+jwt", kind="refresh", longest=IDLE, clock=clock
        )

    def issue(self, session: Session) -> str:
        """Return the token that renews a session next."""
        made, ends = int(session.renewed_at.timestamp()), int(session.idle_at.timestamp())
        return self._signer.sign(made, ends, {"sid": session.id, "generation": session.generation})

    def read(self, token: str) -> tuple[str, int]:
        """Return the id of the session and its generation then; raises SessionEnded."""
        claims = self._signer.read(token)
        if claims is None:
            raise SessionEnded
        return claims.sid, claims.generation
