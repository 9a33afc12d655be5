"""What turns the long form of the system tests on."""

from __future__ import annotations

import os

import pytest

from tests.system import pooler

FULL = os.environ.get("RACI_SYSTEM") == "1"

NEEDS_POOLER = pytest.mark.skipif(
    pooler.PROGRAM is None, reason="needs PgBouncer: apt-get install pgbouncer"
)


def say(what: object) -> None:
    print(what, flush=True)  # noqa: T201
