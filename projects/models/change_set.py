from __future__ import annotations

import pgtrigger
from django.db import models
from django.db.models.functions import Now

from projects.models.project import Project

CHANNEL = "raci_changes"


class ChangeSet(models.Model):
    """One act on a project: `number` is the revision it made.

    Written by the triggers that raise the revision, so a psql session has one too. Who, why and
    of which kind stand in the context; None there means that nobody said.
    """

    project = models.ForeignKey(
        Project,
        models.DO_NOTHING,
        related_name="change_sets",
        db_index=False,
        db_constraint=False,
    )
    number = models.PositiveBigIntegerField("番号")
    at = models.DateTimeField("日時", db_default=Now())
    context = models.ForeignKey(
        "pghistory.Context",
        models.DO_NOTHING,
        null=True,
        related_name="+",
        db_index=False,
        db_constraint=False,
    )

    class Meta:
        verbose_name = verbose_name_plural = "変更"
        ordering = ("project", "-number")
        constraints = [
            models.UniqueConstraint(fields=["project", "number"], name="changeset_number")
        ]
        triggers = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),
            pgtrigger.Trigger(
                name="announce",
                level=pgtrigger.Row,
                when=pgtrigger.After,
                operation=pgtrigger.Insert,
                func=f"PERFORM pg_notify('{CHANNEL}', NEW.project_id || ' ' || NEW.number); "
                "RETURN NULL;",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.project_id} #{self.number}"
