"""The tables of the site itself: what is counted against guessing."""

from __future__ import annotations

from django.db import models


class Bucket(models.Model):
    """How often something was tried in the time that runs until `until`.

    `key` is a fingerprint: who tried what cannot be read from the table.
    """

    key = models.CharField(max_length=64, primary_key=True)
    count = models.PositiveIntegerField()
    until = models.DateTimeField(db_index=True)

    class Meta:
        verbose_name = verbose_name_plural = "試行回数"

    def __str__(self) -> str:
        return f"{self.count} until {self.until}"
