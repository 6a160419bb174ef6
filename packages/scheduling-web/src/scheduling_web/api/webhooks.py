"""Calls from outside that say that something changed: kept as hints, followed later, and never believed."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import attrs
import msgspec
from litestar import Request, Router, post
from litestar.di import NamedDependency
from litestar.openapi.spec import OpenAPIMediaType, Operation, Parameter, RequestBody, Schema
from litestar.openapi.spec.enums import OpenAPIType
from litestar.params import RawBody

from scheduling_core import Scheduler
from scheduling_core.sync import Hint
from scheduling_web.api.authentication import PUBLIC
from scheduling_web.api.problems import documented

LARGEST_CALL = 256 * 1024
"""Bytes of a call."""

SIGNATURE_HEADER = "x-cal-signature-256"


@attrs.frozen
class Calls:
    """How calls are read.

    *read* returns what a call with this body and signature is about, None for a call about nothing; it
    raises UnverifiedCall where the signature is not right, and UnreadableBody.
    """

    read: Callable[[bytes, str | None], Hint | None]


class Received(msgspec.Struct, frozen=True):
    """Whether the call is *kept*: it is not where it came before, or is about no booking."""

    kept: bool


@dataclass
class SignedCall(Operation):
    """An operation whose body is taken byte for byte, with the signature of just these bytes in a header."""

    def __post_init__(self) -> None:
        """Say so; the framework knows nothing of a body that it does not read."""
        signature = Schema(type=OpenAPIType.STRING, pattern="^[0-9a-f]{64}$")
        self.parameters = [
            Parameter(
                "X-Cal-Signature-256",
                "header",
                signature,
                description="The HMAC-SHA256 of the body, by a secret that both sides know, in hexadecimal.",
                required=True,
            )
        ]
        call = OpenAPIMediaType(Schema(type=OpenAPIType.OBJECT))
        self.request_body = RequestBody(
            {"application/json": call},
            description="What Cal.com sends. Only the booking that it names is read of it.",
            required=True,
        )


@post(
    "/calcom",
    operation_id="receiveCalComCall",
    summary="Receive a call of a Cal.com webhook",
    status_code=202,
    opt=PUBLIC,
    request_max_body_size=LARGEST_CALL,
    sync_to_thread=True,
    operation_class=SignedCall,
    responses=documented("unverified-call", 413, 503),
)
def receive_call(
    body: RawBody,
    request: Request[Any, Any, Any],
    scheduler: NamedDependency[Scheduler],
    calls: NamedDependency[Calls],
) -> Received:
    """Keep a call that is signed with one of the secrets for later; a repeated one changes nothing."""
    hint = calls.read(body, request.headers.get(SIGNATURE_HEADER))
    return Received(kept=hint is not None and scheduler.keep_hint(hint))


router = Router("/api/webhooks", route_handlers=[receive_call], tags=["Sync"])
