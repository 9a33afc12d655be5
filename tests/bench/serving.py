"""The servers that are measured: each a gunicorn with the site's own worker settings.

`python -m tests.bench.serving KIND PORT SLUG` serves the site, the bare view, or the pages of the
admin and django-tables2 for one project.
"""

from __future__ import annotations

import http.client
import os
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum

from tests.bench.figures import say
from tests.bench.rounds import Contender

HOST = "127.0.0.1"
SLUG = "RACI_BENCH_SLUG"
_PATIENCE_SECONDS = 1800
_READY = "ready"


class Kind(StrEnum):
    SITE = "site"
    BARE = "bare"
    PEERS = "peers"


@dataclass(slots=True)
class Page:
    """One address of a server, asked for over a connection that is kept alive."""

    port: int
    path: str
    headers: dict[str, str] = field(default_factory=dict)
    warm_path: str = ""
    _connection: http.client.HTTPConnection | None = None

    def connect(self) -> None:
        """A new connection, with one answer already behind it."""
        self.close()
        self._connection = http.client.HTTPConnection(HOST, self.port, timeout=_PATIENCE_SECONDS)
        self._answer(self.warm_path or self.path)

    def get(self) -> bytes:
        return self._answer(self.path)[1]

    def etag(self) -> str:
        return self._answer(self.path)[0]["ETag"] or ""

    def close(self) -> None:
        if self._connection:
            self._connection.close()

    def contender(
        self, *, repeats: int = 1, prepare: Callable[[], object] = lambda: None
    ) -> Contender:
        return Contender(self.get, self.connect, prepare, repeats)

    def _answer(self, path: str) -> tuple[http.client.HTTPMessage, bytes]:
        if self._connection is None:
            self.connect()
        assert self._connection is not None
        headers = {"Accept-Encoding": "identity", **self.headers}
        self._connection.request("GET", path, headers=headers)
        response = self._connection.getresponse()
        body = response.read()
        if response.status != (304 if "If-None-Match" in self.headers else 200):
            raise RuntimeError(f"{path}: {response.status} {response.reason}")
        return response.headers, body


@contextmanager
def served(kind: Kind, slug: str) -> Iterator[int]:
    """The port of a running server; it ends with the block."""
    port = _free_port()
    command = [sys.executable, "-m", "tests.bench.serving", kind.value, str(port), slug]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            if process.stdout.readline().strip() != _READY:
                raise RuntimeError(f"the server {kind} did not start")
            yield port
        finally:
            process.terminate()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port


def _bare() -> object:
    from tests.bench.peer_bare import application

    return application


def _peers() -> object:
    from django.conf import settings

    settings.ROOT_URLCONF = "tests.bench.peer_pages"
    from raci.wsgi import application

    return application


def _serve(kind: Kind, port: int, slug: str) -> None:
    """The server's own modules need the site's settings, which whoever starts this has chosen."""
    import django

    django.setup()
    from raci.server.gunicorn_server import Server

    class Peer(Server):
        """The same server and as many workers and threads around a plain WSGI application."""

        worker_class = "gthread"

        def load(self) -> object:
            return _bare() if kind is Kind.BARE else _peers()

    os.environ[SLUG] = slug
    ready = lambda: say(_READY)  # noqa: E731
    if kind is Kind.SITE:
        Server(host=HOST, port=port, stream_port=port + 1, ready=ready).run()
    else:
        Peer(host=HOST, port=port, ready=ready).run()


if __name__ == "__main__":
    _serve(Kind(sys.argv[1]), int(sys.argv[2]), sys.argv[3])
