"""Define the base of records that keep who made them, and when."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models.functions import Now

if TYPE_CHECKING:
    from django.contrib.auth.models import User


class Signed(models.Model):
    """A record by a person, whose name stays when the account is deleted."""

    person: models.ForeignKey[User | None, User | None] = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        related_name="+",
        db_index=False,
        verbose_name="利用者",
    )
    person_name = models.CharField("氏名", max_length=150, blank=True)
    at = models.DateTimeField("日時", db_default=Now())

    class Meta:
        abstract = True
