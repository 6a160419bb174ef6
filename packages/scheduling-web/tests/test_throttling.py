"""How many sign-ins may fail, from where, and how many requests may write."""

import asyncio
import contextlib
import datetime as dt
import json
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any, cast

import httpx
import pytest
import sqlalchemy as sa
from litestar import Litestar
from litestar.testing import TestClient

from scheduling_core.sql import SqlStorage
from scheduling_web.accounts import (
    Accounts,
    InvalidCredentials,
    PasswordHasher,
    TooManyAttempts,
    migrations,
)
from scheduling_web.api.errors import TooManyWrites
from scheduling_web.api.write_limits import WriteLimit

Client = TestClient[Litestar]
Headers = dict[str, str]
PutClock = Callable[[dt.datetime], None]
OpenAnother = Callable[[dict[str, str]], AbstractContextManager[Client]]

NOW = dt.datetime(2030, 1, 7, 8, tzinfo=dt.UTC)
PASSWORD = "correct horse battery staple"
WRONG = {"username": "ann", "password": "wrong horse battery staple"}
RIGHT = {"username": "ann", "password": PASSWORD}


def post_from(app: Litestar, address: str, body: Headers, headers: Headers | None = None) -> httpx.Response:
    """Send a sign-in over a connection from some address."""

    async def post() -> httpx.Response:
        transport = httpx.ASGITransport(cast("Any", app), client=(address, 50_000))
        async with httpx.AsyncClient(transport=transport, base_url="http://testserver.local") as client:
            return await client.post("/api/auth/login", json=body, headers=headers)

    return asyncio.run(post())


def test_s25_the_sixth_failure_in_five_minutes_is_one_too_many(
    client: Client, ann: Headers, put_clock: PutClock
) -> None:
    """Five failures are answered as such; then even the right password has to wait, and is told how long."""
    for seconds in range(5):
        put_clock(NOW + dt.timedelta(seconds=seconds))
        assert client.post("/api/auth/login", json=WRONG).status_code == 401
    put_clock(NOW + dt.timedelta(seconds=10))
    for body in (WRONG, RIGHT):
        answer = client.post("/api/auth/login", json=body)
        assert answer.status_code == 429
        assert answer.headers["Retry-After"] == "290"
        assert answer.json()["type"] == "/problems/too-many-attempts"
    put_clock(NOW + dt.timedelta(seconds=300))
    assert client.post("/api/auth/login", json=RIGHT).status_code == 200


def test_s25_what_can_be_no_password_is_a_failure_like_any_other(client: Client, ann: Headers) -> None:
    """A password that grows beyond every limit once its letters are taken apart is counted as wrong."""
    growing = {**WRONG, "password": "\ufdfa" * 256}
    statuses = [client.post("/api/auth/login", json=growing).status_code for _ in range(6)]
    assert statuses == [401, 401, 401, 401, 401, 429]


@pytest.mark.parametrize("header", ["X-Forwarded-For", "X-Real-IP", "Forwarded", "True-Client-IP"])
def test_s25_a_header_makes_nobody_somebody_else(client: Client, ann: Headers, header: str) -> None:
    """What a client says of its address changes nothing, unless a trusted proxy passed it on."""
    statuses = []
    for number in range(6):
        value = f"for=192.0.2.{number}" if header == "Forwarded" else f"192.0.2.{number}"
        statuses.append(client.post("/api/auth/login", json=WRONG, headers={header: value}).status_code)
    assert statuses == [401, 401, 401, 401, 401, 429]


def test_s25_nobody_can_lock_somebody_else_out(client: Client, ann: Headers) -> None:
    """Whatever fails elsewhere, the right password from an address that has not failed lets in at once."""
    for attacker in ["192.0.2.1"] * 10 + [f"192.0.2.{number}" for number in range(2, 30)]:
        post_from(client.app, attacker, WRONG)
    assert post_from(client.app, "192.0.2.1", RIGHT).status_code == 429
    assert post_from(client.app, "198.51.100.1", RIGHT).status_code == 200
    assert client.post("/api/auth/login", json=RIGHT).status_code == 200


def test_s25_many_addresses_have_one_try_each(client: Client, ann: Headers) -> None:
    """While an account is closed, a failure from a fresh address is too many as well, and closes it there."""
    for number in range(1, 6):
        assert post_from(client.app, f"192.0.2.{number}", WRONG).status_code == 401
    for address in ("192.0.2.6", "192.0.2.7"):
        answer = post_from(client.app, address, WRONG)
        assert answer.status_code == 429
        assert answer.headers["Retry-After"] == "300"
        assert post_from(client.app, address, RIGHT).status_code == 429


def test_s25_one_address_may_not_try_every_account(client: Client, ann: Headers) -> None:
    """Thirty failures from one address are the end for it, and for nobody else."""
    statuses = [
        post_from(client.app, "192.0.2.1", {"username": f"user{number}", "password": "x"}).status_code
        for number in range(31)
    ]
    assert statuses == [401] * 30 + [429]
    assert post_from(client.app, "192.0.2.1", RIGHT).status_code == 429
    assert post_from(client.app, "192.0.2.2", RIGHT).status_code == 200


def test_s25_the_limit_holds_across_processes(
    client: Client, ann: Headers, open_another: OpenAnother
) -> None:
    """What failed in one process counts in all that share the database."""
    with open_another({}) as other:
        apps = [client.app, other.app]
        statuses = [post_from(apps[number % 2], "192.0.2.1", WRONG).status_code for number in range(6)]
    assert statuses == [401, 401, 401, 401, 401, 429]


@pytest.mark.parametrize(
    ("forwarded", "first", "second"),
    [
        (["{}"], 401, 401),
        (["{}, 10.0.0.9"], 401, 401),
        (["6.6.6.6, {}"], 401, 401),
        (["{}, 6.6.6.6"], 429, 429),
        (["{}", "6.6.6.6"], 429, 429),
        (["{}, garbage"], 429, 429),
        (["{}, "], 429, 429),
        ([], 429, 429),
    ],
    ids=str,
)
def test_s25_the_word_of_a_trusted_proxy_is_taken_from_the_right(
    *, ann: Headers, open_another: OpenAnother, forwarded: list[str], first: int, second: int
) -> None:
    """The last address that no trusted proxy is at counts, and what a client wrote before it does not."""
    with open_another({"SCHEDULING_TRUSTED_PROXIES": "10.0.0.0/8, ::1"}) as client:

        def fail(address: str, peer: str) -> int:
            # Several headers of one name are, by HTTP, one with commas.
            headers = {"X-Forwarded-For": ", ".join(forwarded).format(address)} if forwarded else {}
            return post_from(client.app, peer, WRONG, headers).status_code

        assert [fail("192.0.2.1", "10.0.0.1") for _ in range(5)] == [401] * 5
        # The same peer, and another address in front of it: the fresh address has its one try.
        told = post_from(
            client.app,
            "10.0.0.1",
            RIGHT,
            {"X-Forwarded-For": ", ".join(forwarded).format("192.0.2.2")} if forwarded else {},
        )
        assert told.status_code == (200 if first == 401 else 429)
        assert fail("192.0.2.1", "10.0.0.1") == 429
        assert second == first


def test_s25_an_untrusted_peer_is_not_a_proxy(ann: Headers, open_another: OpenAnother) -> None:
    """Who is not among the trusted proxies counts itself, whatever it passes on."""
    with open_another({"SCHEDULING_TRUSTED_PROXIES": "10.0.0.0/8"}) as client:
        statuses = [
            post_from(client.app, "192.0.2.1", WRONG, {"X-Forwarded-For": f"192.0.2.{number}"}).status_code
            for number in range(2, 8)
        ]
    assert statuses == [401, 401, 401, 401, 401, 429]


@pytest.mark.parametrize(
    ("trusted", "warnings"), [("192.0.2.1", 0), ("10.0.0.0/8", 1), ("", 1)], ids=["known", "other", "none"]
)
def test_a_proxy_that_nobody_named_is_told_of_once(
    ann: Headers, open_another: OpenAnother, trusted: str, warnings: int, capsys: pytest.CaptureFixture[str]
) -> None:
    """The log warns the first time that an address which is not trusted passes a request on."""
    settings = {"SCHEDULING_TRUSTED_PROXIES": trusted} if trusted else {}
    with open_another(settings) as client:
        capsys.readouterr()
        post_from(client.app, "192.0.2.1", RIGHT)
        for _ in range(2):
            post_from(client.app, "192.0.2.1", RIGHT, {"X-Forwarded-For": "198.51.100.7"})
    lines = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    told = [line["told"] for line in lines if line["event"] == "unknown_proxy"]
    assert len(told) == warnings
    assert all("SCHEDULING_TRUSTED_PROXIES" in words and "198.51" not in words for words in told)


def test_s25_a_host_of_many_addresses_is_one(client: Client, ann: Headers) -> None:
    """Of IPv6 the network counts that one host has, and an address in the older form is that address."""
    for number in range(5):
        assert post_from(client.app, f"2001:db8::{number:x}", WRONG).status_code == 401
    assert post_from(client.app, "2001:db8::ffff:1", RIGHT).status_code == 429
    assert post_from(client.app, "2001:db8:0:1::1", RIGHT).status_code == 200
    assert post_from(client.app, "::ffff:192.0.2.1", WRONG).status_code == 429
    assert post_from(client.app, "192.0.2.1", RIGHT).status_code == 429


def test_a_success_forgets_what_failed_before(client: Client, ann: Headers) -> None:
    """Somebody who mistypes now and then is never stopped."""
    for _ in range(4):
        for _ in range(4):
            assert client.post("/api/auth/login", json=WRONG).status_code == 401
        assert client.post("/api/auth/login", json=RIGHT).status_code == 200


def test_an_unknown_name_is_throttled_like_a_known_one(client: Client, ann: Headers) -> None:
    """Neither the number of failures nor a byte of the answers tells which usernames exist."""
    answers: dict[str, list[bytes]] = {}
    for name in ("ann", "nobody"):
        bodies = [{**WRONG, "username": name}] * 6
        answers[name] = [client.post("/api/auth/login", json=body).content for body in bodies]
    assert answers["ann"] == answers["nobody"]


def test_what_was_typed_as_a_username_is_not_kept(client: Client, kept_accounts: sa.Engine) -> None:
    """A password in the wrong field stands nowhere in the database."""
    client.post("/api/auth/login", json={"username": PASSWORD, "password": "x"})
    with kept_accounts.connect() as connection:
        [row] = connection.execute(sa.text("SELECT * FROM scheduling_web_failed_sign_in")).all()
    assert PASSWORD not in repr(row)


def test_failures_that_count_no_more_are_forgotten(
    client: Client, put_clock: PutClock, kept_accounts: sa.Engine
) -> None:
    """The table holds five minutes."""
    for minutes in (0, 1, 2, 6, 12):
        put_clock(NOW + dt.timedelta(minutes=minutes))
        client.post("/api/auth/login", json=WRONG)
    with kept_accounts.connect() as connection:
        assert connection.scalar(sa.text("SELECT count(*) FROM scheduling_web_failed_sign_in")) == 1


def test_guessing_the_current_password_is_throttled_as_well(client: Client, ann: Headers) -> None:
    """Whoever has a token but not the password gets no further with it."""
    body = {"current_password": "wrong horse battery", "new_password": PASSWORD[::-1]}
    statuses = [client.post("/api/auth/password", headers=ann, json=body).status_code for _ in range(6)]
    assert statuses == [400, 400, 400, 400, 400, 429]


@pytest.mark.postgres
def test_s25_the_limit_is_kept_by_postgresql_too(postgres_url: str, hasher: PasswordHasher) -> None:
    """What holds for SQLite above holds for a server."""
    with contextlib.closing(SqlStorage.from_url(postgres_url)) as storage:
        migrations.upgrade(storage.engine)
        fail_too_often(Accounts(storage.engine, hasher, clock=lambda: NOW))


def fail_too_often(accounts: Accounts) -> None:
    """Fail from one address until it is one too many, and sign in from another one."""
    accounts.add(accounts.new_user("ann", PASSWORD))
    for _ in range(5):
        with pytest.raises(InvalidCredentials):
            accounts.sign_in("ann", "wrong", address="192.0.2.1")
    with pytest.raises(TooManyAttempts) as caught:
        accounts.sign_in("ann", PASSWORD, address="192.0.2.1")
    assert caught.value.retry_after == dt.timedelta(minutes=5)
    assert accounts.sign_in("ann", PASSWORD, address="192.0.2.2").username == "ann"


def test_s25_a_user_writes_so_often_and_others_are_not_concerned(
    ann: Headers, sign_up: Callable[[str], Headers], open_another: OpenAnother, put_clock: PutClock
) -> None:
    """After as many writes as the setting allows, the next waits for its time; reading goes on."""
    bob = sign_up("bob")
    with open_another({"SCHEDULING_WRITES_PER_MINUTE": "3"}) as client:

        def write(who: Headers) -> httpx.Response:
            return client.put("/api/availability", headers=who, json={"time_off": []})

        assert [write(ann).status_code for _ in range(3)] == [200, 200, 200]
        answer = write(ann)
        assert (answer.status_code, answer.headers["Retry-After"]) == (429, "20")
        assert answer.json()["type"] == "/problems/too-many-writes"
        assert client.get("/api/availability", headers=ann).status_code == 200
        assert write(bob).status_code == 200
        put_clock(NOW + dt.timedelta(seconds=20))
        assert [write(ann).status_code for _ in range(2)] == [200, 429]


def test_a_clock_that_is_put_back_stops_nobody_for_long() -> None:
    """A minute later at the latest everything is as it was."""
    now = NOW
    limit = WriteLimit(2, lambda: now)
    limit.count("ann")
    limit.count("ann")
    now -= dt.timedelta(hours=1)
    with pytest.raises(TooManyWrites) as caught:
        limit.count("ann")
    assert caught.value.retry_after <= dt.timedelta(minutes=1)
    now += dt.timedelta(minutes=1)
    limit.count("ann")


def test_buckets_that_are_full_again_are_not_kept() -> None:
    """However many users there were, memory holds those who wrote in the last minute."""
    now = NOW
    limit = WriteLimit(60, lambda: now)
    for number in range(10_000):
        limit.count(f"user {number}")
    now += dt.timedelta(minutes=1)
    limit.count("ann")
    assert list(limit._full_at) == ["ann"]
