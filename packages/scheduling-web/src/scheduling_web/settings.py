"""Settings, read once from the environment and passed down; nothing else looks at the environment."""

import ipaddress
import re
from collections.abc import Callable, Mapping
from typing import Literal, TypeVar, cast
from urllib.parse import urlsplit

import attrs
import environ
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

PasswordScheme = Literal["argon2", "bcrypt"]

SHORTEST_SECRET = 32
"""Bytes; the strength of HS256 is that of its key, and this is the length of its hash."""

_KEY = re.compile(r"[!-~]{1,4096}")
_DOMAIN = re.compile(
    r"(?=.{3,180}\Z)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]*[a-z0-9]", re.ASCII
)

T = TypeVar("T")


@attrs.frozen
class InvalidSetting(ValueError):
    """A *variable* of the environment breaks a *rule*. Its value is not told: it may be a secret."""

    variable: str
    rule: str

    def __str__(self) -> str:
        return f"{self.variable} {self.rule}"


@attrs.frozen
class Secret:
    """A key that stands in no log: its repr does not show it."""

    value: bytes = attrs.field(repr=False)


def _setting(name: str, read: Callable[[str], T], rule: str) -> Callable[[str | None], T | None]:
    """Return a converter that answers whatever *read* dislikes with the variable and the *rule*."""

    def convert(text: str | None) -> T | None:
        if text is None:
            return None
        try:
            return read(text)
        except (ValueError, ArgumentError):
            raise InvalidSetting(f"SCHEDULING_{name}", rule) from None

    return convert


def _to_url(text: str) -> URL:
    url = make_url(text)
    if url.get_backend_name() not in {"sqlite", "postgresql", "postgres"}:
        raise ValueError
    return url


def _to_secret(text: str) -> Secret:
    value = text.encode()
    if len(value) < SHORTEST_SECRET:
        raise ValueError
    return Secret(value)


def _to_scheme(text: str) -> PasswordScheme:
    if text not in {"argon2", "bcrypt"}:
        raise ValueError
    return cast("PasswordScheme", text)


def _to_host(text: str) -> str:
    if text != "localhost":
        ipaddress.ip_address(text)
    return text


def _to_port(text: str) -> int:
    port = int(text)
    if not 0 <= port < 2**16:
        raise ValueError
    return port


def _to_public_url(text: str) -> str:
    parts = urlsplit(text)
    bare = f"{parts.scheme}://{parts.netloc}"
    if parts.scheme not in {"http", "https"} or not parts.hostname or text.rstrip("/") != bare:
        raise ValueError
    return bare


def _to_key(text: str) -> Secret:
    if not _KEY.fullmatch(text):
        raise ValueError
    return Secret(text.encode())


def _to_secrets(text: str) -> tuple[Secret, ...]:
    return tuple(_to_secret(part.strip()) for part in text.split(","))


def _to_api_url(text: str) -> str:
    parts = urlsplit(text)
    host = parts.hostname or ""
    is_here = host in {"localhost", "127.0.0.1", "::1"}
    if "@" in parts.netloc or parts.query or parts.fragment or parts.port == 0 or not host:
        raise ValueError
    if parts.scheme != "https" and not (parts.scheme == "http" and is_here):
        raise ValueError
    return text.rstrip("/")


def _to_domain(text: str) -> str:
    if not _DOMAIN.fullmatch(text):
        raise ValueError
    return text


def _to_threads(text: str) -> int:
    threads = int(text)
    if not 1 <= threads <= 200:  # noqa: PLR2004  The bounds stand in the rule beside the setting.
        raise ValueError
    return threads


@environ.config(prefix="SCHEDULING", frozen=True)
class Settings:
    """What can be set from outside, each as the variable `SCHEDULING_` and its name."""

    database_url: URL = environ.var(
        default="sqlite:///scheduling.sqlite3",
        converter=_setting("DATABASE_URL", _to_url, "must be the address of a SQLite or PostgreSQL database"),
        help="The database: sqlite:///FILE or postgresql+psycopg://USER:PASSWORD@HOST/NAME.",
    )
    secret: Secret | None = environ.var(
        default=None,
        converter=_setting("SECRET", _to_secret, f"must have at least {SHORTEST_SECRET} bytes"),
        help="The key that signs access tokens, at least 32 bytes. Needed to serve.",
    )
    password_scheme: PasswordScheme = environ.var(
        default="argon2",
        converter=_setting("PASSWORD_SCHEME", _to_scheme, "must be argon2 or bcrypt"),
        help="How new passwords are hashed; hashes of the other scheme are upgraded at sign-in.",
    )
    host: str = environ.var(
        default="127.0.0.1",
        converter=_setting("HOST", _to_host, "must be an IP address or localhost"),
        help="The address to listen on.",
    )
    port: int = environ.var(
        default="8000",
        converter=_setting("PORT", _to_port, "must be a port from 0 to 65535"),
        help="The port to listen on.",
    )
    public_url: str | None = environ.var(
        default=None,
        converter=_setting("PUBLIC_URL", _to_public_url, "must be an http or https URL without a path"),
        help="Where the service is reached from outside; https makes browsers insist on it.",
    )
    threads: int = environ.var(
        default="16",
        converter=_setting("THREADS", _to_threads, "must be a number from 1 to 200"),
        help="How many requests are worked on at a time.",
    )
    calcom_api_key: Secret | None = environ.var(
        default=None,
        converter=_setting("CALCOM_API_KEY", _to_key, "must be printable ASCII without spaces"),
        help="The key of the account at Cal.com that linked hosts are kept in step with.",
    )
    calcom_url: str | None = environ.var(
        default=None,
        converter=_setting(
            "CALCOM_URL", _to_api_url, "must be an address with https, or with http to this machine"
        ),
        help="The API of a Cal.com of one's own, up to and with /v2.",
    )
    calcom_email_domain: str | None = environ.var(
        default=None,
        converter=_setting("CALCOM_EMAIL_DOMAIN", _to_domain, "must be a domain in lower case"),
        help="A domain of yours that takes no mail. Cal.com is told an address there for each appointment.",
    )
    calcom_webhook_secrets: tuple[Secret, ...] | None = environ.var(
        default=None,
        converter=_setting(
            "CALCOM_WEBHOOK_SECRETS",
            _to_secrets,
            f"must be secrets of at least {SHORTEST_SECRET} bytes, with commas between them",
        ),
        help="What Cal.com signs its calls with; while it is being changed, the new and the old one.",
    )

    @property
    def is_https(self) -> bool:
        """Whether the outside reaches the service by https."""
        return self.public_url is not None and self.public_url.startswith("https:")


def read_settings(environment: Mapping[str, str]) -> Settings:
    """Return the settings in *environment*; raises InvalidSetting."""
    return environ.to_config(Settings, dict(environment))


def require_calcom_key(settings: Settings) -> str:
    """Return the key for Cal.com; raises InvalidSetting where it is missing."""
    if settings.calcom_api_key is None:
        rule = "must be set, to an API key of the account at Cal.com (Settings, Developer, API keys)"
        raise InvalidSetting("SCHEDULING_CALCOM_API_KEY", rule)
    return settings.calcom_api_key.value.decode()


def require_email_domain(settings: Settings) -> str:
    """Return the domain of the addresses that Cal.com is told; raises InvalidSetting where it is missing."""
    if settings.calcom_email_domain is None:
        rule = "must be set, to a domain of yours that takes no mail, such as appointments.example.org"
        raise InvalidSetting("SCHEDULING_CALCOM_EMAIL_DOMAIN", rule)
    return settings.calcom_email_domain


def require_secret(settings: Settings) -> Secret:
    """Return the key for tokens; raises InvalidSetting where it is missing."""
    if settings.secret is None:
        rule = f"must be set, to at least {SHORTEST_SECRET} random bytes"
        raise InvalidSetting("SCHEDULING_SECRET", rule)
    return settings.secret
