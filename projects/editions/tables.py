from __future__ import annotations

from typing import Any

import django_tables2 as tables
from django.urls import reverse
from django.utils.html import format_html, linebreaks
from django.utils.safestring import SafeString, mark_safe

from projects.models import Edition


class EditionTable(tables.Table):
    """The published 版 of a project."""

    number = tables.Column("版", orderable=False)
    title = tables.Column("名称", orderable=False)
    date = tables.Column("日付", orderable=False)
    note = tables.Column("説明", orderable=False, default="")
    at = tables.DateTimeColumn(verbose_name="公開日時", format="Y年n月j日 H:i", orderable=False)
    person_name = tables.Column("公開者", orderable=False, default="")
    export = tables.Column("Excel", empty_values=(), orderable=False)

    class Meta:
        empty_text = "公開された版はまだありません。公開すると、業者が担当作業を見られます。"

    def __init__(self, *arguments: Any, slug: str, **more: Any) -> None:
        super().__init__(*arguments, **more)
        self.slug = slug

    def render_title(self, record: Edition, value: str) -> SafeString:
        url = reverse("projects:edition", args=[self.slug, record.number])
        return format_html('<a href="{}">{}</a>', url, value)

    def render_date(self, record: Edition) -> str:
        return record.japanese_date

    def render_note(self, value: str) -> SafeString:
        return mark_safe(linebreaks(value, autoescape=True))  # noqa: S308 — escaped by linebreaks

    def render_export(self, record: Edition) -> SafeString:
        url = reverse("projects:edition_export", args=[self.slug, record.number])
        return format_html('<a href="{}">Excel出力<span class="vh">（{}）</span></a>', url, record)
