"""The queue of background work, as django-tasks-db keeps it in the database."""

from __future__ import annotations

from collections.abc import Iterator

from django.apps import apps
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from raci.statements import fetch

APP = "django_tasks_db"
# A task without a time to wait for has the largest one there is.
_COUNTS = """
SELECT status, count(*), coalesce(max(extract(epoch FROM now() - enqueued_at)), 0)::float8
FROM {table}
WHERE status <> 'SUCCESSFUL' AND (run_after <= now() OR run_after >= '9999-01-01') GROUP BY status
"""
STATES = ("READY", "RUNNING", "FAILED")


class Queue(Collector):
    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Nothing where the queue is not installed."""
        if not apps.is_installed(APP):
            return
        table = apps.get_model(APP, "DBTaskResult")._meta.db_table
        found = {
            state: (count, age) for state, count, age in fetch(_COUNTS.format(table=table), [])
        }
        tasks = GaugeMetricFamily("raci_queue_tasks", "Tasks of the queue", labels=("state",))
        for state in STATES:
            tasks.add_metric((state.lower(),), found.get(state, (0, 0.0))[0])
        yield tasks
        yield GaugeMetricFamily(
            "raci_queue_oldest_seconds",
            "How long the oldest task waits that could run",
            found.get("READY", (0, 0.0))[1],
        )
