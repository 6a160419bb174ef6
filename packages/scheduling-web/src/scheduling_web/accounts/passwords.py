"""Password hashes: argon2id, or bcrypt over SHA-256, and each is upgraded to the one in use at sign-in."""

import threading
import unicodedata

import attrs
from passlib.context import CryptContext
from passlib.exc import UnknownHashError

from scheduling_core import InvalidValue
from scheduling_web.setting_values import PasswordScheme

SHORTEST_PASSWORD = 15
LONGEST_PASSWORD = 256
"""Characters. NIST SP 800-63B-4 asks for at least 15 where a password is all there is."""

AT_A_TIME = 2
_PROBE = "a password of nobody"
_SCHEMES = {"argon2": "argon2", "bcrypt": "bcrypt_sha256"}
"""bcrypt reads 72 bytes and no more, so what it gets is a digest of the password."""


class HashingBroken(Exception):
    """The libraries that hash passwords do not work together here; nobody could sign in."""

    def __str__(self) -> str:
        return "password hashing does not work here: check the versions of libpass, argon2-cffi and bcrypt"


@attrs.frozen
class Cost:
    """What a guess shall cost: argon2's memory in KiB, passes and lanes; bcrypt's rounds as a power of two.

    The defaults are those of RFC 9106 for a machine that is short of memory, and come to about 0.15 s.
    """

    memory: int = 65_536
    passes: int = 3
    lanes: int = 4
    bcrypt_rounds: int = 12


class PasswordHasher:
    """Makes and checks hashes, at most two at a time, so that sign-ins cannot take the whole machine."""

    def __init__(self, scheme: PasswordScheme = "argon2", cost: Cost | None = None) -> None:
        """Prove that hashing works before anyone depends on it; raises HashingBroken."""
        self._turns = threading.BoundedSemaphore(AT_A_TIME)
        try:
            self._context = _to_context(scheme, cost or Cost())
            self._nobodys = self._context.hash(_PROBE)
            works = self._context.verify(_PROBE, self._nobodys)
            works = works and not self._context.verify(_PROBE + "!", self._nobodys)
        except Exception as error:
            raise HashingBroken from error
        if not works:
            raise HashingBroken

    def hash(self, password: str) -> str:
        """Return the hash of a new password; raises InvalidValue as `check_form` does."""
        check_form(password)
        with self._turns:
            return self._context.hash(_normal(password))

    def verify(self, password: str, stored: str | None) -> tuple[bool, str | None]:
        """Return whether the password fits and, if its hash should be replaced, the new one.

        Without a *stored* hash the same work is done for nothing, so that the time taken does not tell
        which usernames exist.
        """
        if len(password) > LONGEST_PASSWORD:
            return False, None
        with self._turns:
            try:
                fits, better = self._context.verify_and_update(
                    _normal(password), self._nobodys if stored is None else stored
                )
            except UnknownHashError:
                return False, None
        return fits and stored is not None, better if stored is not None else None


def check_form(password: str) -> None:
    """Raise InvalidValue for a new password that is too short, too long, or no text."""
    if not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
        rule = f"must have {SHORTEST_PASSWORD} to {LONGEST_PASSWORD} characters"
        raise InvalidValue("password", rule)
    if any("\ud800" <= character <= "\udfff" for character in password):
        raise InvalidValue("password", "must be text in UTF-8")


def _to_context(scheme: PasswordScheme, cost: Cost) -> CryptContext:
    return CryptContext(
        schemes=list(_SCHEMES.values()),
        default=_SCHEMES[scheme],
        deprecated="auto",
        argon2__type="ID",
        argon2__memory_cost=cost.memory,
        argon2__time_cost=cost.passes,
        argon2__parallelism=cost.lanes,
        bcrypt_sha256__rounds=cost.bcrypt_rounds,
    )


def _normal(password: str) -> str:
    """Return the one form of all the ways in which keyboards write the same characters."""
    return unicodedata.normalize("NFKC", password)
