"""No new migration locks people out, and one that cannot be undone is announced."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import models
from django.db.migrations import Migration, RunPython, RunSQL
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations import AddConstraint, AddField, AddIndex, CreateModel
from django.db.models.functions import Random

from raci.management.commands.migrate import is_final
from tests.support.migration_rules import FIRST_LINE, faults

OURS = ("raci", "projects", "vendors")
CHANGELOG = Path(settings.BASE_DIR, "CHANGELOG.md").read_text(encoding="utf-8")
NAME = models.Index(fields=["name"], name="x")
ONE_NAME = models.UniqueConstraint(fields=["name"], name="x")
ROWS = CreateModel("Row", [("id", models.BigAutoField(primary_key=True))])


def nothing(apps: Any, schema_editor: Any) -> None:
    """A step that cannot be undone unless it is said how."""


def ours() -> dict[str, Migration]:
    loader = MigrationLoader(None, ignore_no_migrations=True)
    return {
        f"{app}.{name}": one for (app, name), one in loader.disk_migrations.items() if app in OURS
    }


def made(*operations: Any, atomic: bool = True) -> Migration:
    kind = type("New", (Migration,), {"operations": list(operations), "atomic": atomic})
    migration: Migration = kind("0999_new", "projects")
    return migration


def test_new_migrations_keep_the_rules() -> None:
    found = {name: faults(one, CHANGELOG) for name, one in ours().items() if name not in FIRST_LINE}
    assert {name: words for name, words in found.items() if words} == {}


def test_the_first_line_is_there() -> None:
    assert ours().keys() >= FIRST_LINE


def test_the_changelog_and_the_manual_name_all_that_cannot_be_undone() -> None:
    manual = Path(settings.BASE_DIR, "docs", "operations.md").read_text(encoding="utf-8")
    final = [name for name, one in ours().items() if is_final(one)]
    assert final
    assert [name for name in final if name not in CHANGELOG or name not in manual] == []


@pytest.mark.parametrize(
    "operation",
    [
        AddIndex("project", NAME),
        AddConstraint("project", ONE_NAME),
        RunSQL("CREATE INDEX x ON projects_project (slug)", ""),
        RunSQL("create unique index x on projects_project (slug)", ""),
        AddField("project", "x", models.FloatField(db_default=Random())),
        AddField("project", "x", models.CharField(unique=True)),
        AddField("project", "x", models.ForeignKey("projects.Role", models.CASCADE, null=True)),
        RunPython(nothing),
    ],
)
def test_what_locks_people_out_or_is_final_is_found(operation: Any) -> None:
    assert len(faults(made(operation), "")) == 1


@pytest.mark.parametrize(
    "operations",
    [
        (ROWS, AddIndex("row", NAME), AddConstraint("row", ONE_NAME)),
        (ROWS, RunSQL("CREATE INDEX x ON projects_row (id)", "")),
        (RunSQL("CREATE TABLE x (a int); CREATE INDEX y ON x (a)", ""),),
        (RunSQL("CREATE INDEX CONCURRENTLY x ON projects_project (slug)", ""),),
        (AddField("project", "x", models.IntegerField(db_default=0)),),
        (AddField("project", "x", models.DateTimeField(null=True)),),
        (RunPython(nothing, RunPython.noop),),
    ],
)
def test_what_locks_nobody_out_is_let_through(operations: tuple[Any, ...]) -> None:
    assert faults(made(*operations), "") == []


def test_without_a_transaction_there_is_nothing_but_concurrent_indexes() -> None:
    index = AddIndexConcurrently("project", NAME)
    assert faults(made(index, atomic=False), "") == []
    other = AddField("project", "x", models.IntegerField(null=True))
    assert len(faults(made(index, other, atomic=False), "")) == 1


def test_one_that_is_final_is_let_through_when_it_is_announced() -> None:
    final = made(RunPython(nothing))
    assert faults(final, "projects.0999_new cannot be undone") == []
