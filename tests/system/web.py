"""One web machine: `manage.py serve` with a data folder of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from urllib.request import urlopen

import psutil

from tests.system.processes import HOST, spawn, stop, until

ROOT = Path(__file__).resolve().parent.parent.parent
MANAGE = [sys.executable, str(ROOT / "manage.py")]
START_SECONDS = 60
HOLDER = "raci events"
SECRET = "only-for-tests-" + "x" * 50


class Machine:
    """A master with its workers and the process that holds the streams."""

    def __init__(
        self, folder: Path, port: int, environment: Mapping[str, str], *, workers: int = 2
    ) -> None:
        folder.mkdir(exist_ok=True)
        self.data, self.port, self._workers = folder, port, workers
        self.log = folder / "serve.log"
        self._environment = {**environment, "RACI_DATA_DIR": str(folder)}
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Begins to start; `wait` says when it serves."""
        command = [*MANAGE, "serve", "--host", HOST, "--port", str(self.port)]
        command += ["--workers", str(self._workers)]
        self._process = spawn(command, log=self.log, environment=self._environment)

    def wait(self) -> None:
        until(self.is_ready, seconds=START_SECONDS, what=f"web machine on {self.port}")

    def is_ready(self) -> bool:
        """Whether it serves, with all its processes."""
        return len(self.workers()) == self._workers and self.holds() and self._serves()

    def workers(self) -> list[psutil.Process]:
        """The processes that serve pages."""
        return [process for process in self._children() if title_of(process) != HOLDER]

    def holders(self) -> list[psutil.Process]:
        """The process that holds the streams."""
        return [process for process in self._children() if title_of(process) == HOLDER]

    def processes(self) -> list[psutil.Process]:
        assert self._process is not None
        master = psutil.Process(self._process.pid)
        return [master, *master.children(recursive=True)]

    def holds(self) -> bool:
        return bool(self.holders())

    def stop(self) -> None:
        if self._process:
            stop(self._process)

    def _children(self) -> list[psutil.Process]:
        assert self._process is not None
        if self._process.poll() is not None:
            raise RuntimeError(f"the web machine ended:\n{self.log.read_text()[-3000:]}")
        return list(psutil.Process(self._process.pid).children())

    def _serves(self) -> bool:
        try:
            with urlopen(f"http://{HOST}:{self.port}/readyz", timeout=10) as answer:
                return bool(answer.status == 200)
        except OSError:
            return False


def environment(url: str, direct_url: str) -> dict[str, str]:
    """What all machines of the site share."""
    cleared = ("DJANGO", "DATABASE", "RACI", "PYTEST")
    kept = {name: text for name, text in os.environ.items() if not name.startswith(cleared)}
    return {
        **kept,
        "DATABASE_URL": url,
        "RACI_LISTEN_URL": direct_url,
        "RACI_SECRET_KEY": SECRET,
        "RACI_ALLOWED_HOSTS": HOST,
        "RACI_PLAIN_HTTP": "1",
        "RACI_LOG": "json",
    }


def manage(*arguments: str, environment: Mapping[str, str]) -> str:
    """The output of a management command."""
    done = subprocess.run(
        [*MANAGE, *arguments], env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise RuntimeError(f"{arguments}: {done.stderr[-3000:]}")
    return done.stdout


def title_of(process: psutil.Process) -> str:
    """What it calls itself; "" when it is no more."""
    try:
        command: list[str] = process.cmdline()
    except psutil.Error:
        return ""
    return command[0] if command else ""
