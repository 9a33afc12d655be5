"""The request that this thread is answering: for log lines, and to know who acts."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field

from django.http import HttpRequest


@dataclass(slots=True)
class Spent:
    """What a request has asked of the database so far."""

    statements: int = 0
    seconds: float = 0.0
    slow: int = 0


@dataclass(frozen=True, slots=True)
class Current:
    """A request and the id that it has in the log and in its answer."""

    id: str
    request: HttpRequest
    spent: Spent = field(default_factory=Spent)

    @property
    def user_id(self) -> int | None:
        """The person's number if the request asked for it already; nothing is asked here."""
        number: int | None = getattr(getattr(self.request, "_cached_user", None), "pk", None)
        return number


_current: ContextVar[Current | None] = ContextVar("raci_request", default=None)


@contextmanager
def answering(current: Current) -> Iterator[None]:
    """Until its end this thread answers that request."""
    token = _current.set(current)
    try:
        yield
    finally:
        _current.reset(token)


def now() -> Current | None:
    """None outside of a request: on the command line."""
    return _current.get()


def route_of(request: HttpRequest) -> str:
    """The pattern of the address: what stands in its place may be a secret, or a name."""
    match = request.resolver_match
    return f"/{match.route}" if match and match.route is not None else "-"
