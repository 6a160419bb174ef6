"""What is counted for those who watch over the service, in the form that Prometheus reads.

Everything is kept in a registry of its own, so that two services in one process do not count together. Of
several processes each counts for itself, and is asked for itself.
"""

from collections.abc import Callable, Iterable, Mapping
from http import HTTPStatus

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from sqlalchemy import Pool, QueuePool

from scheduling_core import StorageUnavailable
from scheduling_web.observing import Answered

_NOWHERE = "nowhere"
"""The route of what no route answers."""

_BOOKED = ("POST", "/api/appointments", HTTPStatus.CREATED)


class Metrics:
    """The counters of one service."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        ProcessCollector(registry=self._registry)
        self._requests = Counter(
            "scheduling_requests",
            "Requests that were answered; without a status those that were broken off.",
            ["method", "route", "status"],
            registry=self._registry,
        )
        self._seconds = Histogram(
            "scheduling_request_seconds",
            "How long requests took.",
            ["method", "route"],
            registry=self._registry,
        )
        self._bookings = Counter(
            "scheduling_bookings",
            "Bookings that were answered with an appointment; "
            "one that is sent again under its Idempotency-Key counts again.",
            registry=self._registry,
        )
        self._refusals = Counter(
            "scheduling_refusals",
            "Bookings and moves that were refused, by the reasons against them.",
            ["reason"],
            registry=self._registry,
        )
        self._calls = Counter(
            "scheduling_calendar_calls",
            "Calls of the external calendar: what was asked, and done or why not.",
            ["call", "outcome"],
            registry=self._registry,
        )
        self._failures = Counter(
            "scheduling_background_failures",
            "Work beside the requests that failed, and is tried again.",
            ["job"],
            registry=self._registry,
        )

    def count_request(self, answered: Answered) -> None:
        """Count a request, and that it booked or why it was refused."""
        method, route = answered.method, answered.route or _NOWHERE
        self._requests.labels(method, route, answered.status or "").inc()
        self._seconds.labels(method, route).observe(answered.seconds)
        if (method, route, answered.status) == _BOOKED:
            self._bookings.inc()
        for reason in answered.refused:
            self._refusals.labels(reason).inc()

    def count_call(self, call: str, outcome: str) -> None:
        """Count a call of the external calendar."""
        self._calls.labels(call, outcome).inc()

    def count_failure(self, job: str) -> None:
        """Count that a job beside the requests failed."""
        self._failures.labels(job).inc()

    def watch_pool(self, pool: Pool) -> None:
        """Tell how many connections to the database there are, and how many of them are in use."""
        if isinstance(pool, QueuePool):
            gauge = Gauge(
                "scheduling_database_connections",
                "Connections to the database: in use, and how many there may be.",
                ["state"],
                registry=self._registry,
            )
            gauge.labels("in_use").set_function(pool.checkedout)
            gauge.labels("most").set_function(pool.size)

    def watch_deliveries(self, count: Callable[[], Mapping[str, int]]) -> None:
        """Tell how many deliveries are in each state, which *count* finds out whenever somebody asks."""
        self._registry.register(_Deliveries(count))

    def write(self) -> bytes:
        """Return everything that was counted, as text."""
        return generate_latest(self._registry)


class _Deliveries(Collector):
    def __init__(self, count: Callable[[], Mapping[str, int]]) -> None:
        self._count = count

    def describe(self) -> Iterable[Metric]:
        return [self._family()]

    def collect(self) -> Iterable[Metric]:
        try:
            counts = self._count()
        except StorageUnavailable:
            return []  # All else can be told all the same, and that is when it is needed.
        family = self._family()
        for state, number in counts.items():
            family.add_metric([state], number)
        return [family]

    @staticmethod
    def _family() -> GaugeMetricFamily:
        words = "Appointments by how far their delivery to the external calendar has come."
        return GaugeMetricFamily("scheduling_deliveries", words, labels=["state"])
