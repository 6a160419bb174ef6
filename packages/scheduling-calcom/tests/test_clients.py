"""The two clients are one: in names, in parameters, in results."""

import asyncio
import inspect
from typing import get_args

import pytest

from scheduling_calcom import Account, AsyncCalComClient, CalComClient, flows
from scheduling_calcom.testing import FakeCalCom, connect

NAMES = [name for name in flows.__all__ if inspect.isgeneratorfunction(getattr(flows, name))]
LIFE = {"close"}


@pytest.mark.parametrize("client", [CalComClient, AsyncCalComClient])
def test_every_flow_is_a_method(client: type) -> None:
    """Neither client has a call that the other lacks."""
    public = {name for name in vars(client) if not name.startswith("_")}
    assert public == {*NAMES, *LIFE}


@pytest.mark.parametrize("name", NAMES)
def test_a_method_is_as_its_flow(name: str) -> None:
    """Name, description, parameters and result are those of the flow, in both clients."""
    flow = getattr(flows, name)
    wanted = inspect.signature(flow)
    _, _, result = get_args(wanted.return_annotation)
    for client in (CalComClient, AsyncCalComClient):
        method = getattr(client, name)
        signature = inspect.signature(method)
        assert list(signature.parameters.values())[1:] == list(wanted.parameters.values())[1:]
        assert signature.return_annotation == result
        assert (method.__name__, method.__doc__) == (name, flow.__doc__)
    assert inspect.iscoroutinefunction(getattr(AsyncCalComClient, name))
    assert not inspect.iscoroutinefunction(getattr(CalComClient, name))


def test_a_client_is_closed_with_its_block(account: Account, fake: FakeCalCom) -> None:
    """At the end of a `with` block the transport is closed."""
    closed = []

    class Transport(type(connect(fake))):  # type: ignore[misc]  # The class of httpx or of httpx2.
        def close(self) -> None:
            closed.append("sync")

        async def aclose(self) -> None:
            closed.append("async")

    transport = Transport(connect(fake).handler)
    with CalComClient(account, transport=transport) as client:
        client.get_me()

    async def go() -> None:
        async with AsyncCalComClient(account, transport=transport) as client:
            await client.get_me()

    asyncio.run(go())
    assert closed == ["sync", "async"]


def test_the_names_that_a_reader_expects_are_there() -> None:
    """Who knows the documentation of Cal.com, or thinks in create, update and delete, finds the calls."""
    for name in (
        "create_booking",
        "update_booking",
        "delete_booking",
        "get_availability",
        "update_availability",
    ):
        assert callable(getattr(CalComClient, name))
