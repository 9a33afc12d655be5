from __future__ import annotations

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models.functions import Now

from projects.models.project import Project
from projects.models.within import Within

MAX_FILE_NAME = 255


class ImportQuerySet(models.QuerySet["Import"]):
    def without_file(self) -> Self:
        return self.defer("file")

    def itself(self, row: Import) -> Self:
        """Return the query for the row itself."""
        return self.filter(project=row.project_id, pk=row.pk)

    def light(self) -> Self:
        """Defer the file and the reading, which may be megabytes."""
        return self.defer("file", "reading")


class Import(Within):
    """One uploaded file: what was understood, what a person wished, what became of it.

    `reading` is `intake.wire` as compressed JSON; `revision` that of the matrix it was compared
    with. `number` is the change set it became: it has one exactly when it was applied. `stop` asks
    the running job to end. A row whose state needs a job, without a job, was interrupted.
    """

    class State(models.TextChoices):
        READING = "reading", "読み取り中"
        REFUSED = "refused", "読み取れません"
        READY = "ready", "確認待ち"
        APPLYING = "applying", "反映中"
        APPLIED = "applied", "反映済み"
        CANCELLED = "cancelled", "中止"

    project = models.ForeignKey(
        Project, models.CASCADE, related_name="imports", db_index=False, verbose_name="案件"
    )
    file = models.BinaryField("ファイル")
    file_name = models.CharField("ファイル名", max_length=MAX_FILE_NAME)
    sha256 = models.CharField("SHA-256", max_length=64)
    size = models.PositiveBigIntegerField("大きさ")
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", db_index=False
    )
    person_name = models.CharField("取込者", max_length=150, blank=True)
    uploaded_at = models.DateTimeField("日時", db_default=Now())
    state = models.CharField("状態", max_length=10, choices=State, default=State.READING)
    stop = models.BooleanField(default=False)
    progress = models.FloatField(default=0)
    problems = models.JSONField(default=list)
    choices = models.JSONField(default=dict)
    wishes = models.JSONField(default=dict)
    reading = models.BinaryField(null=True)
    revision = models.PositiveBigIntegerField("比較した改訂", null=True)
    number = models.PositiveBigIntegerField("変更の番号", null=True)
    totals = models.JSONField(default=dict)
    finished_at = models.DateTimeField("反映した日時", null=True)

    objects = ImportQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "取込"
        ordering = ("project", "-id")
        constraints = [
            models.UniqueConstraint(fields=["project", "id"], name="import_within_project"),
            models.UniqueConstraint(fields=["project", "number"], name="import_number"),
            models.CheckConstraint(
                condition=models.Q(
                    state__in=["reading", "refused", "ready", "applying", "applied", "cancelled"]
                ),
                name="import_state",
            ),
            models.CheckConstraint(
                condition=models.Q(state="applied", number__isnull=False)
                | (~models.Q(state="applied") & models.Q(number__isnull=True)),
                name="import_applied_has_number",
            ),
            models.CheckConstraint(
                condition=~models.Q(state__in=["ready", "applying", "applied"])
                | models.Q(reading__isnull=False, revision__isnull=False),
                name="import_ready_was_read",
            ),
            models.CheckConstraint(
                condition=models.Q(progress__gte=0, progress__lte=1), name="import_progress"
            ),
        ]

    def __str__(self) -> str:
        return self.file_name
