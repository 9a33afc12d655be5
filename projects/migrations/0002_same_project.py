"""Composite foreign keys: rows that belong together belong to the same project."""

from django.db import migrations

KEYS = [
    (
        "projects_workitem",
        "workitem_parent",
        "project_id, parent_id",
        "projects_workitem",
        "id",
        "",
    ),
    (
        "projects_assignment",
        "assignment_item",
        "project_id, item_id",
        "projects_workitem",
        "id",
        "",
    ),
    ("projects_assignment", "assignment_role", "project_id, role_id", "projects_role", "id", ""),
    (
        "projects_assignment",
        "assignment_in_legend",
        "project_id, symbol",
        "projects_legendmark",
        "symbol",
        "ON UPDATE CASCADE",
    ),
]


def key(
    table: str, name: str, columns: str, target: str, column: str, more: str
) -> migrations.RunSQL:
    return migrations.RunSQL(
        f"ALTER TABLE {table} ADD CONSTRAINT {name} FOREIGN KEY ({columns}) "
        f"REFERENCES {target} (project_id, {column}) {more} DEFERRABLE INITIALLY DEFERRED",
        f"ALTER TABLE {table} DROP CONSTRAINT {name}",
    )


class Migration(migrations.Migration):
    dependencies = [("projects", "0001_initial")]
    operations = [key(*values) for values in KEYS]
