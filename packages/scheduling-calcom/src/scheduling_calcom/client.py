"""`CalComClient` and `AsyncCalComClient`: the flows, sent.

A method has the parameters, the result and the description of its flow, so the two cannot drift apart.
"""

import asyncio
import datetime as dt
import functools
import inspect
import time
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, Concatenate, ParamSpec, Self, TypeVar, get_args

from tenacity import AsyncRetrying, Retrying

from scheduling_calcom import flows
from scheduling_calcom.account import Account
from scheduling_calcom.errors import RateLimited
from scheduling_calcom.flows import Api, Flow
from scheduling_calcom.http import Call, call_of, exchange, exchange_async, httpx
from scheduling_calcom.retry import Deadline, follow
from scheduling_calcom.verdicts import FAULTS, explain_answer, explain_fault
from scheduling_core import ExternalCalendarError

P = ParamSpec("P")
T = TypeVar("T")


def _method(flow: Callable[..., Any], method: Callable[..., Any]) -> None:
    """Give *method* the name, the description and the signature of *flow*, with the bare result."""
    functools.update_wrapper(method, flow)
    del method.__wrapped__  # type: ignore[attr-defined]  # It would show the signature of the flow.
    signature = inspect.signature(flow)
    myself = inspect.Parameter("self", inspect.Parameter.POSITIONAL_ONLY)
    parameters = [myself, *list(signature.parameters.values())[1:]]
    _, _, result = get_args(signature.return_annotation)
    method.__signature__ = signature.replace(parameters=parameters, return_annotation=result)  # type: ignore[attr-defined]


def _call(flow: Callable[Concatenate[Api, P], Flow[T]]) -> "Callable[Concatenate[CalComClient, P], T]":
    def method(self: "CalComClient", /, *args: P.args, **kwargs: P.kwargs) -> T:
        return self._run(flow(self._account.api, *args, **kwargs))

    _method(flow, method)
    return method


def _call_async(
    flow: Callable[Concatenate[Api, P], Flow[T]],
) -> "Callable[Concatenate[AsyncCalComClient, P], Coroutine[Any, Any, T]]":
    async def method(self: "AsyncCalComClient", /, *args: P.args, **kwargs: P.kwargs) -> T:
        return await self._run(flow(self._account.api, *args, **kwargs))

    _method(flow, method)
    return method


def _admit(account: Account, call: Call, deadline: Deadline) -> float:
    """Return for how many seconds the quota wants the next request to wait."""
    left = deadline.left()
    wait = account.quota.take(left)
    if wait > left:
        raise RateLimited(dt.timedelta(seconds=wait), call.name)
    return wait


def _judge(account: Account, call: Call, outcome: httpx.Response | Exception) -> httpx.Response:
    """Return a good answer and raise the error of anything else."""
    if isinstance(outcome, Exception):
        raise explain_fault(call, outcome)
    error = explain_answer(call, outcome, versions=account.versions, now=account.clock())
    if error is None:
        return outcome
    if isinstance(error, RateLimited) and error.retry_after:
        # Whoever shares the key would be refused as well, and may be locked out for going on.
        account.quota.pause(error.retry_after.total_seconds())
    raise error


class CalComClient:
    """The calls of the Cal.com API; may be shared by threads.

    Every call raises one of the errors that `scheduling_calcom.errors` draws. *transport* is one of httpx,
    for a proxy or certificates of one's own, and is closed with the client. *sleep* waits for a number of
    seconds.
    """

    def __init__(
        self,
        account: Account,
        *,
        transport: httpx.BaseTransport | None = None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._account = account
        self._transport = transport or httpx.HTTPTransport()
        self._sleep = sleep

    def _run(self, flow: Flow[T]) -> T:
        try:
            request = next(flow)
            while True:
                try:
                    response = self._send(request)
                except ExternalCalendarError as error:
                    request = flow.throw(error)
                else:
                    request = flow.send(response)
        except StopIteration as done:
            result: T = done.value
            return result

    def _send(self, request: httpx.Request) -> httpx.Response:
        deadline = Deadline(self._account.retry, self._account.stopwatch)
        policy = follow(self._account.retry, call_of(request), deadline, self._account.draw)
        return Retrying(sleep=self._sleep, **policy)(self._try, request, deadline)

    def _try(self, request: httpx.Request, deadline: Deadline) -> httpx.Response:
        account, call = self._account, call_of(request)
        if wait := _admit(account, call, deadline):
            self._sleep(wait)
        request.headers["authorization"] = account.authorization()
        limits = account.limits(deadline.left())
        outcome: httpx.Response | Exception
        try:
            outcome = exchange(self._transport, request, limits, stopwatch=account.stopwatch)
        except FAULTS as fault:
            outcome = fault
        return _judge(account, call, outcome)

    def close(self) -> None:
        """Close all connections; the client is not used afterwards."""
        self._transport.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self._account!r})"

    create_booking = _call(flows.create_booking)
    get_booking = _call(flows.get_booking)
    get_latest_booking = _call(flows.get_latest_booking)
    list_bookings = _call(flows.list_bookings)
    reschedule_booking = _call(flows.reschedule_booking)
    update_booking = _call(flows.update_booking)
    cancel_booking = _call(flows.cancel_booking)
    delete_booking = _call(flows.delete_booking)
    confirm_booking = _call(flows.confirm_booking)
    decline_booking = _call(flows.decline_booking)

    get_slots = _call(flows.get_slots)
    get_availability = _call(flows.get_availability)
    update_availability = _call(flows.update_availability)
    list_schedules = _call(flows.list_schedules)
    get_schedule = _call(flows.get_schedule)
    create_schedule = _call(flows.create_schedule)
    update_schedule = _call(flows.update_schedule)
    list_calendars = _call(flows.list_calendars)
    get_busy_times = _call(flows.get_busy_times)

    get_me = _call(flows.get_me)
    list_event_types = _call(flows.list_event_types)
    get_event_type = _call(flows.get_event_type)
    list_webhooks = _call(flows.list_webhooks)
    create_webhook = _call(flows.create_webhook)
    delete_webhook = _call(flows.delete_webhook)
    probe = _call(flows.probe)


class AsyncCalComClient:
    """The same, awaited, on the event loop of asyncio."""

    def __init__(
        self,
        account: Account,
        *,
        transport: httpx.AsyncBaseTransport | None = None,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._account = account
        self._transport = transport or httpx.AsyncHTTPTransport()
        self._sleep = sleep

    async def _run(self, flow: Flow[T]) -> T:
        try:
            request = next(flow)
            while True:
                try:
                    response = await self._send(request)
                except ExternalCalendarError as error:
                    request = flow.throw(error)
                else:
                    request = flow.send(response)
        except StopIteration as done:
            result: T = done.value
            return result

    async def _send(self, request: httpx.Request) -> httpx.Response:
        deadline = Deadline(self._account.retry, self._account.stopwatch)
        policy = follow(self._account.retry, call_of(request), deadline, self._account.draw)
        return await AsyncRetrying(sleep=self._sleep, **policy)(self._try, request, deadline)

    async def _try(self, request: httpx.Request, deadline: Deadline) -> httpx.Response:
        account, call = self._account, call_of(request)
        if wait := _admit(account, call, deadline):
            await self._sleep(wait)
        request.headers["authorization"] = account.authorization()
        limits = account.limits(deadline.left())
        outcome: httpx.Response | Exception
        try:
            outcome = await exchange_async(self._transport, request, limits)
        except FAULTS as fault:
            outcome = fault
        return _judge(account, call, outcome)

    async def close(self) -> None:
        """Close all connections; the client is not used afterwards."""
        await self._transport.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self._account!r})"

    create_booking = _call_async(flows.create_booking)
    get_booking = _call_async(flows.get_booking)
    get_latest_booking = _call_async(flows.get_latest_booking)
    list_bookings = _call_async(flows.list_bookings)
    reschedule_booking = _call_async(flows.reschedule_booking)
    update_booking = _call_async(flows.update_booking)
    cancel_booking = _call_async(flows.cancel_booking)
    delete_booking = _call_async(flows.delete_booking)
    confirm_booking = _call_async(flows.confirm_booking)
    decline_booking = _call_async(flows.decline_booking)

    get_slots = _call_async(flows.get_slots)
    get_availability = _call_async(flows.get_availability)
    update_availability = _call_async(flows.update_availability)
    list_schedules = _call_async(flows.list_schedules)
    get_schedule = _call_async(flows.get_schedule)
    create_schedule = _call_async(flows.create_schedule)
    update_schedule = _call_async(flows.update_schedule)
    list_calendars = _call_async(flows.list_calendars)
    get_busy_times = _call_async(flows.get_busy_times)

    get_me = _call_async(flows.get_me)
    list_event_types = _call_async(flows.list_event_types)
    get_event_type = _call_async(flows.get_event_type)
    list_webhooks = _call_async(flows.list_webhooks)
    create_webhook = _call_async(flows.create_webhook)
    delete_webhook = _call_async(flows.delete_webhook)
    probe = _call_async(flows.probe)
