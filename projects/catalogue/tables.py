from __future__ import annotations

import django_tables2 as tables
from django.utils.html import format_html

from projects.models import Project
from raci.access import Right

RIGHTS = {Right.MANAGE: "管理者", Right.EDIT: "編集者", Right.VIEW: "閲覧者"}


class ProjectTable(tables.Table):
    """The projects a person may see."""

    title = tables.Column("標題", linkify=("projects:matrix", {"slug": tables.A("slug")}))
    document_number = tables.Column("別紙番号")
    date = tables.Column("日付")
    item_count = tables.Column("項目")
    role_count = tables.Column("関連業者")
    right = tables.Column("権限", accessor="member_right", orderable=False)
    changed_at = tables.DateTimeColumn(verbose_name="最終変更", format="Y年n月j日 H:i")
    acts = tables.TemplateColumn(
        template_name="projects/_project_acts.html", verbose_name="操作", orderable=False
    )

    class Meta:
        model = Project
        fields = (
            "title",
            "document_number",
            "date",
            "item_count",
            "role_count",
            "right",
            "changed_at",
            "acts",
        )
        order_by = ("title",)
        empty_text = "案件がありません。管理者に追加を依頼してください。"

    def render_date(self, record: Project) -> str:
        return record.japanese_date

    def render_item_count(self, value: int) -> str:
        return f"{value:,}"

    def render_right(self, value: Right) -> str:
        return format_html("{}", RIGHTS[value])
