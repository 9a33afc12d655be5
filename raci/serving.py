"""gunicorn inside manage.py: workers with threads for pages and a loop for streams."""

from __future__ import annotations

import gc
from collections.abc import Callable
from typing import Any

from gunicorn.app.base import BaseApplication

WORKERS = 2
THREADS = 4
GRACEFUL_SECONDS = 3
GARBAGE_THRESHOLDS = (50_000, 20, 20)


class Server(BaseApplication):
    """Serves the site on an address; `ready` is called once it listens."""

    worker_class = "uvicorn_worker.UvicornWorker"

    def __init__(self, *, host: str, port: int, ready: Callable[[], None]) -> None:
        bracketed = f"[{host}]" if ":" in host else host
        self._options: dict[str, Any] = {
            "bind": f"{bracketed}:{port}",
            "workers": WORKERS,
            "threads": THREADS,
            "worker_class": self.worker_class,
            "graceful_timeout": GRACEFUL_SECONDS,
            "loglevel": "warning",
            "when_ready": lambda _server: ready(),
            "post_worker_init": lambda _worker: _settle_garbage(),
        }
        super().__init__()

    def load_config(self) -> None:
        for name, value in self._options.items():
            if name in self.cfg.settings:
                self.cfg.set(name, value)

    def load(self) -> object:
        from raci.asgi import application

        return application


def _settle_garbage() -> None:
    """The loaded code is never searched for garbage, and a large grid not while it is built."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*GARBAGE_THRESHOLDS)
