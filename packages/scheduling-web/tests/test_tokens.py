"""Access tokens: whatever is not exactly one of ours, now, is refused."""

import base64
import datetime as dt
import hashlib
import hmac
import json
from typing import Any

import pytest

from scheduling_web.accounts import Access, AccessTokens, Unauthenticated
from scheduling_web.setting_values import Secret

KEY = b"k" * 32
NOW = dt.datetime(2030, 1, 7, 8, tzinfo=dt.UTC)
SECONDS = int(NOW.timestamp())
KID = hmac.digest(KEY, b"scheduling-web/kid", "sha256").hex()[:16]
HEADER = {"alg": "HS256", "typ": "at+jwt", "kid": KID}
CLAIMS = {
    "iss": "scheduling-web",
    "aud": "scheduling-web/access",
    "sub": "ann",
    "sid": "s",
    "iat": SECONDS,
    "exp": SECONDS + 900,
    "jti": "1",
    "typ": "access",
}
GONE = "<gone>"
ANN = Access("ann", "s")


def tokens(now: dt.datetime = NOW, *keys: bytes) -> AccessTokens:
    """Return the reader and writer of tokens at some time."""
    return AccessTokens([Secret(key) for key in keys or (KEY,)], clock=lambda: now, new_id=lambda: "1")


def encode(part: object) -> str:
    """Write a part of a token."""
    text = part if isinstance(part, str) else json.dumps(part)
    return base64.urlsafe_b64encode(text.encode()).rstrip(b"=").decode()


def sign(header: object, claims: object, key: bytes = KEY, algorithm: str = "sha256") -> str:
    """Make a token by hand, as somebody with the key could."""
    signed = f"{encode(header)}.{encode(claims)}"
    digest = hmac.digest(key, signed.encode(), algorithm)
    return f"{signed}.{base64.urlsafe_b64encode(digest).rstrip(b'=').decode()}"


def changed(base: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    """Return a copy with some members changed or gone."""
    return {name: value for name, value in {**base, **changes}.items() if value is not GONE}


def test_a_token_names_its_user_for_fifteen_minutes() -> None:
    """A token is good from the second it is made to the second before its end."""
    token = tokens().issue(ANN)
    for age in (0, 1, 899):
        assert tokens(NOW + dt.timedelta(seconds=age)).read(token) == ANN


def test_a_token_of_this_shape_is_taken() -> None:
    """What the other tests change one thing of is itself in order."""
    assert tokens().read(sign(HEADER, CLAIMS)) == ANN


@pytest.mark.parametrize("age", [900, 901, 929, 931, 10**6])
def test_an_expired_token_is_refused(age: int) -> None:
    """The end is not stretched by the allowance for clocks that differ."""
    token = tokens().issue(ANN)
    with pytest.raises(Unauthenticated):
        tokens(NOW + dt.timedelta(seconds=age)).read(token)


def test_the_clock_of_another_process_may_be_half_a_minute_ahead() -> None:
    """A token from 30 seconds in the future is taken, and one from further on is not."""
    token = tokens(NOW + dt.timedelta(seconds=30)).issue(ANN)
    assert tokens().read(token) == ANN
    with pytest.raises(Unauthenticated):
        tokens(NOW - dt.timedelta(seconds=1)).read(token)


@pytest.mark.parametrize(
    "header",
    [
        {"alg": "none"},
        {"alg": "HS512"},
        {"alg": "RS256"},
        {"alg": GONE},
        {"typ": "JWT"},
        {"typ": "rt+jwt"},
        {"typ": GONE},
        {"kid": "1"},
        {"kid": GONE},
        {"kid": None},
        {"kid": [KID]},
        {"kid": {KID: KID}},
        {"kid": KID.upper()},
        {"crit": ["exp"]},
        {"crit": ["unknown"], "unknown": 1},
        {"jku": "https://evil.example/keys"},
        {"x5u": "https://evil.example/cert"},
        {"jwk": {"kty": "oct", "k": encode("k" * 32)}},
        {"b64": False},
        {"cty": "JWT"},
    ],
    ids=str,
)
def test_s37_another_header_is_refused(header: dict[str, Any]) -> None:
    """There is one algorithm, one kind of token, and no key but ours, by the name that it has here."""
    with pytest.raises(Unauthenticated):
        tokens().read(sign(changed(HEADER, header), CLAIMS))


@pytest.mark.parametrize(
    "claims",
    [
        *({name: GONE} for name in CLAIMS),
        *({name: None} for name in CLAIMS),
        {"exp": SECONDS - 1},
        {"exp": SECONDS},
        {"exp": str(SECONDS + 900)},
        {"exp": SECONDS + 900.5},
        {"exp": True},
        {"exp": 10**40},
        {"exp": SECONDS + 901},
        {"exp": float("inf")},
        {"iat": SECONDS + 31},
        {"iat": str(SECONDS)},
        {"iat": -(10**40)},
        {"nbf": SECONDS + 60},
        {"aud": "another"},
        {"aud": ["scheduling-web/access"]},
        {"aud": ["scheduling-web/access", "another"]},
        {"iss": "another"},
        {"sub": 1},
        {"sub": ["ann"]},
        {"jti": 1},
        {"typ": "refresh"},
        {"admin": True},
    ],
    ids=str,
)
def test_s37_other_claims_are_refused(claims: dict[str, Any]) -> None:
    """Every claim is there, of its type and of the only value or range that makes sense."""
    with pytest.raises(Unauthenticated):
        tokens().read(sign(HEADER, changed(CLAIMS, claims)))


def test_a_token_outlives_a_change_of_the_key() -> None:
    """With both keys what either signed is taken; what is issued is signed with the first."""
    new = b"n" * 32
    before, during, after = tokens(NOW, KEY), tokens(NOW, new, KEY), tokens(NOW, new)
    for token in (before.issue(ANN), after.issue(ANN)):
        assert during.read(token) == ANN
    assert after.read(during.issue(ANN)) == ANN
    for reader, token in ((before, during.issue(ANN)), (after, before.issue(ANN))):
        with pytest.raises(Unauthenticated):
            reader.read(token)


def test_s37_the_name_of_one_key_does_not_go_with_another() -> None:
    """Of two keys that are taken each is used under its own name alone."""
    new = b"n" * 32
    with pytest.raises(Unauthenticated):
        tokens(NOW, new, KEY).read(sign(HEADER, CLAIMS, key=new))


@pytest.mark.parametrize(
    "token",
    [
        "",
        ".",
        "..",
        "garbage",
        "a.b.c",
        sign(HEADER, CLAIMS, key=b"x" * 32),
        sign(HEADER, CLAIMS, algorithm="sha512"),
        sign(HEADER, CLAIMS).rpartition(".")[0],
        sign(HEADER, CLAIMS).rpartition(".")[0] + ".",
        sign(HEADER, CLAIMS) + "x",
        sign(HEADER, CLAIMS)[:-2],
        sign(HEADER, CLAIMS) + ".x",
        sign(HEADER, [1, 2]),
        sign(HEADER, "no json"),
        sign([HEADER], CLAIMS),
        sign("no json", CLAIMS),
        sign("[" * 2900, CLAIMS),
        sign('{"alg":' + "1" * 2500 + "}", CLAIMS),
        sign(HEADER, sign(HEADER, CLAIMS)),
        "é" + sign(HEADER, CLAIMS),
        "\0",
        "x" * 10**6,
    ],
    ids=range(22),
)
def test_s37_what_is_no_token_is_refused(token: str) -> None:
    """Malformed, truncated, foreign, nested and huge tokens are all refused in the same way."""
    with pytest.raises(Unauthenticated):
        tokens().read(token)


def test_s37_a_flipped_bit_breaks_the_signature() -> None:
    """No character of a token can be changed."""
    token = tokens().issue(ANN)
    for place in range(len(token)):
        other = "A" if token[place] != "A" else "B"
        forged = token[:place] + other + token[place + 1 :]
        # The last character of a base64 text carries bits that mean nothing.
        if _decoded(forged) == _decoded(token):
            continue
        with pytest.raises(Unauthenticated):
            tokens().read(forged)


def _decoded(token: str) -> list[bytes]:
    return [
        base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)) if len(part) % 4 != 1 else part.encode()
        for part in token.split(".")
    ]


def test_s37_a_public_key_is_no_secret() -> None:
    """A token that is signed with what everybody knows is refused."""
    public = b"-----BEGIN PUBLIC KEY-----\nMFww\n-----END PUBLIC KEY-----\n"
    with pytest.raises(Unauthenticated):
        tokens().read(sign(HEADER, CLAIMS, key=hashlib.sha256(public).digest()))
