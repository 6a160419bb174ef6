"""Signing in over HTTP, and what stands before everything else."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from litestar import Litestar
from litestar.testing import TestClient

PASSWORD = "correct horse battery staple"
TokenFor = Callable[[str], dict[str, str]]


def test_a_user_signs_in_and_is_known(long_client: TestClient[Litestar], long_ann: dict[str, str]) -> None:
    """A name and its password give a bearer token for a quarter of an hour, and the token says who it is."""
    answer = long_client.post("/api/auth/login", json={"username": "ANN", "password": PASSWORD})
    assert answer.status_code == 200
    grant = answer.json()
    assert grant.keys() == {"access_token", "token_type", "expires_in"}
    assert (grant["token_type"], grant["expires_in"]) == ("Bearer", 900)
    me = long_client.get("/api/auth/me", headers={"Authorization": f"bearer {grant['access_token']}"})
    assert me.status_code == 200
    assert me.json().keys() == {"id", "username"}
    assert me.json()["username"] == "ann"


@pytest.mark.parametrize(
    "credentials",
    [
        {"username": "ann", "password": "wrong horse battery staple"},
        {"username": "ann", "password": ""},
        {"username": "nobody", "password": PASSWORD},
        {"username": "a\u0000nn", "password": PASSWORD},
        {"username": "ann", "password": PASSWORD + "\u0000"},
        {"username": "ann", "password": "\ufdfa" * 256},
        {"username": "nobody", "password": "\ufdfa" * 256},
        {"username": "ann' OR '1'='1", "password": PASSWORD},
    ],
)
def test_s35_invalid_credentials_are_refused_alike(
    client: TestClient[Litestar], ann: dict[str, str], credentials: dict[str, str]
) -> None:
    """Unknown name and wrong password get the same answer, to the last byte and header."""
    answer = client.post("/api/auth/login", json=credentials)
    expected = client.post("/api/auth/login", json={"username": "x", "password": "y"})
    assert answer.status_code == 401
    assert answer.json()["type"] == "/problems/invalid-credentials"
    assert answer.content == expected.content
    ignored = {"x-request-id"}
    assert {name: value for name, value in answer.headers.items() if name not in ignored} == {
        name: value for name, value in expected.headers.items() if name not in ignored
    }


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"username": "ann"}, "/password"),
        ({"password": PASSWORD}, "/username"),
        ({"username": "", "password": PASSWORD}, "/username"),
        ({"username": "ann", "password": "x" * 257}, "/password"),
        ({"username": 1, "password": PASSWORD}, "/username"),
        ({"username": "ann", "password": None}, "/password"),
        ({"username": "ann", "password": PASSWORD, "totp": "123456"}, "/totp"),
        ({"username": "ann", "password": PASSWORD, "role": "admin"}, "/role"),
        ({"username": "ann", "password": "wrong", "user_id": "1"}, "/user_id"),
    ],
)
def test_s02_other_fields_are_refused_whether_the_password_is_right_or_not(
    long_client: TestClient[Litestar], long_ann: dict[str, str], body: dict[str, Any], pointer: str
) -> None:
    """A body of another shape is no attempt to sign in at all."""
    answer = long_client.post("/api/auth/login", json=body)
    assert answer.status_code == 400
    assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]


@pytest.mark.parametrize(
    "header",
    [
        "",
        "Bearer",
        "Bearer ",
        "Bearer x",
        "Bearer a.b.c",
        "Basic YW5uOnBhc3M=",
        "Token {token}",
        "{token}",
        "Bearer {token}x",
        "Bearer {token} {token}",
        "Bearer, {token}",
    ],
)
def test_a_missing_or_malformed_token_is_refused(
    long_client: TestClient[Litestar], long_ann: dict[str, str], header: str
) -> None:
    """Whatever is not one good bearer token gets the same 401, which says how to authenticate."""
    token = long_ann["Authorization"].removeprefix("Bearer ")
    answer = long_client.get("/api/auth/me", headers={"Authorization": header.format(token=token)})
    without = long_client.get("/api/auth/me")
    assert answer.status_code == without.status_code == 401
    assert answer.content == without.content
    assert answer.headers["WWW-Authenticate"] == "Bearer"
    assert answer.json()["type"] == "/problems/unauthenticated"


def test_two_tokens_are_none(long_client: TestClient[Litestar], long_ann: dict[str, str]) -> None:
    """Of two Authorization headers nobody can say which one counts."""
    answer = long_client.get("/api/auth/me", headers=[("Authorization", long_ann["Authorization"])] * 2)
    assert answer.status_code == 401


def test_a_token_in_the_query_or_a_cookie_is_none(
    long_client: TestClient[Litestar], long_ann: dict[str, str]
) -> None:
    """Addresses end up in logs and cookies are sent by other sites, so neither carries a token."""
    token = long_ann["Authorization"].removeprefix("Bearer ")
    answer = long_client.get(
        "/api/auth/me", params={"access_token": token}, headers={"Cookie": f"token={token}"}
    )
    assert answer.status_code == 401


def test_a_token_of_a_user_who_is_gone_is_refused(client: TestClient[Litestar], token_for: TokenFor) -> None:
    """A good signature is not enough: the user must still be there."""
    answer = client.get("/api/auth/me", headers=token_for("somebody who was here"))
    assert answer.status_code == 401


def test_nothing_is_read_before_the_token(long_client: TestClient[Litestar]) -> None:
    """Without a token a broken body, a wrong media type and an unknown id all get the same 401."""
    expected = long_client.get("/api/auth/me").content
    for answer in (
        long_client.post("/api/appointments", content=b"{"),
        long_client.post("/api/appointments", content=b"x" * 500_000),
        long_client.get("/api/appointments/unknown"),
        long_client.get("/api/slots?from=nonsense"),
        long_client.get("/api/slots?from=1&from=2"),
    ):
        assert answer.status_code == 401
        assert answer.content == expected


def test_many_may_sign_in_at_once(long_client: TestClient[Litestar], long_ann: dict[str, str]) -> None:
    """Passwords wait for their turn, and every one of them gets it."""

    def sign_in(_: int) -> int:
        answer = long_client.post("/api/auth/login", json={"username": "ann", "password": PASSWORD})
        return answer.status_code

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(sign_in, range(16))) == {200}


def test_neither_log_nor_answer_holds_a_password_or_token(
    long_client: TestClient[Litestar], long_ann: dict[str, str], capfd: pytest.CaptureFixture[str]
) -> None:
    """What is secret is given out once, to its owner, and shows up nowhere else."""
    body = {"username": "ann", "password": PASSWORD}
    token = long_client.post("/api/auth/login", json=body).json()["access_token"]
    wrong = long_client.post("/api/auth/login", json={**body, "password": PASSWORD + "!"})
    broken = long_client.post(
        "/api/auth/login", content=f'{{"password": "{PASSWORD}"', headers={"Content-Type": "application/json"}
    )
    refused = long_client.get("/api/auth/me", headers={"Authorization": f"Bearer {token}x"})
    shown = capfd.readouterr()
    for text in (wrong.text, broken.text, refused.text, shown.out, shown.err):
        assert PASSWORD not in text
        assert token not in text
