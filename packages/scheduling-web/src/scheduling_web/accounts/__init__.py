"""Who may sign in: users, their passwords, and the tokens that they are given."""

from scheduling_web.accounts.errors import InvalidCredentials, Unauthenticated, UsernameTaken
from scheduling_web.accounts.passwords import PasswordHasher
from scheduling_web.accounts.registry import Accounts
from scheduling_web.accounts.tokens import AccessTokens
from scheduling_web.accounts.users import User

__all__ = [
    "AccessTokens",
    "Accounts",
    "InvalidCredentials",
    "PasswordHasher",
    "Unauthenticated",
    "User",
    "UsernameTaken",
]
