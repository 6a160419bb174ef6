"""What settings are made of, read from the text of a variable; ValueError means that it cannot be one."""

import datetime as dt
import ipaddress
import re
from typing import Literal, cast
from urllib.parse import urlsplit

import attrs
from sqlalchemy.engine import URL, make_url

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
PasswordScheme = Literal["argon2", "bcrypt"]

DRIVERS = frozenset({"postgres", "postgresql", "postgresql+psycopg", "sqlite", "sqlite+pysqlite"})
"""Those of the storage that are not asynchronous; the service works in threads."""

SHORTEST_SECRET = 32
"""Bytes; the strength of HS256 is that of its key, and this is the length of its hash."""

_KEY = re.compile(r"[!-~]{1,4096}")
_DOMAIN = re.compile(
    r"(?=.{3,180}\Z)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]*[a-z0-9]", re.ASCII
)

_ORIGIN = re.compile(
    r"https?://([a-z0-9]([a-z0-9._-]*[a-z0-9])?|\[[0-9a-f:]+\])(:[1-9][0-9]{0,4})?", re.ASCII
)


@attrs.frozen
class Secret:
    """A key that stands in no log: its repr does not show it."""

    value: bytes = attrs.field(repr=False)


def to_url(text: str) -> URL:
    """Return the address of a database that the storage can open; raises ArgumentError as well."""
    url = make_url(text)
    if url.drivername not in DRIVERS:
        raise ValueError
    return url


def to_secret(text: str) -> Secret:
    """Return a key that is long enough."""
    value = text.encode()
    if len(value) < SHORTEST_SECRET:
        raise ValueError
    return Secret(value)


def to_scheme(text: str) -> PasswordScheme:
    """Return one of the schemes by its name."""
    if text not in {"argon2", "bcrypt"}:
        raise ValueError
    return cast("PasswordScheme", text)


def to_host(text: str) -> str:
    """Return an address to listen on."""
    if text != "localhost":
        ipaddress.ip_address(text)
    return text


def to_port(text: str) -> int:
    """Return the number of a port."""
    port = int(text)
    if not 0 <= port < 2**16:
        raise ValueError
    return port


def to_public_url(text: str) -> str:
    """Return an address without a path, as browsers write it in `Origin`."""
    return _to_origin(text.lower().rstrip("/"))


def to_key(text: str) -> Secret:
    """Return a key that fits in a header."""
    if not _KEY.fullmatch(text):
        raise ValueError
    return Secret(text.encode())


def to_token(text: str) -> Secret:
    """Return a key that is long enough and fits in a header."""
    to_secret(text)
    return to_key(text)


def to_secrets(text: str) -> tuple[Secret, ...]:
    """Return keys with commas between them."""
    return tuple(to_secret(part.strip()) for part in text.split(","))


def to_api_url(text: str) -> str:
    """Return an address with https, or with http on this machine."""
    parts = urlsplit(text)
    host = parts.hostname or ""
    is_here = host in {"localhost", "127.0.0.1", "::1"}
    if "@" in parts.netloc or parts.query or parts.fragment or parts.port == 0 or not host:
        raise ValueError
    if parts.scheme != "https" and not (parts.scheme == "http" and is_here):
        raise ValueError
    return text.rstrip("/")


def to_domain(text: str) -> str:
    """Return a domain in lower case."""
    if not _DOMAIN.fullmatch(text):
        raise ValueError
    return text


def to_networks(text: str) -> tuple[Network, ...]:
    """Return networks, or addresses, with commas between them; none in an empty text."""
    return tuple(ipaddress.ip_network(part.strip()) for part in text.split(",")) if text else ()


def to_origins(text: str) -> tuple[str, ...]:
    """Return origins as browsers write them, with commas between them; none in an empty text."""
    origins = tuple(part.strip() for part in text.split(",")) if text else ()
    if any(_to_origin(origin) != origin for origin in origins):
        raise ValueError
    return origins


def _to_origin(text: str) -> str:
    """Return scheme, host and port as browsers write them, who leave the usual port out."""
    if not _ORIGIN.fullmatch(text):
        raise ValueError
    parts = urlsplit(text)
    usual = 443 if parts.scheme == "https" else 80
    return text.removesuffix(f":{usual}") if parts.port == usual else text


def to_rate(text: str) -> int:
    """Return how often something may happen."""
    rate = int(text)
    if not 1 <= rate <= 1_000_000:  # noqa: PLR2004  The bounds stand in the rule beside the setting.
        raise ValueError
    return rate


def to_seconds(text: str) -> dt.timedelta:
    """Return a length of time in whole seconds."""
    seconds = int(text)
    if not 0 <= seconds <= 600:  # noqa: PLR2004  The bounds stand in the rule beside the setting.
        raise ValueError
    return dt.timedelta(seconds=seconds)


def to_flag(text: str) -> bool:
    """Return what on and off mean."""
    if text not in {"on", "off"}:
        raise ValueError
    return text == "on"


def to_threads(text: str) -> int:
    """Return a number of threads."""
    threads = int(text)
    if not 1 <= threads <= 200:  # noqa: PLR2004  The bounds stand in the rule beside the setting.
        raise ValueError
    return threads
