"""The request that this thread is answering: for log lines, and to know who acts."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from django.http import HttpRequest


@dataclass(frozen=True, slots=True)
class Current:
    """A request and the id that it has in the log and in its answer."""

    id: str
    request: HttpRequest


_current: ContextVar[Current | None] = ContextVar("raci_request", default=None)


@contextmanager
def answering(current: Current) -> Iterator[None]:
    """Until its end this thread answers that request."""
    token = _current.set(current)
    try:
        yield
    finally:
        _current.reset(token)


def request_id() -> str | None:
    """None outside of a request."""
    current = _current.get()
    return current.id if current else None


def request() -> HttpRequest | None:
    """None outside of one: on the command line."""
    current = _current.get()
    return current.request if current else None


def user_id() -> int | None:
    """The person's number if the request asked for it already; nothing is asked here."""
    number: int | None = getattr(getattr(request(), "_cached_user", None), "pk", None)
    return number
