from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Self

import pgtrigger
from django.contrib.auth.models import User
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.db.models.functions import Now

from projects.domain import grid
from projects.domain.text import wareki
from projects.models.history import recorded
from projects.models.triggers import ACT, CHANGE_SET, revision_triggers
from projects.models.within import Within
from raci.access import Right
from raci.database.prepared_query import Compiled
from raci.database.raw_sql import fetch


class Numbering(models.TextChoices):
    """How 項番 come about."""

    SEQUENTIAL = "sequential", "全行の通し番号（1…n）"
    AS_GIVEN = "as_given", "取り込んだとおり"


class ProjectQuerySet(models.QuerySet["Project"]):
    def visible_to(self, user: User) -> Self:
        """Restrict to the projects of a person, each knowing that person's right."""
        if user.is_superuser:
            return self.annotate(membership_kind=models.Value("manager"))
        own = self.filter(memberships__user=user)
        return own.annotate(membership_kind=models.F("memberships__kind"))

    def archived(self, archived: bool = True) -> Self:
        """Restrict to archived projects, or to those in use."""
        return self.filter(archived_at__isnull=not archived)

    def counted(self) -> list[Project]:
        """Return the projects with `item_count` and `role_count`; two queries for any number."""
        found: list[Project] = list(self)
        keys = [project.pk for project in found]
        counts = {key: numbers for key, *numbers in fetch(_COUNTS, [keys])} if keys else {}
        for project in found:
            project.item_count, project.role_count = counts[project.pk]
        return found


_COUNTS = """
SELECT own.id, (SELECT count(*) FROM projects_workitem WHERE project_id = own.id),
    (SELECT count(*) FROM projects_role WHERE project_id = own.id)
FROM unnest(%s) AS own(id)
"""


HEADER_FIELDS = (
    "slug",
    "title",
    "document_number",
    "issuer",
    "date",
    "numbering",
    "requires_reason",
    "archived_at",
    "lead_share",
)


ARCHIVED = (
    "この案件は保管されているため、変更できません。変更するには、管理者が案件を再開してください。"
)
ARCHIVED_CONSTRAINT = "project_archived"


def _read_only() -> pgtrigger.Trigger:
    """Nothing changes in an archived project: every write below it raises its revision, here."""
    return pgtrigger.Trigger(
        name="archived",
        level=pgtrigger.Row,
        when=pgtrigger.Before,
        operation=pgtrigger.Update,
        condition=pgtrigger.Q(old__archived_at__isnull=False, new__archived_at__isnull=False),
        func=" ".join(
            f"""RAISE EXCEPTION 'an archived project is read-only'
                USING ERRCODE = 'check_violation', CONSTRAINT = '{ARCHIVED_CONSTRAINT}';""".split()
        ),
    )


@recorded(
    fields=HEADER_FIELDS,
    model_name="ProjectEvent",
    indexes=[models.Index(fields=["pgh_obj"], name="projectevent_project")],
)
class Project(models.Model):
    """One matrix. `revision` rises with every change set that touches anything below it.

    `waived` rises with every change of a waiver, which is no change of the matrix.
    """

    item_count = role_count = 0  # where `counted` counted them

    slug = models.SlugField("識別名", unique=True, help_text="URLに使う英数字とハイフン")
    title = models.CharField("標題", max_length=grid.MAX_NAME)
    document_number = models.CharField("別紙番号", max_length=grid.MAX_NAME, blank=True)
    issuer = models.CharField("発行者", max_length=grid.MAX_NAME, blank=True)
    date = models.CharField(
        "日付",
        max_length=10,
        blank=True,
        validators=[RegexValidator(rf"^{grid.DATE.pattern}\Z")],
        help_text="2014、2014-05、2014-05-01 のいずれか",
    )
    numbering = models.CharField(
        "項番の付け方", max_length=20, choices=Numbering, default=Numbering.SEQUENTIAL
    )
    requires_reason = models.BooleanField(
        "変更理由を必須にする", default=False, help_text="画面での変更に理由の入力を求めます"
    )
    archived_at = models.DateTimeField("保管日時", null=True, editable=False)
    lead_share = models.PositiveSmallIntegerField(
        "主たる作業の偏りの基準（％）",
        default=50,
        db_default=50,
        validators=[MinValueValidator(1), MaxValueValidator(100)],
        help_text="一つの列が全作業のこの割合を超えて主たる作業者のとき、要確認とします",
    )
    revision = models.PositiveBigIntegerField("改訂", default=0, editable=False)
    waived = models.PositiveBigIntegerField(default=0, db_default=0, editable=False)
    changed_at = models.DateTimeField("最終変更", db_default=Now(), editable=False)
    last_act = models.TextField(default="", editable=False)

    objects = ProjectQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "案件"
        ordering = ("slug",)
        constraints = [
            models.CheckConstraint(
                condition=models.Q(date__regex=r"^(\d{4}(-\d{2}(-\d{2})?)?)?$"),
                name="project_date_iso",
            ),
            models.CheckConstraint(
                condition=models.Q(numbering__in=Numbering.values), name="project_numbering"
            ),
            models.CheckConstraint(
                condition=models.Q(lead_share__range=(1, 100)), name="project_lead_share"
            ),
        ]
        triggers = [
            _read_only(),
            pgtrigger.Trigger(
                name="bump_header",
                level=pgtrigger.Row,
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=pgtrigger.AnyChange(*HEADER_FIELDS),
                func=" ".join(
                    f"""IF NEW.last_act <> {ACT} THEN
                        NEW.revision = OLD.revision + 1;
                        NEW.last_act = {ACT};
                        {CHANGE_SET.format(bumped="(SELECT NEW.id, NEW.revision) AS new")};
                    END IF;
                    NEW.changed_at = now();
                    RETURN NEW;""".split()
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.document_number} {self.title}".strip()

    @property
    def right(self) -> Right:
        """Return what the person for whom `visible_to` loaded the project may do with it."""
        return Right.VIEW if self.archived_at else self.member_right

    @property
    def refusal(self) -> str:
        return ARCHIVED if self.archived_at else ""

    @property
    def member_right(self) -> Right:
        """Return the right of the person as a member, archived or not."""
        kind: str = getattr(self, "membership_kind", "")
        return {"manager": Right.MANAGE, "editor": Right.EDIT}.get(kind, Right.VIEW)

    @property
    def cell_count(self) -> int:
        """Return rows times columns, where `counted` counted them."""
        return self.item_count * self.role_count

    def role_keys(self) -> list[int]:
        """Return the primary keys of the columns, in the order of the grid's roles."""
        roles = self.roles.order_by("position", "pk")
        return list(roles.values_list("pk", flat=True))

    @property
    def japanese_date(self) -> str:
        return wareki.japanese(self.date)


_OF_MEMBER: Compiled[Project] = Compiled(
    lambda user, slug: Project.objects.visible_to(User(pk=user)).filter(slug=slug), -1, "-slug-"
)


class BySlug:
    """`Project.objects` for `raci.access.load`; by slug with a statement that is made once."""

    def visible_to(self, user: User) -> OwnBySlug:
        return OwnBySlug(user)


@dataclass(frozen=True, slots=True)
class OwnBySlug:
    """What `Project.objects.visible_to` gives for the person."""

    user: User

    def get(self, **lookup: Any) -> Project:
        """The project, knowing the person's right. Raises Project.DoesNotExist."""
        if self.user.is_superuser or lookup.keys() != {"slug"}:
            return Project.objects.visible_to(self.user).get(**lookup)
        return _OF_MEMBER.get(self.user.pk, lookup["slug"])


@recorded(indexes=[models.Index(fields=["project", "pgh_obj"], name="legendmarkevent_mark")])
class LegendMark(Within):
    """One entry of a project's 凡例, the strongest first."""

    project = models.ForeignKey(Project, models.CASCADE, related_name="legend", db_index=False)
    position = models.PositiveIntegerField("順序")
    symbol = models.CharField("記号", max_length=grid.MAX_SYMBOL)
    label = models.CharField("意味", max_length=grid.MAX_NAME)
    leads = models.BooleanField("主たる作業者", default=False)

    class Meta:
        verbose_name = verbose_name_plural = "凡例"
        ordering = ("project", "position")
        constraints = [
            models.UniqueConstraint(fields=["project", "symbol"], name="legendmark_symbol"),
            models.UniqueConstraint(
                fields=["project", "position"],
                name="legendmark_position",
                deferrable=models.Deferrable.DEFERRED,
            ),
            models.CheckConstraint(condition=~models.Q(symbol=""), name="legendmark_not_blank"),
        ]
        triggers = revision_triggers()

    def __str__(self) -> str:
        return f"{self.symbol}…{self.label}"
