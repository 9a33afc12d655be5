"""One PostgreSQL server of a pair, from the wheel that the site brings along."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from pathlib import Path
from typing import Any

import psycopg2  # type: ignore[import-untyped]

from raci.database import programs
from tests.system.processes import HOST, kill_tree, spawn, stop, until

DATABASE, ROLE = "raci", "raci"
START_SECONDS, STREAMING_SECONDS = 30, 30
SETTINGS = {
    "listen_addresses": HOST,
    "unix_socket_directories": "",
    "max_connections": "100",
    "shared_buffers": "64MB",
    "wal_level": "replica",
    "max_wal_senders": "5",
    "wal_keep_size": "256MB",
    "synchronous_commit": "on",
    "hot_standby": "on",
    "wal_receiver_timeout": "5s",
    "wal_sender_timeout": "5s",
    "wal_retrieve_retry_interval": "500ms",
    "max_wal_size": "256MB",
    "jit": "off",
    "timezone": "UTC",
    "log_min_duration_statement": "5s",
}
_INITDB = (
    "--username=postgres",
    "--auth=trust",
    "--encoding=UTF8",
    "--locale=C",
    "--locale-provider=builtin",
    "--builtin-locale=C.UTF-8",
)
_AUTHENTICATION = f"local all all trust\nhost all all {HOST}/32 trust\n"
_AUTHENTICATION += f"host replication all {HOST}/32 trust\n"


class Server:
    """A cluster in a folder, as primary or as standby of another."""

    def __init__(self, folder: Path, port: int) -> None:
        self.folder, self.port = folder, port
        self.data = folder / "data"
        self.log = folder / "postgres.log"
        self._process: subprocess.Popen[bytes] | None = None
        folder.mkdir(exist_ok=True)
        folder.chmod(0o711)
        self.account = programs.account_of(folder)

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    @property
    def url(self) -> str:
        return f"postgresql://{ROLE}@{HOST}:{self.port}/{DATABASE}"

    def create(self, wal: Path | None = None) -> None:
        """A new cluster with an empty database, running; its WAL in that folder if given."""
        elsewhere = [f"--waldir={self._owned(wal)}"] if wal else []
        self._run("initdb", "-D", self._owned(self.data), *_INITDB, *elsewhere)
        (self.data / "pg_hba.conf").write_text(_AUTHENTICATION)
        self.start()
        self.execute(f"CREATE ROLE {ROLE} LOGIN CREATEROLE", database="postgres")
        self.execute(f"CREATE DATABASE {DATABASE} OWNER {ROLE}", database="postgres")

    def follow(self, primary: Server) -> None:
        """Becomes a standby of the primary, from a copy of it; what was here is gone."""
        shutil.rmtree(self.data, ignore_errors=True)
        address = f"host={HOST} port={primary.port} user=postgres application_name={self._name}"
        copying = ("-R", "-X", "stream", "-c", "fast")
        self._run("pg_basebackup", "-D", self._owned(self.data), "-d", address, *copying)
        settings = self.data / "postgresql.auto.conf"
        lines = settings.read_text().splitlines()
        kept = [line for line in lines if not line.startswith("synchronous_standby_names")]
        settings.write_text("\n".join([*kept, ""]))

    def start(self) -> None:
        command: list[str | Path] = [programs.BIN / "postgres", "-D", self.data, "-p"]
        command += [str(self.port)]
        for name, value in SETTINGS.items():
            command += ["-c", f"{name}={value}"]
        programs.let_through(programs.BIN, self.account)
        self._process = spawn(
            command,
            log=self.log,
            environment={"LC_ALL": "C", "PATH": "/usr/bin:/bin"},
            dies_by=signal.SIGQUIT,
            account=self.account,
        )
        until(self.answers, seconds=START_SECONDS, what=f"PostgreSQL on {self.port}")

    def stop(self) -> None:
        if self._process:
            stop(self._process, signal.SIGINT)

    def kill(self) -> None:
        """All processes at once, as when the machine loses power (its disk stays)."""
        assert self._process is not None
        kill_tree(self._process)

    def promote(self) -> None:
        self.execute("SELECT pg_promote(true, 30)")

    def replicate_synchronously(self, standby: Server) -> None:
        """Waits for the standby; from then on a commit is answered when both have it."""
        until(lambda: standby.is_streaming_from(self), seconds=STREAMING_SECONDS,
              what=f"replication to {standby.port}")  # fmt: skip
        self.execute("ALTER SYSTEM SET synchronous_standby_names = '*'")
        self.execute("SELECT pg_reload_conf()")
        until(lambda: self.value("SELECT max(sync_state) FROM pg_stat_replication") == "sync",
              seconds=STREAMING_SECONDS, what="synchronous replication")  # fmt: skip

    def is_streaming_from(self, primary: Server) -> bool:
        states = "SELECT max(state) FROM pg_stat_replication"
        return primary.value(states) == "streaming"

    def answers(self) -> bool:
        try:
            self.connect("postgres").close()
        except psycopg2.OperationalError:
            return False
        return True

    def value(self, statement: str) -> object:
        with self.connect() as connection, connection.cursor() as cursor:
            cursor.execute(statement)
            found = cursor.fetchone()
        connection.close()
        return found[0] if found else None

    def execute(self, statement: str, *, database: str = DATABASE) -> None:
        connection = self.connect(database)
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute(statement)
        connection.close()

    def connect(self, database: str = DATABASE) -> Any:
        return psycopg2.connect(
            host=HOST, port=self.port, user="postgres", dbname=database, connect_timeout=5
        )

    @property
    def _name(self) -> str:
        return f"standby_{self.port}"

    def _owned(self, folder: Path) -> Path:
        """The folder, made if it is not there, as the server's own."""
        folder.mkdir(mode=0o700, exist_ok=True)
        os.chown(folder, *self.account)
        return folder

    def _run(self, program: str, *arguments: str | Path) -> None:
        code = programs.run(program, *arguments, account=self.account, log=self.log)
        if code:
            raise RuntimeError(f"{program}: {code}\n{self.log.read_text()[-2000:]}")
