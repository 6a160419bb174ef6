"""Sessions over HTTP: how they are renewed, by whom, and how they end; signing out has a file of its own."""

import datetime as dt
from collections.abc import Callable
from http.cookies import Morsel, SimpleCookie

import httpx
import pytest
import sqlalchemy as sa
from litestar import Litestar
from litestar.testing import TestClient

from scheduling_web.accounts.users import Users

Client = TestClient[Litestar]
Headers = dict[str, str]
PutClock = Callable[[dt.datetime], None]

NOW = dt.datetime(2030, 1, 7, 8, tzinfo=dt.UTC)
PASSWORD = "correct horse battery staple"
HERE = {"Origin": "http://testserver.local"}


def sign_in(client: Client, *, refresh: str = "body", username: str = "ann") -> httpx.Response:
    """Sign in once more."""
    credentials = {"username": username, "password": PASSWORD, "refresh": refresh}
    answer = client.post("/api/auth/login", json=credentials)
    assert answer.status_code == 200
    return answer


def renew(client: Client, token: str) -> httpx.Response:
    """Renew a session as programs do."""
    return client.post("/api/auth/refresh", json={"refresh_token": token})


def knows(client: Client, answer: httpx.Response) -> bool:
    """Return whether the access token in an answer is taken."""
    bearer = {"Authorization": f"Bearer {answer.json()['access_token']}"}
    asked = client.get("/api/auth/me", headers=bearer)
    assert asked.status_code in {200, 401}
    return asked.status_code == 200


def cookie_of(answer: httpx.Response) -> "Morsel[str]":
    """Return the one cookie that an answer sets."""
    [header] = answer.headers.get_list("Set-Cookie")
    [cookie] = SimpleCookie(header).values()
    return cookie


def test_a_program_renews_its_session(client: Client, ann: Headers, put_clock: PutClock) -> None:
    """A refresh token from the body gives an access token and the next refresh token, and sets no cookie."""
    answer = sign_in(client)
    for hours in (0, 11, 22, 33):
        put_clock(NOW + dt.timedelta(hours=hours, seconds=hours))
        answer = renew(client, answer.json()["refresh_token"])
        assert answer.status_code == 200
        assert answer.json().keys() == {"access_token", "token_type", "expires_in", "refresh_token"}
        assert (answer.json()["token_type"], answer.json()["expires_in"]) == ("Bearer", 900)
        assert "Set-Cookie" not in answer.headers
        assert knows(client, answer)


def test_a_session_outlives_a_change_of_the_key(
    client: Client, ann: Headers, another_app: Callable[..., Litestar]
) -> None:
    """While a service knows both keys sessions go on, and are renewed with tokens of the new one."""
    old, new = "a key of the tests, long enough!", "another key of the tests, as long"
    begun = sign_in(client)
    with TestClient(another_app(SECRET=new, OTHER_SECRET=old)) as changing:
        assert knows(changing, begun)
        renewed = renew(changing, begun.json()["refresh_token"])
        assert renewed.status_code == 200
    with TestClient(another_app(SECRET=new)) as changed:
        assert not knows(changed, begun)
        assert knows(changed, renewed)
        assert renew(changed, renewed.json()["refresh_token"]).status_code == 200


def test_a_page_renews_its_session_by_a_cookie(client: Client, ann: Headers) -> None:
    """Unless asked for, the refresh token is in a cookie alone, out of reach of scripts and other sites."""
    first = sign_in(client, refresh="cookie")
    assert first.json().keys() == {"access_token", "token_type", "expires_in"}
    cookie = cookie_of(first)
    assert (cookie.key, cookie["path"], cookie["max-age"]) == ("scheduling-refresh", "/api/auth", "43200")
    assert cookie["httponly"]
    assert (cookie["samesite"], cookie["domain"], cookie["secure"]) == ("strict", "", "")
    second = client.post("/api/auth/refresh", headers=HERE)
    assert second.status_code == 200
    assert second.json().keys() == {"access_token", "token_type", "expires_in"}
    assert cookie_of(second).value not in {cookie.value, ""}
    assert knows(client, second)


@pytest.mark.parametrize(
    "origin",
    [
        None,
        "null",
        "",
        "https://evil.example",
        "http://testserver.local.evil.example",
        "http://evil.example/testserver.local",
        "ftp://testserver.local",
        "testserver.local",
        "http://testserver.local:8000",
        "http://[",
    ],
)
@pytest.mark.parametrize("path", ["/api/auth/refresh", "/api/auth/logout"])
def test_s14_the_cookie_counts_for_pages_of_the_service_alone(
    client: Client, ann: Headers, origin: str | None, path: str
) -> None:
    """A request with the cookie that comes from elsewhere, or nobody knows where, changes nothing."""
    signed_in = sign_in(client, refresh="cookie")
    answer = client.post(path, headers={} if origin is None else {"Origin": origin})
    assert answer.status_code == 403
    assert answer.json()["type"] == "/problems/foreign-origin"
    assert "Set-Cookie" not in answer.headers
    assert knows(client, signed_in)
    assert client.post("/api/auth/refresh", headers=HERE).status_code == 200


@pytest.mark.parametrize(
    "media_type", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"]
)
@pytest.mark.parametrize("path", ["/api/auth/refresh", "/api/auth/logout", "/api/auth/login"])
def test_s14_a_form_of_another_site_is_refused(
    client: Client, ann: Headers, media_type: str, path: str
) -> None:
    """What a form can send without being asked first is no body of ours, whatever is in it."""
    signed_in = sign_in(client, refresh="cookie")
    body = '{"refresh_token": "x"}' if path != "/api/auth/login" else '{"username": "a", "password": "b"}'
    headers = {"Content-Type": media_type, "Origin": "https://evil.example"}
    answer = client.post(path, content=body, headers=headers)
    assert answer.status_code == 415
    assert knows(client, signed_in)


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "PATCH"])
@pytest.mark.parametrize("path", ["/api/auth/refresh", "/api/auth/logout", "/api/auth/login"])
def test_s14_only_post_signs_in_and_out(client: Client, ann: Headers, method: str, path: str) -> None:
    """Neither another method nor a header or parameter that stands for POST does anything."""
    signed_in = sign_in(client, refresh="cookie")
    answer = client.request(
        method,
        path,
        params={"_method": "POST"} if method == "GET" else {},
        headers={**HERE, "X-HTTP-Method-Override": "POST"},
    )
    assert answer.status_code == 405
    assert knows(client, signed_in)


def test_two_cookies_are_none(client: Client, ann: Headers) -> None:
    """A neighbour of the site can plant a second cookie, but not have it taken for ours."""
    mine = cookie_of(sign_in(client, refresh="cookie")).value
    client.cookies.clear()
    both = f"scheduling-refresh={mine}; scheduling-refresh={mine}"
    answer = client.post("/api/auth/refresh", headers={**HERE, "Cookie": both})
    assert answer.status_code == 401
    alone = f"other=1; scheduling-refresh={mine}"
    assert client.post("/api/auth/refresh", headers={**HERE, "Cookie": alone}).status_code == 200


@pytest.mark.parametrize("planted", ["", "x", "a.b.c", "fixed-by-somebody-else"])
def test_s11_what_a_client_chose_before_never_becomes_valid(
    client: Client, ann: Headers, planted: str
) -> None:
    """Signing in gives a session of its own, whatever cookie was there before."""
    client.cookies.set("scheduling-refresh", planted, domain="testserver.local", path="/api/auth")
    given = cookie_of(sign_in(client, refresh="cookie")).value
    assert given != planted
    client.cookies.clear()
    answer = client.post("/api/auth/refresh", headers={**HERE, "Cookie": f"scheduling-refresh={planted}"})
    assert answer.status_code == 401


def test_s11_every_sign_in_is_a_session_of_its_own(client: Client, ann: Headers) -> None:
    """Two sign-ins share no token, and the end of one leaves the other."""
    first, second = sign_in(client), sign_in(client)
    assert not set(first.json().values()) & set(second.json().values()) - {"Bearer", 900}
    client.post("/api/auth/logout", json={"refresh_token": first.json()["refresh_token"]})
    assert not knows(client, first)
    assert knows(client, second)
    assert renew(client, second.json()["refresh_token"]).status_code == 200


@pytest.mark.parametrize("body", [None, {"refresh_token": ""}, {"refresh_token": "x"}])
def test_without_a_good_token_there_is_nothing_to_renew(client: Client, body: Headers | None) -> None:
    """Missing and malformed tokens get the same answer, which says to sign in again."""
    answer = client.post("/api/auth/refresh", json=body) if body else client.post("/api/auth/refresh")
    assert answer.status_code == 401
    assert answer.json()["type"] == "/problems/session-ended"
    assert answer.content == renew(client, "a.b.c").content


def test_an_access_token_renews_nothing_and_a_refresh_token_opens_nothing(
    client: Client, ann: Headers
) -> None:
    """Neither kind of token is taken for the other."""
    given = sign_in(client).json()
    assert renew(client, given["access_token"]).status_code == 401
    bearer = {"Authorization": f"Bearer {given['refresh_token']}"}
    assert client.get("/api/auth/me", headers=bearer).status_code == 401


def test_a_renewal_can_be_repeated_for_ten_seconds(client: Client, ann: Headers, put_clock: PutClock) -> None:
    """Whoever did not get the answer, or has another tab, asks again and gets the same refresh token."""
    first = sign_in(client).json()["refresh_token"]
    put_clock(NOW + dt.timedelta(hours=1))
    second = renew(client, first)
    for seconds in (0, 9, 10):
        put_clock(NOW + dt.timedelta(hours=1, seconds=seconds))
        again = renew(client, first)
        assert again.status_code == 200
        assert again.json()["refresh_token"] == second.json()["refresh_token"]
        assert knows(client, again)
    assert renew(client, second.json()["refresh_token"]).status_code == 200


def test_s04_a_token_that_is_used_again_ends_the_session(
    client: Client, ann: Headers, put_clock: PutClock
) -> None:
    """After ten seconds an old refresh token is a copy in other hands: every token of the session ends."""
    other = sign_in(client)
    first = sign_in(client)
    second = renew(client, first.json()["refresh_token"])
    put_clock(NOW + dt.timedelta(seconds=10, microseconds=1))
    assert knows(client, second)
    assert renew(client, first.json()["refresh_token"]).status_code == 401
    assert not knows(client, first)
    assert not knows(client, second)
    assert renew(client, second.json()["refresh_token"]).status_code == 401
    assert knows(client, other)


def test_s04_a_token_of_two_renewals_ago_ends_the_session_at_once(client: Client, ann: Headers) -> None:
    """Only the last renewal can be repeated."""
    first = sign_in(client)
    second = renew(client, first.json()["refresh_token"])
    third = renew(client, second.json()["refresh_token"])
    assert renew(client, first.json()["refresh_token"]).status_code == 401
    assert not knows(client, third)
    assert renew(client, third.json()["refresh_token"]).status_code == 401


def test_a_session_that_is_not_used_ends_after_twelve_hours(
    client: Client, ann: Headers, put_clock: PutClock
) -> None:
    """Up to the last second it can be renewed, and not after."""
    first, second = sign_in(client), sign_in(client)
    put_clock(NOW + dt.timedelta(hours=12) - dt.timedelta(seconds=1))
    assert renew(client, first.json()["refresh_token"]).status_code == 200
    put_clock(NOW + dt.timedelta(hours=12))
    assert renew(client, second.json()["refresh_token"]).status_code == 401


def test_a_session_ends_after_thirty_days_in_any_case(
    client: Client, ann: Headers, put_clock: PutClock
) -> None:
    """However often it was renewed."""
    answer = sign_in(client, refresh="cookie")
    for hours in range(11, 30 * 24, 11):
        put_clock(NOW + dt.timedelta(hours=hours))
        answer = client.post("/api/auth/refresh", headers=HERE)
        assert answer.status_code == 200
    assert 0 < int(cookie_of(answer)["max-age"]) < 12 * 3600
    put_clock(NOW + dt.timedelta(days=30) - dt.timedelta(seconds=1))
    assert client.post("/api/auth/refresh", headers=HERE).status_code == 200
    put_clock(NOW + dt.timedelta(days=30))
    assert client.post("/api/auth/refresh", headers=HERE).status_code == 401


def test_s04_a_changed_password_ends_every_session_at_once(client: Client, ann: Headers) -> None:
    """Whoever changes the password gets a new session, and every token from before is refused."""
    first, second = sign_in(client), sign_in(client, refresh="cookie")
    bearer = {"Authorization": f"Bearer {second.json()['access_token']}"}
    body = {"current_password": PASSWORD, "new_password": PASSWORD[::-1], "refresh": "body"}
    answer = client.post("/api/auth/password", headers=bearer, json=body)
    assert answer.status_code == 200
    assert knows(client, answer)
    assert renew(client, answer.json()["refresh_token"]).status_code == 200
    assert not knows(client, first)
    assert not knows(client, second)
    assert client.get("/api/auth/me", headers=ann).status_code == 401
    assert renew(client, first.json()["refresh_token"]).status_code == 401
    assert client.post("/api/auth/refresh", headers=HERE).status_code == 401
    credentials = {"username": "ann", "password": PASSWORD}
    assert client.post("/api/auth/login", json=credentials).status_code == 401
    credentials["password"] = PASSWORD[::-1]
    assert client.post("/api/auth/login", json=credentials).status_code == 200


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"current_password": "wrong", "new_password": PASSWORD[::-1]}, "/current_password"),
        ({"current_password": PASSWORD, "new_password": "short"}, "/new_password"),
        ({"current_password": PASSWORD, "new_password": "x" * 257}, "/new_password"),
        ({"current_password": PASSWORD, "new_password": "\ufdfa" * 256}, "/new_password"),
        ({"current_password": "\ufdfa" * 256, "new_password": PASSWORD[::-1]}, "/current_password"),
        ({"current_password": PASSWORD, "new_password": "passwordpassword"}, "/new_password"),
        ({"current_password": PASSWORD}, "/new_password"),
        ({"current_password": PASSWORD, "new_password": PASSWORD, "username": "bob"}, "/username"),
    ],
)
def test_a_password_that_is_not_changed_ends_nothing(
    client: Client, ann: Headers, body: dict[str, str], pointer: str
) -> None:
    """A wrong current password and a new one that cannot be one are refused by their place."""
    answer = client.post("/api/auth/password", headers=ann, json=body)
    assert answer.status_code == 400
    assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]
    assert client.get("/api/auth/me", headers=ann).status_code == 200
    sign_in(client)


def test_s04_a_user_who_is_disabled_is_out_at_once(
    client: Client, ann: Headers, kept_accounts: sa.Engine
) -> None:
    """In every process: no token is taken, signing in fails as with a wrong password, until enabled again."""
    signed_in = sign_in(client)
    users = Users(kept_accounts, kept_accounts)
    users.disable("ANN", NOW)
    assert not knows(client, signed_in)
    assert renew(client, signed_in.json()["refresh_token"]).status_code == 401
    refused = client.post("/api/auth/login", json={"username": "ann", "password": PASSWORD})
    unknown = client.post("/api/auth/login", json={"username": "nobody", "password": PASSWORD})
    assert refused.status_code == 401
    assert refused.content == unknown.content
    users.enable("ann")
    assert not knows(client, signed_in)
    assert renew(client, signed_in.json()["refresh_token"]).status_code == 401
    assert knows(client, sign_in(client))


def test_s01_a_token_of_a_user_who_is_gone_is_nobodys(
    client: Client, ann: Headers, kept_accounts: sa.Engine
) -> None:
    """A user who is deleted takes the sessions along."""
    signed_in = sign_in(client)
    with kept_accounts.begin() as connection:
        connection.execute(sa.text("DELETE FROM scheduling_web_user"))
    assert not knows(client, signed_in)
    assert renew(client, signed_in.json()["refresh_token"]).status_code == 401


def test_no_token_is_kept_in_the_database(client: Client, ann: Headers, kept_accounts: sa.Engine) -> None:
    """Whoever reads the database, or a backup of it, finds nothing to sign in with."""
    given = renew(client, sign_in(client).json()["refresh_token"]).json()
    with kept_accounts.connect() as connection:
        names = sa.inspect(connection).get_table_names()
        shown = repr([connection.execute(sa.text(f"SELECT * FROM {name}")).all() for name in names])  # noqa: S608  Our own names.
    assert "ann" in shown
    for token in (given["access_token"], given["refresh_token"]):
        for part in token.split("."):
            assert part not in shown


def test_sessions_that_ended_are_forgotten(
    client: Client, ann: Headers, put_clock: PutClock, kept_accounts: sa.Engine
) -> None:
    """The table of sessions does not grow with every sign-in."""
    for _ in range(5):
        sign_in(client)
    put_clock(NOW + dt.timedelta(hours=13))
    sign_in(client)
    with kept_accounts.connect() as connection:
        assert connection.scalar(sa.text("SELECT count(*) FROM scheduling_web_session")) == 1
