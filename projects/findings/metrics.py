"""Count open findings over all projects that people work on.

The number of a project depends on its revision and its waivers alone. Each process remembers it by
them, and finds out a few missing ones whenever it is asked.
"""

from __future__ import annotations

from collections.abc import Iterator
from threading import Lock

from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from projects.findings import review
from projects.models import Project

MOST_AT_ONCE = 10
State = tuple[int, int]

_known: dict[int, tuple[State, int | None]] = {}
_one_at_a_time = Lock()


class Findings(Collector):
    def collect(self) -> Iterator[GaugeMetricFamily]:
        counts = list(counted(MOST_AT_ONCE).values())
        known = [count for count in counts if count is not None]
        yield GaugeMetricFamily("raci_projects", "Projects that are not archived", len(counts))
        yield GaugeMetricFamily("raci_findings_open", "Open findings, counted ones", sum(known))
        yield GaugeMetricFamily(
            "raci_findings_uncounted_projects",
            "Projects whose findings are not counted yet, or too large for it",
            len(counts) - len(known),
        )


def counted(most: int) -> dict[int, int | None]:
    """Count open findings by project, None where unknown; check at most so many now."""
    projects = Project.objects.filter(archived_at=None)
    states: dict[int, State] = {
        key: (revision, waived)
        for key, revision, waived in projects.values_list("pk", "revision", "waived")
    }
    with _one_at_a_time:
        for gone in _known.keys() - states.keys():
            del _known[gone]
        missing = [key for key, state in states.items() if _known.get(key, ((), 0))[0] != state]
        _find(missing[:most])
        return {
            key: _known[key][1] if key in _known and _known[key][0] == state else None
            for key, state in states.items()
        }


def _find(keys: list[int]) -> None:
    if keys:
        projects = Project.objects.filter(pk__in=keys).counted()
        found = review.open_counts(projects)
        for project in projects:
            _known[project.pk] = (project.revision, project.waived), found.get(project.pk)
