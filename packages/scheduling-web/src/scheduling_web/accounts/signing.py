"""What all our tokens have in common: a key, one algorithm, and for each kind one strict shape (RFC 8725).

PyJWT checks the signature, and everything else is checked here against the shape of the kind: left to itself
it takes a token without an end, one that ends in 10**40 seconds or at "soon", and one of another kind.
"""

import datetime as dt
import hmac
from collections.abc import Callable, Mapping, Sequence
from typing import Generic, TypeVar

import jwt
import msgspec

from scheduling_web.setting_values import Secret

CLOCKS_DIFFER = dt.timedelta(seconds=30)
"""How far ahead the clock of another process of ours may be. A token's end is not stretched by it."""

LONGEST_TOKEN = 4096
_ALGORITHM = "HS256"
_ISSUER = "scheduling-web"
_NAMING = b"scheduling-web/kid"


class Claims(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """What every token says; each kind adds what it is about."""

    iss: str
    aud: str
    typ: str
    iat: int
    exp: int


C = TypeVar("C", bound=Claims)


class Signer(Generic[C]):
    """Signs tokens of one kind with the first of some keys, and reads back what any of them signed.

    A token says of which kind it is in its header and twice in its claims, and no two kinds have the same
    claims, so that none can be taken for one of another. It also names its key (`kid`), and only the given
    ones have a name here.
    """

    def __init__(
        self,
        secrets: Sequence[Secret],
        shape: type[C],
        *,
        media_type: str,
        kind: str,
        longest: dt.timedelta,
        clock: Callable[[], dt.datetime],
    ) -> None:
        self._keys = {_name(secret): secret.value for secret in secrets}
        self._signing = _name(secrets[0])
        self._shape = shape
        self._header = {"alg": _ALGORITHM, "typ": media_type}
        self._named = {"iss": _ISSUER, "aud": f"{_ISSUER}/{kind}", "typ": kind}
        self._longest = longest.total_seconds()
        self._clock = clock

    def sign(self, iat: int, exp: int, about: Mapping[str, str | int]) -> str:
        """Return a token that is good from *iat* to *exp*, in seconds since 1970."""
        claims = {**self._named, "iat": iat, "exp": exp, **about}
        header = {**self._header, "kid": self._signing}
        return jwt.encode(claims, self._keys[self._signing], _ALGORITHM, headers=header)

    def read(self, token: str) -> C | None:
        """Return what a token says that is one of ours, of this kind, and good now."""
        claims = self._verified(token)
        if claims is None:
            return None
        now = self._clock().timestamp()
        ours = {"iss": claims.iss, "aud": claims.aud, "typ": claims.typ} == self._named
        begun = claims.iat <= now + CLOCKS_DIFFER.total_seconds()
        short = claims.exp - claims.iat <= self._longest
        return claims if ours and begun and short and now < claims.exp else None

    def _verified(self, token: str) -> C | None:
        if len(token) > LONGEST_TOKEN or not token.isascii():
            return None
        try:
            kid = jwt.get_unverified_header(token).get("kid")
            if kid not in self._keys:
                return None
            parts = jwt.decode_complete(
                token,
                self._keys[kid],
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
            claims = msgspec.convert(parts["payload"], self._shape, strict=True)
        except (jwt.PyJWTError, msgspec.ValidationError, ValueError, RecursionError):
            return None
        return claims if parts["header"] == {**self._header, "kid": kid} else None


def _name(secret: Secret) -> str:
    """Return what a key is called where everybody can read it, and what does not tell it."""
    return hmac.digest(secret.value, _NAMING, "sha256").hex()[:16]
