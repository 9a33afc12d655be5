from __future__ import annotations

from dataclasses import dataclass

import django_tables2 as tables
from django.template.defaultfilters import filesizeformat

from projects.models import Import


@dataclass(frozen=True, slots=True)
class ImportRow:
    """One import as a row of the list."""

    row: Import
    slug: str
    name: str
    interrupted: bool
    undone: int | None
    may_edit: bool
    may_download: bool


class ImportTable(tables.Table):
    """The imports of a project, the latest first."""

    file_name = tables.TemplateColumn(
        template_name="projects/_import_file.html", verbose_name="ファイル", orderable=False
    )
    size = tables.Column("大きさ", accessor="row__size", orderable=False)
    name = tables.Column("取込者", orderable=False)
    at = tables.DateTimeColumn(
        verbose_name="日時", accessor="row__uploaded_at", format="Y年n月j日 H:i", orderable=False
    )
    result = tables.TemplateColumn(
        template_name="projects/_import_result.html", verbose_name="結果", orderable=False
    )

    class Meta:
        empty_text = "取り込んだファイルはまだありません。"

    def render_size(self, value: int) -> str:
        return filesizeformat(value)
