"""Databases beside that of the tests, in the same server."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection


@contextmanager
def empty_database() -> Iterator[str]:
    """The connection goes to an empty database meanwhile, which is dropped afterwards."""
    with _made(""):
        yield connection.settings_dict["NAME"]


@contextmanager
def copied_database() -> Iterator[str]:
    """The same with a copy of the tests' database, as far as it is committed."""
    with _made(f'TEMPLATE "{connection.settings_dict["NAME"]}"'):
        yield connection.settings_dict["NAME"]


@contextmanager
def _made(how: str) -> Iterator[None]:
    was = connection.settings_dict["NAME"]
    name = f"{was}_beside"
    _run(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)', f'CREATE DATABASE "{name}" {how}')
    connection.settings_dict["NAME"] = name
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict["NAME"] = was
        _run(f'DROP DATABASE "{name}" WITH (FORCE)')


def _run(*statements: str) -> None:
    """From a third database: a template must have no connection."""
    connection.close()
    with connection._nodb_cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
