"""Settings from the environment."""

import pytest

from scheduling_calcom import Account, ApiKey, AttendeePolicy, check_secrets
from scheduling_core.sql.connections import read_url
from scheduling_web.setting_values import DRIVERS
from scheduling_web.settings import (
    InvalidSetting,
    read_settings,
    require_calcom_key,
    require_email_domain,
    require_secrets,
)


def test_without_any_variable_the_defaults_hold() -> None:
    """An empty environment gives an embedded database on this machine."""
    settings = read_settings({})
    assert settings.database_url.render_as_string() == "sqlite:///scheduling.sqlite3"
    assert (settings.host, settings.port, settings.threads) == ("127.0.0.1", 8000, 16)
    assert settings.password_scheme == "argon2"
    assert settings.public_url is None
    assert not settings.is_https


@pytest.mark.parametrize("driver", sorted(DRIVERS))
def test_a_database_that_the_settings_take_can_be_opened(driver: str) -> None:
    """Every driver is one that the storage knows, and that works in threads."""
    url = f"{driver}:///name"
    assert read_settings({"SCHEDULING_DATABASE_URL": url}).database_url.render_as_string() == url
    assert not read_url(url).get_dialect().is_async


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("https://Booking.Example:443/", "https://booking.example"),
        ("HTTP://booking.example:80", "http://booking.example"),
        ("http://booking.example:443", "http://booking.example:443"),
        ("https://[::1]:8443", "https://[::1]:8443"),
    ],
)
def test_a_public_address_is_taken_as_browsers_write_it(written: str, meant: str) -> None:
    """The usual port and capital letters make no other address, and the pages of the service are its own."""
    assert read_settings({"SCHEDULING_PUBLIC_URL": written}).public_url == meant


def test_a_public_https_address_is_known_as_such() -> None:
    """The scheme of the public address decides about the headers for https."""
    settings = read_settings({"SCHEDULING_PUBLIC_URL": "https://booking.example/"})
    assert settings.public_url == "https://booking.example"
    assert settings.is_https


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("DATABASE_URL", "nonsense"),
        ("DATABASE_URL", "mysql://user@server/name"),
        ("DATABASE_URL", "postgresql+asyncpg://user@server/name"),
        ("DATABASE_URL", "sqlite+pysqlcipher:///file"),
        ("DATABASE_URL", "sqlite+aiosqlite:///file"),
        ("SECRET", ""),
        ("SECRET", "x" * 31),
        ("PASSWORD_SCHEME", "md5"),
        ("HOST", "booking.example"),
        ("PORT", "65536"),
        ("PORT", "http"),
        ("PUBLIC_URL", "booking.example"),
        ("PUBLIC_URL", "https://booking.example/path"),
        ("PUBLIC_URL", "ftp://booking.example"),
        ("PUBLIC_URL", "https://a b"),
        ("PUBLIC_URL", "https://booking.example:999999"),
        ("PUBLIC_URL", "https://booking.example:"),
        ("PUBLIC_URL", "https://ann:secret@booking.example"),
        ("PUBLIC_URL", "https://bücher.example"),
        ("PUBLIC_URL", "https://[::g]"),
        ("PUBLIC_URL", "https://booking.example?a=b"),
        ("THREADS", "-7"),
        ("THREADS", "201"),
        ("STOP_NOTICE", "601"),
        ("STOP_NOTICE", "soon"),
        ("ACCESS_LOG", "yes"),
        ("TRUSTED_PROXIES", "proxy.example"),
        ("TRUSTED_PROXIES", "10.0.0.1/8"),
        ("TRUSTED_PROXIES", "10.0.0.1,"),
        ("WRITES_PER_MINUTE", "-7"),
        ("CORS_ORIGINS", "*"),
        ("CORS_ORIGINS", "null"),
        ("CORS_ORIGINS", "https://*.example"),
        ("CORS_ORIGINS", "https://a.example/"),
        ("CORS_ORIGINS", "https://a.example,"),
        ("CORS_ORIGINS", "HTTPS://A.example"),
        ("CORS_ORIGINS", "https://a.example:443"),
        ("CORS_ORIGINS", "http://a.example:80"),
        ("CORS_ORIGINS", "https://a.example:99999"),
        ("WRITES_PER_MINUTE", "1000001"),
        ("CALCOM_API_KEY", ""),
        ("CALCOM_API_KEY", "two words"),
        ("CALCOM_API_KEY", "schlüssel"),
        ("CALCOM_URL", "api.cal.example/v2"),
        ("CALCOM_URL", "http://api.cal.example/v2"),
        ("CALCOM_URL", "https://user@api.cal.example/v2"),
        ("CALCOM_URL", "https://api.cal.example:x/v2"),
        ("CALCOM_URL", "https://api.cal.example/v2?a=b"),
        ("CALCOM_EMAIL_DOMAIN", "example"),
        ("CALCOM_EMAIL_DOMAIN", "Example.org"),
        ("CALCOM_EMAIL_DOMAIN", "a@example.org"),
        ("OTHER_SECRET", ""),
        ("OTHER_SECRET", "x" * 31),
        ("CALCOM_WEBHOOK_SECRETS", ""),
        ("CALCOM_WEBHOOK_SECRETS", "short"),
        ("CALCOM_WEBHOOK_SECRETS", f"{'x' * 32},short"),
    ],
)
def test_a_wrong_value_is_refused_by_the_name_of_its_variable(variable: str, value: str) -> None:
    """The error names the variable and the rule, and never the value, which may be a secret."""
    name = f"SCHEDULING_{variable}"
    with pytest.raises(InvalidSetting) as caught:
        read_settings({name: value})
    assert str(caught.value).startswith(f"{name} must ")
    assert not value or value not in str(caught.value)


def test_a_key_of_32_bytes_is_enough_and_none_is_refused() -> None:
    """Bytes count and not characters, and serving without a key is refused by name."""
    [secret] = require_secrets(read_settings({"SCHEDULING_SECRET": "é" * 16}))
    assert secret.value == b"\xc3\xa9" * 16
    for without in ({}, {"SCHEDULING_OTHER_SECRET": "o" * 32}):
        with pytest.raises(InvalidSetting, match="SCHEDULING_SECRET must be set"):
            require_secrets(read_settings(without))


def test_another_key_is_taken_behind_the_one_that_signs() -> None:
    """While a key is changed there are two, and their order tells which of them signs."""
    both = {"SCHEDULING_OTHER_SECRET": "o" * 32, "SCHEDULING_SECRET": "s" * 32}
    assert [secret.value for secret in require_secrets(read_settings(both))] == [b"s" * 32, b"o" * 32]


def test_secrets_do_not_stand_in_the_repr() -> None:
    """Settings can be printed and logged: neither key nor database password shows."""
    settings = read_settings(
        {
            "SCHEDULING_SECRET": "tell-nobody" * 4,
            "SCHEDULING_CALCOM_API_KEY": "tell-nobody",
            "SCHEDULING_CALCOM_WEBHOOK_SECRETS": "tell-nobody" * 4,
            "SCHEDULING_DATABASE_URL": "postgresql://user:tell-nobody@server/name",
        }
    )
    assert "tell-nobody" not in repr(settings)


@pytest.mark.parametrize("url", ["https://cal.example/v2/", "http://127.0.0.1:8771/v2", "http://[::1]/v2"])
def test_the_settings_of_calcom_are_those_that_its_client_takes(url: str) -> None:
    """What the settings let through is no error when the client is made."""
    settings = read_settings(
        {
            "SCHEDULING_CALCOM_API_KEY": "cal_live_key",
            "SCHEDULING_CALCOM_URL": url,
            "SCHEDULING_CALCOM_EMAIL_DOMAIN": "appointments.example.org",
            "SCHEDULING_CALCOM_WEBHOOK_SECRETS": f"{'o' * 32}, {'n' * 32}",
        }
    )
    assert Account(ApiKey(require_calcom_key(settings)), settings.calcom_url or "").base_url == url.rstrip(
        "/"
    )
    assert AttendeePolicy(require_email_domain(settings)).domain == "appointments.example.org"
    secrets = [secret.value.decode() for secret in settings.calcom_webhook_secrets or ()]
    assert check_secrets(secrets) == (b"o" * 32, b"n" * 32)


def test_without_its_settings_calcom_is_left_alone() -> None:
    """All of them may be missing; whoever needs one is told its name."""
    settings = read_settings({})
    assert settings.calcom_url is None
    assert settings.calcom_webhook_secrets is None
    with pytest.raises(InvalidSetting, match="SCHEDULING_CALCOM_API_KEY must be set"):
        require_calcom_key(settings)
    with pytest.raises(InvalidSetting, match="SCHEDULING_CALCOM_EMAIL_DOMAIN must be set"):
        require_email_domain(settings)
