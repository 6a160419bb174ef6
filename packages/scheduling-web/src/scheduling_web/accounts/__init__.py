"""Who may sign in: users, their passwords, and the tokens that they are given."""

from scheduling_web.accounts.errors import (
    InvalidCredentials,
    SessionEnded,
    TooManyAttempts,
    Unauthenticated,
    UsernameTaken,
)
from scheduling_web.accounts.passwords import PasswordHasher
from scheduling_web.accounts.registry import Accounts
from scheduling_web.accounts.sessions import Session
from scheduling_web.accounts.tokens import Access, AccessTokens, RefreshTokens
from scheduling_web.accounts.users import User

__all__ = [
    "Access",
    "AccessTokens",
    "Accounts",
    "InvalidCredentials",
    "PasswordHasher",
    "RefreshTokens",
    "Session",
    "SessionEnded",
    "TooManyAttempts",
    "Unauthenticated",
    "User",
    "UsernameTaken",
]
