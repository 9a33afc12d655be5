from __future__ import annotations

from django.db import models

from projects.domain import grid
from projects.models.history import recorded
from projects.models.project import Project
from projects.models.triggers import order_triggers, revision_triggers
from projects.models.within import Within

_UID = rf"^[{grid.UID_ALPHABET}]{{{grid.UID_LENGTH}}}$"


@recorded(indexes=[models.Index(fields=["project", "pgh_obj"], name="workitemevent_item")])
class WorkItem(Within):
    """One row: 項番, 作業項目 and 作業内容, in a tree.

    `position` is the place in the document, 1…n in preorder; `uid` is the identity that
    travels with exported files. The depth in the tree is the level.
    """

    project = models.ForeignKey(
        Project, models.CASCADE, related_name="items", db_index=False, verbose_name="案件"
    )
    uid = models.CharField(
        "識別子", max_length=grid.UID_LENGTH, default=grid.new_uid, editable=False
    )
    parent = models.ForeignKey(
        "self",
        models.CASCADE,
        null=True,
        blank=True,
        related_name="children",
        db_constraint=False,
        db_index=False,
        verbose_name="上位の項目",
    )
    position = models.PositiveIntegerField("順序", editable=False)
    number = models.CharField("項番", max_length=grid.MAX_NAME, blank=True)
    name = models.CharField("作業項目", max_length=grid.MAX_NAME)
    description = models.TextField("作業内容", max_length=grid.MAX_DESCRIPTION, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "作業項目"
        ordering = ("project", "position")
        constraints = [
            models.UniqueConstraint(fields=["project", "id"], name="workitem_within_project"),
            models.UniqueConstraint(fields=["project", "uid"], name="workitem_uid"),
            models.UniqueConstraint(
                fields=["project", "position"],
                name="workitem_position",
                deferrable=models.Deferrable.DEFERRED,
            ),
            models.CheckConstraint(condition=models.Q(uid__regex=_UID), name="workitem_uid_form"),
            models.CheckConstraint(condition=~models.Q(name=""), name="workitem_named"),
        ]
        indexes = [models.Index(fields=["project", "parent"], name="workitem_children")]
        triggers = [*revision_triggers(), *order_triggers()]

    def __str__(self) -> str:
        return f"{self.number} {self.name}".strip()
