"""What could be wrong with an installation, each with what to do about it."""

from __future__ import annotations

from collections.abc import Iterator

from raci.doctor import around, data, finding, machines
from raci.doctor.finding import Finding, Level

__all__ = ["Finding", "Level", "examined"]

OF_DATABASE = (data.__name__, machines.__name__)
examinations = (
    data.server,
    data.migrations,
    data.privileges,
    data.vendor_role,
    data.log_owner,
    data.clock,
    machines.pooler,
    machines.standbys,
    machines.connections,
    machines.key,
    around.settings,
    around.disk,
    around.mail,
    around.static_files,
)


def examined() -> Iterator[Finding]:
    """Every examination in turn; without a database those that need one are left out."""
    reachable = True
    for examination in examinations:
        if reachable or examination.__module__ not in OF_DATABASE:
            for found in examination():
                reachable = reachable and found.what != finding.UNREACHABLE
                yield found
