"""The requests that the test server is answering right now."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Condition
from typing import Any

from django.core.signals import request_finished, request_started

PATIENCE_SECONDS = 20


class Answering:
    """Counts the requests between their beginning and the end of their answer."""

    def __init__(self) -> None:
        self._count = 0
        self._changed = Condition()

    def began(self, **_about: Any) -> None:
        self._add(1)

    def ended(self, **_about: Any) -> None:
        self._add(-1)

    def wait(self) -> None:
        """Until every request has its answer."""
        with self._changed:
            done = self._changed.wait_for(lambda: self._count == 0, PATIENCE_SECONDS)
            assert done, f"requests without an answer: {self._count}"

    def _add(self, change: int) -> None:
        with self._changed:
            self._count += change
            self._changed.notify_all()


@contextmanager
def all_answered() -> Iterator[None]:
    """At its end waits for the answers to all requests that came within.

    For what follows on a browser test: emptying the tables under a request is a deadlock.
    """
    answering = Answering()
    request_started.connect(answering.began)
    request_finished.connect(answering.ended)
    try:
        yield
        answering.wait()
    finally:
        request_started.disconnect(answering.began)
        request_finished.disconnect(answering.ended)
