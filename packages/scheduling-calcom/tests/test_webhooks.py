"""Calls of Cal.com: who may be believed (S33), and what they are about."""

import datetime as dt
import hashlib
import hmac
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduling_calcom import CalComClient, check_secrets, read_hint, verify
from scheduling_calcom.testing import FakeCalCom
from scheduling_calcom.webhooks import LARGEST_BODY, SIGNATURE_HEADER

NOW = dt.datetime(2026, 3, 2, 7, 0, tzinfo=dt.UTC)
OLD, NEW = "the old secret of this webhook, 32 bytes", "the new secret of this webhook, 32 bytes"
BODY = json.dumps({"triggerEvent": "BOOKING_CREATED", "payload": {"uid": "uid1"}}).encode()


def sign(body: bytes, secret: str = NEW) -> str:
    """Sign a body, as written in the documentation of Cal.com."""
    return hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def test_a_right_signature_is_right() -> None:
    """The hexadecimal digits of the HMAC of the very bytes that arrived."""
    assert verify(BODY, sign(BODY), [NEW])


@pytest.mark.parametrize(
    "signature",
    [
        None,
        "",
        "no-secret-provided",
        sign(BODY)[:-1],
        sign(BODY) + "0",
        sign(BODY) + "\n",
        " " + sign(BODY),
        sign(BODY).upper(),
        "sha256=" + sign(BODY),
        sign(BODY + b" "),
        sign(json.dumps(json.loads(BODY), separators=(",", ":")).encode()),
        sign(BODY, OLD),
        hashlib.sha256(BODY).hexdigest(),
        "\u0660" * 64,
        "é" * 64,
        "0" * 64,
    ],
)
def test_s33_any_other_signature_is_wrong(signature: str | None) -> None:
    """None at all, the words for none, other lengths and letters, other bodies and secrets."""
    assert not verify(BODY, signature, [NEW])


@given(body=st.binary(max_size=60), other=st.binary(max_size=60))
def test_a_signature_is_that_of_one_body(body: bytes, other: bytes) -> None:
    """It is right for the very same bytes and for no others."""
    assert verify(other, sign(body), [NEW]) == (body == other)


@pytest.mark.parametrize(("used", "is_right"), [(OLD, True), (NEW, True), (OLD + "x", False)])
def test_s33_two_secrets_are_active_while_one_is_changed(used: str, is_right: bool) -> None:
    """What is signed with either of them is believed, in whichever order they are given."""
    for secrets in ([OLD, NEW], [NEW, OLD]):
        assert verify(BODY, sign(BODY, used), secrets) == is_right


def test_a_secret_that_was_taken_away_is_worth_nothing() -> None:
    """After the change only the new one counts."""
    assert not verify(BODY, sign(BODY, OLD), [NEW])


@pytest.mark.parametrize("secrets", [[], [""], ["x" * 31], [NEW, ""], [NEW, "x" * 31], NEW])
def test_s33_nothing_is_set_up_without_a_secret(secrets: list[str]) -> None:
    """No secret, or one that could be guessed, is refused, and not shown."""
    for refuse in (check_secrets, lambda given: verify(BODY, sign(BODY), given)):
        with pytest.raises(ValueError, match="secrets") as refused:
            refuse(secrets)
        assert "xxx" not in str(refused.value)


def test_secrets_are_counted_in_bytes() -> None:
    """Thirty-two bytes are enough, also where they are sixteen letters."""
    assert check_secrets(["x" * 32, "é" * 16]) == (b"x" * 32, "é".encode() * 16)


def test_s33_a_call_that_is_too_long_is_not_believed() -> None:
    """One byte over the limit is too much, the limit itself is not."""
    longest = b" " * LARGEST_BODY
    assert verify(longest, sign(longest), [NEW])
    assert not verify(longest + b" ", sign(longest + b" "), [NEW])
    with pytest.raises(ValueError, match="262144"):
        read_hint(longest + b" ", NOW)


def test_s33_the_same_call_has_the_same_digest() -> None:
    """However often it is replayed, and only it."""
    hints = [read_hint(BODY, NOW + number * dt.timedelta(seconds=1)) for number in range(10_000)]
    assert {hint.digest for hint in hints if hint} == {hashlib.sha256(BODY).hexdigest()}
    other = read_hint(BODY + b" ", NOW)
    assert other is not None
    assert other.digest != hashlib.sha256(BODY).hexdigest()


def call(payload: object = None, trigger: object = "BOOKING_CREATED", **flat: object) -> bytes:
    """The body of a call."""
    return json.dumps({"triggerEvent": trigger, "payload": payload, **flat}).encode()


@pytest.mark.parametrize(
    ("body", "uid"),
    [
        (call({"uid": "a"}), "a"),
        (call({"uid": "new", "rescheduleUid": "old"}), "new"),
        (call({"uid": None, "rescheduledToUid": "new", "rescheduleUid": "old"}), "new"),
        (call({"rescheduleUid": "old"}), "old"),
        (call({"bookingUid": "b", "message": "absent"}, "BOOKING_NO_SHOW_UPDATED"), "b"),
        (call(None, "MEETING_ENDED", uid="m"), "m"),
        (call([], "MEETING_ENDED", uid="m"), "m"),
        (call({"uid": "../me", "bookingUid": "b"}), "b"),
    ],
)
def test_a_call_is_about_a_booking(body: bytes, uid: str) -> None:
    """Its uid is found wherever the triggers have it; one that could not be asked for is none."""
    hint = read_hint(body, NOW)
    assert hint is not None
    assert (hint.uid, hint.provider, hint.at) == (uid, "cal.com", NOW)


@pytest.mark.parametrize(
    "body",
    [
        call({"type": "Test", "title": "Test trigger event"}, "PING"),
        call({"oooEntry": {"id": 7}}, "OOO_CREATED"),
        call({"uid": 7}),
        call({"uid": ""}),
        call({"uid": "a b"}),
        call({"uid": "x" * 201}),
        call({"uid": ["a"]}),
        b"{}",
    ],
)
def test_a_call_may_be_about_no_booking(body: bytes) -> None:
    """A test call is none to worry about, and there is nothing to look at."""
    assert read_hint(body, NOW) is None


@pytest.mark.parametrize(
    ("trigger", "kept"),
    [
        ("BOOKING_CREATED", "BOOKING_CREATED"),
        ("SOMETHING_NEW", "SOMETHING_NEW"),
        ("booking_created ", "booking_created "),
        (None, "unnamed"),
        (7, "unnamed"),
        ("", "unnamed"),
        ("x" * 201, "unnamed"),
        ("a\nb", "unnamed"),
        ("\ud800", "unnamed"),
    ],
)
def test_s19_a_trigger_is_kept_as_it_is_and_never_trusted(trigger: object, kept: str) -> None:
    """Any name will do; what cannot be kept has a name of ours."""
    hint = read_hint(call({"uid": "a"}, trigger), NOW)
    assert hint is not None
    assert hint.trigger == kept


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"false",
        b'"secret"',
        b"[]",
        b'{"secret": ',
        b"secret",
        b'"\xff secret"',
        b"[" * 100_000,
        b'{"secret": ' + b"9" * 5000 + b"}",
        b'{"secret": NaN}',
        b'\xef\xbb\xbf{"uid": "secret"}',
        '{"uid": "secret"}'.encode("utf-16"),
    ],
)
def test_what_is_no_object_is_refused_without_its_content(body: bytes) -> None:
    """Neither the message nor what led to it quotes what arrived."""
    with pytest.raises(ValueError, match="must be a JSON object") as refused:
        read_hint(body, NOW)
    assert "secret" not in repr(refused.value)
    assert refused.value.__context__ is None


@given(st.binary(max_size=200) | st.text(max_size=50).map(str.encode))
def test_nothing_that_arrives_breaks_the_reading(body: bytes) -> None:
    """It is a hint, or none, or refused."""
    try:
        hint = read_hint(body, NOW)
    except ValueError as refused:
        assert str(refused) == "body must be a JSON object"  # noqa: PT017  Both ends are allowed.
    else:
        assert hint is None or hint.uid


def test_what_the_fake_sends_is_believed_and_understood(fake: FakeCalCom, calcom: CalComClient) -> None:
    """Every kind of change is told with a signature that is right, about a booking that is there."""
    calcom.create_webhook(subscriber_url="https://here.example/hook", secret=NEW)
    world = fake.world
    attendee: dict[str, Any] = {"name": "Eve", "email": "eve@e.example", "timeZone": "UTC"}
    booking = world.book(world.event_types[2], NOW + dt.timedelta(hours=3), attendee)
    moved = world.reschedule(booking.uid, NOW + dt.timedelta(hours=4))
    world.cancel(moved.uid)
    heard = []
    for delivery in fake.deliveries:
        assert verify(delivery.body, delivery.headers[SIGNATURE_HEADER], [OLD, NEW])
        hint = read_hint(delivery.body, NOW)
        assert hint is not None
        heard.append((hint.trigger, hint.uid))
    assert heard == [
        ("BOOKING_CREATED", booking.uid),
        ("BOOKING_RESCHEDULED", moved.uid),
        ("BOOKING_CANCELLED", moved.uid),
    ]
