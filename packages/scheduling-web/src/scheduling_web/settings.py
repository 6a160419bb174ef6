"""Settings, read once from the environment and passed down; nothing else looks at the environment."""

import datetime as dt
from collections.abc import Callable, Mapping
from typing import TypeVar

import attrs
import environ
from sqlalchemy.engine import URL
from sqlalchemy.exc import ArgumentError

from scheduling_web.setting_values import (
    SHORTEST_SECRET,
    Network,
    PasswordScheme,
    Secret,
    to_api_url,
    to_domain,
    to_flag,
    to_host,
    to_key,
    to_networks,
    to_origins,
    to_port,
    to_public_url,
    to_rate,
    to_scheme,
    to_seconds,
    to_secret,
    to_secrets,
    to_threads,
    to_token,
    to_url,
)

T = TypeVar("T")


@attrs.frozen
class InvalidSetting(ValueError):
    """A *variable* of the environment breaks a *rule*. Its value is not told: it may be a secret."""

    variable: str
    rule: str

    def __str__(self) -> str:
        return f"{self.variable} {self.rule}"


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


@environ.config(prefix="SCHEDULING", frozen=True)
class Settings:
    """What can be set from outside, each as the variable `SCHEDULING_` and its name."""

    database_url: URL = environ.var(
        default="sqlite:///scheduling.sqlite3",
        converter=_setting("DATABASE_URL", to_url, "must be the address of a SQLite or PostgreSQL database"),
        help="The database: sqlite:///FILE or postgresql+psycopg://USER:PASSWORD@HOST/NAME.",
    )
    secret: Secret | None = environ.var(
        default=None,
        converter=_setting("SECRET", to_secret, f"must have at least {SHORTEST_SECRET} bytes"),
        help="The key that signs tokens, at least 32 bytes. Needed to serve.",
    )
    other_secret: Secret | None = environ.var(
        default=None,
        converter=_setting("OTHER_SECRET", to_secret, f"must have at least {SHORTEST_SECRET} bytes"),
        help="While the key is being changed, the one before or after it: what it signed is taken as well.",
    )
    password_scheme: PasswordScheme = environ.var(
        default="argon2",
        converter=_setting("PASSWORD_SCHEME", to_scheme, "must be argon2 or bcrypt"),
        help="How new passwords are hashed; hashes of the other scheme are upgraded at sign-in.",
    )
    host: str = environ.var(
        default="127.0.0.1",
        converter=_setting("HOST", to_host, "must be an IP address or localhost"),
        help="The address to listen on.",
    )
    port: int = environ.var(
        default="8000",
        converter=_setting("PORT", to_port, "must be a port from 0 to 65535"),
        help="The port to listen on.",
    )
    public_url: str | None = environ.var(
        default=None,
        converter=_setting(
            "PUBLIC_URL",
            to_public_url,
            "must be an http or https URL with a host, at most a port, and no path",
        ),
        help="Where the service is reached from outside; links begin with it, and browsers insist on https.",
    )
    threads: int = environ.var(
        default="16",
        converter=_setting("THREADS", to_threads, "must be a number from 1 to 200"),
        help="How many requests are worked on at a time.",
    )
    cors_origins: tuple[str, ...] = environ.var(
        default="",
        converter=_setting(
            "CORS_ORIGINS",
            to_origins,
            "must be origins such as https://shop.example, in lower case and without the usual port, with "
            "commas between them",
        ),
        help="The other sites whose pages may use the interface, each with its scheme and host.",
    )
    trusted_proxies: tuple[Network, ...] = environ.var(
        default="",
        converter=_setting(
            "TRUSTED_PROXIES", to_networks, "must be IP addresses or networks, with commas between them"
        ),
        help="The proxies in front of the service, whose word is taken for where a request comes from.",
    )
    writes_per_minute: int = environ.var(
        default="6000",
        converter=_setting("WRITES_PER_MINUTE", to_rate, "must be a number from 1 to 1000000"),
        help="How many requests that write a user may send in a minute, to each process.",
    )
    stop_notice: dt.timedelta = environ.var(
        default="1",
        converter=_setting("STOP_NOTICE", to_seconds, "must be a number of seconds from 0 to 600"),
        help="How many seconds all is still served after the process was asked to stop and says so.",
    )
    metrics_token: Secret | None = environ.var(
        default=None,
        converter=_setting(
            "METRICS_TOKEN",
            to_token,
            f"must be at least {SHORTEST_SECRET} characters of ASCII without spaces",
        ),
        help="What must be sent as a bearer token to read /metrics, which without it is not there.",
    )
    access_log: bool = environ.var(
        default="on",
        converter=_setting("ACCESS_LOG", to_flag, "must be on or off"),
        help="Whether the log has a line for each request.",
    )
    calcom_api_key: Secret | None = environ.var(
        default=None,
        converter=_setting("CALCOM_API_KEY", to_key, "must be printable ASCII without spaces"),
        help="The key of the account at Cal.com that linked hosts are kept in step with.",
    )
    calcom_url: str | None = environ.var(
        default=None,
        converter=_setting(
            "CALCOM_URL", to_api_url, "must be an address with https, or with http to this machine"
        ),
        help="The API of a Cal.com of one's own, up to and with /v2.",
    )
    calcom_email_domain: str | None = environ.var(
        default=None,
        converter=_setting("CALCOM_EMAIL_DOMAIN", to_domain, "must be a domain in lower case"),
        help="A domain of yours that takes no mail. Cal.com is told an address there for each appointment.",
    )
    calcom_webhook_secrets: tuple[Secret, ...] | None = environ.var(
        default=None,
        converter=_setting(
            "CALCOM_WEBHOOK_SECRETS",
            to_secrets,
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


def require_secrets(settings: Settings) -> tuple[Secret, ...]:
    """Return the key that signs, and behind it the other that is taken; raises InvalidSetting without one."""
    if settings.secret is None:
        rule = f"must be set, to at least {SHORTEST_SECRET} random bytes"
        raise InvalidSetting("SCHEDULING_SECRET", rule)
    return (settings.secret,) if settings.other_secret is None else (settings.secret, settings.other_secret)
