"""Render the change sets of a project as a table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import django_tables2 as tables
from django.utils.html import format_html

from projects.history import Act, Detail


@dataclass(frozen=True, slots=True)
class LogRow:
    """One change set as a row of the history."""

    act: Act
    details: Sequence[Detail]
    total: int
    may_undo: bool
    slug: str


class LogTable(tables.Table):
    """The change sets of a project."""

    number = tables.Column("番号", accessor="act__number", orderable=False)
    at = tables.DateTimeColumn(
        verbose_name="日時", accessor="act__at", format="Y年n月j日 H:i", orderable=False
    )
    name = tables.Column("変更者", accessor="act__name", orderable=False)
    kind = tables.Column("種類", accessor="act__kind_label", orderable=False)
    details = tables.TemplateColumn(
        template_name="projects/_log_details.html", verbose_name="変更内容", orderable=False
    )
    reason = tables.Column("理由", accessor="act__reason", orderable=False, default="")
    undo = tables.TemplateColumn(
        template_name="projects/_log_undo.html", verbose_name="操作", orderable=False
    )

    class Meta:
        empty_text = "条件に合う変更はありません。"

    def render_kind(self, record: LogRow, value: str) -> str:
        undoes = record.act.undoes
        return format_html("{}（{}番）", value, undoes) if undoes else format_html("{}", value)
