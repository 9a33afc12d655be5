"""Define companies, the roles they fill, and their people."""

from __future__ import annotations

from typing import Self

from django.conf import settings
from django.db import models

from projects.domain import grid
from projects.models import Project, Role
from projects.models.history import recorded


@recorded()
class Vendor(models.Model):
    """A company, which may fill several roles. `uid` identifies it in addresses."""

    uid = models.CharField(
        "識別子", max_length=grid.UID_LENGTH, unique=True, default=grid.new_uid, editable=False
    )
    name = models.CharField("会社名", max_length=200, unique=True)

    class Meta:
        verbose_name = verbose_name_plural = "業者"
        ordering = ("name", "pk")

    def __str__(self) -> str:
        return self.name


class ContractQuerySet(models.QuerySet["Contract"]):
    def with_roles(self, project: Project) -> Self:
        """Return the contracts of the project, each with its column."""
        return self.filter(project=project, role__project=project).select_related("role")


@recorded()
class Contract(models.Model):
    """A role of a project that a company fills.

    A composite foreign key keeps role and project together.
    """

    vendor = models.ForeignKey(
        Vendor, models.CASCADE, related_name="contracts", verbose_name="業者"
    )
    project = models.ForeignKey(
        Project, models.CASCADE, related_name="contracts", verbose_name="案件", db_index=False
    )
    role = models.ForeignKey(
        Role,
        models.RESTRICT,
        related_name="contracts",
        verbose_name="関連業者の列",
        db_constraint=False,
    )

    objects = ContractQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "契約（業者と列）"
        ordering = ("project", "role", "vendor")
        constraints = [
            models.UniqueConstraint(fields=["project", "role", "vendor"], name="contract_once")
        ]

    def __str__(self) -> str:
        return f"{self.vendor} ― {self.role}"


class MemberQuerySet(models.QuerySet["Member"]):
    def working_in(self, project_id: int) -> Self:
        """Return members for that project, or for all projects of their company."""
        return self.filter(models.Q(project=None) | models.Q(project=project_id))

    def reachable(self, project_id: int) -> Self:
        """Return active members of `working_in` whom a mail can reach."""
        own = self.working_in(project_id).filter(active=True, user__is_active=True)
        return own.exclude(user__email="")


@recorded()
class Member(models.Model):
    """A person who works for a company, in one project or in all of the company's."""

    vendor = models.ForeignKey(Vendor, models.CASCADE, related_name="members", verbose_name="業者")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        related_name="company_memberships",
        verbose_name="利用者",
    )
    project = models.ForeignKey(
        Project,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="company_members",
        verbose_name="案件",
        help_text="空欄は、会社が担当するすべての案件",
    )
    active = models.BooleanField("有効", default=True)

    objects = MemberQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "業者の担当者"
        ordering = ("vendor", "user", "pk")
        constraints = [
            models.UniqueConstraint(
                fields=["vendor", "user"],
                condition=models.Q(project__isnull=True),
                name="member_once",
            ),
            models.UniqueConstraint(
                fields=["vendor", "user", "project"], name="member_once_per_project"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user}（{self.vendor}）"
