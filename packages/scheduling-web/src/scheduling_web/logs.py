"""The log: JSON lines on standard error, without bodies, tokens, or any words of an exception.

What an exception says may quote a customer, and what a database driver says quotes the statement with its
values. So of a failure only its type and the places in the code are kept, which is what finds a defect.
"""

import sys
import traceback

import structlog


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


def report_failure(error: BaseException, request_id: str) -> None:
    """Log that a request failed by a defect of ours."""
    chain: list[dict[str, object]] = []
    cause: BaseException | None = error
    while cause is not None:
        frames = traceback.extract_tb(cause.__traceback__)
        places = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames]
        chain.append({"error": type(cause).__qualname__, "places": places})
        cause = cause.__cause__ or cause.__context__
    structlog.get_logger().error("request_failed", request_id=request_id, errors=chain)
