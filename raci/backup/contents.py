"""Describe the database by numbers and digests that do not depend on the order of rows."""

from __future__ import annotations

from django.db import connection

from raci.database.raw_sql import fetch

_TABLES = """
SELECT format('%%I.%%I', nspname, relname) FROM pg_class JOIN pg_namespace n ON n.oid = relnamespace
WHERE relkind IN ('r', 'p') AND nspname !~ '^pg_' AND nspname <> 'information_schema'
ORDER BY 1
"""
# The sum of the digests of the rows: equal for the same rows in any order, and no sorting.
_DIGEST = """
SELECT count(*), coalesce(sum(('x' || left(md5(t::text), 15))::bit(60)::bigint::numeric), 0)::text
FROM {table} t
"""
_SEQUENCES = """
SELECT format('%%I.%%I', schemaname, sequencename), last_value FROM pg_sequences ORDER BY 1
"""
_ROLES = """
SELECT DISTINCT pg_get_userbyid(role) FROM (
    SELECT relowner AS role, relnamespace AS place FROM pg_class
    UNION SELECT grantee, relnamespace FROM pg_class, aclexplode(relacl)
    UNION SELECT unnest(polroles), relnamespace FROM pg_policy JOIN pg_class c ON c.oid = polrelid
) used JOIN pg_namespace n ON n.oid = place
WHERE role <> 0 AND nspname !~ '^pg_' AND nspname <> 'information_schema' ORDER BY 1
"""
# How values become texts, whatever the server's own settings are.
_PLAIN = """
SET LOCAL timezone = 'UTC'; SET LOCAL datestyle = 'ISO, YMD'; SET LOCAL intervalstyle = 'postgres';
SET LOCAL extra_float_digits = 1; SET LOCAL bytea_output = 'hex'
"""


def tables() -> dict[str, tuple[int, str]]:
    """Return qualified name → (rows, digest). Call it in a transaction."""
    with connection.cursor() as cursor:
        cursor.execute(_PLAIN)
    return {name: fetch(_DIGEST.format(table=name), [])[0] for (name,) in fetch(_TABLES, [])}


def sequences() -> dict[str, int | None]:
    """Return qualified name → last value, None for a sequence that was never used."""
    return dict(fetch(_SEQUENCES, []))


def roles() -> list[str]:
    """Return the roles that own something or have a privilege."""
    return [name for (name,) in fetch(_ROLES, [])]


def is_empty() -> bool:
    """Return whether the database has no user table."""
    return not fetch(_TABLES, [])
