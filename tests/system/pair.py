"""A primary and its synchronous standby, poolers before them, and who looks after them all.

What takes the place of a failover manager (repmgr, Patroni): it looks at the primary every half
second, promotes the standby after three seconds of silence and tells the poolers; then it makes a
new standby of what was the primary. What takes the place of systemd: a dead pooler is started
again after a second.
"""

from __future__ import annotations

import asyncio
import shutil
import tempfile
import time
from pathlib import Path

from tests.system.pooler import Pooler
from tests.system.postgres import DATABASE, ROLE, Server
from tests.system.processes import HOST, free_ports

LOOK_SECONDS, SILENCE_SECONDS, RESTART_SECONDS = 0.5, 3.0, 1.0


class Pair:
    """The database of the site; `primary` and `standby` change places with every failover."""

    def __init__(self, folder: Path, *, poolers: int = 2) -> None:
        first, second, *ports = free_ports(2 + poolers)
        self.primary = Server(folder / "a", first)
        self.standby = Server(folder / "b", second)
        self.poolers = [
            Pooler(folder / f"pooler{place}", port, self.primary)
            for place, port in enumerate(ports)
        ]

    def start(self) -> None:
        self.primary.create()
        for pooler in self.poolers:
            pooler.start()

    def start_standby(self) -> None:
        """Copies the primary; from now on every commit is on both before it is answered."""
        self.standby.follow(self.primary)
        self.standby.start()
        self.primary.replicate_synchronously(self.standby)

    def stop(self) -> None:
        for pooler in self.poolers:
            pooler.stop()
        self.standby.stop()
        self.primary.stop()

    @property
    def url(self) -> str:
        """For DATABASE_URL: the poolers, or the servers where there is none."""
        return _url([pooler.port for pooler in self.poolers]) if self.poolers else self.direct_url

    @property
    def own_url(self) -> str:
        """The primary itself, for migrations."""
        return _url([self.primary.port])

    @property
    def direct_url(self) -> str:
        """For RACI_LISTEN_URL: the servers themselves, whichever writes."""
        ports = sorted([self.primary.port, self.standby.port])
        return f"{_url(ports)}?target_session_attrs=read-write"

    async def kill_pooler(self, place: int) -> None:
        self.poolers[place].kill()
        await asyncio.sleep(RESTART_SECONDS)
        self.poolers[place].start()

    async def kill_primary(self) -> None:
        """Gives back the control when there are two again."""
        self.primary.kill()
        await self._silence()
        self._promote()
        await self._make_standby()

    async def _silence(self) -> None:
        silent_since = time.monotonic()
        while time.monotonic() < silent_since + SILENCE_SECONDS:
            await asyncio.sleep(LOOK_SECONDS)
            if await asyncio.to_thread(self.primary.answers):
                silent_since = time.monotonic()

    def _promote(self) -> None:
        self.primary, self.standby = self.standby, self.primary
        self.primary.promote()
        for pooler in self.poolers:
            pooler.lead_to(self.primary)

    async def _make_standby(self) -> None:
        await asyncio.to_thread(self.standby.follow, self.primary)
        self.standby.start()
        await asyncio.to_thread(self.primary.replicate_synchronously, self.standby)


def folder() -> Path:
    """A temporary folder that the accounts of all servers may pass through."""
    made = Path(tempfile.mkdtemp(prefix="raci-system-", dir="/tmp"))
    made.chmod(0o711)
    return made


def remove(made: Path) -> None:
    shutil.rmtree(made, ignore_errors=True)


def _url(ports: list[int]) -> str:
    hosts = ",".join(f"{HOST}:{port}" for port in ports)
    return f"postgresql://{ROLE}@{hosts}/{DATABASE}"
