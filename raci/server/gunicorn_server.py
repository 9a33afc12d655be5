"""Run gunicorn inside manage.py: workers for pages, and one for streams on its own port."""

from __future__ import annotations

import gc
import socket
from collections.abc import Callable
from typing import Any

from django.core.management.base import CommandError
from django.urls import get_resolver
from gunicorn.app.base import BaseApplication

from raci import metrics
from raci.jobs import runner
from raci.server.gunicorn_worker import BACKLOG, GRACEFUL_SECONDS, WebWorker

DEFAULT_PORT = 8000
WORKERS = 2
THREADS = 4
GARBAGE_THRESHOLDS = (50_000, 20, 20)


class Server(BaseApplication):
    """Serve the site on an address; `ready` is called once it listens.

    With a `stream_port` one more process serves the streams of changes there, so that a machine has
    one LISTEN connection. gunicorn replaces each process that ends.
    """

    worker_class: Any = WebWorker

    def __init__(
        self,
        *,
        host: str,
        port: int,
        ready: Callable[[], None],
        workers: int = WORKERS,
        stream_port: int | None = None,
    ) -> None:
        streams = None if stream_port is None else Streams(host, stream_port)
        bracketed = f"[{host}]" if ":" in host else host
        self._options: dict[str, Any] = {
            "bind": f"{bracketed}:{port}",
            "workers": workers + (streams is not None),
            "threads": THREADS,
            "worker_class": self.worker_class,
            "graceful_timeout": GRACEFUL_SECONDS,
            "control_socket_disable": True,
            "loglevel": "warning",
            "on_starting": lambda _server: metrics.begin(),
            "child_exit": lambda _server, worker: metrics.worker_gone(worker.pid),
            "on_exit": lambda _server: metrics.end(),
            "when_ready": lambda _server: ready(),
            "post_worker_init": _settle,
        }
        if streams:
            self._options |= {"pre_fork": streams.before_fork, "on_reload": streams.reload}
        super().__init__()

    def load_config(self) -> None:
        for name, value in self._options.items():
            self.cfg.set(name, value)

    def load(self) -> object:
        from raci.wsgi import application

        return application


class Streams:
    """Choose the worker that serves the streams: the first, and after its end the next one.

    The socket is the master's: browsers that connect while a process is replaced wait for the next.
    """

    def __init__(self, host: str, port: int) -> None:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self._socket = socket.create_server((host, port), family=family, backlog=BACKLOG)
        self._worker: Any = None

    def before_fork(self, server: Any, worker: Any) -> None:
        """Assign the streams to the new worker if none serves them, in the master."""
        if self._worker not in server.WORKERS.values():
            self._worker = worker
            worker.stream_socket = self._socket

    def reload(self, _server: Any) -> None:
        """Replace all workers, that of the streams too."""
        self._worker = None


def check_free(host: str, port: int) -> None:
    """Raise CommandError before the preparation if the port is taken."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            cause = f"{host}:{port} は使えません（{error.strerror}）。"
            message = f"{cause}--port で別の番号を指定してください。"
            raise CommandError(message, returncode=2) from error


def _settle(_worker: Any) -> None:
    """Load all views before the first request, and start running jobs.

    Garbage collection skips the loaded code, and is too rare to slow the building of a large grid.
    """
    _ = get_resolver().url_patterns
    runner.start_beside_pages()
    gc.collect()
    gc.freeze()
    gc.set_threshold(*GARBAGE_THRESHOLDS)
