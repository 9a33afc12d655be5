"""Log requests, one JSON object a line, without personal data.

A person is a number. Query strings, forms, names and addresses are not logged, and an error only by
its type and the lines of code, since its message may quote what somebody entered.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from time import perf_counter
from traceback import format_tb
from typing import Any
from uuid import uuid4

from django.http import FileResponse, HttpRequest, StreamingHttpResponse
from django.http.response import HttpResponseBase
from pythonjsonlogger.json import JsonFormatter

from raci import current_request
from raci.current_request import Current, route_of

HEADER = "X-Request-ID"
_SAFE = re.compile(r"[A-Za-z0-9._-]{8,64}")
_OF_REQUESTS = ("method", "route", "status", "ms", "rows", "sql")
_requests = logging.getLogger("raci.request")


class Formatter(JsonFormatter):
    """Format a record as JSON with these fields only."""

    def add_fields(
        self, log_data: dict[str, Any], record: logging.LogRecord, message_dict: dict[str, Any]
    ) -> None:
        log_data["time"] = datetime.fromtimestamp(record.created, UTC).isoformat()
        log_data["level"], log_data["logger"] = record.levelname, record.name
        log_data["message"] = _without_path(record)
        # Django logs a response after the request is over for this thread, and attaches it.
        answered = (
            getattr(getattr(record, "request", None), "answered", None) or current_request.now()
        )
        log_data["request_id"] = getattr(record, "request_id", None) or (answered and answered.id)
        log_data["user"] = answered and answered.user_id
        for name in _OF_REQUESTS:
            if hasattr(record, name):
                log_data[name] = getattr(record, name)
        if record.exc_info and record.exc_info[1]:
            log_data["error"] = traceback_of(record.exc_info[1])


class QuietFormatter(logging.Formatter):
    """Format a record as one line of text, with the details of a slow statement."""

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802
        names = (name for name in ("ms", "rows", "route", "sql") if hasattr(record, name))
        details = (f"{name}={getattr(record, name)}" for name in names)
        return " ".join([super().formatMessage(record), *details])


class RequestMiddleware:
    """Give every request an id, and log it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        began = perf_counter()
        answered = Current(id_from(request.headers.get(HEADER)), request)
        about: Any = request
        about.answered = answered
        with current_request.answering(answered):
            response = self._get_response(request)
            response.headers[HEADER] = answered.id
            log(request.method or "", route_of(request), response.status_code, began)
        if isinstance(response, StreamingHttpResponse) and not isinstance(response, FileResponse):
            parts: Any = response.streaming_content
            response.streaming_content = _answering(answered, parts)
        return response


def id_from(given: str | None) -> str:
    """Return the proxy's request id if it is well-formed, else a new one."""
    return given if given and _SAFE.fullmatch(given) else uuid4().hex


def log(method: str, route: str, status: int, began: float, number: str | None = None) -> None:
    """Log a request that began at that reading of `perf_counter`."""
    details = {"method": method, "route": route, "status": status, "request_id": number}
    details["ms"] = round((perf_counter() - began) * 1000, 1)
    _requests.info("request", extra=details)


def traceback_of(error: BaseException) -> str:
    """Return the error and its causes, the last first: types and lines of code, no values."""
    parts: list[str] = []
    found: BaseException | None = error
    while found is not None:
        state = getattr(found, "pgcode", None)
        name = f"{type(found).__module__}.{type(found).__qualname__}"
        parts += [f"{name} {state}\n" if state else f"{name}\n", *format_tb(found.__traceback__)]
        found = found.__cause__ or (None if found.__suppress_context__ else found.__context__)
    return "".join(parts)


def _without_path(record: logging.LogRecord) -> str:
    """Return the message with routes instead of the paths that Django quotes."""
    message, request = record.getMessage(), getattr(record, "request", None)
    if isinstance(request, HttpRequest) and request.path != "/":
        for path in (request.get_full_path(), request.path):
            message = message.replace(path, route_of(request))
    return message


def _answering(answered: Current, parts: Iterable[bytes]) -> Iterator[bytes]:
    """Yield the parts of a response, each computed within its request."""
    remaining = iter(parts)
    while True:
        with current_request.answering(answered):
            part = next(remaining, None)
        if part is None:
            return
        yield part
