"""What stands in no answer: secrets, addresses of databases, statements, names from inside, stacks."""

import re
from collections.abc import Callable

import httpx

_PATTERNS = (
    r"SCHEDULING_[A-Z]",
    r"Traceback \(most recent",
    r'File \\?"',
    r"site-packages",
    r"scheduling_(web|core|calcom)[./]",
    r"scheduling_(appointment|host|web_user|web_session|idempotency|change_log)\b",
    r"sqlite:///",
    r"postgres(ql)?(\+psycopg)?://",
    r"psycopg|sqlalchemy|pysqlite|litestar",
    r"\[SQL:",
    r"INSERT INTO|UPDATE scheduling|FROM scheduling",
    r"(Operational|Integrity|Programming|Data)Error",
    r"(UNIQUE|CHECK|FOREIGN KEY) constraint",
    r"\$argon2|\$bcrypt|\$2b\$",
    r'"password_hash"',  # As a name: what a client calls a field is told back to it in words.
    r" object at 0x[0-9a-f]",
    r"<(class|function|bound method) ",
)


def look_for_secrets(*secrets: str) -> Callable[[httpx.Response], None]:
    """Return what fails on an answer that tells what is nobody's business (S26)."""
    untold = re.compile("|".join([*map(re.escape, secrets), *_PATTERNS]))

    def look(answer: httpx.Response) -> None:
        told = f"{answer.headers}\n{answer.read().decode(errors='replace')}"
        found = untold.search(told)
        assert found is None, f"an answer tells {found}"  # noqa: S101  It belongs to tests.

    return look
