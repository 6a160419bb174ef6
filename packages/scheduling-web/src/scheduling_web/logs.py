"""The log: JSON lines on standard error, without addresses, bodies, tokens, or any words of an exception.

What an exception says may quote a customer, and what a database driver says quotes the statement with its
values. So of a failure only its type and the places in the code are kept, which is what finds a defect.
"""

import logging
import sys
import traceback

import structlog

from scheduling_web.observing import Answered

_LONGEST = 200
"""Characters of what a library says."""


def configure() -> None:
    """Send the log to standard error: standard output belongs to what a command answers."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(),
        ],
        # Asked for each time: standard error may be another one by then.
        logger_factory=lambda *_: structlog.PrintLogger(sys.stderr),
    )
    if not any(isinstance(handler, _FromLibraries) for handler in logging.root.handlers):
        logging.root.addHandler(_FromLibraries(logging.WARNING))


class _FromLibraries(logging.Handler):
    """Takes what libraries warn of; their sentences, but not what they put into them."""

    def emit(self, record: logging.LogRecord) -> None:
        places = [] if record.exc_info is None else _places(record.exc_info[1])
        structlog.get_logger().warning(
            "library", logger=record.name, told=str(record.msg)[:_LONGEST], errors=places
        )


def report_request(answered: Answered) -> None:
    """Log that a request was answered."""
    structlog.get_logger().info(
        "request",
        request_id=answered.request_id,
        method=answered.method,
        route=answered.route,
        status=answered.status,
        milliseconds=round(answered.seconds * 1000, 1),
        user=answered.user,
    )


def report_unknown_proxy() -> None:
    """Log that a request was passed on by an address that is not among the trusted proxies."""
    structlog.get_logger().warning(
        "unknown_proxy",
        told="X-Forwarded-For came from an address that SCHEDULING_TRUSTED_PROXIES does not name, and is not "
        "believed. If that is a proxy of yours, all who sign in through it have one address.",
    )


def report_job_failure(error: BaseException, job: str) -> None:
    """Log that work beside the requests failed."""
    structlog.get_logger().warning("job_failed", job=job, errors=_places(error))


def report_failure(error: BaseException, request_id: str) -> None:
    """Log that a request failed by a defect of ours."""
    structlog.get_logger().error("request_failed", request_id=request_id, errors=_places(error))


def _places(error: BaseException | None) -> list[dict[str, object]]:
    """Return where in the code an error and those behind it were raised."""
    chain: list[dict[str, object]] = []
    cause = error
    while cause is not None:
        frames = traceback.extract_tb(cause.__traceback__)
        places = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames]
        chain.append({"error": type(cause).__qualname__, "places": places})
        cause = cause.__cause__ or cause.__context__
    return chain
