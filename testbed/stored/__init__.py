"""Databases with many appointments, and what the library sends to them.

`fill` makes a million appointments in a minute, `partition` turns the tables into a variant that is
partitioned by host, `listen` hears every statement, and HOT are the use cases that run all the time.
"""

from stored.filling import HORIZON, NOW, TYPE, fill, host_named
from stored.hot import HOT, hear_hot, prepare_hot
from stored.listening import Sent, listen
from stored.partitions import partition, partitions_locked

__all__ = [
    "HORIZON",
    "HOT",
    "NOW",
    "TYPE",
    "Sent",
    "fill",
    "hear_hot",
    "host_named",
    "listen",
    "partition",
    "partitions_locked",
    "prepare_hot",
]
