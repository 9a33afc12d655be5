"""Collect the state of the job queue from the tables of django-tasks-db."""

from __future__ import annotations

from collections.abc import Iterator

from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from raci.database.raw_sql import fetch

# A task without a time to wait for has the largest one there is.
_COUNTS = """
SELECT lower(status), count(*), extract(epoch FROM clock_timestamp() - min(
    greatest(enqueued_at, CASE WHEN run_after < '9999-01-01' THEN run_after END)
))::float8
FROM django_tasks_database_dbtaskresult
WHERE status <> 'SUCCESSFUL' AND (run_after <= now() OR run_after >= '9999-01-01')
GROUP BY status
"""
STATES = ("ready", "running", "failed")


class Queue(Collector):
    def collect(self) -> Iterator[GaugeMetricFamily]:
        found = {state: (count, age) for state, count, age in fetch(_COUNTS, [])}
        tasks = GaugeMetricFamily("raci_queue_tasks", "Tasks of the queue", labels=("state",))
        for state in STATES:
            tasks.add_metric((state,), found.get(state, (0, 0.0))[0])
        yield tasks
        yield GaugeMetricFamily(
            "raci_queue_oldest_seconds",
            "How long the oldest task waits that could run",
            found.get("ready", (0, 0.0))[1],
        )
