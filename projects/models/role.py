from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models

from projects.domain import grid
from projects.models.history import recorded
from projects.models.project import Project
from projects.models.triggers import revision_triggers
from projects.models.within import Within


@recorded(indexes=[models.Index(fields=["project", "pgh_obj"], name="roleevent_role")])
class Role(Within):
    """One column of the matrix: a party's part in a project."""

    class Kind(models.TextChoices):
        ORDERER = grid.RoleKind.ORDERER.value, "発注者"
        PRIME = grid.RoleKind.PRIME.value, "本受託者"
        VENDOR = grid.RoleKind.VENDOR.value, "関連業者"

    project = models.ForeignKey(
        Project, models.CASCADE, related_name="roles", db_index=False, verbose_name="案件"
    )
    position = models.PositiveIntegerField("順序")
    name = models.CharField("名称", max_length=grid.MAX_NAME)
    short_name = models.CharField("略称", max_length=grid.MAX_NAME, blank=True)
    kind = models.CharField("種別", max_length=20, choices=Kind, default=Kind.VENDOR)
    aliases = ArrayField(
        models.CharField(max_length=grid.MAX_NAME),
        verbose_name="別名",
        default=list,
        blank=True,
        help_text="取込時に同じ列とみなす表記（カンマ区切り）",
    )

    class Meta:
        verbose_name = verbose_name_plural = "関連業者の列"
        ordering = ("project", "position")
        constraints = [
            models.UniqueConstraint(fields=["project", "id"], name="role_within_project"),
            models.UniqueConstraint(fields=["project", "name"], name="role_name"),
            models.UniqueConstraint(
                fields=["project", "position"],
                name="role_position",
                deferrable=models.Deferrable.DEFERRED,
            ),
            models.CheckConstraint(condition=~models.Q(name=""), name="role_named"),
            models.CheckConstraint(
                condition=models.Q(kind__in=[kind.value for kind in grid.RoleKind]),
                name="role_kind",
            ),
        ]
        triggers = revision_triggers()

    def __str__(self) -> str:
        return self.name
