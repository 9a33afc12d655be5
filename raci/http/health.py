"""Report liveness and readiness to a load balancer.

Checked before host names, TLS and sessions, since a load balancer knows only the machine's address.
The responses contain nothing else.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from django.contrib.auth.decorators import login_not_required
from django.db import Error, connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_safe

from raci.database.raw_sql import fetch


@login_not_required
@require_safe
def healthz(_: HttpRequest) -> HttpResponse:
    """Respond with 200 while the process lives, without a query."""
    return _word("ok", 200)


@login_not_required
@require_safe
def readyz(_: HttpRequest) -> HttpResponse:
    """Respond with 503 while the database is unreachable, read-only or lacks migrations."""
    try:
        applied = MigrationRecorder(connection).applied_migrations()
        ((standby,),) = fetch("SELECT pg_is_in_recovery()", [])
    except Error:
        return _word("database", 503)
    if standby:
        connection.close()  # the next one looks for the server that writes
        return _word("read-only", 503)
    return _word("ok", 200) if _needed() <= applied.keys() else _word("migrations", 503)


class HealthMiddleware:
    """Respond to both paths before anything else reads the request."""

    _views = {"/healthz": healthz, "/readyz": readyz}

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self._views.get(request.path_info, self._get_response)(request)


@cache
def _needed() -> frozenset[tuple[str, str]]:
    """Return the migrations of the running code."""
    return frozenset(MigrationLoader(None, ignore_no_migrations=True).disk_migrations or ())


def _word(word: str, status: int) -> HttpResponse:
    return HttpResponse(f"{word}\n", status=status, content_type="text/plain; charset=utf-8")
