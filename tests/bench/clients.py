"""Many clients at once, each on a connection that is kept alive, in one thread of little cost."""

from __future__ import annotations

import selectors
import socket
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from time import perf_counter

from tests.bench.serving import HOST

_HEAD_END, _LENGTH = b"\r\n\r\n", b"\r\ncontent-length:"


@dataclass(slots=True)
class Turn:
    """What came of one turn of a load."""

    seconds: float
    waits: list[float] = field(default_factory=list)

    @property
    def per_second(self) -> float:
        return len(self.waits) / self.seconds


class Client:
    """One connection. `next_request` makes the bytes to send; every answer must begin so."""

    def __init__(self, port: int, next_request: Callable[[], bytes], status: int) -> None:
        self._address, self._next = (HOST, port), next_request
        self._begins = f"HTTP/1.1 {status} ".encode()
        self.socket = socket.socket()
        self._sent, self._answer = 0.0, b""

    def connect(self) -> None:
        self.socket.close()
        self.socket = socket.create_connection(self._address, timeout=60)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def ask(self) -> None:
        self._answer = b""
        self._sent = perf_counter()
        self.socket.sendall(self._next())

    def once(self) -> float:
        """Asks and waits for the answer; the seconds it took."""
        self.ask()
        while (wait := self.take()) is None:
            pass
        return wait

    def take(self) -> float | None:
        """Reads what has come; the seconds that the whole answer took, None when more must come."""
        part = self.socket.recv(65536)
        self._answer += part
        if not part:
            raise RuntimeError(f"closed after {self._answer[:200]!r}")
        if not self._is_whole():
            return None
        if not self._answer.startswith(self._begins):
            raise RuntimeError(self._answer[:2000].decode(errors="replace"))
        return perf_counter() - self._sent

    def _is_whole(self) -> bool:
        end = self._answer.find(_HEAD_END)
        if end < 0:
            return False
        at = self._answer[:end].lower().find(_LENGTH) + len(_LENGTH)
        length = int(self._answer[at : self._answer.index(b"\r", at)])
        return len(self._answer) >= end + len(_HEAD_END) + length


def load(clients: Sequence[Client], *, seconds: float) -> Turn:
    """All clients ask, each again as soon as it has its answer, for that long."""
    with selectors.DefaultSelector() as selector:
        for client in clients:
            client.connect()
            selector.register(client.socket, selectors.EVENT_READ, client)
        turn = Turn(0)
        start = perf_counter()
        for client in clients:
            client.ask()
        asking = len(clients)
        while asking:
            for key, _ in selector.select():
                wait = key.data.take()
                if wait is None:
                    continue
                turn.waits.append(wait)
                if perf_counter() - start < seconds:
                    key.data.ask()
                else:
                    asking -= 1
        turn.seconds = perf_counter() - start
    return turn


def post(path: str, body: bytes, headers: dict[str, str]) -> bytes:
    """The bytes of a POST."""
    lines = [f"POST {path} HTTP/1.1", "Host: localhost", f"Content-Length: {len(body)}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "", ""]).encode() + body
