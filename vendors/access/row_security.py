"""Run requests of companies as a PostgreSQL role that reads only their rows.

The policies are in migration 0005: they derive the visible rows from contracts and memberships of
the person. Other rows do not exist for that role.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.contrib.auth.models import User
from django.db import connection, transaction

from vendors.models import Vendor

ROLE = "raci_vendor"
_LOOK = """
SELECT set_config('raci.person', %s, true), set_config('raci.shown_as', %s, true),
    set_config('role', %s, true)
"""


@contextmanager
def seen_by(person: User, *, shown_as: Vendor | None = None) -> Iterator[None]:
    """Open a transaction in which only the rows of the person's companies are visible.

    With `shown_as`, the rows of that company in the projects that the person manages; writing is
    then refused. The settings end with the transaction, and with the block in a longer one.
    """
    within = connection.in_atomic_block
    with transaction.atomic():
        _look(str(person.pk), str(shown_as.pk) if shown_as else "", ROLE)
        yield
        if within:
            _look("", "", "none")


def _look(person: str, shown_as: str, role: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_LOOK, [person, shown_as, role])
