"""Password hashes: argon2id, or bcrypt over SHA-256, and each is upgraded to the one in use at sign-in."""

import re
import threading
import unicodedata

import attrs
from passlib.context import CryptContext
from passlib.exc import UnknownHashError

from scheduling_core import InvalidValue
from scheduling_web.setting_values import PasswordScheme

SHORTEST_PASSWORD = 15
LONGEST_PASSWORD = 256
"""Code points, both as written and in the one form of all keyboards, which may have more of them or fewer.

NIST SP 800-63B-4 asks for at least 15 where a password is all there is.
"""

AT_A_TIME = 2
_PROBE = "a password of nobody"
_LONE_SURROGATE = re.compile("[\ud800-\udfff]")
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
        normal = check_form(password)
        with self._turns:
            return self._context.hash(normal)

    def verify(self, password: str, stored: str | None) -> tuple[bool, str | None]:
        """Return whether the password fits and, if its hash should be replaced, the new one.

        Without a *stored* hash the same work is done for nothing, so that the time taken does not tell
        which usernames exist. The same goes for what can be no password, unless it is too long as written:
        that costs nothing.
        """
        if len(password) > LONGEST_PASSWORD:
            return False, None
        normal = _normal(password)
        if stored is None or len(normal) > LONGEST_PASSWORD or _LONE_SURROGATE.search(normal):
            self._check("", self._nobodys)  # As wrong as other wrong ones, down to the last step.
            return False, None
        return self._check(normal, stored)

    def _check(self, normal: str, stored: str) -> tuple[bool, str | None]:
        with self._turns:
            try:
                fits, better = self._context.verify_and_update(normal, stored)
            except UnknownHashError:
                return False, None
        return fits, better


def check_form(password: str) -> str:
    """Return a new password in the one form of all keyboards.

    Raises InvalidValue where it is too short or too long, as written or in that form, or no text.
    """
    _check_length(password)
    normal = _normal(password)
    _check_length(normal)
    if _LONE_SURROGATE.search(normal):
        raise InvalidValue("password", "must be text in UTF-8")
    return normal


def _check_length(password: str) -> None:
    if not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
        rule = f"must have {SHORTEST_PASSWORD} to {LONGEST_PASSWORD} characters"
        raise InvalidValue("password", rule)


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
