"""The id of a request, which its answer, its problem and its lines in the log have in common."""

from litestar.types import Scope

from scheduling_core import system


def request_id(scope: Scope) -> str:
    """Return the id of a request, made when it is first asked for.

    No middleware makes it, because the router answers unknown addresses before any middleware runs.
    """
    state = scope["state"]
    if "request_id" not in state:
        state["request_id"] = system.new_id()
    number: str = state["request_id"]
    return number
