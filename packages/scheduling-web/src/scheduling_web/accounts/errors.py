"""What can go wrong with accounts. None of these says more than its name: the rest would help a guesser."""

import datetime as dt

import attrs

from scheduling_core import SchedulingError


class InvalidCredentials(SchedulingError):
    """No user has this name and this password."""

    def __str__(self) -> str:
        return "the username or the password is wrong"


@attrs.define(eq=False)
class TooManyAttempts(SchedulingError):
    """Too many sign-ins failed; after *retry_after* another one can be made."""

    retry_after: dt.timedelta

    def __str__(self) -> str:
        return "too many failed sign-ins, try again later"


class Unauthenticated(SchedulingError):
    """The request carries no token, or none that is valid now."""

    def __str__(self) -> str:
        return "a valid access token is needed"


class SessionEnded(SchedulingError):
    """There is no such session, or it was ended, by its user or because a token was used again."""

    def __str__(self) -> str:
        return "the session has ended, sign in again"


class UsernameTaken(SchedulingError):
    """There is a user of this name, or of one that reads the same."""

    def __str__(self) -> str:
        return "the username is taken"
