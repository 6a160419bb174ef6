"""What the rules are asked.

An appointment that starts at `s` overlaps a claim `[a, b)` where `s < b` and `s + duration > a`, so the
starts from `a - duration + TICK` up to `b` are ruled out; buffers widen that on both sides. It is the claim
that is widened, not the appointment, and claims that touch rule out the same when they are glued first,
because their widened intervals overlap. So a search for slots asks with glued claims, and `explain` with
each claim by itself.
"""

import datetime as dt
from collections.abc import Iterable

import attrs

from scheduling_core.agenda import Agenda, Cause, Claims
from scheduling_core.appointment_types import LONGEST, AppointmentType, check_duration
from scheduling_core.appointments import Appointment
from scheduling_core.intervals import EARLIEST, LATEST, TICK, Span, glue, to_instant

_EARLY = EARLIEST + 2 * LONGEST
_LATE = LATEST - 2 * LONGEST


@attrs.define(eq=False)  # Not frozen: a question lives as long as one call, and is built in every one.
class Question:
    """Which of the starts in `[first, until)` are forbidden, and why, if *duration* is to fit.

    *moving* is the appointment that is being moved, which does not stand in its own way. With *glued*
    nobody will ask for the cause of a claim.
    """

    agenda: Agenda
    type: AppointmentType
    duration: dt.timedelta
    now: dt.datetime
    first: dt.datetime
    until: dt.datetime
    moving: Appointment | None
    keeps_duration: bool
    glued: bool
    windows: list[Span]
    """The open windows in which the starts, and the time after them, can lie."""

    @classmethod
    def about(
        cls,
        agenda: Agenda,
        type: AppointmentType,
        span: Span,
        *,
        now: dt.datetime,
        duration: dt.timedelta | None,
        moving: Appointment | None,
        glued: bool,
    ) -> "Question | None":
        """Return the question about the starts in *span*, with the duration that is meant by None.

        It is None where the calendar has no room for any of them.
        """
        meant = duration
        if meant is None:
            meant = type.usual_duration if moving is None else moving.during.duration
        else:
            check_duration(meant)
        keeps = duration is None and moving is not None
        first, until = span
        if first < _EARLY or until > _LATE:
            # At the ends of the calendar there has to be room for the appointment and its buffers.
            first = max(first, EARLIEST + type.policy.buffer_before)
            until = min(until, LATEST - meant - type.policy.buffer_after)
            if first >= until:
                return None
        windows = agenda.schedule.windows(first, until + meant)
        now = to_instant(now, "now")
        return cls(agenda, type, meant, now, first, until, moving, keeps, glued, windows)

    def claimed(
        self, claims: Claims[Cause], before: dt.timedelta, after: dt.timedelta
    ) -> Iterable[tuple[dt.datetime, dt.datetime, Cause | None]]:
        """Return the starts that *claims* rule out, with buffers of *before* and *after*."""
        if not claims:
            return ()
        after += self.duration
        first, until = self.first - before, self.until + after
        after -= TICK
        if self.glued:
            if self.moving is None:
                runs = claims.runs_touching(first, until)
            else:
                runs = glue(claim[:2] for claim in self._others(claims, first, until))
            return [(start - after, end + before, None) for start, end in runs]
        others = self._others(claims, first, until)
        return [(start - after, end + before, cause) for start, end, cause in others]

    def _others(
        self, claims: Claims[Cause], first: dt.datetime, until: dt.datetime
    ) -> list[tuple[dt.datetime, dt.datetime, Cause]]:
        """Return the claims that touch `[first, until)`, without the appointment that is being moved."""
        touching = claims.touching(first, until)
        if self.moving is None:
            return touching
        own = self.moving.id
        return [claim for claim in touching if getattr(claim[2], "id", None) != own]
