from __future__ import annotations

import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.functions import TransactionNow
from django.db import models

from projects.domain import grid
from projects.domain.text import wareki
from projects.models.project import Project

MAX_NOTE = 4_000


_SEALED = """
IF EXISTS (
    SELECT 1 FROM added JOIN projects_edition edition
        ON edition.project_id = added.project_id AND edition.id = added.edition_id
    WHERE edition.at <> now()
) THEN
    RAISE EXCEPTION 'a published edition takes no more rows';
END IF;
RETURN NULL;
"""


def _immutable() -> pgtrigger.Trigger:
    operation = pgtrigger.Update | pgtrigger.Delete
    return pgtrigger.Protect(name="immutable", operation=operation)


def _kept() -> pgtrigger.Trigger:
    """TRUNCATE passes by triggers of rows."""
    return pgtrigger.Trigger(
        name="kept",
        level=pgtrigger.Statement,
        when=pgtrigger.Before,
        operation=pgtrigger.Truncate,
        func="RAISE EXCEPTION 'published editions are kept';",
    )


def _sealed() -> pgtrigger.Trigger:
    """Rows come in the transaction that publishes, whose time the edition has, or never."""
    return pgtrigger.Trigger(
        name="sealed",
        level=pgtrigger.Statement,
        when=pgtrigger.After,
        operation=pgtrigger.Insert,
        referencing=pgtrigger.Referencing(new="added"),
        func=" ".join(_SEALED.split()),
    )


class Edition(models.Model):
    """A published 版: the head of the document; its rows are `EditionRow`. Never changed.

    `head` holds title, document_number, issuer and date as the grid has them, `legend` a list of
    (symbol, label, leads), `roles` one of (id, name, short name, kind, aliases), in their order.
    """

    project = models.ForeignKey(
        Project, models.PROTECT, related_name="editions", db_index=False, verbose_name="案件"
    )
    number = models.PositiveIntegerField("版")
    title = models.CharField("名称", max_length=100)
    date = models.DateField("日付")
    note = models.TextField("説明", max_length=MAX_NOTE, blank=True)
    revision = models.PositiveBigIntegerField("改訂")
    head = models.JSONField()
    legend = models.JSONField()
    roles = models.JSONField()
    at = models.DateTimeField("公開日時", db_default=TransactionNow())
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.DO_NOTHING,
        null=True,
        related_name="+",
        db_index=False,
        db_constraint=False,
    )
    person_name = models.CharField("公開者", max_length=150, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "版"
        ordering = ("project", "-number")
        constraints = [
            models.UniqueConstraint(fields=["project", "id"], name="edition_within_project"),
            models.UniqueConstraint(fields=["project", "number"], name="edition_number"),
            models.CheckConstraint(condition=models.Q(number__gte=1), name="edition_from_one"),
            models.CheckConstraint(condition=~models.Q(title=""), name="edition_titled"),
        ]
        triggers = [_immutable(), _kept()]

    def __str__(self) -> str:
        return self.title

    @property
    def japanese_date(self) -> str:
        return wareki.japanese(self.date.isoformat())


class EditionRow(models.Model):
    """One row of a 版 with its marks and the headings above it, from the top. Never changed.

    The marks are three arrays side by side in the order of the columns. `content` is a digest of
    what a company has to do there: name, 作業内容, headings and marks, without the 項番;
    `changed_in` is the number of the 版 that gave it this content.
    """

    project = models.ForeignKey(
        Project, models.DO_NOTHING, related_name="+", db_index=False, db_constraint=False
    )
    edition = models.ForeignKey(
        Edition, models.DO_NOTHING, related_name="rows", db_index=False, db_constraint=False
    )
    position = models.PositiveIntegerField("順序")
    level = models.PositiveSmallIntegerField("階層")
    uid = models.CharField("識別子", max_length=grid.UID_LENGTH)
    number = models.CharField("項番", max_length=grid.MAX_NAME, blank=True)
    name = models.CharField("作業項目", max_length=grid.MAX_NAME)
    description = models.TextField("作業内容", blank=True)
    path_uids = ArrayField(models.TextField())
    path_numbers = ArrayField(models.TextField())
    path_names = ArrayField(models.TextField())
    role_ids = ArrayField(models.BigIntegerField())
    role_names = ArrayField(models.TextField())
    symbols = ArrayField(models.TextField())
    content = models.CharField(max_length=64)
    changed_in = models.PositiveIntegerField("変更された版")

    class Meta:
        verbose_name = verbose_name_plural = "版の行"
        ordering = ("edition", "position")
        constraints = [
            models.UniqueConstraint(fields=["project", "edition", "uid"], name="editionrow_uid"),
            models.UniqueConstraint(
                fields=["project", "edition", "position"], name="editionrow_position"
            ),
        ]
        triggers = [_immutable(), _kept(), _sealed()]

    def __str__(self) -> str:
        return f"{self.number} {self.name}".strip()
