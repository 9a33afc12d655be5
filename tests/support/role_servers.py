"""Statements as an administrator or an ordinary role of a server."""

from __future__ import annotations

import psycopg2  # type: ignore[import-untyped]
import psycopg2.errors  # type: ignore[import-untyped]

from raci.database.cluster import Cluster


def execute(statement: str, **connection: str) -> list[tuple[object, ...]]:
    made = psycopg2.connect(**connection)
    made.autocommit = True
    try:
        with made.cursor() as cursor:
            cursor.execute(statement)
            rows: list[tuple[object, ...]] = cursor.fetchall() if cursor.description else []
            return rows
    finally:
        made.close()


def administer(cluster: Cluster, *statements: str) -> None:
    for statement in statements:
        execute(statement, host=str(cluster.socket_dir), user="postgres", dbname="postgres")
