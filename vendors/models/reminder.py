from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models.functions import Now

from projects.models import Project
from vendors.models.vendor import Vendor

if TYPE_CHECKING:
    from django.contrib.auth.models import User


class Reminder(models.Model):
    """A company was reminded of its open tasks: by whom, when, and how many people got a mail.

    One a day, in the site's time zone, unless a manager insisted (`forced`).
    """

    vendor = models.ForeignKey(
        Vendor, models.CASCADE, related_name="reminders", db_index=False, verbose_name="業者"
    )
    project = models.ForeignKey(
        Project, models.CASCADE, related_name="reminders", db_index=False, verbose_name="案件"
    )
    day = models.DateField("日")
    forced = models.BooleanField("同じ日の再送", default=False)
    people = models.PositiveIntegerField("人数")
    at = models.DateTimeField("日時", db_default=Now())
    person: models.ForeignKey[User | None, User | None] = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        related_name="+",
        db_index=False,
        verbose_name="利用者",
    )
    person_name = models.CharField("氏名", max_length=150, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "催促"
        ordering = ("project", "vendor", "-pk")
        indexes = [models.Index(fields=["project", "vendor", "-id"], name="reminder_latest")]
        constraints = [
            models.UniqueConstraint(
                fields=["project", "vendor", "day"],
                condition=models.Q(forced=False),
                name="reminder_once_a_day",
            )
        ]

    def __str__(self) -> str:
        return f"{self.vendor} {self.day}"
