"""The machine's clock and randomness. Nothing else in the library reads either."""

import datetime as dt
import secrets
import time


def read_clock() -> dt.datetime:
    """Return the present instant in UTC."""
    return dt.datetime.now(dt.UTC)


def new_id() -> str:
    """Return a new UUID of version 7 (RFC 9562, section 5.7).

    Its first 48 bits are milliseconds and the next 12 the fraction of the millisecond (method 3 of
    section 6.2), so that ids made a quarter of a microsecond apart sort by time; 62 bits are random.
    """
    milliseconds, rest = divmod(time.time_ns(), 1_000_000)
    fraction = rest * 4096 // 1_000_000
    value = milliseconds << 80 | 0x7 << 76 | fraction << 64 | 0b10 << 62 | secrets.randbits(62)
    digits = f"{value:032x}"
    return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"
