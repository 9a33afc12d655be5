"""The floor under the matrix page: plain WSGI, psycopg2, an f-string per row, nothing else.

No framework, session, person, tree, chunks or fold; the same cells, escaped, in as many bytes.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterable, Iterator
from html import escape
from pathlib import Path
from typing import Any

import psycopg2  # type: ignore[import-untyped]

from raci.database import address
from tests.bench import peer_upsert

_ROLES = "SELECT id, name FROM projects_role WHERE project_id = %s ORDER BY position"
_ITEMS = """SELECT id, uid, number, name, description
FROM projects_workitem WHERE project_id = %s ORDER BY position"""
_MARKS = "SELECT item_id, role_id, symbol FROM projects_assignment WHERE project_id = %s"
_PROJECT = "SELECT id, title FROM projects_project WHERE slug = %s"
_CELLS = {
    "": '<td role="gridcell"></td>',
    "◎": '<td role="gridcell" class="p">◎</td>',
    "○": '<td role="gridcell" class="s">○</td>',
}
_LINK = f'<a class="n" tabindex="-1" href="/projects/{os.environ.get("RACI_BENCH_SLUG")}/items/'
_kept = threading.local()


def application(environ: Any, start_response: Callable[..., object]) -> Iterable[bytes]:
    if environ["REQUEST_METHOD"] == "POST":
        return peer_upsert.save(_connection(), environ, start_response)
    with _connection().cursor() as cursor:
        body = "".join(_page(cursor, os.environ["RACI_BENCH_SLUG"])).encode()
    headers = [("Content-Type", "text/html; charset=utf-8"), ("Content-Length", str(len(body)))]
    start_response("200 OK", headers)
    return [body]


def _connection() -> Any:
    """The thread's own connection, kept."""
    if not hasattr(_kept, "connection"):
        _kept.connection = psycopg2.connect(
            host=str(address.socket_directory(Path(os.environ["RACI_DATA_DIR"]))),
            port=address.PORT,
            user=address.USER,
            dbname=address.DATABASE,
        )
        _kept.connection.autocommit = True
    return _kept.connection


def _page(cursor: Any, slug: str) -> Iterator[str]:
    ((project, title),) = _rows(cursor, _PROJECT, slug)
    roles = _rows(cursor, _ROLES, project)
    items = _rows(cursor, _ITEMS, project)
    places = {pk: place for place, (pk, _) in enumerate(roles)}
    marks = {item[0]: [""] * len(roles) for item in items}
    for item, role, symbol in _rows(cursor, _MARKS, project):
        marks[item][places[role]] = symbol
    heads = "".join(f'<th scope="col">{escape(name)}</th>' for _, name in roles)
    yield f"<!DOCTYPE html><title>{escape(title)}</title><table><thead><tr>{heads}</thead>\n"
    for pk, uid, number, name, description in items:
        cells = "".join(map(_CELLS.__getitem__, marks[pk]))
        yield (
            f'<tr id="{uid}" role="row" class="t" aria-level="4">'
            f'<th role="rowheader" scope="row" class="nm">'
            f'{_LINK}{uid}/">{escape(number)}</a>{escape(name)}</th>'
            f'{cells}<td role="gridcell" class="ds">{escape(description)}</td></tr>\n'
        )
    yield "</table>"


def _rows(cursor: Any, statement: str, value: object) -> list[tuple[Any, ...]]:
    cursor.execute(statement, [value])
    rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows
