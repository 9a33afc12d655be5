from __future__ import annotations

from typing import Self

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models.functions import MD5, Now

from projects.domain import grid
from projects.models.history import recorded
from projects.models.project import Project
from projects.models.within import Within

_COUNT = """
UPDATE projects_project SET waived = waived + 1 WHERE id IN (SELECT project_id FROM changed);
RETURN NULL;
"""


def _counting() -> list[pgtrigger.Trigger]:
    """Pages that show findings are kept by a number that every change of a waiver raises."""
    operations = {
        "insert": (pgtrigger.Insert, "new"),
        "update": (pgtrigger.Update, "new"),
        "delete": (pgtrigger.Delete, "old"),
    }
    return [
        pgtrigger.Trigger(
            name=f"count_{name}",
            level=pgtrigger.Statement,
            when=pgtrigger.After,
            operation=operation,
            referencing=pgtrigger.Referencing(**{side: "changed"}),
            func=" ".join(_COUNT.split()),
        )
        for name, (operation, side) in operations.items()
    ]


class WaiverQuerySet(models.QuerySet["Waiver"]):
    def of(self, project: Project) -> Self:
        return self.filter(project=project).order_by("pk")


@recorded(indexes=[models.Index(fields=["project", "pgh_obj"], name="waiverevent_waiver")])
class Waiver(Within):
    """A finding that somebody let be, with the reason; or a rule for all of a code in a subtree.

    A single one has the finding's `key` and a digest of its `evidence`, and holds while that is
    the same. A rule has neither, but the `uid` of a row: it holds for the row and all below it,
    with a `role` only for findings that name this column.
    """

    project = models.ForeignKey(
        Project, models.CASCADE, related_name="waivers", db_index=False, verbose_name="案件"
    )
    code = models.CharField("コード", max_length=8)
    key = models.TextField("指摘", blank=True)
    evidence = models.CharField("内容の要約値", max_length=64, blank=True)
    uid = models.CharField("区分", max_length=grid.UID_LENGTH, blank=True)
    role = models.CharField("関連業者", max_length=grid.MAX_NAME, blank=True)
    reason = models.CharField("理由", max_length=grid.MAX_NAME)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.DO_NOTHING,
        null=True,
        related_name="+",
        db_index=False,
        db_constraint=False,
        verbose_name="見送った人",
    )
    person_name = models.CharField("見送った人の名前", max_length=150, blank=True)
    at = models.DateTimeField("日時", db_default=Now())

    objects = WaiverQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "見送り"
        ordering = ("project", "pk")
        constraints = [
            # digests: a name of 1,000 characters is too long for an index
            models.UniqueConstraint(
                "project", MD5("key"), condition=~models.Q(key=""), name="waiver_once"
            ),
            models.UniqueConstraint(
                "project",
                "code",
                "uid",
                MD5("role"),
                condition=models.Q(key=""),
                name="waiver_rule_once",
            ),
            models.CheckConstraint(
                condition=models.Q(key="", evidence="") & ~models.Q(uid="")
                | ~models.Q(key="") & ~models.Q(evidence="") & models.Q(uid="", role=""),
                name="waiver_one_or_rule",
            ),
            models.CheckConstraint(condition=~models.Q(reason=""), name="waiver_reasoned"),
        ]
        triggers = _counting()

    def __str__(self) -> str:
        return f"{self.key or self.code} {self.reason}"

    @property
    def is_rule(self) -> bool:
        return not self.key
