"""Hashing passwords."""

import threading

import attrs
import pytest
from passlib.context import CryptContext

from scheduling_core import InvalidValue
from scheduling_web.accounts.passwords import Cost, HashingBroken, PasswordHasher
from scheduling_web.setting_values import PasswordScheme

CHEAP = Cost(memory=8, passes=1, lanes=1, bcrypt_rounds=4)
LONG = "é" * 36  # 72 bytes.
LIGATURE = "\ufdfa"  # Eighteen letters in one, and as many in the form in which passwords are compared.


@attrs.frozen
class WatchedContext:
    """Checks passwords as the context does, and keeps the hashes against which it checked them."""

    context: CryptContext
    checked: list[str] = attrs.Factory(list)

    def verify_and_update(self, password: str, stored: str) -> tuple[bool, str | None]:
        """Check a password."""
        self.checked.append(stored)
        fits, better = self.context.verify_and_update(password, stored)
        return fits, better


def watch(hasher: PasswordHasher, monkeypatch: pytest.MonkeyPatch) -> WatchedContext:
    """Return what the hasher checks with from now on."""
    context = WatchedContext(hasher._context)
    monkeypatch.setattr(hasher, "_context", context)
    return context


@pytest.mark.parametrize(("scheme", "prefix"), [("argon2", "$argon2id$"), ("bcrypt", "$bcrypt-sha256$")])
@pytest.mark.parametrize(
    "password",
    [
        "fifteen letters",
        LONG[:-1] + "e",
        LONG,
        LONG + "x",
        "汉" * 24,
        "nul \0 in the middle",
        " " * 15,
        "x" * 256,
        f"{LIGATURE}{'x' * 238}",
    ],
)
def test_what_was_hashed_verifies_and_nothing_else(
    scheme: PasswordScheme, prefix: str, password: str
) -> None:
    """Every password of 15 to 256 characters works with both schemes, whatever its bytes."""
    hasher = PasswordHasher(scheme, CHEAP)
    stored = hasher.hash(password)
    assert stored.startswith(prefix)
    assert hasher.verify(password, stored) == (True, None)
    assert hasher.verify(password + "x", stored) == (False, None)
    assert hasher.verify(password[:-1], stored) == (False, None)


@pytest.mark.parametrize("scheme", ["argon2", "bcrypt"])
def test_s38_what_is_alike_in_72_bytes_is_not_the_same(scheme: PasswordScheme) -> None:
    """Bcrypt's limit of 72 bytes is no limit of ours."""
    hasher = PasswordHasher(scheme, CHEAP)
    assert hasher.verify("a" * 72 + "x", hasher.hash("a" * 72 + "y")) == (False, None)


@pytest.mark.parametrize(("old", "new"), [("argon2", "bcrypt"), ("bcrypt", "argon2")])
def test_a_hash_of_the_other_scheme_verifies_and_is_upgraded(
    old: PasswordScheme, new: PasswordScheme
) -> None:
    """After a change of the setting everybody can sign in, and gets a hash of the new scheme."""
    stored = PasswordHasher(old, CHEAP).hash("correct horse battery")
    hasher = PasswordHasher(new, CHEAP)
    fits, better = hasher.verify("correct horse battery", stored)
    assert fits
    assert better is not None
    assert hasher.verify("correct horse battery", better) == (True, None)
    assert hasher.verify("wrong horse battery", stored) == (False, None)


def test_a_cheaper_hash_is_upgraded() -> None:
    """When guesses are to cost more, hashes follow as their owners sign in."""
    stored = PasswordHasher("argon2", CHEAP).hash("correct horse battery")
    fits, better = PasswordHasher("argon2", Cost(16, 2, 1, 4)).verify("correct horse battery", stored)
    assert fits
    assert better is not None
    assert better.startswith("$argon2id$v=19$m=16,t=2,p=1$")


def test_the_same_characters_from_another_keyboard_are_the_same_password() -> None:
    """Composed and decomposed letters, and wide ones, count as what they look like."""
    hasher = PasswordHasher("argon2", CHEAP)
    assert hasher.verify("cafe\u0301 au lait, deux", hasher.hash("café au lait, deux")) == (True, None)
    assert hasher.verify("\uff43orrect horse battery", hasher.hash("correct horse battery")) == (True, None)


@pytest.mark.parametrize(
    "password",
    [
        "",
        "fourteen chars",
        "x" * 257,
        LIGATURE * 256,
        LIGATURE * 15,
        LIGATURE,
        "fourteen cha\u0301rs",
        "e\u0301" * 129,
    ],
    ids=[
        "none",
        "14",
        "257",
        "much more in one form",
        "270 in one form",
        "1 as written",
        "14 in one form",
        "258",
    ],
)
def test_s38_a_new_password_has_15_to_256_characters(password: str) -> None:
    """What is too short or too long, as written or in its one form, is refused, and is not repeated."""
    with pytest.raises(InvalidValue) as caught:
        PasswordHasher("argon2", CHEAP).hash(password)
    assert str(caught.value) == "password must have 15 to 256 characters"


def test_s38_a_password_of_a_million_characters_costs_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing that long is hashed."""
    hasher = PasswordHasher("argon2", CHEAP)
    context = watch(hasher, monkeypatch)
    assert hasher.verify("x" * 10**6, None) == (False, None)
    assert context.checked == []


@pytest.mark.parametrize(
    "password",
    [LIGATURE * 256, LIGATURE * 15, "half a character \ud83d"],
    ids=["4608 in one form", "270 in one form", "no text"],
)
@pytest.mark.parametrize("scheme", ["argon2", "bcrypt"])
def test_s35_s38_what_can_be_no_password_fits_nothing_and_costs_one_hash(
    scheme: PasswordScheme, password: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is too long in its one form alone, or no text, is as wrong as any other, known user or not."""
    hasher = PasswordHasher(scheme, CHEAP)
    stored = [hasher.hash("correct horse battery"), hasher._context.hash("a password of nobody"), None]
    context = watch(hasher, monkeypatch)
    for number, known in enumerate(stored, start=1):
        assert hasher.verify(password, known) == (False, None)
        assert len(context.checked) == number


@pytest.mark.parametrize("stored", [None, "", "not a hash", "$2b$04$broken"])
def test_without_a_hash_that_can_be_read_nothing_fits(stored: str | None) -> None:
    """An unknown user, and a hash that something else left in the table, let nobody in."""
    assert PasswordHasher("argon2", CHEAP).verify("a password of nobody", stored) == (False, None)


def test_s35_an_unknown_user_costs_as_much_as_a_known_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """The hash that belongs to nobody has the cost of all others, so that time does not tell who exists."""
    hasher = PasswordHasher("argon2", Cost(memory=16, passes=2, lanes=1))
    stored = hasher.hash("correct horse battery")
    context = watch(hasher, monkeypatch)
    for known in (stored, None):
        assert hasher.verify("wrong horse battery", known) == (False, None)
    assert [checked.rsplit("$", 2)[0] for checked in context.checked] == ["$argon2id$v=19$m=16,t=2,p=1"] * 2


def test_two_hashes_are_made_at_a_time() -> None:
    """However many sign in at once, the machine hashes two passwords and keeps its other cores."""
    hasher = PasswordHasher("argon2", CHEAP)
    assert hasher._turns.acquire(blocking=False)
    assert hasher._turns.acquire(blocking=False)
    done = threading.Event()

    def verify() -> None:
        hasher.verify("correct horse battery", None)
        done.set()

    waiting = threading.Thread(target=verify)
    waiting.start()
    assert not done.wait(0.05)
    hasher._turns.release()
    assert done.wait(5)
    waiting.join()
    hasher._turns.release()


def test_hashing_that_does_not_work_stops_the_start() -> None:
    """What the libraries cannot do is found when the hasher is made, not when somebody signs in."""
    with pytest.raises(HashingBroken, match="check the versions"):
        PasswordHasher("argon2", Cost(memory=8, passes=1, lanes=64))
