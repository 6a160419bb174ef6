"""Storages that are broken on purpose, each in one way that can happen to anybody.

They prove that the contract of storages notices. All are the storage in memory or the one on SQLite, but for
what is said about them. Some are units of work, of which `storing_by` makes a storage.
"""

from broken_storages.altered import (
    storing_by,
)
from broken_storages.answering import (
    AnswersThatFollow,
    HostsMixed,
    IgnoredBuffers,
    KeysOfAll,
    LimitBeforeOrder,
    MeaningLost,
    NaiveTimes,
    NewestFirst,
    NothingClaimed,
    NothingCounted,
    NothingRecalled,
    OrderLost,
    TwinsSkipped,
    UpcomingUnsorted,
    VersionOfAppointmentsOnly,
    WholeSeconds,
)
from broken_storages.databases import (
    MovesUnguarded,
    Unguarded,
)
from broken_storages.transactions import (
    DirtyRead,
    KeepsTheLog,
    KeepsWhatWasLost,
    KeyOutsideTheTransaction,
    LostUpdate,
    MovingSnapshot,
    NoLock,
    RunsOnce,
    StaleRead,
)
from broken_storages.writing import (
    CancelledBlocks,
    ClosedIntervals,
    HintsTwice,
    HostsOutOfNothing,
    IdsGivenTwice,
    IgnoredVersion,
    KeyOverwritten,
    NonAtomicOutbox,
    OneGuardForAll,
    PurgedFromTheAppointmentOnly,
    RemoteLost,
    ZoneLost,
)

__all__ = [
    "AnswersThatFollow",
    "CancelledBlocks",
    "ClosedIntervals",
    "DirtyRead",
    "HintsTwice",
    "HostsMixed",
    "HostsOutOfNothing",
    "IdsGivenTwice",
    "IgnoredBuffers",
    "IgnoredVersion",
    "KeepsTheLog",
    "KeepsWhatWasLost",
    "KeyOutsideTheTransaction",
    "KeyOverwritten",
    "KeysOfAll",
    "LimitBeforeOrder",
    "LostUpdate",
    "MeaningLost",
    "MovesUnguarded",
    "MovingSnapshot",
    "NaiveTimes",
    "NewestFirst",
    "NoLock",
    "NonAtomicOutbox",
    "NothingClaimed",
    "NothingCounted",
    "NothingRecalled",
    "OneGuardForAll",
    "OrderLost",
    "PurgedFromTheAppointmentOnly",
    "RemoteLost",
    "RunsOnce",
    "StaleRead",
    "TwinsSkipped",
    "Unguarded",
    "UpcomingUnsorted",
    "VersionOfAppointmentsOnly",
    "WholeSeconds",
    "ZoneLost",
    "storing_by",
]
