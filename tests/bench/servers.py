"""What the servers of a checkout do, from outside: saves, open pages, memory, slow clients.

    .venv/bin/python -m tests.bench.servers [FOLDER …]    # checkouts to compare; else this one

Each checkout serves its own demo in turn, ROUNDS times. 20 people save cells at once on
connections that are kept alive; 200 streams are open; 24 clients send a body byte by byte while
another asks for a page. Memory is the sum of proportional set sizes of all processes.
"""

from __future__ import annotations

import http.client
import itertools
import json
import os
import re
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from statistics import median, quantiles
from urllib.parse import urlencode

import psutil

from tests.bench.clients import Client, load, post
from tests.bench.figures import say

CLIENTS, STREAMS, SLOW, ROUNDS, SECONDS = 20, 200, 24, 3, 8.0
PATIENCE_SECONDS = 10
HOST, PASSWORD = "127.0.0.1", "bench-password-1"
_PORTS = itertools.count(18_400, 10)
MATRIX = "/projects/besshi10/"


class Site:
    """The running demo of a checkout, and a session of its manager."""

    def __init__(self, port: int, process: psutil.Process) -> None:
        self.port, self._process = port, process
        self.cookie = self._signed_in()
        page = self.get(MATRIX).decode()
        self.token = _token(page)
        self.rows = re.findall(r'<tr id="(\w+)"(.*?)</tr>', page, re.S)[5 : 5 + CLIENTS]
        stream = re.search(r'data-stream="http://[^:"]+:(\d+)', page)
        self.stream_port = int(stream[1]) if stream else port

    def get(self, path: str) -> bytes:
        connection = http.client.HTTPConnection(HOST, self.port, timeout=PATIENCE_SECONDS)
        connection.request("GET", path, headers={"Host": "localhost", "Cookie": self.cookie})
        answer = connection.getresponse()
        body = answer.read()
        connection.close()
        if answer.status != 200:
            raise RuntimeError(f"{path}: {answer.status}")
        return body

    def saver(self, row: str, html: str) -> Client:
        """A client that sets one cell of its own from ◎ to ○ and back for ever."""
        now = re.findall(r"<td[^>]*>([^<]*)", html)[3]

        def request() -> bytes:
            nonlocal now
            before, now = now, "○" if now == "◎" else "◎"
            operation = {"item": row, "role": "保守業者", "before": before, "after": now}
            body = json.dumps({"operations": [operation]}).encode()
            headers = {
                "Content-Type": "application/json",
                "Cookie": self.cookie,
                "X-CSRFToken": self.token,
                "Origin": "http://localhost",
            }
            return post(f"{MATRIX}cells/", body, headers)

        return Client(self.port, request, 200)

    def memory(self) -> float:
        """MB of all processes but PostgreSQL."""
        family = [self._process, *self._process.children(recursive=True)]
        ours = [one for one in family if "postgres" not in one.name()]
        total: int = sum(one.memory_full_info().pss for one in ours)
        return total / 1e6

    def cpu(self) -> float:
        family = self._process.children(recursive=True)
        times = [one.cpu_times() for one in family if "postgres" not in one.name()]
        total: float = sum(one.user + one.system for one in times)
        return total

    def stream(self) -> socket.socket:
        made = socket.create_connection((HOST, self.stream_port), timeout=60)
        lines = [f"GET {MATRIX}events/?since=999999 HTTP/1.1", "Host: localhost"]
        made.sendall("\r\n".join([*lines, f"Cookie: {self.cookie}", "", ""]).encode())
        return made

    def slow(self) -> socket.socket:
        """A POST whose body never comes."""
        made = socket.create_connection((HOST, self.port), timeout=60)
        lines = ["POST /login/ HTTP/1.1", "Host: localhost", "Content-Length: 90000"]
        lines += ["Content-Type: application/x-www-form-urlencoded", f"Cookie: {self.cookie}"]
        made.sendall("\r\n".join([*lines, "", "a=1"]).encode())
        return made

    def _signed_in(self) -> str:
        connection = http.client.HTTPConnection(HOST, self.port, timeout=60)
        connection.request("GET", "/login/", headers={"Host": "localhost"})
        answer = connection.getresponse()
        token, cookie = _token(answer.read().decode()), _cookie(answer)
        form = {"username": "manager", "password": PASSWORD, "csrfmiddlewaretoken": token}
        headers = {"Host": "localhost", "Cookie": cookie}
        headers["Content-Type"] = "application/x-www-form-urlencoded"
        connection.close()
        connection.request("POST", "/login/", urlencode(form), headers)
        return _cookie(connection.getresponse())


def _token(page: str) -> str:
    (token, *_) = re.findall(r'name="csrfmiddlewaretoken" value="(\w+)"', page)
    return str(token)


def _cookie(answer: http.client.HTTPResponse) -> str:
    found = [text.partition(";")[0] for text in answer.headers.get_all("Set-Cookie") or ()]
    return "; ".join(found)


@contextmanager
def served(folder: Path, data: str) -> Iterator[Site]:
    port = next(_PORTS)
    environment = {**os.environ, "RACI_DATA_DIR": data, "RACI_DEMO_PASSWORD": PASSWORD}
    command = [sys.executable, "manage.py", "demo", "--port", str(port)]
    with subprocess.Popen(
        command, cwd=folder, env=environment, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        for line in process.stdout:
            if "公開しました" in line:
                break
        try:
            yield Site(port, psutil.Process(process.pid))
        finally:
            process.terminate()


def measured(site: Site) -> dict[str, float]:
    """One turn of everything."""
    found = {"MB at rest": site.memory()}
    savers = [site.saver(*row) for row in site.rows]
    load(savers, seconds=SECONDS / 4)
    turn = load(savers, seconds=SECONDS)
    found["saves/s"] = turn.per_second
    found["save p50 ms"], found["save p99 ms"] = _percentiles(turn.waits)
    with ExitStack() as stack:
        for _ in range(STREAMS):
            stack.enter_context(site.stream()).recv(4000)
        cpu, start = site.cpu(), time.perf_counter()
        time.sleep(SECONDS)
        found[f"CPU % of {STREAMS} streams"] = (
            100 * (site.cpu() - cpu) / (time.perf_counter() - start)
        )
        found[f"MB with {STREAMS} streams"] = site.memory()
    with ExitStack() as stack:
        for _ in range(SLOW):
            stack.enter_context(site.slow())
        time.sleep(0.5)
        found["healthz ms, slow posts"] = 1e3 * _seconds(lambda: site.get("/healthz"))
        found["page ms, slow posts"] = 1e3 * _seconds(lambda: site.get(MATRIX))
    return found


def _percentiles(waits: list[float]) -> tuple[float, float]:
    return 1e3 * median(waits), 1e3 * quantiles(waits, n=100)[98]


def _seconds(work: Callable[[], object]) -> float:
    """How long it takes; infinite when there is no answer for PATIENCE_SECONDS."""
    start = time.perf_counter()
    try:
        work()
    except TimeoutError:
        return float("inf")
    return time.perf_counter() - start


def main(folders: list[Path]) -> None:
    turns: dict[Path, list[dict[str, float]]] = {folder: [] for folder in folders}
    with tempfile.TemporaryDirectory(prefix="raci-servers-") as data:
        for turn in range(ROUNDS):
            for folder in folders:
                place = str(Path(data, f"{folders.index(folder)}-{turn}"))
                with served(folder, place) as site:
                    turns[folder].append(measured(site))
    for name in turns[folders[0]][0]:
        values = [f"{median(turn[name] for turn in turns[one]):10.1f}" for one in folders]
        say(f"{name:26}{''.join(values)}")


if __name__ == "__main__":
    main([Path(one) for one in sys.argv[1:]] or [Path.cwd()])
