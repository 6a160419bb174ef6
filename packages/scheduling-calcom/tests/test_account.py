"""Calls about the account, and the probe."""

import datetime as dt
from collections.abc import Callable

import attrs
import pytest

from scheduling_calcom import (
    Account,
    ApiKey,
    CalComClient,
    Gone,
    Quota,
    RetryPolicy,
    StateConflict,
    Unauthorised,
    Versions,
    WrongApiVersion,
)
from scheduling_calcom.testing import KEY, FakeCalCom, connect
from scheduling_calcom.testing.records import FakeWebhook
from scheduling_calcom.versions import RESOURCES
from scheduling_core import InvalidValue

Connect = Callable[..., CalComClient]
SECRET = "s" * 32


def test_the_account_says_whose_key_it_is(calcom: CalComClient) -> None:
    """The user behind a key has an id, a zone and a default schedule."""
    me = calcom.get_me()
    assert (me.id, me.username, me.time_zone, me.default_schedule_id) == (1, "ada", "Europe/Berlin", 1)


def test_event_types_tell_what_decides_about_a_booking(calcom: CalComClient) -> None:
    """Lengths, buffers and conditions are read; what is not there is off."""
    short, _, either = calcom.list_event_types()
    assert calcom.get_event_type(short.id) == short
    assert (short.length, short.lengths) == (dt.timedelta(minutes=30), (dt.timedelta(minutes=30),))
    assert either.lengths == (dt.timedelta(minutes=30), dt.timedelta(minutes=60))
    conditions = (short.needs_confirmation, short.has_seats, short.is_recurring, short.required_fields)
    assert conditions == (False, False, False, ())
    assert short.before_buffer == short.after_buffer == short.minimum_notice == dt.timedelta(0)
    with pytest.raises(Gone):
        calcom.get_event_type(99)


def test_a_webhook_is_made_and_deleted(calcom: CalComClient, fake: FakeCalCom) -> None:
    """A webhook listens for what happens to bookings; its secret is known to Cal.com and to nobody else."""
    made = calcom.create_webhook(subscriber_url="https://here.example/calcom", secret=SECRET)
    assert calcom.list_webhooks() == (made,)
    assert made.active
    assert "BOOKING_RESCHEDULED" in made.triggers
    assert fake.world.webhooks[int(made.id)].secret == SECRET
    assert SECRET not in repr(made)
    calcom.delete_webhook(made.id)
    assert calcom.list_webhooks() == ()
    with pytest.raises(Gone):
        calcom.delete_webhook(made.id)


def test_an_address_has_one_webhook(calcom: CalComClient) -> None:
    """A second webhook for one address is a conflict."""
    calcom.create_webhook(subscriber_url="https://here.example/calcom", secret=SECRET)
    with pytest.raises(StateConflict):
        calcom.create_webhook(subscriber_url="https://here.example/calcom", secret=SECRET)


def test_all_webhooks_are_listed(calcom: CalComClient, fake: FakeCalCom) -> None:
    """However many there are, each comes once."""
    for number in range(260):
        url = f"https://here.example/{number}"
        fake.world.webhooks[1000 + number] = FakeWebhook(1000 + number, url, [], active=True)
    assert len(calcom.list_webhooks()) == 260


@pytest.mark.parametrize(
    ("url", "secret"),
    [("https://here.example/", "s" * 31), ("ftp://here.example/", SECRET), ("here.example", SECRET)],
)
def test_a_webhook_that_cannot_be_trusted_is_not_made(
    calcom: CalComClient, fake: FakeCalCom, url: str, secret: str
) -> None:
    """A short secret could be guessed; it stands in no error."""
    with pytest.raises(InvalidValue) as caught:
        calcom.create_webhook(subscriber_url=url, secret=secret)
    assert secret not in str(caught.value)
    assert not fake.asked


def test_the_probe_changes_nothing(calcom: CalComClient, fake: FakeCalCom) -> None:
    """A probe reads from every resource that has versions, and says whose key it is."""
    assert calcom.probe().username == "ada"
    assert {asked.method for asked in fake.asked} == {"GET"}
    assert [asked.path for asked in fake.asked] == [
        "/v2/me",
        "/v2/bookings",
        "/v2/schedules",
        "/v2/event-types",
        "/v2/slots",
    ]


def test_an_account_without_event_types_can_be_probed(calcom: CalComClient, fake: FakeCalCom) -> None:
    """Where nothing can be booked there are no slots to look at."""
    fake.world.event_types.clear()
    assert calcom.probe().username == "ada"


@pytest.mark.parametrize(
    ("resource", "version"),
    [
        ("bookings", "2024-04-15"),
        ("bookings", "2024-09-04"),
        ("bookings", "2026-02-25"),
        ("bookings", None),
        ("slots", "2024-08-13"),
        ("slots", "2026-02-25"),
        ("schedules", "2024-04-15"),
        ("schedules", "2024-08-13"),
        ("event_types", "2024-04-15"),
        ("event_types", "2026-06-12"),
    ],
)
def test_the_probe_notices_a_wrong_version(
    connected: Connect, account: Account, fake: FakeCalCom, resource: str, version: str | None
) -> None:
    """A server that runs older code, or none, is known by its answers, and the header is named."""
    account = attrs.evolve(account, versions=Versions(**{resource: version}))
    with pytest.raises(WrongApiVersion) as caught:
        connected(account, connect(fake)).probe()
    assert (caught.value.resource, caught.value.version) == (resource, version)
    asked = "the API" if version is None else f"cal-api-version {version}"
    assert f"does not answer as {asked} does" in str(caught.value)


def test_a_version_is_sent_with_each_resource(calcom: CalComClient, fake: FakeCalCom) -> None:
    """Every resource is asked for in a version of its own, and some in none."""
    calcom.probe()
    versions = {asked.path: asked.headers.get("cal-api-version") for asked in fake.asked}
    assert versions == {
        "/v2/me": None,
        "/v2/bookings": "2024-08-13",
        "/v2/schedules": "2024-06-11",
        "/v2/event-types": "2024-06-14",
        "/v2/slots": "2024-09-04",
    }


@pytest.mark.parametrize("version", ["", "v2", "2024-8-13", '"2024-08-13"', "2024-08-13\n"])
def test_a_version_is_a_date(version: str) -> None:
    """What a server could not know is refused here: it would answer as the oldest version."""
    with pytest.raises(InvalidValue):
        Versions(bookings=version)
    assert {Versions().of(resource) for resource in RESOURCES}


def test_a_wrong_key_is_told(connected: Connect, account: Account, fake: FakeCalCom) -> None:
    """A key that the server does not know is no passing failure."""
    client = connected(attrs.evolve(account, token=ApiKey("cal_live_wrong")), connect(fake))
    with pytest.raises(Unauthorised) as caught:
        client.get_me()
    assert caught.value.status == 401
    assert len(fake.asked) == 1


def test_the_token_is_asked_for_every_time(connected: Connect, account: Account, fake: FakeCalCom) -> None:
    """A token that changes is sent as it is when the request leaves."""
    tokens = iter(["old", KEY])
    client = connected(attrs.evolve(account, token=lambda: next(tokens)), connect(fake))
    with pytest.raises(Unauthorised):
        client.get_me()
    assert client.get_me().id == 1


@pytest.mark.parametrize("key", ["", "a b", "a\n", "clé"])
def test_a_key_that_cannot_be_sent_is_not_quoted(
    connected: Connect, account: Account, fake: FakeCalCom, key: str
) -> None:
    """A key with a line break at its end is a common mistake, and no reason to show the key."""
    client = connected(attrs.evolve(account, token=ApiKey(key)), connect(fake))
    with pytest.raises(InvalidValue) as caught:
        client.get_me()
    assert caught.value.value is ...
    assert not fake.asked


@pytest.mark.parametrize(
    "address",
    [
        "http://api.cal.com/v2",
        "api.cal.com/v2",
        "https://",
        "ftp://localhost/v2",
        "https://ada:secret@api.cal.com/v2",
        "https://api.cal.com/v2?key=secret",
        "https://api.cal.com/v2#secret",
        "https://api.cal.com:99999/v2",
        "https://[::1/v2",
        "http://127.0.0.1.example/v2",
    ],
)
def test_an_address_is_https_and_holds_no_secret(address: str) -> None:
    """The key leaves this machine encrypted or not at all, and an address that may be logged holds none."""
    with pytest.raises(InvalidValue) as caught:
        Account(ApiKey(KEY), address)
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    "address",
    ["https://api.cal.com/v2/", "http://localhost:3003/v2", "http://127.0.0.1/v2", "http://[::1]:3003/v2"],
)
def test_an_address_may_be_ones_own(address: str) -> None:
    """A server of one's own is as good as the hosted one, and on this machine it needs no certificate."""
    assert Account(ApiKey(KEY), address).base_url == address.rstrip("/")


@pytest.mark.parametrize(
    "terms",
    [
        lambda: Account(ApiKey(KEY), timeout=dt.timedelta(0)),
        lambda: Account(ApiKey(KEY), largest_answer=0),
        lambda: Quota(0),
        lambda: Quota(10, 10),
        lambda: Quota(10, 0),
        lambda: RetryPolicy(tries=0),
        lambda: RetryPolicy(first_wait=dt.timedelta(0)),
        lambda: RetryPolicy(longest_wait=dt.timedelta(0)),
        lambda: RetryPolicy(limit=dt.timedelta(0)),
    ],
)
def test_terms_make_sense(terms: Callable[[], object]) -> None:
    """Terms under which nothing could be sent cannot be made."""
    with pytest.raises(InvalidValue):
        terms()
