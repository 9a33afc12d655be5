from __future__ import annotations

from django.db import models

from projects.domain import grid
from projects.models.history import recorded
from projects.models.item import WorkItem
from projects.models.project import Project
from projects.models.role import Role
from projects.models.triggers import revision_triggers
from projects.models.within import Within


@recorded(indexes=[models.Index(fields=["project", "item"], name="assignmentevent_item")])
class Assignment(Within):
    """One mark: a role's part in a work item. A blank cell has no row.

    Item, role and symbol belong to the same project by composite foreign keys, which Django
    cannot express: migration 0002 adds them.
    """

    project = models.ForeignKey(
        Project, models.CASCADE, related_name="assignments", db_index=False, db_constraint=False
    )
    item = models.ForeignKey(
        WorkItem, models.CASCADE, related_name="assignments", db_index=False, db_constraint=False
    )
    role = models.ForeignKey(
        Role, models.CASCADE, related_name="assignments", db_index=False, db_constraint=False
    )
    symbol = models.CharField("記号", max_length=grid.MAX_SYMBOL)

    class Meta:
        verbose_name = verbose_name_plural = "分担"
        ordering = ("project", "item", "role")
        constraints = [
            models.UniqueConstraint(fields=["project", "item", "role"], name="assignment_one_mark")
        ]
        indexes = [models.Index(fields=["project", "role"], name="assignment_by_role")]
        triggers = revision_triggers()

    def __str__(self) -> str:
        return f"{self.item} × {self.role}: {self.symbol}"
