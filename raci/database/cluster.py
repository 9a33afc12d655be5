"""The embedded PostgreSQL: one cluster per data directory, running while a process uses it.

Who uses it is known by kernel locks, so nothing is left to clean up after a crash:

- ``postgres.users``: every process that uses the server holds a shared lock until it ends.
- ``postgres.lock``: held exclusively while the cluster is made, started or stopped, and while
  a process joins or leaves.

The last process to leave stops the server. It leaves at exit, in an ``atexit`` handler: after a
SIGKILL, or a SIGTERM that the process does not turn into ``SystemExit``, the server stays up, and
the next process that uses it takes it over and stops it in its turn. A forked child starts with
no share in the server; it takes its own with its first connection.

pg_isready decides whether the server runs, never a process number.
"""

import atexit
import logging
import os
import re
import shlex
import shutil
import stat
import subprocess
import time
from contextlib import AbstractContextManager
from enum import IntEnum
from pathlib import Path

import psutil

from raci.database import address, process_locks, programs
from raci.database.errors import UnreachableDatabaseError

SETTINGS = {
    "cluster_name": address.DATABASE,
    "listen_addresses": "",
    "port": address.PORT,
    "unix_socket_permissions": "0700",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "lc_messages": "C",
    "jit": "off",
    "max_wal_size": "256MB",
    "log_checkpoints": "off",
    "log_min_duration_statement": "2s",
}
# Code point order and the case rules of Unicode, from PostgreSQL itself: no system locale needed.
INITDB = (
    f"--username={address.USER}",
    "--auth-local=trust",
    "--auth-host=reject",
    "--encoding=UTF8",
    "--locale=C",
    "--locale-provider=builtin",
    "--builtin-locale=C.UTF-8",
)
PATIENCE_SECONDS = 60
ATTEMPTS = 5
PAUSE_SECONDS = 0.2
LOG_BYTES = 1_000_000
TAIL_LINES = 8

logger = logging.getLogger(__name__)


class Answer(IntEnum):
    """The exit codes of pg_isready."""

    ACCEPTS = 0
    REJECTS = 1  # starting or stopping
    NONE = 2
    NOT_ASKED = 3


class Cluster:
    """The embedded server of one data directory."""

    def __init__(self, data_dir: Path) -> None:
        self.data_dir = data_dir.resolve()
        self.directory = address.cluster_directory(data_dir)
        self.socket_dir = address.socket_directory(data_dir)
        self.log = self.data_dir / "postgres.log"
        self.users = self.data_dir / "postgres.users"

    @property
    def running(self) -> bool:
        """Return whether the server takes connections now."""
        return self.directory.exists() and self._ask() == Answer.ACCEPTS

    def use(self) -> None:
        """Start the server if need be, and hold it until this process ends or releases it.

        Creates the cluster when there is none. Cheap when the server runs: meant to be called
        before every new connection. Raises UnreachableDatabaseError.
        """
        try:
            self.data_dir.mkdir(mode=programs.folder_mode(), parents=True, exist_ok=True)
            with self._alone() as lock:
                process_locks.take(self.users)
                self._have_running(lock)
        except (OSError, LookupError, subprocess.SubprocessError) as error:
            advice = "フォルダーの権限と空き容量を確認してください。"
            raise self._unusable(f"{advice}原因: {error}") from error

    def release(self) -> None:
        """Release this process's share; the last one to do so stops the server."""
        if self.users not in process_locks.held():
            return
        with self._alone() as lock:
            process_locks.give_up(self.users)
            if process_locks.all_free(self.users) and self._ask() in (
                Answer.ACCEPTS,
                Answer.REJECTS,
            ):
                self._stop(lock)

    def create_database(self) -> None:
        """Create the application's database unless it is there; needs the server running."""
        with self._alone():
            self._run("createdb", *self._client_options(), address.DATABASE)

    def _alone(self) -> AbstractContextManager[int]:
        return process_locks.alone(self.data_dir / "postgres.lock")

    def _have_running(self, lock: int) -> None:
        """Start the server unless it answers.

        Several attempts, because a server may be on its way: its starter was killed, or it was
        killed itself and its last processes are just ending.
        """
        self._secure_socket_dir()
        for _ in range(ATTEMPTS):
            if self._answers() or self._start(lock):
                return
            time.sleep(PAUSE_SECONDS)
        raise self._unusable(f"サーバーが起動しません。{self._log_tail()}")

    def _answers(self) -> bool:
        """Return whether the server takes connections; wait while it is starting or stopping."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while (answer := self._ask()) == Answer.REJECTS and time.monotonic() < deadline:
            time.sleep(PAUSE_SECONDS)
        return answer == Answer.ACCEPTS

    def _ask(self) -> int:
        return self._run("pg_isready", "--quiet", *self._client_options(), "--dbname=postgres")

    def _start(self, lock: int) -> bool:
        programs.let_through(programs.BIN, self._account)
        programs.let_through(self.directory, self._account)
        if not (self.directory / "PG_VERSION").exists():
            self._create(lock)
        self._check_version()
        self._drop_foreign_lock_files()
        self._turn_log()
        return self._control("start", "-l", self.log, "-o", self._server_options()) == 0

    def _stop(self, lock: int) -> None:
        # The lock goes along: nobody starts the server before it is down, even if we are killed.
        if self._control("stop", "-m", "fast", keep=(lock,)) != 0:
            logger.error("The database server did not stop; see %s", self.log)

    def _create(self, lock: int) -> None:
        """Make the cluster beside its place and move it there when it is complete."""
        if self.directory.exists() and any(self.directory.iterdir()):
            raise self._unusable(f"{self.directory} は PostgreSQL のデータではありません。")
        new = self.data_dir / "postgres.new"
        if new.exists():
            shutil.rmtree(new)
        new.mkdir(mode=0o700)
        os.chown(new, *self._account, follow_symlinks=False)
        if self._run("initdb", "-D", new, *INITDB, keep=(lock,)) != 0:
            raise self._unusable(f"データベースを作れませんでした。{self._log_tail()}")
        new.rename(self.directory)
        _sync(self.data_dir)

    def _check_version(self) -> None:
        found = (self.directory / "PG_VERSION").read_text().strip()
        ours = programs.major_version()
        if found != ours:
            raise self._unusable(
                f"データは PostgreSQL {found} のもので、使える PostgreSQL は {ours} です。"
                f"データには触れていません。PostgreSQL {found} の pg_dump で書き出してから"
                "新しい場所に読み込むか、DATABASE_URL でそのサーバーを指定してください。"
            )

    def _drop_foreign_lock_files(self) -> None:
        """Remove PostgreSQL's lock files whose process number went to something else since.

        PostgreSQL sees by itself that a process is dead, but not that it is another one, or only
        the remains of one. For a server that does not answer.
        """
        socket_lock = self.socket_dir / f"{address.SOCKET}.lock"
        for lock_file in (self.directory / "postmaster.pid", socket_lock):
            if lock_file.exists():
                number = re.match(r"\d+", lock_file.read_text())
                if number is None or self._is_foreign(int(number.group())):
                    lock_file.unlink()

    def _is_foreign(self, pid: int) -> bool:
        """Return whether a living process is not this cluster's server; False if there is none."""
        try:
            process = psutil.Process(pid)
            return process.name() != "postgres" or Path(process.cwd()) != self.directory
        except psutil.ZombieProcess:
            return True
        except (psutil.NoSuchProcess, psutil.AccessDenied):
            return False

    def _secure_socket_dir(self) -> None:
        """Make the socket's own directory, if it has one; only the server's account may enter."""
        if self.socket_dir == self.directory:
            return
        self.socket_dir.mkdir(mode=0o700, exist_ok=True)
        if os.geteuid() == self.socket_dir.lstat().st_uid:
            os.chown(self.socket_dir, *self._account, follow_symlinks=False)
        info = self.socket_dir.lstat()
        private = stat.S_ISDIR(info.st_mode) and not info.st_mode & 0o077
        if info.st_uid != self._account.uid or not private:
            raise self._unusable(f"{self.socket_dir} がほかの利用者のものです。消してください。")

    def _server_options(self) -> str:
        quoted = str(self.socket_dir).replace('"', '""')
        settings = SETTINGS | {"unix_socket_directories": f'"{quoted}"'}
        return shlex.join(f"--{name}={value}" for name, value in settings.items())

    def _client_options(self) -> tuple[str, ...]:
        return (f"--host={self.socket_dir}", f"--port={address.PORT}", f"--username={address.USER}")

    def _control(self, action: str, *options: str | Path, keep: tuple[int, ...] = ()) -> int:
        waiting = ("--silent", "--wait", f"--timeout={PATIENCE_SECONDS}")
        return self._run("pg_ctl", action, "-D", self.directory, *waiting, *options, keep=keep)

    def _run(self, program: str, *arguments: str | Path, keep: tuple[int, ...] = ()) -> int:
        return programs.run(program, *arguments, account=self._account, log=self.log, keep=keep)

    @property
    def _account(self) -> programs.Account:
        return programs.account_of(self.directory)

    def _turn_log(self) -> None:
        """Begin a new log when it is large; one old one is kept."""
        if self.log.exists() and self.log.stat().st_size > LOG_BYTES:
            self.log.replace(self.data_dir / "postgres.log.1")

    def _log_tail(self) -> str:
        lines = self.log.read_text(errors="replace").splitlines()[-TAIL_LINES:]
        return "\n".join([f"{self.log} の終わり:", *lines])

    def _unusable(self, reason: str) -> UnreachableDatabaseError:
        return UnreachableDatabaseError(
            f"内蔵のデータベース（{self.data_dir}）を使えません。{reason}"
        )


def _sync(directory: Path) -> None:
    """Write a rename in directory to the disk."""
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _release_all() -> None:
    for users in process_locks.held():
        Cluster(users.parent).release()


atexit.register(_release_all)
