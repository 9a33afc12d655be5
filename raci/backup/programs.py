"""Run pg_dump and pg_restore on the configured database, past its pooler."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

from django.db import connection

from raci.database import unpooled
from raci.database.client import DatabaseClient


class ProgramError(Exception):
    """The program failed; the message has the end of its error output."""


def run(program: str, *options: str | Path) -> None:
    """Run the program on the database. Raises ProgramError, also where it is not installed.

    It connects past any pooler: both programs change settings of their session, such as the search
    path, which a pooler would hand on to the site.
    """
    _not_pooled()
    (_, *place), env = DatabaseClient.settings_to_cmd_args_env(unpooled.place(), [])
    *server, database = place
    words = [
        _executable(program),
        *server,
        "--no-password",
        *map(str, options),
        f"--dbname={database}",
    ]
    done = subprocess.run(  # noqa: S603 — our own words
        words, env={**os.environ, **(env or {})}, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise ProgramError("\n".join(done.stderr.strip().splitlines()[-4:]))


def _not_pooled() -> None:
    made = unpooled.connect()
    try:
        if unpooled.is_pooled(made):
            raise ProgramError(
                "接続プール（PgBouncerなど）を経由しています。PostgreSQL 自体のアドレスを "
                "RACI_LISTEN_URL に指定してください。"
            )
    finally:
        made.close()


def _executable(program: str) -> str:
    """Return the path of the program; for the embedded server the one of its version."""
    if "RACI_CLUSTER" in connection.settings_dict:
        from raci.database.programs import BIN

        return str(BIN / program)
    installed = shutil.which(program)
    if installed is None:
        raise ProgramError(
            f"{program} がありません。サーバーと同じ版のPostgreSQLのクライアントを入れてください。"
        )
    return installed
