"""Signing out: which tokens say so, and that no other site can."""

from http.cookies import SimpleCookie

import httpx
import pytest
from litestar import Litestar
from litestar.testing import TestClient

Client = TestClient[Litestar]
Headers = dict[str, str]

PASSWORD = "correct horse battery staple"
HERE = {"Origin": "http://testserver.local"}
ELSEWHERE = {"Origin": "https://evil.example"}
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


def sign_in(client: Client, *, refresh: str = "body") -> httpx.Response:
    """Sign in once more."""
    credentials = {"username": "ann", "password": PASSWORD, "refresh": refresh}
    answer = client.post("/api/auth/login", json=credentials)
    assert answer.status_code == 200
    return answer


def renew(client: Client, token: str) -> httpx.Response:
    """Renew a session as programs do."""
    return client.post("/api/auth/refresh", json={"refresh_token": token})


def bearer_of(answer: httpx.Response) -> Headers:
    """Return the headers of requests with the access token in an answer."""
    return {"Authorization": f"Bearer {answer.json()['access_token']}"}


def knows(client: Client, answer: httpx.Response) -> bool:
    """Return whether the access token in an answer is taken."""
    asked = client.get("/api/auth/me", headers=bearer_of(answer))
    assert asked.status_code in {200, 401}
    return asked.status_code == 200


@pytest.mark.parametrize("by", ["access token", "refresh token", "cookie"])
def test_s04_signing_out_ends_the_session_at_once(client: Client, ann: Headers, by: str) -> None:
    """Whichever token says which session it is, from then on none of its tokens is taken."""
    other = sign_in(client)
    signed_in = sign_in(client, refresh="cookie" if by == "cookie" else "body")
    if by == "access token":
        answer = client.post("/api/auth/logout", headers=bearer_of(signed_in))
    elif by == "refresh token":
        token = signed_in.json()["refresh_token"]
        answer = client.post("/api/auth/logout", json={"refresh_token": token})
    else:
        token = client.cookies["scheduling-refresh"]
        answer = client.post("/api/auth/logout", headers=HERE)
    assert (answer.status_code, answer.content) == (204, b"")
    assert not knows(client, signed_in)
    if by != "access token":
        assert renew(client, token).status_code == 401
    assert knows(client, other)


@pytest.mark.parametrize("token", ["", "x", "a.b.c"])
def test_signing_out_twice_or_never_signed_in_is_no_error(client: Client, token: str) -> None:
    """There is nothing to do, and it is said in the same way."""
    bearer = {"Authorization": f"Bearer {token}"}
    answer = client.post("/api/auth/logout", headers=bearer, json={"refresh_token": token})
    assert answer.status_code == 204
    assert client.post("/api/auth/logout").status_code == 204


@pytest.mark.parametrize("has_bearer", [True, False])
def test_a_page_that_signs_out_loses_its_cookie(client: Client, ann: Headers, *, has_bearer: bool) -> None:
    """The browser is told to forget the cookie that it sent, whether or not a bearer token came along."""
    signed_in = sign_in(client, refresh="cookie")
    headers = {**HERE, "Sec-Fetch-Site": "same-origin", **(bearer_of(signed_in) if has_bearer else {})}
    answer = client.post("/api/auth/logout", headers=headers)
    [header] = answer.headers.get_list("Set-Cookie")
    [cookie] = SimpleCookie(header).values()
    assert (cookie.key, cookie.value, cookie["max-age"]) == ("scheduling-refresh", "", "0")
    assert cookie["path"] == "/api/auth"
    assert "scheduling-refresh" not in client.cookies
    assert not knows(client, signed_in)


@pytest.mark.parametrize(
    "told",
    [
        ELSEWHERE,
        {"Origin": "null"},
        {"Origin": ""},
        {"Sec-Fetch-Site": "cross-site"},
        {**HERE, "Sec-Fetch-Site": "cross-site"},
        {**ELSEWHERE, "Sec-Fetch-Site": "same-site"},
    ],
    ids=str,
)
@pytest.mark.parametrize("has_cookie", [True, False])
def test_s14_another_site_signs_nobody_out(
    client: Client, ann: Headers, told: Headers, *, has_cookie: bool
) -> None:
    """A form of another site is refused even without a body and the cookie, which a browser then keeps."""
    signed_in = sign_in(client, refresh="cookie")
    kept = client.cookies["scheduling-refresh"]
    if not has_cookie:
        client.cookies.clear()
    answer = client.post("/api/auth/logout", headers={**FORM, **told})
    assert answer.status_code == 403
    assert answer.json()["type"] == "/problems/foreign-origin"
    assert "Set-Cookie" not in answer.headers
    assert knows(client, signed_in)
    assert renew(client, kept).status_code == 200


@pytest.mark.parametrize("told", [{}, ELSEWHERE, {"Sec-Fetch-Site": "cross-site"}], ids=str)
@pytest.mark.parametrize("by", ["access token", "refresh token"])
def test_a_good_token_signs_out_from_anywhere(client: Client, ann: Headers, told: Headers, by: str) -> None:
    """No site can make a browser send such a token; a cookie that comes along is left alone."""
    program = sign_in(client)
    page = sign_in(client, refresh="cookie")
    if by == "access token":
        answer = client.post("/api/auth/logout", headers={**bearer_of(program), **told})
    else:
        body = {"refresh_token": program.json()["refresh_token"]}
        answer = client.post("/api/auth/logout", headers=told, json=body)
    assert answer.status_code == 204
    assert "Set-Cookie" not in answer.headers
    assert not knows(client, program)
    assert knows(client, page)
    assert client.post("/api/auth/refresh", headers=HERE).status_code == 200


def test_a_program_that_keeps_cookies_is_told_when_it_signs_out_of_nothing(
    client: Client, ann: Headers
) -> None:
    """With a cookie that does not count and no good token the session lives on, and the answer says so."""
    signed_in = sign_in(client, refresh="cookie")
    answer = client.post("/api/auth/logout", headers={"Authorization": "Bearer a.b.c"})
    assert answer.status_code == 403
    assert knows(client, signed_in)


def test_two_cookies_end_no_session_and_are_forgotten(client: Client, ann: Headers) -> None:
    """One of them may be planted; the one that is ours is taken back."""
    signed_in = sign_in(client, refresh="cookie")
    mine = client.cookies["scheduling-refresh"]
    client.cookies.clear()
    both = f"scheduling-refresh={mine}; scheduling-refresh={mine}"
    answer = client.post("/api/auth/logout", headers={**HERE, "Cookie": both})
    assert answer.status_code == 204
    assert "Max-Age=0" in answer.headers["Set-Cookie"]
    assert knows(client, signed_in)


def test_a_page_of_another_origin_renews_nothing_by_any_header(client: Client, ann: Headers) -> None:
    """What a browser says of the site that asks counts as much as the Origin."""
    sign_in(client, refresh="cookie")
    answer = client.post("/api/auth/refresh", headers={**HERE, "Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 403
