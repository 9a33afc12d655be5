"""PgBouncer in transaction mode, in front of whichever server is the primary."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from pathlib import Path

import psycopg2  # type: ignore[import-untyped]

from tests.system.postgres import DATABASE, ROLE, Server
from tests.system.processes import HOST, accepts, kill_tree, spawn, stop, until

PROGRAM = shutil.which("pgbouncer", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
START_SECONDS = 10
_SETTINGS = """
[databases]
{database} = host={host} port={server} dbname={database}
[pgbouncer]
listen_addr = {host}
listen_port = {port}
unix_socket_dir =
auth_type = trust
auth_file = {users}
admin_users = postgres
pool_mode = transaction
max_client_conn = 500
default_pool_size = 20
server_login_retry = 1
server_connect_timeout = 3
query_wait_timeout = 5
server_check_delay = 5
tcp_keepidle = 5
tcp_keepintvl = 2
tcp_keepcnt = 3
log_connections = 0
log_disconnections = 0
log_stats = 0
"""


class Pooler:
    """One PgBouncer; it is told where the primary is."""

    def __init__(self, folder: Path, port: int, server: Server) -> None:
        folder.mkdir(exist_ok=True)
        folder.chmod(0o711)
        self.port, self._account = port, server.account
        self.log = folder / "pgbouncer.log"
        self._settings, self._users = folder / "pgbouncer.ini", folder / "users.txt"
        self._users.write_text(f'"{ROLE}" ""\n"postgres" ""\n')
        self._process: subprocess.Popen[bytes] | None = None
        self._write(server)

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    def start(self) -> None:
        assert PROGRAM is not None
        self._process = spawn([PROGRAM, self._settings], log=self.log, account=self._account)
        until(lambda: accepts(self.port), seconds=START_SECONDS, what="PgBouncer")

    def stop(self) -> None:
        if self._process:
            stop(self._process, signal.SIGTERM)

    def kill(self) -> None:
        assert self._process is not None
        kill_tree(self._process)

    def lead_to(self, server: Server) -> None:
        """The server is the primary now: what a failover manager does after promoting it."""
        self._write(server)
        connection = psycopg2.connect(
            host=HOST, port=self.port, user="postgres", dbname="pgbouncer"
        )
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute("RELOAD")
        connection.close()

    def _write(self, server: Server) -> None:
        self._settings.write_text(
            _SETTINGS.format(
                database=DATABASE,
                host=HOST,
                server=server.port,
                port=self.port,
                users=self._users,
            )
        )
