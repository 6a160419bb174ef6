"""What must not be seen: keys, uids of bookings, and customers."""

import datetime as dt
import logging
import traceback
from collections.abc import Callable

import pytest

from scheduling_calcom import NO_RETRIES, Account, ApiKey, AsyncCalComClient, Attendee, CalComClient, Quota
from scheduling_calcom.testing import Answer, FakeCalCom, Fault, Server, connect, faults
from scheduling_calcom.testing.hooks import Delivery
from scheduling_core import ExternalCalendarError, InvalidValue, system

Connect = Callable[..., CalComClient]
KEY = "cal_live_secret"
TOMORROW = system.read_clock() + dt.timedelta(days=1)
ADAM = Attendee("Adam Secret", "Europe/Berlin", "adam@secret.example", "+493012345678")
SECRETS = (KEY, "Adam", "adam@", "3012345678", "uid-secret")


def assert_silent(shown: str) -> None:
    """Fail if anything secret stands in what is shown."""
    assert not [secret for secret in SECRETS if secret in shown]


@pytest.fixture
def fake() -> FakeCalCom:
    """A fake with a key and uids that are easy to find again."""
    numbers = iter(range(1000))
    fake = FakeCalCom(key=KEY, new_uid=lambda: f"uid-secret{next(numbers)}").furnish()
    fake.world.schedules.clear()
    return fake


def start() -> dt.datetime:
    """Return a whole hour of tomorrow."""
    return TOMORROW.replace(hour=10, minute=0, second=0, microsecond=0)


def test_no_value_shows_a_secret() -> None:
    """What may be printed by accident shows neither a key nor a person nor a uid."""
    account = Account(ApiKey(KEY))
    clients = [CalComClient(account), AsyncCalComClient(account)]
    assert_silent(repr([account, account.token, account.api, *clients, ADAM]))


def test_nothing_secret_is_logged(fake: FakeCalCom, caplog: pytest.LogCaptureFixture) -> None:
    """With every logger at its most talkative, nothing is given away, by us or by what is below us."""
    caplog.set_level(logging.DEBUG)
    server = Server(fake)
    with server.running() as url, CalComClient(Account(ApiKey(KEY), url)) as client:
        booking = client.create_booking(event_type_id=2, start=start(), attendee=ADAM)
        client.get_booking(booking.uid)
        client.list_bookings(attendee_email=ADAM.email)
        client.delete_booking(booking.uid)
        assert_silent(repr(booking))
    assert_silent(caplog.text)


@pytest.mark.parametrize(
    "fault",
    [
        faults.fail_before(),
        faults.fail_before(status=400),
        faults.hang(),
        faults.drop_after(),
        faults.truncate(),
        faults.refuse(),
        faults.answer_html(),
        faults.answer_html(status=200),
        faults.redirect(to="https://uid-secret.example/Adam"),
        faults.throttle(),
        faults.answer_instead(
            answer=Answer(
                400,
                b'{"statusCode": 400, "message": "uid-secret1 of adam@secret.example not available"}',
                {"content-type": "application/json", "x-request-id": "adam@secret.example"},
            )
        ),
        faults.answer_instead(
            answer=Answer(
                201,
                b'{"status": "success", "data": {"uid": "uid-secret1", "start": "Adam", "end": "Adam"}}',
                {"content-type": "application/json"},
            )
        ),
    ],
)
def test_no_error_shows_a_secret(
    connected: Connect,
    fake: FakeCalCom,
    fault: Fault,
) -> None:
    """Neither the message nor the whole traceback of an error gives anything away."""
    account = Account(ApiKey(KEY), "https://cal.example/v2", retry=NO_RETRIES)
    client = connected(account, connect(fake))
    booking = client.create_booking(event_type_id=2, start=start(), attendee=ADAM)
    fake.faults.append(fault)
    with pytest.raises(ExternalCalendarError) as caught:
        client.reschedule_booking(booking.uid, start=start() + dt.timedelta(hours=1))
    error = caught.value
    assert_silent(f"{error} {error!r} {error.args}")
    assert_silent("".join(traceback.format_exception(error)))
    assert error.__context__ is None


@pytest.mark.parametrize(
    "make",
    [
        lambda: Attendee("", "UTC", "adam@secret.example"),
        lambda: Attendee("Adam", "UTC", "adam@secret"),
        lambda: Attendee("Adam", "UTC", phone_number="3012345678"),
        lambda: Attendee("Adam", "UTC"),
        lambda: Attendee("Adam\n", "UTC", "adam@secret.example"),
        lambda: Account(ApiKey(KEY), f"https://{KEY}@api.cal.com"),
    ],
)
def test_what_is_refused_is_not_quoted(make: Callable[[], object]) -> None:
    """A value that could be a person or a key is named by its field alone."""
    with pytest.raises(InvalidValue) as caught:
        make()
    assert_silent(f"{caught.value} {caught.value!r}")


def test_a_delivery_shows_only_its_address() -> None:
    """The body of a webhook is about people."""
    assert_silent(repr(Delivery("https://here.example", b"Adam", {"x": KEY})))


def test_a_quota_shows_its_numbers() -> None:
    """The bucket can be printed, and tells how much may leave."""
    assert repr(Quota()) == "Quota(per_minute=100, burst=20)"
