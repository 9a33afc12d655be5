"""Time every statement, for its request, and for the log when it is slow.

Statements that bypass Django's cursor, such as COPY, are not timed.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from math import inf
from time import perf_counter
from typing import Any

from django.conf import settings

from raci import current_request

LONGEST = 4_000
_slow = logging.getLogger("raci.statement")
# Names in double quotes are taken first, so that what is in them opens no text.
_LITERAL = re.compile(
    r"""
    [eE] ' (?: [^'\\] | '' | \\. )* (?: ' | \Z )
    | (?P<name> " (?: [^"] | "" )* " | [^\W\d]\w* | %s | %\(\w+\)s )
    | --[^\n]* | /\* .*? (?: \*/ | \Z )
    | (?P<tag> \$ \w* \$ ) .*? (?: (?P=tag) | \Z )
    | ' (?: [^'] | '' )* (?: ' | \Z )
    | \d[\w.]*
    """,
    re.VERBOSE | re.DOTALL,
)


def timed(execute: Callable[..., Any], sql: Any, params: Any, many: bool, context: Any) -> Any:
    """Time a statement (Django's execute wrapper)."""
    began = perf_counter()
    try:
        return execute(sql, params, many, context)
    finally:
        seconds = perf_counter() - began
        answered = current_request.now()
        if answered is not None:
            answered.spent.statements += 1
            answered.spent.seconds += seconds
        if seconds * 1000 >= getattr(settings, "SLOW_STATEMENT_MS", inf):
            _log_slow(sql, seconds, context["cursor"], answered)


def without_literals(sql: Any) -> str:
    """Return the statement with ? for texts and numbers, on one line, cut to LONGEST."""
    text = sql.decode(errors="replace") if isinstance(sql, bytes) else str(sql)
    plain = _LITERAL.sub(lambda found: found["name"] or "?", text)
    return " ".join(plain.split())[:LONGEST]


def _log_slow(
    sql: Any, seconds: float, cursor: Any, answered: current_request.Current | None
) -> None:
    rows = getattr(cursor, "rowcount", -1)
    details = {
        "route": current_request.route_of(answered.request) if answered else "-",
        "ms": round(seconds * 1000, 1),
        "rows": rows if isinstance(rows, int) and rows >= 0 else None,
        "sql": without_literals(sql),
    }
    _slow.warning("slow statement", extra=details)
    if answered is not None:
        answered.spent.slow += 1
