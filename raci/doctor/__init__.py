"""Examine an installation; each finding has advice."""

from __future__ import annotations

from collections.abc import Iterator

from raci.doctor import database, deployment, environment, finding
from raci.doctor.finding import Finding, Level

__all__ = ["Finding", "Level", "examined"]

OF_DATABASE = (database.__name__, deployment.__name__)
examinations = (
    database.server,
    database.migrations,
    database.privileges,
    database.vendor_role,
    database.log_owner,
    database.clock,
    deployment.pooler,
    deployment.standbys,
    deployment.connections,
    deployment.key,
    environment.settings,
    environment.disk,
    environment.mail,
    environment.static_files,
)


def examined() -> Iterator[Finding]:
    """Yield the findings of every check; without a database only of those that need none."""
    reachable = True
    for examination in examinations:
        if reachable or examination.__module__ not in OF_DATABASE:
            for found in examination():
                reachable = reachable and found.what != finding.UNREACHABLE
                yield found
