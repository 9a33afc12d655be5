"""What a migration must not do to a database that people work on.

FIRST_LINE is what an installation of the first release runs: nobody worked while it ran, and what
it did is not judged. Every later migration is.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator

from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import models
from django.db.migrations import Migration, operations
from django.db.models.expressions import Value
from django.db.models.functions import Now

FIRST_LINE = frozenset(
    [
        *(f"raci.{name}" for name in ("0001_buckets", "0002_security_log", "0003_people_changed")),
        *(
            f"projects.{name}"
            for name in (
                "0001_initial",
                "0002_same_project",
                "0003_change_sets",
                "0004_imports",
                "0005_editions",
                "0006_edition_rows_within",
                "0007_archived",
                "0008_waivers",
                "0009_editions_kept",
            )
        ),
        *(
            f"vendors.{name}"
            for name in (
                "0001_initial",
                "0002_same_project",
                "0003_change_sets",
                "0004_work",
                "0005_isolation",
                "0006_reminder",
                "0007_archived",
            )
        ),
    ]
)
_CONCURRENT = (AddIndexConcurrently, RemoveIndexConcurrently)
_INDEX = re.compile(r"CREATE\s+(?:UNIQUE\s+)?INDEX\s+(?!CONCURRENTLY)", re.IGNORECASE)
_STABLE = (Value, Now, str, int, float, bool)
ON_TABLE = re.compile(r"\bON\s+(?:ONLY\s+)?([\w.\"]+)", re.IGNORECASE)


def faults(migration: Migration, changelog: str) -> list[str]:
    """What is wrong with it, in words; [] when nothing is."""
    found = [fault for one in migration.operations for fault in _faults_of(one, _made(migration))]
    final = not all(one.reversible for one in migration.operations)
    if final and f"{migration.app_label}.{migration.name}" not in changelog:
        found.append("cannot be undone, and CHANGELOG.md does not say so")
    return [*found, *_without_transaction(migration)]


def _without_transaction(migration: Migration) -> Iterator[str]:
    told = sys.modules[type(migration).__module__].__doc__ or ""
    concurrent = [isinstance(one, _CONCURRENT) for one in migration.operations]
    if not migration.atomic and not all(concurrent) and "atomic" not in told:
        yield "has no transaction, and its docstring does not say why it is not atomic"


def _made(migration: Migration) -> frozenset[str]:
    """The models that the migration itself makes: nobody uses them yet."""
    made = [one for one in migration.operations if isinstance(one, operations.CreateModel)]
    names = {one.name.lower() for one in made}
    return frozenset(names | {f"{migration.app_label}_{name}" for name in names})


def _faults_of(one: operations.base.Operation, made: frozenset[str]) -> Iterator[str]:
    if isinstance(one, operations.RunSQL):
        yield from _faults_of_sql(str(one.sql), made)
    if getattr(one, "model_name", "").lower() in made:
        return
    if isinstance(one, operations.AddIndex) and not isinstance(one, AddIndexConcurrently):
        yield f"{one.model_name}: an index that is not made concurrently"
    if isinstance(one, operations.AddConstraint) and isinstance(
        one.constraint, models.UniqueConstraint
    ):
        yield f"{one.model_name}: a unique constraint builds its index under a lock"
    if isinstance(one, operations.AlterUniqueTogether | operations.AlterIndexTogether):
        yield "an index that is not made concurrently"
    if isinstance(one, operations.AddField):
        yield from _faults_of_field(one)


def _faults_of_field(one: operations.AddField) -> Iterator[str]:
    field, place = one.field, f"{one.model_name}.{one.name}"
    default = getattr(field, "db_default", models.NOT_PROVIDED)
    if default is not models.NOT_PROVIDED and not isinstance(default, _STABLE):
        yield f"{place}: a volatile default writes the whole table anew"
    if field.unique or getattr(field, "db_index", False):
        yield f"{place}: its index is not made concurrently"


def _faults_of_sql(sql: str, made: frozenset[str]) -> Iterator[str]:
    for found in _INDEX.finditer(sql):
        table = ON_TABLE.search(sql, found.end())
        name = table[1].strip('"') if table else "?"
        if name not in made and not re.search(rf"CREATE\s+TABLE\s+\"?{re.escape(name)}\b", sql):
            yield f"{name}: an index that is not made concurrently"
