"""Databases with many appointments, and what the library sends to them.

`fill` makes a million appointments in a minute, `partition` turns the tables into a variant that is
partitioned by host, and `listen` hears every statement.
"""

from stored.filling import HORIZON, HOST, NOW, TYPE, fill, host_named
from stored.listening import Sent, listen
from stored.partitions import partition, partitions_locked

__all__ = [
    "HORIZON",
    "HOST",
    "NOW",
    "TYPE",
    "Sent",
    "fill",
    "host_named",
    "listen",
    "partition",
    "partitions_locked",
]
