"""The service keeps to its own document: Schemathesis makes requests from it and checks the answers."""

import os
from collections import Counter
from collections.abc import Callable
from typing import Any

import attrs
import pytest
import schemathesis
from litestar import Litestar
from schemathesis.config import SchemathesisConfig
from schemathesis.engine import StopReason, events, from_schema

Headers = dict[str, str]

BEYOND_THE_SCHEMA = {
    # A range ends after it begins, and a cursor is what an earlier page gave.
    "listAppointments": [400],
    # As above; both ends of a range come together; no day has two overrides, and zones are those that exist.
    "getAvailability": [400],
    "setAvailability": [400],
    # As above; a move keeps the type of the appointment, so it names none.
    "listSlots": [400],
    "explainStart": [400],
    # Either some durations or a range of them, whose ends are so many steps apart.
    "addType": [400],
    "replaceType": [400],
    # A booking is of now or later, and text has no control characters in it. A change keeps the type. Without
    # If-Match there is a 428, which says more than that a header is missing.
    "bookAppointment": [400],
    "changeAppointment": [400, 428],
    "cancelAppointment": [400, 428],
    # Once it has the id of an appointment, Schemathesis sends it with an If-Match that is none.
    "confirmAppointment": [400],
    "declineAppointment": [400],
    "completeAppointment": [400],
    "markNoShow": [400],
    # Nobody could draw a signature, a password or an id.
    "receiveCalComCall": [400],
    "login": [400],
}
"""Rules that JSON Schema cannot say, by operation: a request that breaks one gets these statuses."""

USUAL_STATUSES = ["2xx", "3xx", 401, 403, 404, 409, 412, 429]


@attrs.frozen
class Outcome:
    """How many requests got which status, and what broke the contract, each with a line that repeats it."""

    statuses: Counter[int]
    broken: dict[str, str]

    def report(self) -> str:
        """Return what broke the contract, to be read."""
        return "\n\n".join(f"{what}\n{again}" for what, again in self.broken.items())


def fuzz(app: Litestar, headers: Headers, phases: set[str], examples: int, *, anew: bool) -> Outcome:
    """Let Schemathesis ask with all of its checks, the same or *anew* each time; return what came of it."""
    config = SchemathesisConfig.from_dict(
        {
            "headers": headers,
            "continue-on-failure": True,
            "generation": {"max-examples": examples, "database": "none", "deterministic": not anew},
            "phases": {
                name: {"enabled": name in phases} for name in ("examples", "coverage", "fuzzing", "stateful")
            },
            "operations": [
                {
                    "include-operation-id": name,
                    "checks": {
                        "positive_data_acceptance": {"expected-statuses": [*USUAL_STATUSES, *statuses]}
                    },
                }
                for name, statuses in BEYOND_THE_SCHEMA.items()
            ],
        }
    )
    schema = schemathesis.openapi.from_asgi("/schema/openapi.json", app, config=config)
    outcome = Outcome(Counter(), {})
    for event in from_schema(schema).execute():
        match event:
            case events.ScenarioFinished():
                note(event, outcome)
            case events.NonFatalError():
                outcome.broken[f"{event.label}: {event.value}"] = ""
            case events.FatalError():
                raise event.exception
            case events.EngineFinished():
                assert event.stop_reason is StopReason.COMPLETED
    return outcome


def note(event: events.ScenarioFinished, outcome: Outcome) -> None:
    """Note the statuses of a scenario and the checks that failed in it."""
    recorder = event.recorder
    outcome.statuses.update(
        call.response.status_code for call in recorder.interactions.values() if call.response is not None
    )
    for checks in recorder.checks.values():
        for check in checks:
            if check.failure_info is not None:
                failure = check.failure_info.failure
                what = f"{recorder.label}: {check.name}: {failure.title}: {failure.message}"
                outcome.broken.setdefault(what, check.failure_info.code_sample)


@pytest.fixture
def furnished(client: Any, ann: Headers) -> Headers:  # noqa: ANN401  Whatever the service is called with.
    """A user with some appointments."""
    for day in range(8, 12):
        asked = {
            "customer_name": "Carla",
            "start_time": f"2030-01-{day:02}T10:00:00+01:00",
            "duration_minutes": 30,
        }
        assert client.post("/api/appointments", headers=ann, json=asked).status_code == 201
    return ann


@pytest.mark.parametrize(
    ("signed_in", "phases"),
    [
        pytest.param(False, {"examples", "fuzzing"}, id="nobody"),
        pytest.param(True, {"examples", "coverage", "fuzzing"}, id="a user"),
    ],
)
def test_the_service_keeps_to_its_document(
    *, another_app: Callable[[], Litestar], furnished: Headers, signed_in: bool, phases: set[str]
) -> None:
    """Every answer is one that the document tells of, and no request makes the service fail."""
    outcome = fuzz(another_app(), furnished if signed_in else {}, phases, 2, anew=False)
    assert not outcome.broken, outcome.report()
    assert not [status for status in outcome.statuses if status >= 500]
    assert outcome.statuses.total() > 40


@pytest.mark.soak
@pytest.mark.parametrize("storage_kind", ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
@pytest.mark.parametrize("signed_in", [False, True], ids=["nobody", "a user"])
def test_thousands_of_requests_keep_to_the_document(
    *, another_app: Callable[[], Litestar], furnished: Headers, signed_in: bool
) -> None:
    """The same at length, in chains of requests too, where one uses what another answered."""
    phases = {"examples", "coverage", "fuzzing", "stateful"}
    examples = int(os.environ.get("SCHEMATHESIS_EXAMPLES", "40"))
    outcome = fuzz(another_app(), furnished if signed_in else {}, phases, examples, anew=True)
    assert not outcome.broken, outcome.report()
    assert not [status for status in outcome.statuses if status >= 500]
    assert outcome.statuses.total() >= 2_000
