"""Serve pages in threads, or all streams of the machine, in a process of gunicorn."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
from time import monotonic
from typing import Any

from gunicorn.workers.base import Worker
from setproctitle import setproctitle
from uvicorn import Config
from uvicorn import Server as StreamServer

from raci.jobs import runner
from raci.server.page_server import PageServer

GRACEFUL_SECONDS = 3
NOTIFY_SECONDS = 1.0
BACKLOG = 2048


class WebWorker(Worker):
    """Serve pages; the worker that has a `stream_socket` serves streams instead.

    Both end when the process that started them was killed: nobody would end or replace them.
    """

    stream_socket: socket.socket | None = None

    def init_process(self) -> None:
        if self.stream_socket is not None:
            setproctitle("raci events")
            runner.leave_to_others()
        super().init_process()

    def run(self) -> None:
        if self.stream_socket is None:
            self._serve_pages()
        else:
            asyncio.run(self._serve_streams(self.stream_socket))

    def _serve_pages(self) -> None:
        (listener,) = self.sockets
        server = PageServer(self.wsgi, listener.sock, threads=self.cfg.threads)
        beat_at = 0.0
        while self.alive:
            if (now := monotonic()) >= beat_at:
                self._beat()
                beat_at = now + NOTIFY_SECONDS
            server.turn()
        server.stop(GRACEFUL_SECONDS)

    async def _serve_streams(self, listener: socket.socket) -> None:
        from raci.asgi import application

        config = Config(
            application,
            lifespan="off",
            log_config=None,
            proxy_headers=False,
            server_header=False,
            backlog=BACKLOG,
            timeout_graceful_shutdown=GRACEFUL_SECONDS,  # open streams do not end by themselves
            timeout_notify=int(NOTIFY_SECONDS),
            callback_notify=self._beat_from_loop,
        )
        await StreamServer(config).serve(sockets=[listener])

    async def _beat_from_loop(self) -> None:
        self._beat()

    def _beat(self) -> None:
        """Report to the master that this process works; end when there is no master any more."""
        self.notify()
        if os.getppid() != self.ppid:
            signal.raise_signal(signal.SIGTERM)

    def handle_quit(self, sig: Any, frame: Any) -> None:
        """End after the requests in progress, as with SIGTERM."""
        self.alive = False
