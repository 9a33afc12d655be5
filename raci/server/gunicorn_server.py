"""gunicorn inside manage.py: workers with threads for pages, and one process for streams."""

from __future__ import annotations

import gc
import os
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError
from gunicorn.app.base import BaseApplication
from setproctitle import setproctitle

from raci import metrics
from raci.jobs import runner
from raci.live import stream_relay
from raci.server.gunicorn_worker import GRACEFUL_SECONDS

DEFAULT_PORT = 8000
WORKERS = 2
THREADS = 4
BACKLOG = 2048
GARBAGE_THRESHOLDS = (50_000, 20, 20)


class Server(BaseApplication):
    """Serves the site on an address; `ready` is called once it listens.

    Of its processes one holds the streams of changes. The others pass streams on to it (`relay`),
    so that a machine listens to the database once. gunicorn starts each anew when it ends.
    """

    worker_class = "raci.server.gunicorn_worker.WebWorker"

    def __init__(
        self,
        *,
        host: str,
        port: int,
        ready: Callable[[], None],
        workers: int = WORKERS,
        data_dir: Path | None = None,
    ) -> None:
        bracketed = f"[{host}]" if ":" in host else host
        self._streams = Streams(stream_relay.path_in(data_dir, port)) if data_dir else None
        self._options: dict[str, Any] = {
            "bind": f"{bracketed}:{port}",
            "workers": workers + (self._streams is not None),
            "threads": THREADS,
            "worker_class": self.worker_class,
            "graceful_timeout": GRACEFUL_SECONDS,
            "loglevel": "warning",
            "on_starting": lambda _server: metrics.begin(),
            "child_exit": lambda _server, worker: metrics.worker_gone(worker.pid),
            "on_exit": lambda _server: metrics.end(),
            "when_ready": lambda _server: ready(),
            "post_worker_init": _settle,
        }
        if self._streams:
            self._options |= {
                "pre_fork": self._streams.before_fork,
                "post_fork": self._streams.after_fork,
                "on_reload": self._streams.reload,
            }
        super().__init__()

    def load_config(self) -> None:
        for name, value in self._options.items():
            if name in self.cfg.settings:
                self.cfg.set(name, value)

    def load(self) -> object:
        from raci.asgi import application

        return application


class Streams:
    """Which of gunicorn's workers holds the streams: the first, and after its end the next one.

    It accepts at a socket of its own instead of the server's address.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._holder: Any = None

    def before_fork(self, server: Any, worker: Any) -> None:
        """In the master: a worker becomes the holder where there is none."""
        if self._holder not in server.WORKERS.values():
            self._holder = worker

    def after_fork(self, server: Any, worker: Any) -> None:
        """In the worker."""
        if worker is not self._holder:
            stream_relay.pass_on_to(self.path)
            return
        runner.leave_to_others()
        setproctitle("raci events")
        worker.sockets = [_listening(self.path)]

    def reload(self, _server: Any) -> None:
        """All workers are replaced, the holder too."""
        self._holder = None


def _listening(path: Path) -> socket.socket:
    """A socket at the path for this account only; what an ended holder left there is replaced."""
    path.parent.mkdir(mode=0o700, exist_ok=True)
    if not stream_relay.is_ours(path.parent):
        raise PermissionError(f"{path.parent} がほかの利用者のものです。消してください。")
    made = socket.socket(socket.AF_UNIX)
    fresh = path.with_name(f"{path.name}.{os.getpid()}")
    made.bind(str(fresh))
    fresh.chmod(0o600)
    made.listen(BACKLOG)
    made.setblocking(False)
    fresh.replace(path)
    return made


def check_free(host: str, port: int) -> None:
    """Says at once, and not after the preparation, that the port is taken."""
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
    """Jobs are done here; the loaded code is never searched for garbage, and a large grid not
    while it is built."""
    runner.start_beside_pages()
    gc.collect()
    gc.freeze()
    gc.set_threshold(*GARBAGE_THRESHOLDS)
