"""Sign-ins that failed, and for how long they stop others: kept in the database, for all processes.

Five failures in five minutes close an account to the addresses that they came from, and to no other. So
guessing stops, and nobody can lock out somebody who comes from elsewhere. An address that had not failed
has one try each time. Thirty failures from one address, whatever the accounts, close all of them to it.
"""

import datetime as dt
import hashlib
from collections.abc import Sequence

import attrs
from sqlalchemy import Engine, and_, delete, insert, select

from scheduling_web.accounts.errors import TooManyAttempts
from scheduling_web.accounts.schema import failed_sign_ins
from scheduling_web.accounts.users import to_key, translated

WINDOW = dt.timedelta(minutes=5)
MOST_FOR_ACCOUNT = 5
MOST_FROM_ADDRESS = 30

_TABLE = failed_sign_ins.c


@attrs.frozen
class Failure:
    """When a sign-in failed, for which account and from where."""

    account: str
    address: str
    failed_at: dt.datetime


@attrs.frozen
class Failures:
    """What failed in the last minutes for one account and from one address; the latest first."""

    of_account: Sequence[Failure]
    from_address: Sequence[Failure]

    @property
    def is_closed(self) -> bool:
        """Whether the account takes no further failure."""
        return len(self.of_account) >= MOST_FOR_ACCOUNT

    def check(self, account: str, now: dt.datetime) -> None:
        """Raise TooManyAttempts where another attempt for the account from the address is one too many."""
        ends = []
        if len(self.from_address) >= MOST_FROM_ADDRESS:
            ends.append(self.from_address[MOST_FROM_ADDRESS - 1].failed_at)
        if self.is_closed and any(failure.account == account for failure in self.from_address):
            ends.append(self.of_account[MOST_FOR_ACCOUNT - 1].failed_at)
        if ends:
            raise TooManyAttempts(max(ends) + WINDOW - now)


class FailedSignIns:
    """The table of failures; *snapshots* is the engine to read with."""

    def __init__(self, engine: Engine, snapshots: Engine) -> None:
        self._engine = engine
        self._snapshots = snapshots

    def find(self, account: str, address: str, now: dt.datetime) -> Failures:
        """Return what counts against an attempt; more than enough to decide is left out."""
        recent = _TABLE.failed_at > now - WINDOW
        latest = select(_TABLE.account, _TABLE.address, _TABLE.failed_at).order_by(_TABLE.failed_at.desc())
        of_account = latest.where(recent, _TABLE.account == account).limit(MOST_FOR_ACCOUNT)
        # What an address can have is bounded by the rule itself.
        from_address = latest.where(recent, _TABLE.address == address)
        with translated(), self._snapshots.connect() as connection:
            return Failures(
                [Failure(*row) for row in connection.execute(of_account)],
                [Failure(*row) for row in connection.execute(from_address)],
            )

    def add(self, id: str, failure: Failure) -> None:
        """Keep a failure, and forget those that count no more."""
        over = _TABLE.failed_at <= failure.failed_at - WINDOW
        with translated(), self._engine.begin() as connection:
            connection.execute(delete(failed_sign_ins).where(over))
            connection.execute(insert(failed_sign_ins).values(id=id, **attrs.asdict(failure)))

    def forget(self, account: str, address: str) -> None:
        """Forget the failures for an account from an address, now that somebody there knew the password."""
        theirs = and_(_TABLE.account == account, _TABLE.address == address)
        with translated(), self._engine.begin() as connection:
            connection.execute(delete(failed_sign_ins).where(theirs))


def to_account(username: str) -> str:
    """Return what stands for a username, whether there is such a user or not.

    It is a digest, because people type their password there by mistake.
    """
    return hashlib.sha256(to_key(username).encode(errors="surrogatepass")).hexdigest()
