"""The history of columns, marks of the legend, waivers and titles is found by project.

Built beside the work that goes on, which no transaction allows.
"""

from typing import Any

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models

INDEXES = {
    "legendmarkevent": (("project", "pgh_obj"), "legendmarkevent_mark"),
    "projectevent": (("pgh_obj",), "projectevent_project"),
    "roleevent": (("project", "pgh_obj"), "roleevent_role"),
    "waiverevent": (("project", "pgh_obj"), "waiverevent_waiver"),
}


class AddAgain(AddIndexConcurrently):
    """Begins anew where an earlier attempt was broken off: it leaves an index that is no use."""

    def database_forwards(
        self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any
    ) -> None:
        schema_editor.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {self.index.name}")
        super().database_forwards(app_label, schema_editor, from_state, to_state)


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("projects", "0010_outputs")]
    operations = [
        AddAgain(model, models.Index(fields=fields, name=name))
        for model, (fields, name) in INDEXES.items()
    ]
