"""Bodies are read strictly: what is not meant exactly is refused at its place, and changes nothing."""

import json
from typing import Any

import pytest
from litestar import Litestar
from litestar.testing import TestClient

VALID = {
    "customer_name": "Bob",
    "start_time": "2030-01-07T10:00:00+01:00",
    "duration_minutes": 30,
}
JSON = {"Content-Type": "application/json"}
GONE = object()

WRONG_FIELDS: dict[str, tuple[dict[str, Any], str]] = {
    "name missing": ({"customer_name": GONE}, "/customer_name"),
    "name null": ({"customer_name": None}, "/customer_name"),
    "name a number": ({"customer_name": 5}, "/customer_name"),
    "name a list": ({"customer_name": ["Bob"]}, "/customer_name"),
    "name empty": ({"customer_name": ""}, "/customer_name"),
    "name blank": ({"customer_name": "   "}, "/customer_name"),
    "name with nul": ({"customer_name": "a\0b"}, "/customer_name"),
    "name with line break": ({"customer_name": "a\nb"}, "/customer_name"),
    "name with escape": ({"customer_name": "a\x1bb"}, "/customer_name"),
    "name too long": ({"customer_name": "x" * 201}, "/customer_name"),
    "start missing": ({"start_time": GONE}, "/start_time"),
    "start null": ({"start_time": None}, "/start_time"),
    "start without offset": ({"start_time": "2030-01-07T10:00:00"}, "/start_time"),
    "start a date": ({"start_time": "2030-01-07"}, "/start_time"),
    "start an epoch": ({"start_time": 1893920400}, "/start_time"),
    "start an epoch as text": ({"start_time": "1893920400"}, "/start_time"),
    "start a fraction": ({"start_time": 1893920400.5}, "/start_time"),
    "start words": ({"start_time": "tomorrow"}, "/start_time"),
    "start empty": ({"start_time": ""}, "/start_time"),
    "start on no day": ({"start_time": "2030-02-30T10:00:00Z"}, "/start_time"),
    "start at no time": ({"start_time": "2030-01-07T25:00:00Z"}, "/start_time"),
    "start at no offset": ({"start_time": "2030-01-07T10:00:00+25:00"}, "/start_time"),
    "start in a leap second": ({"start_time": "2030-01-07T23:59:60Z"}, "/start_time"),
    "start before all times": ({"start_time": "1899-12-31T23:59:59Z"}, "/start_time"),
    "start after all times": ({"start_time": "2200-01-01T00:00:00Z"}, "/start_time"),
    "start at the end of the calendar": ({"start_time": "9999-12-31T23:59:59-14:00"}, "/start_time"),
    "start at the beginning of it": ({"start_time": "0001-01-01T00:00:00+14:00"}, "/start_time"),
    "duration missing": ({"duration_minutes": GONE}, "/duration_minutes"),
    "duration null": ({"duration_minutes": None}, "/duration_minutes"),
    "duration text": ({"duration_minutes": "30"}, "/duration_minutes"),
    "duration a fraction": ({"duration_minutes": 30.5}, "/duration_minutes"),
    "duration true": ({"duration_minutes": True}, "/duration_minutes"),
    "duration none": ({"duration_minutes": 0}, "/duration_minutes"),
    "duration negative": ({"duration_minutes": -30}, "/duration_minutes"),
    "duration huge": ({"duration_minutes": 10**9}, "/duration_minutes"),
    "duration beyond all": ({"duration_minutes": 10**30}, "/duration_minutes"),
    "duration in words": ({"duration_minutes": "PT30M"}, "/duration_minutes"),
    "type a number": ({"type": 1}, "/type"),
    "type empty": ({"type": ""}, "/type"),
    "type too long": ({"type": "x" * 201}, "/type"),
    "type with nul": ({"type": "a\0b"}, "/type"),
    "notes null": ({"notes": None}, "/notes"),
    "notes a list": ({"notes": []}, "/notes"),
    "notes too long": ({"notes": "x" * 10_001}, "/notes"),
    "notes with nul": ({"notes": "a\0b"}, "/notes"),
    "end given": ({"end_time": "2030-01-07T11:00:00+01:00"}, "/end_time"),
    "status given": ({"status": "confirmed"}, "/status"),
    "version given": ({"version": 1}, "/version"),
    "creation given": ({"created_at": "2030-01-07T10:00:00Z"}, "/created_at"),
    "id given": ({"id": "1"}, "/id"),
    "host given": ({"host": "somebody else"}, "/host"),
    "user given": ({"user_id": "somebody else"}, "/user_id"),
    "remote id given": ({"calcom_booking_id": "1"}, "/calcom_booking_id"),
    "a slash in a name": ({"a/b~c": 1}, "/a~1b~0c"),
    "an empty name": ({"": 1}, "/"),
}

UNREADABLE = {
    "nothing": b"",
    "space": b"  \n",
    "half an object": b'{"customer_name": "Bob"',
    "two objects": b"{}{}",
    "single quotes": b"{'customer_name': 'Bob'}",
    "a trailing comma": b'{"customer_name": "Bob",}',
    "a comment": b'{"customer_name": "Bob" /* really */}',
    "null": b"null",
    "a number": b"5",
    "a text": b'"Bob"',
    "a list": b"[]",
    "a list of it": json.dumps([VALID]).encode(),
    "not a number": b'{"customer_name": "Bob", "duration_minutes": NaN}',
    "infinity": b'{"duration_minutes": Infinity}',
    "a field twice": b'{"customer_name": "Bob", "customer_name": "Eve"}',
    "a field twice, written twice": b'{"notes": "a", "n\\u006ftes": "b"}',
    "a nested field twice": b'{"notes": {"a": 1, "a": 2}}',
    "latin-1": b'{"customer_name": "J\xf6rg"}',
    "cut in a character": b'{"customer_name": "J\xc3"}',
    "utf-16": json.dumps(VALID).encode("utf-16"),
    "a byte order mark": b"\xef\xbb\xbf" + json.dumps(VALID).encode(),
    "a lone surrogate": b'{"customer_name": "\\ud800"}',
    "a lone surrogate as a name": b'{"\\udfff": 1}',
    "a lone surrogate deep inside": b'{"notes": [{"a": ["\\ud800"]}]}',
    "a bare line break in a text": b'{"customer_name": "a\nb"}',
    "a bare nul": b'{"customer_name": "a\0b"}',
    "lists without end": b"[" * 100_000,
    "objects without end": b'{"a":' * 20_000,
    "deep inside": b'{"notes": ' + b"[" * 5_000 + b"]" * 5_000 + b"}",
    "a number of many digits": b'{"duration_minutes": ' + b"9" * 5_000 + b"}",
    "a form": b"customer_name=Bob&duration_minutes=30",
    "xml": b"<appointment/>",
    "zeros": b"\0" * 100,
}


def nothing_changed(client: TestClient[Litestar], headers: dict[str, str]) -> bool:
    """Say whether there is still no appointment."""
    listed = client.get("/api/appointments", headers=headers).json()
    return bool(listed == {"items": [], "next_cursor": None})


def test_the_body_that_the_others_change_is_valid(client: TestClient[Litestar], ann: dict[str, str]) -> None:
    """What the other tests break one thing of is itself accepted."""
    assert client.post("/api/appointments", headers=ann, json=VALID).status_code == 201


@pytest.mark.parametrize(("changes", "pointer"), WRONG_FIELDS.values(), ids=WRONG_FIELDS)
def test_a_wrong_field_is_refused_at_its_place(
    long_client: TestClient[Litestar], long_ann: dict[str, str], changes: dict[str, Any], pointer: str
) -> None:
    """Each field has its type and bounds, others are not known, and the answer points at the wrong one."""
    body = {name: value for name, value in {**VALID, **changes}.items() if value is not GONE}
    answer = long_client.post("/api/appointments", headers=long_ann, json=body)
    assert answer.status_code == 400, answer.text
    problem = answer.json()
    assert problem["type"] == "/problems/validation"
    assert [error["pointer"] for error in problem["errors"]] == [pointer]
    assert problem["errors"][0]["message"] in problem["detail"]
    assert nothing_changed(long_client, long_ann)


@pytest.fixture(scope="module")
def carlas(long_client: TestClient[Litestar], long_carla: dict[str, str]) -> dict[str, Any]:
    """An appointment of another user of the shared service."""
    answer = long_client.post("/api/appointments", headers=long_carla, json=VALID)
    appointment: dict[str, Any] = answer.json()
    return appointment


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [wrong for wrong in WRONG_FIELDS.values() if GONE not in wrong[0].values()],
    ids=[name for name, wrong in WRONG_FIELDS.items() if GONE not in wrong[0].values()],
)
def test_a_wrong_field_of_a_change_is_refused_at_its_place(
    long_client: TestClient[Litestar],
    long_carla: dict[str, str],
    carlas: dict[str, Any],
    changes: dict[str, Any],
    pointer: str,
) -> None:
    """What cannot be booked cannot be brought about by a change either."""
    path = f"/api/appointments/{carlas['id']}"
    body = {**VALID, "notes": "not kept", **changes}
    answer = long_client.put(path, headers={**long_carla, "If-Match": "*"}, json=body)
    assert answer.status_code == 400, answer.text
    assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]
    assert long_client.get(path, headers=long_carla).json() == carlas


@pytest.mark.parametrize("body", UNREADABLE.values(), ids=UNREADABLE)
def test_what_is_not_an_object_of_ours_is_refused(
    long_client: TestClient[Litestar], long_ann: dict[str, str], body: bytes
) -> None:
    """Bytes that are not exactly one JSON object are refused, whatever they are."""
    answer = long_client.post("/api/appointments", headers={**long_ann, **JSON}, content=body)
    assert answer.status_code == 400, answer.text
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert nothing_changed(long_client, long_ann)


def test_all_errors_are_told_at_once(long_client: TestClient[Litestar], long_ann: dict[str, str]) -> None:
    """Who fills in a form learns of every mistake the first time."""
    body = {"start_time": "10:00", "duration_minutes": "30", "colour": "red", "notes": 5}
    errors = long_client.post("/api/appointments", headers=long_ann, json=body).json()["errors"]
    assert [error["pointer"] for error in errors] == [
        "/customer_name",
        "/start_time",
        "/duration_minutes",
        "/notes",
        "/colour",
    ]
    assert errors[0]["message"] == "is missing"
    assert errors[2]["message"] == "expected a whole number, got text"


def test_there_is_an_end_to_the_list_of_errors(
    long_client: TestClient[Litestar], long_ann: dict[str, str]
) -> None:
    """A body of a thousand unknown fields is not answered with a thousand errors."""
    answer = long_client.post(
        "/api/appointments", headers=long_ann, json={f"field {i}": i for i in range(1000)}
    )
    assert len(answer.json()["errors"]) == 20


@pytest.mark.parametrize(
    "media_type",
    [
        "text/plain",
        "text/json",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/merge-patch+json",
        "application/json; charset=utf-16",
        "application/octet-stream",
        "",
        "nonsense",
    ],
)
def test_a_body_of_another_media_type_is_refused(
    long_client: TestClient[Litestar], long_ann: dict[str, str], media_type: str
) -> None:
    """JSON is taken as JSON only: other media types are what a foreign page can send unasked."""
    content = json.dumps(VALID).encode()
    answer = long_client.post(
        "/api/appointments", headers={**long_ann, "Content-Type": media_type}, content=content
    )
    assert answer.status_code == 415
    assert answer.json()["type"] == "/problems/unsupported-media-type"
    assert nothing_changed(long_client, long_ann)


@pytest.mark.parametrize("media_type", ["application/json", "Application/JSON; Charset=UTF-8"])
def test_json_is_taken_however_it_is_written(
    client: TestClient[Litestar], ann: dict[str, str], media_type: str
) -> None:
    """Media types are written in any case, and UTF-8 may be named."""
    content = json.dumps(VALID).encode()
    answer = client.post("/api/appointments", headers={**ann, "Content-Type": media_type}, content=content)
    assert answer.status_code == 201, answer.text


def test_a_body_that_is_too_large_is_refused(
    long_client: TestClient[Litestar], long_ann: dict[str, str]
) -> None:
    """Beyond 128 KiB nothing is read, whether its length is announced or not."""
    body = b" " * 131_073
    announced = long_client.post("/api/appointments", headers={**long_ann, **JSON}, content=body)
    streamed = long_client.post("/api/appointments", headers={**long_ann, **JSON}, content=iter([body]))
    assert announced.status_code == streamed.status_code == 413
    assert announced.json()["type"] == "/problems/body-too-large"


def test_the_longest_notes_fit(client: TestClient[Litestar], ann: dict[str, str]) -> None:
    """10,000 characters are accepted, also when each is written as two escapes."""
    body = {**VALID, "notes": "\U0001f4c5" * 10_000}
    content = json.dumps(body).encode()
    answer = client.post("/api/appointments", headers={**ann, **JSON}, content=content)
    assert answer.status_code == 201, answer.text
    assert answer.json()["notes"] == body["notes"]
