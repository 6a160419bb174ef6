"""Where a request comes from, by its connection or by what a proxy that is trusted says of it."""

from collections.abc import Collection, Iterator
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from typing import Any

from litestar import Request

from scheduling_web import logs
from scheduling_web.setting_values import Network

_OF_ONE_HOST = 64
"""Bits that the addresses of one host of IPv6 have in common; it can choose the others each time."""


class Addresses:
    """Finds out where requests come from; *trusted* are the proxies in front of the service."""

    def __init__(self, trusted: Collection[Network]) -> None:
        self._trusted = trusted
        self._has_warned = False

    def find(self, request: Request[Any, Any, Any]) -> str:
        """Return the address of a request, or the network where each host has many.

        X-Forwarded-For counts from the right, as far as trusted proxies wrote it: what stands further on the
        left came with the request and may be anything. The first time that a peer which is not trusted passes
        one on, the log says so: it may be a proxy that somebody forgot to name.
        """
        peer = "" if request.client is None else request.client.host
        address = _read(peer)
        if address is None:
            return peer
        if not self._has_warned and not self._is_trusted(address) and "x-forwarded-for" in request.headers:
            self._has_warned = True
            logs.report_unknown_proxy()
        forwarded = _forwarded(request)
        while self._is_trusted(address):
            further = _read(next(forwarded, ""))
            if further is None:
                break
            address = further
        if isinstance(address, IPv6Address):
            return str(IPv6Network((address, _OF_ONE_HOST), strict=False))
        return str(address)

    def _is_trusted(self, address: IPv4Address | IPv6Address) -> bool:
        return any(address in network for network in self._trusted)


def _forwarded(request: Request[Any, Any, Any]) -> Iterator[str]:
    """Yield what proxies added, the last one first."""
    for header in reversed(request.headers.getall("x-forwarded-for", [])):
        yield from (hop.strip() for hop in reversed(header.split(",")))


def _read(text: str) -> IPv4Address | IPv6Address | None:
    try:
        address = ip_address(text)
    except ValueError:
        return None
    # The way in which a socket for both kinds writes an address of the older one.
    return (address.ipv4_mapped if isinstance(address, IPv6Address) else None) or address
