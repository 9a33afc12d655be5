from __future__ import annotations

from django.db import models
from django.db.models.functions import Now

from projects.models.project import Project


class Output(models.Model):
    """A file that takes long to write: a job writes it, and whoever may read the project gets it.

    `asked` is what it shows (`projects.exports.jobs`), as of the revision. `data` is empty until it
    is written; a row without data and without a job was interrupted. Rows go after a day.
    """

    project = models.ForeignKey(
        Project, models.CASCADE, related_name="outputs", db_index=False, verbose_name="案件"
    )
    asked = models.CharField(max_length=200)
    revision = models.PositiveBigIntegerField()
    at = models.DateTimeField(db_default=Now())
    file_name = models.CharField(max_length=255, blank=True)
    data = models.BinaryField(null=True)

    class Meta:
        verbose_name = verbose_name_plural = "書き出し"
        constraints = [
            models.UniqueConstraint(fields=["project", "id"], name="output_within_project"),
            models.UniqueConstraint(fields=["project", "asked", "revision"], name="output_once"),
        ]

    @property
    def is_written(self) -> bool:
        return self.data is not None

    def __str__(self) -> str:
        return self.file_name or self.asked
