"""Serve pages by WSGI with waitress, which buffers a request before it takes a thread.

waitress receives requests and sends responses in an event loop, so that slow browsers hold no
thread, however many they are. Added here: a body that is too large for its address is refused after
the request's head, and requests and responses have a total time limit.
"""

from __future__ import annotations

import socket
from time import monotonic
from typing import Any

from django.conf import settings
from waitress.adjustments import Adjustments
from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser
from waitress.server import TcpWSGIServer
from waitress.task import ThreadedTaskDispatcher
from waitress.utilities import RequestEntityTooLarge

from raci.http.body_limit import LARGEST, SMALL, largest_body

RECEIVE_SECONDS = 60
LARGE_SECONDS = 300
SEND_SECONDS = 300
LINGER_SECONDS = 5
IDLE_SECONDS = 60
LOOK_SECONDS = 1
CONNECTIONS = 1_000
PAUSE_SECONDS, LONGEST_PAUSE_SECONDS = 0.0005, 0.01


class RequestParser(HTTPRequestParser):
    """A request being received; `overdue_at` is its deadline (monotonic seconds).

    One whose body is too large for its address is complete without it: Django responds.
    """

    is_refused = False

    def __init__(self, adj: Adjustments) -> None:
        super().__init__(adj)
        self._largest = SMALL
        self.overdue_at = monotonic() + RECEIVE_SECONDS

    def received(self, data: bytes) -> int:
        consumed: int = super().received(data)
        if self.chunked and self.body_bytes_received > self._largest:
            self.error = RequestEntityTooLarge(f"exceeds {self._largest} bytes")
            self.completed = True
        return consumed

    def parse_header(self, header_plus: bytes) -> None:
        super().parse_header(header_plus)
        if self.content_length <= SMALL and not self.chunked:
            return
        self._largest = largest_body(self.path, self.headers.get("CONTENT_TYPE", ""))
        if self.content_length > self._largest:
            self._refuse()
        elif self._largest > SMALL:
            self.overdue_at += LARGE_SECONDS - RECEIVE_SECONDS

    def _refuse(self) -> None:
        self.is_refused = self.connection_close = True
        self.headers["CONNECTION"] = "close"
        self.content_length, self.body_rcv, self.expect_continue = 0, None, False


class Channel(HTTPChannel):
    """A connection with deadlines, which reads a refused body for a moment.

    Closing at once would reset the connection, and the browser would not show the refusal.
    """

    parser_class = RequestParser
    refuses = False
    lingers_until = 0.0
    answered_at = 0.0

    def received(self, data: bytes) -> bool:
        if self.refuses:
            return True
        done: bool = super().received(data)
        self.refuses = any(getattr(one, "is_refused", False) for one in self.requests)
        return done

    def service(self) -> None:
        super().service()
        self.answered_at = monotonic()

    def readable(self) -> bool:
        return bool(self.lingers_until or super().readable())

    def handle_close(self) -> None:
        if not self.refuses or self.lingers_until or not self.connected:
            super().handle_close()
            return
        self.lingers_until = monotonic() + LINGER_SECONDS
        self.will_close = False
        self.socket.shutdown(socket.SHUT_WR)

    def give_up(self) -> None:
        """Close at once, also where a refused body would be read for a moment."""
        self.refuses = False
        self.handle_close()

    def is_overdue(self, now: float) -> bool:
        """Return whether the request, its response or the lingering takes too long."""
        if self.lingers_until:
            return now > self.lingers_until
        if self.request is not None:
            return bool(now > self.request.overdue_at)
        is_sending = self.total_outbufs_len and not self.requests
        return bool(is_sending and now > self.answered_at + SEND_SECONDS)


class PageServer(TcpWSGIServer):
    """Serve a WSGI application on a socket that listens already."""

    channel_class = Channel
    _accepts_at = 0.0

    def __init__(self, application: Any, listener: socket.socket, *, threads: int) -> None:
        adjustments = Adjustments(
            sockets=[listener],
            threads=threads,
            ident=None,
            max_request_body_size=LARGEST + 1,
            connection_limit=CONNECTIONS,
            channel_timeout=IDLE_SECONDS,
            cleanup_interval=LOOK_SECONDS,
            clear_untrusted_proxy_headers=not settings.BEHIND_PROXY,
        )
        dispatcher = ThreadedTaskDispatcher()
        dispatcher.queue_logger.disabled = True
        dispatcher.set_thread_count(threads)
        address = (listener.family, listener.type, listener.proto, listener.getsockname())
        super().__init__(
            application,
            map={},
            _sock=listener,
            dispatcher=dispatcher,
            adj=adjustments,
            sockinfo=address,
            bind_socket=False,
        )

    def turn(self) -> None:
        """Process all connections that are ready, waiting at most LOOK_SECONDS for one."""
        pause = self._accepts_at - monotonic()
        wait = pause if pause > 0 else LOOK_SECONDS
        self.asyncore.loop(timeout=wait, map=self._map, use_poll=True, count=1)

    def handle_accept(self) -> None:
        """Accept one, and let processes with fewer connections take the next."""
        super().handle_accept()
        pause = min(PAUSE_SECONDS * len(self.active_channels), LONGEST_PAUSE_SECONDS)
        self._accepts_at = monotonic() + pause

    def readable(self) -> bool:
        return bool(super().readable() and monotonic() >= self._accepts_at)

    def maintenance(self, now: float) -> None:
        super().maintenance(now)
        clock = monotonic()
        for channel in list(self.active_channels.values()):
            if channel.is_overdue(clock):
                channel.give_up()

    @property
    def is_busy(self) -> bool:
        """Return whether a response is being computed or sent."""
        return any(one.requests or one.total_outbufs_len for one in self.active_channels.values())

    def stop(self, seconds: float) -> None:
        """Accept no more, finish requests in progress within the time, and end the threads."""
        self.accepting = False
        until = monotonic() + seconds
        while self.is_busy and monotonic() < until:
            self.turn()
        self.task_dispatcher.shutdown(timeout=max(until - monotonic(), 0.1))
        for channel in list(self.active_channels.values()):
            channel.give_up()
        self.trigger.close()
