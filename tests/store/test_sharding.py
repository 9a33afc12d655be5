"""Every table below a project could be spread over machines by the project's id.

The tables are found in PostgreSQL's catalogue and in the models, so that a new one is not
forgotten: what has a project_id, and what refers to a table that belongs to a project.
"""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from raci.database.raw_sql import fetch
from tests.support.statements.tables import KEY, KEYS, OF_COMPANIES, ROOT, tables

pytestmark = pytest.mark.django_db

COMPANY_WIDE = "a person works for a company in one project or in all: the company's table"
SITE = "a line of the site's log, which outlives projects and also tells of people and sign-ins"
WITHOUT_PROJECT: Mapping[str, str] = {
    **dict.fromkeys(OF_COMPANIES, COMPANY_WIDE),
    '"raci_audit"."event"': SITE,
}
# Besides the primary keys of one column, which docs/scale.md tells of.
UNIQUE_WITHOUT_PROJECT: Mapping[str, str] = {"member_once": COMPANY_WIDE}

_TABLES = """
SELECT c.relname, a.attnotnull FROM pg_class c LEFT JOIN pg_attribute a
    ON a.attrelid = c.oid AND a.attname = 'project_id' AND NOT a.attisdropped
WHERE c.relkind IN ('r', 'p') AND c.relnamespace = current_schema()::regnamespace
"""
_KEYS = """
SELECT con.conname, con.conrelid::regclass::text, con.confrelid::regclass::text,
    ARRAY(SELECT attname::text FROM unnest(con.conkey) WITH ORDINALITY k(n, at)
        JOIN pg_attribute ON attrelid = con.conrelid AND attnum = n ORDER BY at),
    ARRAY(SELECT attname::text FROM unnest(con.confkey) WITH ORDINALITY k(n, at)
        JOIN pg_attribute ON attrelid = con.confrelid AND attnum = n ORDER BY at),
    con.convalidated
FROM pg_constraint con WHERE con.contype = 'f'
"""
_UNIQUE = """
SELECT i.indrelid::regclass::text, i.indexrelid::regclass::text, i.indisprimary,
    ARRAY(SELECT attname::text FROM unnest(i.indkey::int2[]) n
        JOIN pg_attribute ON attrelid = i.indrelid AND attnum = n)
FROM pg_index i WHERE i.indisunique OR i.indisexclusion
"""


def test_every_table_below_a_project_has_its_id() -> None:
    columns = dict(fetch(_TABLES, []))
    missing = {
        table
        for table, key in tables().keys.items()
        if table not in WITHOUT_PROJECT and key == KEY and not columns[table]
    }
    assert missing == set()


def test_the_exceptions_are_exceptions() -> None:
    columns = dict(fetch(_TABLES, []))
    assert {t for t in WITHOUT_PROJECT if columns.get(t)} == set()
    assert {t for t in KEYS if columns[t] is not None} == set()
    indexes = {name for _, name, _, columns in fetch(_UNIQUE, []) if KEY not in columns}
    assert UNIQUE_WITHOUT_PROJECT.keys() <= indexes


def test_the_models_know_every_table_of_the_catalogue_with_a_project() -> None:
    own = {table for table, required in fetch(_TABLES, []) if required is not None}
    refer = {(table, target) for _, table, target, *_ in fetch(_KEYS, [])}
    while more := {t for t, target in refer if target in own and t not in own}:
        own |= more
    assert own <= tables().keys.keys() | OF_COMPANIES


def test_every_unique_index_has_the_project() -> None:
    """But for primary keys of one column: the id that a sequence gives."""
    found = [
        (table, index)
        for table, index, primary, columns in fetch(_UNIQUE, [])
        if table in tables().keys and KEY not in columns
        if not (primary and len(columns) == 1) and index not in UNIQUE_WITHOUT_PROJECT
    ]
    assert found == []


def test_foreign_keys_stay_within_the_project() -> None:
    """Between two tables of a project both sides have its id; all of them have been checked."""
    own = tables().keys
    leaving = [
        name
        for name, table, target, columns, referred, checked in fetch(_KEYS, [])
        if table in own and target in own
        if not checked or (KEY, KEY) not in zip(columns, referred, strict=True)
    ]
    assert leaving == []


def test_a_project_is_referred_to_by_the_column_that_tells_whose_a_row_is() -> None:
    found = {
        (table, tuple(columns))
        for _, table, target, columns, *_ in fetch(_KEYS, [])
        if target == ROOT
    }
    assert {columns for _, columns in found} == {(KEY,)}
