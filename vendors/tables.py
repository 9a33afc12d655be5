from __future__ import annotations

import django_tables2 as tables
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from vendors.tasks import Task

HEADERS = (
    ("項番", 8.0),
    ("作業項目", 60.0),
    ("作業内容", 60.0),
    ("自社の分担", 30.0),
    ("主たる作業者", 40.0),
    ("協力する業者", 50.0),
)


class TaskTable(tables.Table):
    """The company's tasks on the page; `cells` gives the same as text for Excel."""

    number = tables.Column("項番", order_by=("position",))
    name = tables.Column("作業項目", order_by=("path", "position"))
    description = tables.Column("作業内容", orderable=False)
    own = tables.Column("自社の分担")
    leaders = tables.Column("主たる作業者")
    partners = tables.Column("協力する業者", orderable=False)

    class Meta:
        order_by = ()
        empty_text = "該当する作業はありません。"

    def render_name(self, record: Task) -> SafeString:
        return format_html(
            '<span class="path">{}</span><strong>{}</strong>', " ＞ ".join(record.path), record.name
        )

    def render_leaders(self, value: tuple[str, ...]) -> SafeString:
        return _lines(value)

    def render_partners(self, value: tuple[str, ...]) -> SafeString:
        return _lines(value)


def cells(task: Task) -> tuple[str, ...]:
    """The row of the Excel list: what the page shows, as text."""
    name = "\n".join(part for part in (" ＞ ".join(task.path), task.name) if part)
    leaders, partners = "、".join(task.leaders), "、".join(task.partners)
    return (task.number, name, task.description, task.own, leaders, partners)


def _lines(names: tuple[str, ...]) -> SafeString:
    return format_html_join("", "<div>{}</div>", ((name,) for name in names))
