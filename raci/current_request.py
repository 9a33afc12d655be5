"""Keep the request of this thread, for log lines and for the acting person."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field

from django.http import HttpRequest


@dataclass(slots=True)
class Spent:
    """The statements and seconds that a request has spent on the database so far."""

    statements: int = 0
    seconds: float = 0.0
    slow: int = 0


@dataclass(frozen=True, slots=True)
class Current:
    """A request and its id in the log and in the response."""

    id: str
    request: HttpRequest
    spent: Spent = field(default_factory=Spent)

    @property
    def user_id(self) -> int | None:
        """Return the person's id if the request has loaded them; runs no query."""
        number: int | None = getattr(getattr(self.request, "_cached_user", None), "pk", None)
        return number


_current: ContextVar[Current | None] = ContextVar("raci_request", default=None)


@contextmanager
def answering(current: Current) -> Iterator[None]:
    """Set the request of this thread for the block."""
    token = _current.set(current)
    try:
        yield
    finally:
        _current.reset(token)


def now() -> Current | None:
    """Return the current request, None outside of one."""
    return _current.get()


def route_of(request: HttpRequest) -> str:
    """Return the pattern of the address: its values may be secrets or names."""
    match = request.resolver_match
    return f"/{match.route}" if match and match.route is not None else "-"
