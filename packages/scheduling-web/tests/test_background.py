"""Work beside the requests: that it is done, goes on after failures, and stops."""

import datetime as dt
import json
import threading
from collections.abc import Callable
from queue import Queue

import pytest

from linked_host import HOST, HOUR, NINE, LinkedHost
from scheduling_core import HostId, Interval, Link, SyncState
from scheduling_core.external import Verdict
from scheduling_core.testing import CountingIds, ManualClock
from scheduling_web.background import Job, working
from scheduling_web.calendar_jobs import COPY_AFTER, SWEEP_AFTER, WHOLE_SWEEP_EVERY, calendar_jobs
from scheduling_web.counted_calendar import CountedCalendar

PATIENCE = 300
SOMETIMES = dt.timedelta(days=1)


def nobody(_: str) -> None:
    """Be told of no failure."""
    raise AssertionError


def test_jobs_are_done_until_there_is_no_more() -> None:
    """A job runs again at once for as long as it says that there is more, and then rests."""
    done: Queue[int] = Queue()
    left = iter([3, 2, 1, 0])

    def run() -> bool:
        number = next(left)
        done.put(number)
        return number > 0

    with working([Job("count", run, SOMETIMES)], nobody):
        assert [done.get(timeout=PATIENCE) for _ in range(4)] == [3, 2, 1, 0]
    assert done.empty()


def test_a_job_comes_again_after_its_time() -> None:
    """What is to be done every so often is done every so often, and others in between."""
    done: Queue[str] = Queue()

    def say(word: str) -> Callable[[], bool]:
        def run() -> bool:
            done.put(word)
            return False

        return run

    jobs = [Job("often", say("often"), dt.timedelta(0)), Job("once", say("once"), SOMETIMES)]
    with working(jobs, nobody):
        said = [done.get(timeout=PATIENCE) for _ in range(5)]
    assert said.count("once") == 1


def test_a_failure_is_told_and_keeps_nobody_waiting(capsys: pytest.CaptureFixture[str]) -> None:
    """Whatever a job raises is counted and logged without its words, and the other jobs are done."""
    failed: Queue[str] = Queue()
    done = threading.Event()

    def fail() -> bool:
        raise ValueError("a secret")

    def run() -> bool:
        done.set()
        return False

    capsys.readouterr()
    with working([Job("fail", fail, SOMETIMES), Job("run", run, SOMETIMES)], failed.put):
        assert failed.get(timeout=PATIENCE) == "fail"
        assert done.wait(PATIENCE)
    [line] = map(json.loads, capsys.readouterr().err.splitlines())
    assert (line["event"], line["job"], line["errors"][0]["error"]) == ("job_failed", "fail", "ValueError")
    assert "secret" not in json.dumps(line)


def test_it_stops_in_the_middle_of_much_to_do() -> None:
    """A job that always has more ends after the piece that it is at."""
    begun = threading.Event()

    def run() -> bool:
        begun.set()
        return True

    with working([Job("run", run, SOMETIMES)], nobody):
        assert begun.wait(PATIENCE)
        [thread] = [each for each in threading.enumerate() if each.name == "background"]
    assert not thread.is_alive()


def test_without_jobs_there_is_nothing_to_wait_for() -> None:
    """Where nothing is linked, the thread ends at once."""
    with working([], nobody):
        threads = [each for each in threading.enumerate() if each.name == "background"]
        for thread in threads:
            thread.join(PATIENCE)
            assert not thread.is_alive()


class Step:
    """A host that is linked to a fake calendar, and the jobs that keep the two in step."""

    def __init__(self) -> None:
        self.host = LinkedHost()
        self.clock: ManualClock = self.host.clock
        self.calls: list[tuple[str, str]] = []
        counted = CountedCalendar(
            self.host.calendar, lambda call, outcome: self.calls.append((call, outcome))
        )
        jobs = calendar_jobs(
            self.host.storage,
            counted,
            self.find_links,
            clock=self.clock,
            new_id=CountingIds(),
            chance=lambda: 0.5,
        )
        self.jobs = {job.name: job for job in jobs}

    def find_links(self) -> dict[HostId, Link]:
        """Return the tie of the one host."""
        [link] = self.host.scheduler.links(HOST)
        return {HOST: link}

    def run(self, name: str) -> list[tuple[str, str]]:
        """Do a job until there is no more, and return the calls that were made meanwhile."""
        self.calls.clear()
        while self.jobs[name].run():
            pass
        return self.calls.copy()


@pytest.fixture
def step() -> Step:
    """A host in step."""
    return Step()


def test_what_was_booked_is_delivered(step: Step) -> None:
    """A booking arrives, and the calls that it took are counted with what came of them."""
    booked = step.host.book()
    step.host.calendar.fail_next(Verdict.DOWN, call="create")
    assert step.run("deliver")[-1] == ("create", "down")
    step.clock.advance(HOUR)
    assert step.run("deliver")[-1] == ("create", "done")
    assert step.host.agrees(booked)


def test_what_was_moved_and_cancelled_is_delivered(step: Step) -> None:
    """Every kind of change arrives, and each call is counted under its name."""
    booked = step.host.book_there()
    step.host.scheduler.reschedule(booked.id, NINE + 2 * HOUR)
    assert step.run("deliver")[-1] == ("move", "done")
    assert step.host.agrees(step.host.scheduler.get(booked.id))
    step.host.scheduler.cancel(booked.id)
    assert step.run("deliver")[-1] == ("cancel", "done")
    assert step.host.agrees(step.host.scheduler.get(booked.id))


def test_a_hint_about_nobody_of_ours_is_let_go(step: Step) -> None:
    """Whose a booking is, is asked once, and a hint that is about none of ours is settled."""
    assert step.host.hint("a stranger's")
    assert step.run("follow_hints") == [("owner", "done")]
    assert step.run("follow_hints") == []


def test_hints_are_followed(step: Step) -> None:
    """What a hint is about is looked at, and taken over."""
    booked = step.host.book_there()
    uid = step.host.uid(booked)
    step.host.calendar.change(uid, during=Interval.of(NINE + 3 * HOUR, HOUR))
    assert step.host.hint(uid)
    assert ("find", "done") in step.run("follow_hints")
    assert step.host.scheduler.get(booked.id).during.start == NINE + 3 * HOUR
    assert step.run("follow_hints") == []


def test_a_sweep_is_due_when_the_last_one_of_all_processes_is_long_ago(step: Step) -> None:
    """What no hint told is found in time, and two processes do not sweep twice as often as one."""
    other = Step()
    assert step.run("sweep") == [("changed", "done")]
    assert step.run("sweep") == []
    step.clock.advance(SWEEP_AFTER)
    step.host.inbound.sweep()  # As another process does.
    assert step.run("sweep") == []
    step.clock.advance(SWEEP_AFTER)
    assert step.run("sweep") == [("changed", "done")]
    assert other.run("sweep") == [("changed", "done")]


def test_once_a_day_all_is_swept(step: Step) -> None:
    """What changed further ahead than a sweep looks is found after a day."""
    step.run("sweep")
    step.clock.advance(WHOLE_SWEEP_EVERY)
    step.host.inbound.sweep()
    assert step.run("sweep") == [("changed", "done")]
    assert step.run("sweep") == []


def test_busy_times_are_copied_when_the_copy_is_old(step: Step) -> None:
    """A copy is renewed after its time, by one process and not by each."""
    assert step.run("copy_busy") == [("busy", "done")]
    assert step.run("copy_busy") == []
    step.clock.advance(COPY_AFTER)
    step.host.inbound.copy_busy(HOST)  # As another process does.
    assert step.run("copy_busy") == []
    step.clock.advance(COPY_AFTER)
    assert step.run("copy_busy") == [("busy", "done")]


def test_a_calendar_that_wants_to_be_left_alone_is(step: Step) -> None:
    """While the provider is paused no job asks it anything."""
    booked = step.host.book_there()
    step.host.hint(step.host.uid(booked))
    step.host.book(NINE + 2 * HOUR)
    step.host.calendar.fail_next(Verdict.LIMITED, call="create", retry_after=HOUR)
    assert step.run("deliver")[-1] == ("create", "limited")
    assert [step.run(name) for name in step.jobs] == [[]] * len(step.jobs)
    step.clock.advance(HOUR)
    step.run("deliver")
    assert step.host.states() == {SyncState.SYNCED}
