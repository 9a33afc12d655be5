"""The whole site, running: pair, poolers, web machines, and what is in the database."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from tests.system.disk import mounted
from tests.system.ledger import Ledger
from tests.system.pair import Pair, folder, remove
from tests.system.postgres import Server
from tests.system.processes import free_ports
from tests.system.web import ROOT, Machine, environment, manage
from tests.system.world import Sizes

NOTHING: Mapping[str, str] = {}


@dataclass(slots=True)
class Stage:
    """What all forms of it have."""

    folder: Path
    machines: list[Machine]
    world: dict[str, Any]
    environment: dict[str, str]
    ledger: Ledger = field(default_factory=Ledger, kw_only=True)

    @property
    def ports(self) -> list[int]:
        return [machine.port for machine in self.machines]

    def check(self) -> dict[str, Any]:
        """What is wrong in the database by the ledger, and how much of it was compared."""
        path = self.folder / "ledger.json"
        self.ledger.write(path)
        found: dict[str, Any] = run("tests.system.checking", str(path), self.environment)
        return found

    def unexpected(self) -> list[str]:
        """The errors that nobody expected, from the logs of the web machines."""
        lines = [line for machine in self.machines for line in _lines(machine.log)]
        return [line for line in lines if '"status": 500' in line or "Traceback" in line]


@dataclass(slots=True)
class Doubled(Stage):
    """Two of everything."""

    pair: Pair


@contextmanager
def doubled(sizes: Sizes, *, workers: int = 2, poolers: int = 2) -> Iterator[Doubled]:
    """Two machines, the poolers and the pair within; nothing of it runs afterwards."""
    made = folder()
    with ExitStack() as stack:
        stack.callback(remove, made)
        pair = Pair(made, poolers=poolers)
        stack.callback(pair.stop)
        pair.start()
        shared = environment(pair.url, pair.direct_url)
        beside = {**shared, "RACI_DATA_DIR": str(made)}
        manage("migrate", "--verbosity", "0", environment={**beside, "DATABASE_URL": pair.own_url})
        webs = [
            Machine(made / f"web{place}", port, shared, workers=workers)
            for place, port in enumerate(free_ports(2))
        ]
        for web in webs:
            stack.callback(web.stop)
            web.start()
        world = run("tests.system.world", json.dumps(asdict(sizes)), beside)
        pair.start_standby()
        for web in webs:
            web.wait()
        yield Doubled(made, webs, world, beside, pair)


@dataclass(slots=True)
class Alone(Stage):
    """One of everything, without a pooler. `disk` is the small one that the cluster lies on."""

    server: Server
    disk: Path | None


@contextmanager
def alone(
    sizes: Sizes, *, megabytes: int = 0, workers: int = 1, extra: Mapping[str, str] = NOTHING
) -> Iterator[Alone]:
    """One machine, with that in its environment, and one server within.

    With `megabytes` the cluster lies on a file system of that size, without the WAL. Only root
    may have that.
    """
    made = folder()
    with ExitStack() as stack:
        stack.callback(remove, made)
        server = Server(made / "a", free_ports(1)[0])
        disk = stack.enter_context(mounted(server.data, megabytes)) if megabytes else None
        stack.callback(server.stop)
        server.create(made / "wal" if disk else None)
        shared = environment(server.url, server.url)
        beside = {**shared, "RACI_DATA_DIR": str(made)}
        manage("migrate", "--verbosity", "0", environment=beside)
        machine = Machine(made / "web", free_ports(1)[0], {**shared, **extra}, workers=workers)
        stack.callback(machine.stop)
        machine.start()
        world = run("tests.system.world", json.dumps(asdict(sizes)), beside)
        machine.wait()
        yield Alone(made, [machine], world, beside, server, disk)


def run(module: str, argument: str, given: dict[str, str]) -> Any:
    """What a module of ours prints, beside the servers."""
    command = [sys.executable, "-m", module, argument]
    given = {**given, "DJANGO_SETTINGS_MODULE": "raci.settings"}
    done = subprocess.run(command, env=given, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{module}: {done.stderr[-3000:]}")
    return json.loads(done.stdout)


def _lines(log: Path) -> list[str]:
    return log.read_text(errors="replace").splitlines()
