"""gunicorn inside manage.py: several workers, each with several threads."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from gunicorn.app.base import BaseApplication

WORKERS = 2
THREADS = 4


class Server(BaseApplication):
    """Serves the site on an address; `ready` is called once it listens."""

    def __init__(self, *, host: str, port: int, ready: Callable[[], None]) -> None:
        bracketed = f"[{host}]" if ":" in host else host
        self._options: dict[str, Any] = {
            "bind": f"{bracketed}:{port}",
            "workers": WORKERS,
            "threads": THREADS,
            "worker_class": "gthread",
            "loglevel": "warning",
            "when_ready": lambda _server: ready(),
        }
        super().__init__()

    def load_config(self) -> None:
        for name, value in self._options.items():
            if name in self.cfg.settings:
                self.cfg.set(name, value)

    def load(self) -> object:
        from raci.wsgi import application

        return application
