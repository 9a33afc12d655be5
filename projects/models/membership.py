from __future__ import annotations

from django.conf import settings
from django.db import models

from projects.models.history import recorded
from projects.models.project import Project
from projects.models.within import Within


@recorded()
class Membership(Within):
    """A PMO person's part in a project. People of companies have none."""

    class Kind(models.TextChoices):
        MANAGER = "manager", "管理者"
        EDITOR = "editor", "編集者"
        VIEWER = "viewer", "閲覧者"

    project = models.ForeignKey(Project, models.CASCADE, related_name="memberships")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="memberships", verbose_name="利用者"
    )
    kind = models.CharField("権限", max_length=20, choices=Kind, default=Kind.VIEWER)

    class Meta:
        verbose_name = verbose_name_plural = "参加者"
        ordering = ("project", "user")
        constraints = [
            models.UniqueConstraint(fields=["project", "user"], name="membership_once"),
            models.CheckConstraint(
                condition=models.Q(kind__in=["manager", "editor", "viewer"]), name="membership_kind"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user}（{self.get_kind_display()}）"
