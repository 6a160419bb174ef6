"""Access tokens: short-lived, signed with one key and one algorithm (RFC 8725, RFC 9068).

PyJWT checks the signature, and everything else is checked here against one strict shape: left to itself
it takes a token without an end, one that ends in 10**40 seconds or at "soon", and one of another kind.
"""

import datetime as dt
from collections.abc import Callable

import jwt
import msgspec

from scheduling_web.accounts.errors import Unauthenticated
from scheduling_web.setting_values import Secret

LIFETIME = dt.timedelta(minutes=15)
CLOCKS_DIFFER = dt.timedelta(seconds=30)
"""How far ahead the clock of another process of ours may be. A token's end is not stretched by it."""

LONGEST_TOKEN = 4096
_ALGORITHM = "HS256"
_HEADER = {"alg": _ALGORITHM, "typ": "at+jwt"}
_ISSUER = "scheduling-web"
_AUDIENCE = "scheduling-web/api"
_KIND = "access"


class _Claims(msgspec.Struct, forbid_unknown_fields=True):
    iss: str
    aud: str
    sub: str
    iat: int
    exp: int
    jti: str
    typ: str


class AccessTokens:
    """Makes access tokens and reads them back."""

    def __init__(
        self, secret: Secret, *, clock: Callable[[], dt.datetime], new_id: Callable[[], str]
    ) -> None:
        self._key = secret.value
        self._clock = clock
        self._new_id = new_id

    def issue(self, user_id: str) -> str:
        """Return a token for a user, good for LIFETIME."""
        now = int(self._clock().timestamp())
        claims = {
            "iss": _ISSUER,
            "aud": _AUDIENCE,
            "sub": user_id,
            "iat": now,
            "exp": now + int(LIFETIME.total_seconds()),
            "jti": self._new_id(),
            "typ": _KIND,
        }
        return jwt.encode(claims, self._key, _ALGORITHM, headers=_HEADER)

    def read(self, token: str) -> str:
        """Return the id of the user that a token was made for; raises Unauthenticated."""
        claims = self._verified(token)
        now = self._clock().timestamp()
        ours = (claims.iss, claims.aud, claims.typ) == (_ISSUER, _AUDIENCE, _KIND)
        begun = claims.iat <= now + CLOCKS_DIFFER.total_seconds()
        short = claims.exp - claims.iat <= LIFETIME.total_seconds()
        if not (ours and begun and short and now < claims.exp):
            raise Unauthenticated
        return claims.sub

    def _verified(self, token: str) -> _Claims:
        if len(token) > LONGEST_TOKEN or not token.isascii():
            raise Unauthenticated
        try:
            parts = jwt.decode_complete(
                token,
                self._key,
                algorithms=[_ALGORITHM],
                # Checked by hand: PyJWT asks the clock of the machine, and takes what is left out for right.
                options={
                    "verify_exp": False,
                    "verify_iat": False,
                    "verify_nbf": False,
                    "verify_aud": False,
                    "verify_iss": False,
                },
            )
            claims = msgspec.convert(parts["payload"], _Claims, strict=True)
        except (jwt.PyJWTError, msgspec.ValidationError, ValueError, RecursionError):
            raise Unauthenticated from None
        if parts["header"] != _HEADER:
            raise Unauthenticated
        return claims
