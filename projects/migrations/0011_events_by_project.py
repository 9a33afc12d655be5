"""The history of columns, marks of the legend, waivers and titles is found by project.

Built beside the work that goes on, which no transaction allows.
"""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models

INDEXES = {
    "legendmarkevent": (("project", "pgh_obj"), "legendmarkevent_mark"),
    "projectevent": (("pgh_obj",), "projectevent_project"),
    "roleevent": (("project", "pgh_obj"), "roleevent_role"),
    "waiverevent": (("project", "pgh_obj"), "waiverevent_waiver"),
}


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("projects", "0010_outputs")]
    operations = [
        AddIndexConcurrently(model, models.Index(fields=fields, name=name))
        for model, (fields, name) in INDEXES.items()
    ]
