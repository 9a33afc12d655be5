from __future__ import annotations

from django.db import models

from projects.models import Project
from vendors.models.signed import Signed
from vendors.models.vendor import Vendor


class Reminder(Signed):
    """A reminder of a company's open tasks: by whom, when, and to how many people.

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
