"""What the body of an error says."""

from typing import Any

import attrs


@attrs.frozen
class Refusal:
    """What an error says for itself, in any of the shapes that Cal.com has for it.

    The API has two: `{"status": "error", "error": {"code", "message"}}` and the bare `{"statusCode",
    "message"}`. Anything else, such as the page of a proxy, is none of the API's. *message* may quote what
    was sent and must not be shown.
    """

    code: str
    message: str = attrs.field(repr=False)
    is_bare: bool

    @classmethod
    def read(cls, document: Any) -> "Refusal | None":  # noqa: ANN401  Whatever was sent.
        """Return what the body of an error says, or None where it is not the API's."""
        if not isinstance(document, dict):
            return None
        error = document.get("error")
        if document.get("status") == "error" and isinstance(error, dict):
            return cls(str(error.get("code", "")), _message(error.get("message")), is_bare=False)
        if isinstance(document.get("statusCode"), int):
            return cls("", _message(document.get("message")), is_bare=True)
        return None


def _message(value: object) -> str:
    # Validation puts a list where a text is promised.
    return " ".join(map(str, value)) if isinstance(value, list) else str(value or "")
