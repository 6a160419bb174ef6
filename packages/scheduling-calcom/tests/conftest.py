"""The fake, the clients before it, and the OpenAPI document against which both are held.

Where the environment variable CALCOM_OPENAPI names the document of the Cal.com API, every request that a
client sends, in whatever test, and every answer that the fake gives of its own accord, is validated against
it.
"""

import asyncio
import datetime as dt
import functools
import importlib.util
import inspect
import itertools
import json
import os
import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, cast

import attrs
import pytest

from scheduling_calcom import (
    NO_RETRIES,
    Account,
    ApiKey,
    AsyncCalComClient,
    AttendeePolicy,
    CalComCalendar,
    CalComClient,
    Quota,
    client,
    http,
)
from scheduling_calcom.http import httpx
from scheduling_calcom.testing import KEY, Answer, Asked, FakeCalCom, ManualTime, connect

NOW = dt.datetime(2026, 3, 2, 7, 0, tzinfo=dt.UTC)  # A Monday, before the office hours of the fake.

DOCUMENT = os.environ.get("CALCOM_OPENAPI", "")
Json = Any  # Whatever JSON holds.
Rest = Any  # The parameters that are passed on.
_INDEXED = re.compile(r"calendarsToLoad\[\d+\]\[(\w+)\]")


class Oracle:
    """The document, with the corrections that reading it strictly makes necessary."""

    def __init__(self, path: str) -> None:
        jsonschema = importlib.import_module("jsonschema")
        referencing = importlib.import_module("referencing")
        self.document = _repair(json.loads(Path(path).read_text(encoding="utf-8")))
        self.used: set[str] = set()
        schemas = self.document["components"]["schemas"]
        # An account may be without a default schedule, and ids are numbers; the document has lost both.
        default = schemas["GetDefaultScheduleOutput_2024_06_11"]["properties"]
        default["data"] = {"anyOf": [default["data"], {"type": "null"}]}
        schemas["DestinationCalendar"]["properties"]["id"] = {"type": "number"}
        specification = importlib.import_module("referencing.jsonschema").DRAFT202012
        resource = referencing.Resource.from_contents(self.document, default_specification=specification)
        formats = jsonschema.FormatChecker()
        formats.checks("date-time", raises=ValueError)(_is_instant)
        self._validator = functools.partial(
            jsonschema.Draft202012Validator,
            registry=referencing.Registry().with_resource("urn:calcom", resource),
            format_checker=formats,
        )

    def find(self, method: str, path: str) -> tuple[str, dict[str, Any]] | None:
        """Return the name and the description of the operation that is called, if there is one."""
        for template, operations in self.document["paths"].items():
            # An address that is written out comes before one with a part to be filled in.
            if re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", template), path) and method.lower() in operations:
                if "{" in template and path in self.document["paths"]:
                    continue
                return f"{method} {template}", operations[method.lower()]
        return None

    def check_request(self, request: httpx.Request) -> None:
        """Fail unless the document allows the request."""
        found = self.find(request.method, request.url.path)
        assert found, f"the document knows no {request.method} there"
        name, operation = found
        if not self.speaks(operation, request.headers):
            return
        self.used.add(name)
        query = {_INDEXED.sub(r"\1", key): value for key, value in request.url.params.items()}
        parameters = {(item["in"], item["name"].lower()): item for item in operation["parameters"]}
        for key in query:
            assert ("query", key.lower()) in parameters, f"{name} has no parameter {key}"
        for (place, key), item in parameters.items():
            sent = {"query": {k.lower(): v for k, v in query.items()}, "header": request.headers}.get(place)
            if sent is not None and key in sent:
                self._check(_typed(sent[key], item["schema"]), item["schema"], f"{name} {key}")
            else:
                assert sent is None or not item.get("required"), f"{name} needs {key}"
        if body := operation.get("requestBody"):
            schema = body["content"]["application/json"]["schema"]
            self._check(json.loads(request.content), schema, f"{name} body")
        else:
            assert not request.content, f"{name} takes no body"

    def check_answer(self, asked: Asked, answer: Answer) -> None:
        """Fail unless the document allows the answer."""
        name, operation = self.find(asked.method, asked.path) or ("nothing", {})
        if operation and not self.speaks(operation, asked.headers):
            return
        errors = {"anyOf": [{"$ref": f"#/components/schemas/{n}"} for n in ("ErrorEnvelope", "BareError")]}
        schema = errors
        if answer.status < 300:
            assert str(answer.status) in operation["responses"], f"{name} never answers {answer.status}"
            schema = operation["responses"][str(answer.status)]["content"]["application/json"]["schema"]
        self._check(json.loads(answer.body), schema, f"{name} answer")

    def speaks(self, operation: dict[str, Any], headers: Mapping[str, str]) -> bool:
        """Return whether the version that was asked for is the one that the document describes."""
        versions = [p["schema"]["enum"] for p in operation["parameters"] if p["name"] == "cal-api-version"]
        return not versions or headers.get("cal-api-version") in versions[0]

    def _check(self, value: object, schema: dict[str, Any], what: str) -> None:
        errors = [error.message for error in self._validator(_anchor(schema)).iter_errors(value)]
        assert not errors, f"{what}: {errors}"


def _repair(node: Json) -> Json:
    """Say in JSON Schema what OpenAPI 3.0 says in its own way, and let alternatives overlap, as they do."""
    if isinstance(node, list):
        return [_repair(item) for item in node]
    if not isinstance(node, dict):
        return node
    node = {("anyOf" if key == "oneOf" else key): _repair(value) for key, value in node.items()}
    return {"anyOf": [node, {"type": "null"}]} if node.pop("nullable", False) is True else node


def _anchor(node: Json) -> Json:
    """Make the references of a schema absolute."""
    if isinstance(node, list):
        return [_anchor(item) for item in node]
    if not isinstance(node, dict):
        return node
    return {
        key: f"urn:calcom{value}" if key == "$ref" and str(value).startswith("#") else _anchor(value)
        for key, value in node.items()
    }


def _is_instant(value: object) -> bool:
    return not isinstance(value, str) or dt.datetime.fromisoformat(value).tzinfo is not None


def _typed(value: str, schema: dict[str, Any]) -> object:
    """Read a parameter as the type that it is declared to have."""
    if schema.get("type") in {"number", "integer"}:
        return float(value) if "." in value else int(value)
    return value.split(",") if schema.get("type") == "array" else value


@functools.cache
def load_oracle() -> Oracle:
    """Return the document, read once."""
    return Oracle(DOCUMENT)


def why_no_oracle() -> str | None:
    """Say why nothing can be validated, or None if it can."""
    if not DOCUMENT:
        return "CALCOM_OPENAPI is not set: requests and answers are held against no document"
    if importlib.util.find_spec("jsonschema") is None:
        return "jsonschema is not installed: requests and answers are held against no document"
    return None


@pytest.fixture
def oracle() -> Oracle:
    """The document; the test is skipped where there is none."""
    if reason := why_no_oracle():
        pytest.skip(reason)
    return load_oracle()


@pytest.fixture(autouse=True)
def _validated(monkeypatch: pytest.MonkeyPatch) -> None:
    """Validate every request on its way out and every answer of the fake, in every test."""
    if why_no_oracle():
        return
    checked = load_oracle()
    answer = FakeCalCom._answer

    def exchange(
        transport: httpx.BaseTransport, request: httpx.Request, *args: Rest, **more: Rest
    ) -> httpx.Response:
        checked.check_request(request)
        return http.exchange(transport, request, *args, **more)

    async def exchange_async(
        transport: httpx.AsyncBaseTransport, request: httpx.Request, *args: Rest
    ) -> httpx.Response:
        checked.check_request(request)
        return await http.exchange_async(transport, request, *args)

    def answer_checked(self: FakeCalCom, asked: Asked) -> Answer:
        given = answer(self, asked)
        checked.check_answer(asked, given)
        return given

    monkeypatch.setattr(client, "exchange", exchange)
    monkeypatch.setattr(client, "exchange_async", exchange_async)
    monkeypatch.setattr(FakeCalCom, "_answer", answer_checked)


class Awaited:
    """An asynchronous client that waits for its own results, so that one test can be run with both."""

    def __init__(self, inner: AsyncCalComClient) -> None:
        self._inner = inner

    def __getattr__(self, name: str) -> Rest:
        method = getattr(self._inner, name)
        if not inspect.iscoroutinefunction(method):
            return method
        return lambda *args, **more: asyncio.run(method(*args, **more))


Connect = Callable[..., CalComClient]


@pytest.fixture
def time() -> ManualTime:
    """Time that passes only when somebody sleeps."""
    return ManualTime(NOW)


@pytest.fixture
def fake_kind() -> type[FakeCalCom]:
    """Which fake it is; a test asks for another by parametrizing this."""
    return FakeCalCom


@pytest.fixture
def fake(time: ManualTime, fake_kind: type[FakeCalCom]) -> FakeCalCom:
    """A fake with one schedule and three event types."""
    numbers = itertools.count(1)
    return fake_kind(clock=time.clock, new_uid=lambda: f"uid{next(numbers)}").furnish()


@pytest.fixture
def account(time: ManualTime) -> Account:
    """An account whose every draw is one half, and whose quota is never used up."""
    return Account(
        ApiKey(KEY),
        "https://cal.example/v2",
        quota=Quota(100_000, 90_000, time.stopwatch),
        clock=time.clock,
        stopwatch=time.stopwatch,
        draw=lambda: 0.5,
    )


@pytest.fixture(params=["sync", "async"])
def connected(request: pytest.FixtureRequest, time: ManualTime) -> Connect:
    """Make a client, of either kind, out of an account and a transport."""

    def make(account: Account, transport: httpx.MockTransport) -> CalComClient:
        if request.param == "sync":
            return CalComClient(account, transport=transport, sleep=time.sleep)
        inner = AsyncCalComClient(account, transport=transport, sleep=time.sleep_async)
        return cast("CalComClient", Awaited(inner))

    return make


@pytest.fixture
def calcom(
    connected: Connect, account: Account, fake: FakeCalCom, time: ManualTime
) -> Iterator[CalComClient]:
    """A client, of either kind, before the fake."""
    client = connected(account, connect(fake, wait=time.advance))
    yield client
    client.close()


@pytest.fixture
def once(account: Account, fake: FakeCalCom, time: ManualTime) -> CalComClient:
    """A client that tries everything once."""
    account = attrs.evolve(account, retry=NO_RETRIES)
    return CalComClient(account, transport=connect(fake, wait=time.advance), sleep=time.sleep)


@pytest.fixture
def calendar(once: CalComClient, time: ManualTime) -> CalComCalendar:
    """A calendar that sends names and keeps addresses."""
    return CalComCalendar(
        once, installation="ours", attendees=AttendeePolicy("appointments.example"), clock=time.clock
    )


@pytest.fixture
def open_calendar(once: CalComClient, time: ManualTime) -> CalComCalendar:
    """A calendar that sends customers' own addresses."""
    policy = AttendeePolicy("appointments.example", sends_addresses=True)
    return CalComCalendar(once, installation="ours", attendees=policy, clock=time.clock)
