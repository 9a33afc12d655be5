"""Define the tables of the site itself: attempt counters and the security log."""

from __future__ import annotations

from django.db import models


class Bucket(models.Model):
    """A counter of attempts in the time that ends at `until`.

    `key` is a keyed hash: who tried what cannot be read from the table.
    """

    key = models.CharField(max_length=64, primary_key=True)
    count = models.PositiveIntegerField()
    until = models.DateTimeField(db_index=True)

    class Meta:
        verbose_name = verbose_name_plural = "試行回数"

    def __str__(self) -> str:
        return f"{self.count} until {self.until}"


class SecurityEvent(models.Model):
    """A line of the security log, read-only; `raci.security_log.log.record` writes it.

    The table belongs to a database role of its own, so migrations and flushes do not touch it.
    Persons, projects and companies are numbers: the line outlives them.
    """

    id = models.BigIntegerField(primary_key=True)
    at = models.DateTimeField()
    kind = models.TextField()
    user_id = models.BigIntegerField(null=True)
    project_id = models.BigIntegerField(null=True)
    vendor_id = models.BigIntegerField(null=True)
    details = models.JSONField()
    previous = models.TextField()
    hash = models.TextField()

    class Meta:
        managed = False
        db_table = '"raci_audit"."event"'
        verbose_name = verbose_name_plural = "セキュリティ記録"
        ordering = ("-id",)

    def __str__(self) -> str:
        return f"{self.id} {self.kind}"
