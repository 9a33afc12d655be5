"""Requests of companies run as a role of PostgreSQL that sees what the company may see.

The policies are in migration 0005: they find out from contracts and memberships what is whose,
given who looks. What the application asks for beyond that is not there.
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
    """A transaction in which the database shows what the person's companies may see.

    With `shown_as` what that company sees in the projects that the person manages; nothing can
    be written then. What was set ends with the transaction, and with the block in a longer one.
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
