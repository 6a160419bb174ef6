"""Where requests go and how answers are opened."""

import datetime as dt
from collections.abc import Callable, Generator, Mapping
from importlib.metadata import version
from typing import TypeVar

import attrs

from scheduling_calcom.fields import Fields, each
from scheduling_calcom.http import (
    Call,
    build_request,
    call_of,
    check_address,
    check_segment,
    httpx,
    read_json,
)
from scheduling_calcom.versions import Resource, Versions
from scheduling_core import InvalidValue, system

T = TypeVar("T")

Flow = Generator[httpx.Request, httpx.Response, T]
"""Yields requests, receives their answers, returns what the call is for."""

HOSTED = "https://api.cal.com/v2"

_MINUTE = dt.timedelta(minutes=1)


@attrs.frozen
class Api:
    """The address of an API, the versions that are spoken with it, and the clock that stands beside it."""

    base_url: str = attrs.field(default=HOSTED, converter=check_address)
    versions: Versions = attrs.field(factory=Versions)
    clock: Callable[[], dt.datetime] = attrs.field(default=system.read_clock, repr=False)

    def get(
        self, name: str, resource: Resource, *path: object, params: Mapping[str, str] | None = None
    ) -> httpx.Request:
        """Return the request that reads something."""
        return self._request("GET", Call(name, resource, writes=False), path, params=params)

    def send(
        self,
        method: str,
        name: str,
        resource: Resource,
        *path: object,
        body: Mapping[str, object] | None = None,
    ) -> httpx.Request:
        """Return the request that changes something."""
        return self._request(method, Call(name, resource, writes=True), path, body=body)

    def _request(
        self,
        method: str,
        call: Call,
        path: tuple[object, ...],
        *,
        params: Mapping[str, str] | None = None,
        body: Mapping[str, object] | None = None,
    ) -> httpx.Request:
        headers = {"user-agent": f"scheduling-calcom/{version('scheduling-calcom')}"}
        if spoken := self.versions.of(call.resource):
            headers["cal-api-version"] = spoken
        url = "/".join((self.base_url, *(check_segment(part, "id") for part in path)))
        return build_request(call, method, url, headers=headers, params=params or {}, body=body)


def open_object(response: httpx.Response) -> Fields:
    """Return what an answer carries, as one object."""
    return Fields.of(call_of(response.request), "data", _data(response))


def open_list(response: httpx.Response) -> list[Fields]:
    """Return what an answer carries, as a list of objects."""
    return each(call_of(response.request), "data", _data(response))


def _data(response: httpx.Response) -> object:
    data: object = read_json(response).get("data")
    return data


def check_start(start: dt.datetime) -> dt.datetime:
    """Return the start of a booking in UTC; raises InvalidValue unless it is a whole minute."""
    if start.utcoffset() is None:
        raise InvalidValue("start", "must be a datetime with a time zone", start)
    start = start.astimezone(dt.UTC)
    if start.second or start.microsecond:
        raise InvalidValue("start", "must be a whole minute", start)
    return start


def check_length(length: dt.timedelta) -> int:
    """Return a length in minutes; raises InvalidValue unless it is a whole number of them, and positive."""
    if length < _MINUTE or length % _MINUTE:
        raise InvalidValue("length", "must be a positive number of whole minutes", length)
    return length // _MINUTE
