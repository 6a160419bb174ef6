"""Draws the pictures of the documentation from the code: `python3 dev.py python tools/pictures.py`.

Layers are read from `.importlinter`, states from their tables, and times and rules are asked of the library.
A test draws them again and compares.
"""

import ast
import configparser
import datetime as dt
import inspect
import itertools
import math
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from zoneinfo import ZoneInfo

from drawing import Picture

from scheduling_core import (
    HOLDS_TIME,
    SYNC_TRANSITIONS,
    TRANSITIONS,
    Agenda,
    AppointmentId,
    AppointmentType,
    AppointmentTypeId,
    BookingPolicy,
    BookingRequest,
    BusyInterval,
    HostId,
    Interval,
    Schedule,
    Status,
    SyncState,
    TimeOff,
    TimeRange,
    WeeklyHours,
    decisions,
    explain,
    find_slots,
    local_time,
    sync,
    union,
)
from scheduling_core.rules import RULES

ROOT = Path(__file__).resolve().parents[1]
BERLIN = ZoneInfo("Europe/Berlin")
HOUR, MINUTE = dt.timedelta(hours=1), dt.timedelta(minutes=1)


def draw_architecture() -> Picture:
    """Draw the packages and the layers of the core, from top to bottom as they may import."""
    rules = configparser.ConfigParser()
    rules.read(ROOT / ".importlinter")
    packages = rules["importlinter:contract:packages"]["layers"].split()
    layers = [
        [name.strip("() ") for name in line.split("|")]
        for line in rules["importlinter:contract:core"]["layers"].split("\n")
        if line and not line.startswith("#")
    ]
    sources = rules["importlinter:contract:purity"]["source_modules"].split()
    pure = {name.rpartition(".")[2] for name in sources}
    purposes = {
        "scheduling_web": "service, pages and commands",
        "scheduling_calcom": "keeps Cal.com in step",
        "scheduling_core": "what applications embed",
    }
    left, width, step = 24, 672, 38
    top = 24 + 58 * (len(packages) - 1)
    picture = Picture(720, top + 46 + step * len(layers) + 50, "The packages and the layers of the core")
    for number, package in enumerate(packages):
        last = package == packages[-1]
        picture.box(left, 24 + 58 * number, width, 46 + step * len(layers) if last else 40, "plain")
        picture.words(left + 16, 49 + 58 * number, package, "ink strong")
        picture.words(left + width - 16, 49 + 58 * number, purposes[package], "dim", at="end")
        if not last:
            picture.line([(360, 66 + 58 * number), (360, 80 + 58 * number)], arrow=True)
    for row, names in enumerate(layers):
        each = (width - 32 - 8 * (len(names) - 1)) / len(names)
        for column, name in enumerate(names):
            x, y = left + 16 + column * (each + 8), top + 38 + row * step
            is_pure = name in pure
            picture.box(x, y, each, 30, "good-soft" if is_pure else "calm-soft")
            picture.words(x + each / 2, y + 20, name, "ink", at="middle")
    y = top + 46 + step * len(layers) + 20
    picture.box(left, y, 14, 14, "good-soft", round=3)
    picture.words(
        left + 22, y + 12, "pure: reaches no database, network, thread, log, clock or chance", "dim small"
    )
    picture.box(left + 440, y, 14, 14, "calm-soft", round=3)
    picture.words(left + 462, y + 12, "may touch the world", "dim small")
    return picture


STATUS_PLACES = {
    Status.PENDING: (0, 1),
    Status.CONFIRMED: (1, 2),
    Status.DECLINED: (2, 0),
    Status.CANCELLED: (2, 1),
    Status.COMPLETED: (2, 2),
    Status.NO_SHOW: (2, 3),
}


def draw_lifecycle() -> Picture:
    """Draw the statuses of an appointment and the steps between them."""
    picture = Picture(720, 324, "The lifecycle of an appointment")
    left = {status: (40 + 240 * column, 46 + 62 * row) for status, (column, row) in STATUS_PLACES.items()}
    for status, following in TRANSITIONS.items():
        for other in sorted(following, key=lambda each: each.value):
            x, y = left[status]
            to_x, to_y = left[other]
            picture.line([(x + 140, y), (to_x - 4, to_y)], arrow=True)
    for status, (x, y) in left.items():
        picture.box(x, y - 19, 140, 38, "good-soft" if status in HOLDS_TIME else "plain")
        picture.words(x + 70, y + 5, status.value.replace("_", " "), at="middle")
    picture.words(40, 40, "Every appointment begins as pending or confirmed.", "dim small")
    picture.box(40, 288, 14, 14, "good-soft", round=3)
    picture.words(62, 300, "holds its host's time", "dim small")
    picture.box(220, 288, 14, 14, "plain", round=3)
    picture.words(242, 300, "the time is free again", "dim small")
    return picture


SYNC_PLACES = {
    SyncState.PENDING: (94, 150),
    SyncState.IN_FLIGHT: (340, 150),
    SyncState.UNKNOWN: (340, 50),
    SyncState.RETRY_WAIT: (340, 250),
    SyncState.SYNCED: (606, 50),
    SyncState.CONFLICT: (606, 150),
    SyncState.DEAD: (606, 250),
}
RESTING = (SyncState.SYNCED, SyncState.CONFLICT, SyncState.DEAD)


def draw_delivery() -> Picture:
    """Draw the way of a delivery through its states, as far as a relay and a new change take it."""
    picture = Picture(720, 372, "The way of a delivery to another calendar")
    for state, following in SYNC_TRANSITIONS.items():
        for other in (each for each in SYNC_PLACES if each is not state):
            is_drawn = SyncState.IN_FLIGHT in {state, other} or (state, other) == BACK
            if is_drawn and other in following and state in SYNC_PLACES:
                aside = 7 if state in SYNC_TRANSITIONS[other] else 0
                picture.line(between(SYNC_PLACES[state], SYNC_PLACES[other], aside), arrow=True)
    for state, (x, y) in SYNC_PLACES.items():
        picture.box(x - 70, y - 19, 140, 38, "good-soft" if state in sync.OPEN else "plain")
        picture.words(x, y + 5, state.value, at="middle")
    if all(SyncState.PENDING in SYNC_TRANSITIONS[state] for state in RESTING):
        picture.line([(688, 50), (696, 50), (696, 300), (94, 300), (94, 173)], arrow=True)
        for state in RESTING:
            x, y = SYNC_PLACES[state]
            picture.line([(x + 70, y), (696, y)])
        picture.words(112, 292, "changed again, or requeued by a person", "dim small")
    if all(
        SyncState.OFF in following for state, following in SYNC_TRANSITIONS.items() if state in SYNC_PLACES
    ):
        told = "Where a host is unlinked, any of them becomes off, and pending when it is linked again."
        picture.words(24, 330, told, "dim small")
    told = "What was changed over there and taken over here is synced at once; what cannot be is a conflict."
    picture.words(24, 350, told, "dim small")
    return picture


BACK = (SyncState.RETRY_WAIT, SyncState.PENDING)


def between(start: tuple[float, float], end: tuple[float, float], aside: float) -> list[tuple[float, float]]:
    """Return a line from box to box, moved aside to its right so that another may come back beside it."""
    (x, y), (to_x, to_y) = start, end
    length = math.hypot(to_x - x, to_y - y)
    along, across = (to_x - x) / length, (to_y - y) / length
    # From the middle of a box its border is 70 pixels away, or 19, whichever the line meets first.
    border = min(70 / abs(along) if along else math.inf, 19 / abs(across) if across else math.inf)
    right_x, right_y = -across * aside, along * aside
    return [
        (round(x + along * border + right_x, 1), round(y + across * border + right_y, 1)),
        (round(to_x - along * (border + 4) + right_x, 1), round(to_y - across * (border + 4) + right_y, 1)),
    ]


def draw_sync_states() -> Picture:
    """Draw which state of a delivery may follow which, as a table."""
    states, meanings = list(SyncState), meanings_of(SyncState)
    left, top, step = 500, 100, 40
    width, height = left + step * len(states) + 24, top + step * len(states) + 56
    picture = Picture(width, height, "The states of a delivery, and which may follow which")
    picture.words(24, 34, "from", "dim small")
    picture.words(left - 8, 34, "to", "dim small", at="end")
    for number, state in enumerate(states):
        x = left + step * number + step / 2
        y = 34 + 16 * (number % 3)
        picture.words(x, y, state.value, "ink small", at="middle")
        picture.line([(x, y + 5), (x, top + step * len(states) - 4)], "faint")
    for row, state in enumerate(states):
        y = top + step * row
        picture.box(24, y - 2, 116, 30, "good-soft" if state in sync.OPEN else "plain")
        picture.words(82, y + 18, state.value, at="middle")
        lines = in_two_lines(meanings[state.name])
        for number, line in enumerate(lines):
            picture.words(152, y + 25 - 7 * len(lines) + 15 * number, line, "dim small")
        picture.line([(left, y + 13), (left + step * len(states), y + 13)], "faint")
        for column, other in enumerate(states):
            if other in SYNC_TRANSITIONS[state] and other is not state:
                picture.dot(left + step * column + step / 2, y + 13, 7, "calm")
    y = top + step * len(states) + 16
    picture.box(24, y, 14, 14, "good-soft", round=3)
    picture.words(46, y + 12, "goes on by itself", "dim small")
    picture.box(180, y, 14, 14, "plain", round=3)
    picture.words(202, y + 12, "rests", "dim small")
    picture.dot(289, y + 7, 6, "calm")
    picture.words(304, y + 12, "may follow", "dim small")
    return picture


def meanings_of(kind: type) -> Mapping[str, str]:
    """Return the words that stand below each member of an enumeration."""
    [body] = [node.body for node in ast.parse(inspect.getsource(kind)).body if isinstance(node, ast.ClassDef)]
    meanings = {}
    for member, words in itertools.pairwise(body):
        if isinstance(member, ast.Assign) and isinstance(words, ast.Expr):
            [target] = member.targets
            meanings[ast.unparse(target)] = ast.literal_eval(words.value)
    return meanings


def in_two_lines(text: str, longest: int = 50) -> list[str]:
    """Break *text* where it does not fit into one line."""
    if len(text) <= longest:
        return [text]
    at = text.rindex(" ", 0, longest)
    return [text[:at], text[at + 1 :]]


def draw_night(day: dt.date, title: str) -> Picture:
    """Draw what some opening hours mean in a night in which the clocks change."""
    begin = local_time.to_utc(day, dt.time(0), BERLIN)
    night = Interval.of(begin, 5 * HOUR)
    left, scale = 150, 546 / night.duration.total_seconds()
    rows = [(0, 0, 24, 0), (1, 0, 2, 30), (2, 30, 5, 0), (2, 10, 2, 50)]
    picture = Picture(720, 142 + 44 * len(rows), title)

    def place(instant: dt.datetime) -> float:
        return left + (instant - begin).total_seconds() * scale

    picture.words(24, 40, "UTC", "dim small")
    picture.words(24, 66, "clocks in Berlin", "dim small")
    for minutes in range(0, 301, 30):
        instant = begin + minutes * MINUTE
        x = place(instant)
        if minutes % 60 == 0:
            picture.words(x, 40, f"{instant:%H:%M}", "dim small", at="middle")
        shown = local_time.to_local(instant, BERLIN)
        picture.words(x, 66, f"{shown:%H:%M}", f"{'calm strong' if shown.fold else 'ink'} small", at="middle")
        picture.line([(x, 74), (x, 96 + 44 * len(rows))], "faint")
    change = next(
        begin + minutes * MINUTE
        for minutes in range(1, 300)
        if local_time.to_local(begin + minutes * MINUTE, BERLIN).utcoffset()
        != local_time.to_local(begin, BERLIN).utcoffset()
    )
    picture.line([(place(change), 74), (place(change), 96 + 44 * len(rows))])
    for number, (hour, minute, end_hour, end_minute) in enumerate(rows):
        y = 88 + 44 * number
        hours = TimeRange(dt.time(hour, minute), dt.time(end_hour % 24, end_minute))
        opened = Schedule(BERLIN, WeeklyHours.on("mon-sun", hours)).open_intervals(night)
        picture.words(24, y + 20, f"{hour:02}:{minute:02} to {end_hour:02}:{end_minute:02}", "ink")
        for piece in opened:
            x = place(piece.start)
            picture.box(x, y, place(piece.end) - x, 28, "good", round=4)
            words = in_words(piece.duration)
            picture.words((x + place(piece.end)) / 2, y + 19, words, "bright small", at="middle")
        if not opened:
            picture.words(place(change) + 10, y + 19, "never", "bad strong")
    picture.words(24, 126 + 44 * len(rows), f"{day:%A, %d %B %Y}. Green: the host is there.", "dim small")
    return picture


def in_words(duration: dt.timedelta) -> str:
    """Return a duration as hours and minutes."""
    hours, minutes = divmod(duration // MINUTE, 60)
    return " ".join([f"{hours} h"] * (hours > 0) + [f"{minutes} min"] * (minutes > 0))


DAY = dt.date(2027, 3, 2)


def at(hour: int, minute: int = 0) -> dt.datetime:
    """Return an instant of the day whose rules are drawn."""
    return local_time.to_utc(DAY, dt.time(hour, minute), BERLIN)


def fill_a_day() -> tuple[Agenda, AppointmentType, dt.datetime]:
    """Return an agenda with something of everything, a type, and what time it is."""
    host, now = HostId("anna"), at(8, 20)
    policy = BookingPolicy(
        slot_interval=15 * MINUTE, buffer_after=10 * MINUTE, minimum_notice=HOUR, horizon_days=0
    )
    kind = AppointmentType(AppointmentTypeId("talk"), "Talk", durations=[30 * MINUTE], policy=policy)
    morning, afternoon = TimeRange(dt.time(9), dt.time(12, 30)), TimeRange(dt.time(13, 30), dt.time(18))
    schedule = Schedule(BERLIN, WeeklyHours.on("mon-fri", morning, afternoon))
    empty = Agenda(host, Interval(at(8), at(19)), schedule)
    request = BookingRequest(host, kind.id, at(10, 30), "Kim")
    booked = decisions.book(empty, kind, request, id=AppointmentId("1"), now=now).appointment
    away = TimeOff(Interval(at(14, 30), at(15, 15)))
    busy = BusyInterval(Interval(at(16, 15), at(16, 45)))
    return Agenda(host, empty.window, schedule, [booked], [away], [busy]), kind, now


def draw_rules() -> Picture:
    """Draw the starts that each rule forbids on some day, and what is left."""
    agenda, kind, now = fill_a_day()
    window = agenda.window
    forbidden: dict[str, set[Interval]] = {rule.__name__: set() for rule in RULES}
    for minutes in range(window.duration // MINUTE):
        for reason in explain(agenda, kind, window.start + minutes * MINUTE, now=now):
            forbidden[reason.code].add(reason.starts)
    lanes = [code for code, spans in forbidden.items() if spans and code != "off_grid"]
    left, scale, bottom = 150, 546 / window.duration.total_seconds(), 58 + 34 * len(lanes)
    picture = Picture(720, bottom + 92, "The starts that each rule forbids, and those that are left")

    def place(instant: dt.datetime) -> float:
        return left + (instant - window.start).total_seconds() * scale

    def bar(span: Interval, y: float, height: float, *, round: float) -> None:
        x = place(span.start)
        picture.box(x, y, place(span.end) - x, height, "bad-soft", round=round)

    for hour in range(8, 20):
        picture.words(place(at(hour)), 36, f"{hour}:00", "dim small", at="middle")
        picture.line([(place(at(hour)), 44), (place(at(hour)), bottom + 44)], "faint")
    for number, code in enumerate(lanes):
        picture.words(24, 73 + 34 * number, code, "ink")
        for span in sorted(forbidden[code], key=lambda each: each.start):
            bar(span, 56 + 34 * number, 24, round=3)
    picture.words(24, bottom + 22, "what is left", "ink strong")
    for span in union(span for code in lanes for span in forbidden[code]):
        bar(span, bottom + 12, 10, round=0)
    for slot in find_slots(agenda, kind, now=now):
        picture.dot(place(slot), bottom + 17, 4.5, "good")
    legend = "Red: starts that are forbidden. Green: the slots that are offered."
    picture.words(24, bottom + 70, legend, "dim small")
    return picture


PICTURES: Mapping[str, Callable[[], Picture]] = {
    "architecture": draw_architecture,
    "autumn": lambda: draw_night(dt.date(2026, 10, 25), "Opening hours in the night of the repeated hour"),
    "delivery": draw_delivery,
    "lifecycle": draw_lifecycle,
    "rules": draw_rules,
    "spring": lambda: draw_night(dt.date(2026, 3, 29), "Opening hours in the night of the skipped hour"),
    "sync-states": draw_sync_states,
}


def main(folder: Path) -> None:
    """Draw all pictures into *folder*."""
    for name, draw in PICTURES.items():
        (folder / f"{name}.svg").write_text(str(draw()), encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if sys.argv[1:] else ROOT / "docs" / "pictures")
