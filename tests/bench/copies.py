"""Many projects out of one, by set-based statements: rows, marks, history, 版, companies' part.

Each copy has ids of its own, at a fixed distance from those of the original, and a history of its
own time. Triggers and keys are off meanwhile: what is copied was checked when it was made.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from psycopg2 import sql  # type: ignore[import-untyped]

if TYPE_CHECKING:
    from projects.models import Project

DISTANCE = 100_000  # between the ids of two copies
COMPANIES = 120
_KEYS = {"id", "pgh_id", "pgh_obj_id", "item_id", "role_id", "parent_id", "edition_id"}
_KEYS |= {"question_id"}
_CONTEXTS = {"context_id", "pgh_context_id"}
_TIMES = {"at", "pgh_created_at", "created_at", "updated_at", "changed_at"}
_TABLES = """
SELECT table_name::text, array_agg(column_name::text ORDER BY ordinal_position)
FROM information_schema.columns JOIN information_schema.tables USING (table_schema, table_name)
WHERE table_schema = current_schema() AND table_type = 'BASE TABLE'
    AND table_name NOT IN ('vendors_member', 'vendors_memberevent')
GROUP BY table_name HAVING bool_or(column_name = 'project_id')
    OR table_name IN ('projects_project', 'projects_projectevent', 'pghistory_context')
ORDER BY table_name
"""
_SEQUENCES = """
SELECT c.relname::text, a.attname::text FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
WHERE c.relkind = 'r' AND c.relnamespace = current_schema()::regnamespace AND a.attnum > 0
    AND pg_get_serial_sequence(c.relname, a.attname) IS NOT NULL AND NOT a.attisdropped
"""


def make(project: Project, count: int) -> None:
    """Projects copy-1 to copy-`count`, with its manager; companies from a pool, with people."""
    from django.db import connection, transaction

    values = {"project": project.pk, "count": count, "distance": DISTANCE, "pool": COMPANIES}
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(_POOL, values)
        cursor.execute(_TABLES)
        for table, columns in cursor.fetchall():
            statement = _copy(table, columns).as_string(cursor.cursor)
            cursor.execute(statement, values)
        cursor.execute(_SEQUENCES)
        for table, column in cursor.fetchall():
            cursor.execute(
                f"SELECT setval(pg_get_serial_sequence('{table}', '{column}'), "
                f"GREATEST((SELECT COALESCE(max({column}), 1) FROM {table}), 1))"
            )


_POOL = """
INSERT INTO vendors_vendor (id, uid, name)
SELECT 1000000 + n, translate(to_char(n, 'FM000000000000'), '0123456789', 'abcdefghjk'), '会社' || n
FROM generate_series(0, %(pool)s - 1) n;
INSERT INTO auth_user (password, is_superuser, username, first_name, last_name, email, is_staff,
    is_active, date_joined)
SELECT '!', false, 'person-' || n, '', '担当' || n, 'person-' || n || '@example.jp', false,
    true, now()
FROM generate_series(0, 3 * %(pool)s - 1) n;
INSERT INTO vendors_member (vendor_id, user_id, active)
SELECT 1000000 + substr(username, 8)::int %% %(pool)s, id, true FROM auth_user
WHERE username LIKE 'person-%%'
"""


def _copy(table: str, columns: list[str]) -> sql.Composable:
    """INSERT … SELECT of the project's rows, once for each copy, copy by copy."""
    chosen = sql.SQL(", ").join(_value(table, column) for column in columns)
    first = columns[0]
    return sql.SQL(
        "INSERT INTO {table} ({columns}) SELECT {chosen} FROM generate_series(1, %(count)s) n "
        "CROSS JOIN {table} own WHERE {whose} ORDER BY n, own.{first}"
    ).format(
        table=sql.Identifier(table),
        columns=sql.SQL(", ").join(map(sql.Identifier, columns)),
        chosen=chosen,
        whose=sql.SQL(_WHOSE.get(table, "own.project_id = %(project)s")),
        first=sql.Identifier(first),
    )


_WHOSE = {
    "projects_project": "own.id = %(project)s",
    "projects_projectevent": "own.pgh_obj_id = %(project)s",
    "pghistory_context": "true",
    "projects_membership": """own.project_id = %(project)s
        AND own.user_id = (SELECT id FROM auth_user WHERE username = 'manager')""",
}


def _value(table: str, column: str) -> sql.Composable:
    return sql.SQL(next(_values(table, column))).format(sql.Identifier(column))


def _values(table: str, column: str) -> Iterator[str]:
    if column == "slug":
        yield "'copy-' || n"
    elif column in _CONTEXTS or (table == "pghistory_context" and column == "id"):
        yield "md5(own.{}::text || n)::uuid"
    elif column in _KEYS or column == "project_id":
        yield "own.{} + n * %(distance)s"
    elif column == "vendor_id":
        yield "1000000 + (own.{} + n) %% %(pool)s"
    elif column == "role_ids":
        yield "ARRAY(SELECT role + n * %(distance)s FROM unnest(own.{}) role)"
    elif column in _TIMES:
        yield "own.{} - make_interval(hours => %(count)s - n)"
    yield "own.{}"
