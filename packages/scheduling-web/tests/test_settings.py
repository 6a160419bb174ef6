"""Settings from the environment."""

import pytest

from scheduling_web.settings import InvalidSetting, read_settings, require_secret


def test_without_any_variable_the_defaults_hold() -> None:
    """An empty environment gives an embedded database on this machine."""
    settings = read_settings({})
    assert settings.database_url.render_as_string() == "sqlite:///scheduling.sqlite3"
    assert (settings.host, settings.port, settings.threads) == ("127.0.0.1", 8000, 16)
    assert settings.password_scheme == "argon2"
    assert settings.public_url is None
    assert not settings.is_https


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
        ("SECRET", ""),
        ("SECRET", "x" * 31),
        ("PASSWORD_SCHEME", "md5"),
        ("HOST", "booking.example"),
        ("PORT", "65536"),
        ("PORT", "http"),
        ("PUBLIC_URL", "booking.example"),
        ("PUBLIC_URL", "https://booking.example/path"),
        ("PUBLIC_URL", "ftp://booking.example"),
        ("THREADS", "-7"),
        ("THREADS", "201"),
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
    assert require_secret(read_settings({"SCHEDULING_SECRET": "é" * 16})).value == b"\xc3\xa9" * 16
    with pytest.raises(InvalidSetting, match="SCHEDULING_SECRET must be set"):
        require_secret(read_settings({}))


def test_secrets_do_not_stand_in_the_repr() -> None:
    """Settings can be printed and logged: neither key nor database password shows."""
    settings = read_settings(
        {
            "SCHEDULING_SECRET": "tell-nobody" * 4,
            "SCHEDULING_DATABASE_URL": "postgresql://user:tell-nobody@server/name",
        }
    )
    assert "tell-nobody" not in repr(settings)
