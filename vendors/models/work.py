"""Define companies' answers to tasks. A task is identified by project and uid, as in the 版."""

from __future__ import annotations

import pgtrigger
from django.db import models
from django.db.models.functions import Now

from projects.domain import grid
from projects.models import Project
from projects.models.history import recorded
from vendors.models.signed import Signed
from vendors.models.vendor import Vendor

MAX_TEXT = 4_000


class TaskRecord(Signed):
    """A record by a company about one of its tasks: person, 版 and time."""

    vendor = models.ForeignKey(
        Vendor, models.CASCADE, related_name="+", db_index=False, verbose_name="業者"
    )
    project = models.ForeignKey(
        Project, models.CASCADE, related_name="+", db_index=False, verbose_name="案件"
    )
    uid = models.CharField("行の識別子", max_length=grid.UID_LENGTH)
    edition_number = models.PositiveIntegerField("版")

    class Meta(Signed.Meta):
        abstract = True


@recorded()
class Confirmation(TaskRecord):
    """A company's last answer to a task, valid until a later 版 changes the task."""

    class State(models.TextChoices):
        CONFIRMED = "confirmed", "確認済"
        QUESTION = "question", "質問あり"
        WITHDRAWN = "withdrawn", "未確認"

    state = models.CharField("確認", max_length=10, choices=State)

    class Meta:
        verbose_name = verbose_name_plural = "確認"
        constraints = [
            models.UniqueConstraint(
                fields=["project", "vendor", "uid"], name="confirmation_per_task"
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=["confirmed", "question", "withdrawn"]),
                name="confirmation_state",
            ),
        ]

    def __str__(self) -> str:
        return self.get_state_display()


@recorded()
class Question(models.Model):
    """The thread of a company and the PMO about a task, one per task."""

    class State(models.TextChoices):
        OPEN = "open", "回答待ち"
        ANSWERED = "answered", "回答あり"
        CLOSED = "closed", "解決"

    vendor = models.ForeignKey(
        Vendor, models.CASCADE, related_name="questions", db_index=False, verbose_name="業者"
    )
    project = models.ForeignKey(
        Project, models.CASCADE, related_name="questions", db_index=False, verbose_name="案件"
    )
    uid = models.CharField("行の識別子", max_length=grid.UID_LENGTH)
    state = models.CharField("状態", max_length=10, choices=State, default=State.OPEN)
    at = models.DateTimeField("最後の発言", db_default=Now())

    class Meta:
        verbose_name = verbose_name_plural = "質問"
        ordering = ("project", "-at", "pk")
        constraints = [
            models.UniqueConstraint(fields=["project", "vendor", "id"], name="question_of_vendor"),
            models.UniqueConstraint(fields=["project", "vendor", "uid"], name="question_per_task"),
            models.CheckConstraint(
                condition=models.Q(state__in=["open", "answered", "closed"]), name="question_state"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.vendor} {self.uid}"


class Message(TaskRecord):
    """A message in a thread, never changed."""

    class Side(models.TextChoices):
        COMPANY = "company", "業者"
        PMO = "pmo", "PMO"

    question = models.ForeignKey(
        Question,
        models.CASCADE,
        related_name="messages",
        db_index=False,
        db_constraint=False,  # migration 0005 has one with project and company
        verbose_name="質問",
    )
    side = models.CharField("発言者", max_length=10, choices=Side)
    text = models.TextField("内容", max_length=MAX_TEXT)

    class Meta:
        verbose_name = verbose_name_plural = "発言"
        ordering = ("question", "pk")
        indexes = [models.Index(fields=["project", "question"], name="message_of_question")]
        constraints = [
            models.CheckConstraint(condition=~models.Q(text=""), name="message_said"),
            models.CheckConstraint(
                condition=models.Q(side__in=["company", "pmo"]), name="message_side"
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="said_once",
                operation=pgtrigger.UpdateOf("side", "text", "edition_number", "person_name", "at"),
            )
        ]

    def __str__(self) -> str:
        return self.text[:40]
