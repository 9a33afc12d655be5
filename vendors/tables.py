from __future__ import annotations

from typing import Any

import django_tables2 as tables
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from projects.editions import SEPARATOR
from vendors.tasks import STATES, Task

_NEW, _NOTHING = mark_safe('<b class="flag">新規</b>'), mark_safe("")
PATH = '<span class="path">{}</span>'


class TaskTable(tables.Table):
    """The company's tasks on the page. `base` is the address of the list."""

    pick = tables.Column("選択", accessor="key", orderable=False)
    company = tables.Column("会社", accessor="seat__vendor", order_by=("seat__vendor",))
    number = tables.Column("項番", accessor="line__number", order_by=("line__position",))
    name = tables.Column(
        "作業項目", accessor="line__name", order_by=("line__path_names", "line__position")
    )
    description = tables.Column("作業内容", accessor="line__description", orderable=False)
    own = tables.Column("自社の分担")
    leaders = tables.Column("主たる作業者")
    partners = tables.Column("協力する業者", orderable=False)
    changes = tables.Column("前の版からの変更", order_by=("is_changed",), empty_values=())
    state = tables.Column("確認", empty_values=())

    class Meta:
        order_by = ()
        template_name = "vendors/_task_table.html"
        empty_text = "該当する作業はありません。"

    def __init__(self, *arguments: Any, base: str, **more: Any) -> None:
        super().__init__(*arguments, **more)
        self.base = base

    def render_pick(self, record: Task, value: str) -> SafeString:
        return format_html(
            '<input type="checkbox" name="task" value="{}" aria-label="項番{}を選ぶ">',
            value,
            record.line.number,
        )

    def render_name(self, record: Task) -> SafeString:
        line = record.line
        path = format_html(PATH, SEPARATOR.join(line.path_names)) if line.path_names else ""
        link = f"{self.base}{record.place}"
        return format_html('{}<a href="{}"><strong>{}</strong></a>', path, link, line.name)

    def render_leaders(self, value: tuple[str, ...]) -> SafeString:
        return _lines(value)

    def render_partners(self, value: tuple[str, ...]) -> SafeString:
        return _lines(value)

    def render_changes(self, record: Task) -> SafeString:
        if record.is_new:
            return _NEW
        if not record.is_changed:
            return _NOTHING
        rows = ((c.what, _short(c.before), _short(c.after)) for c in record.changes)
        listed = format_html_join("", "<div>{}: <del>{}</del> → <ins>{}</ins></div>", rows)
        return format_html('<b class="flag">変更</b>{}', listed)

    def render_state(self, record: Task) -> SafeString:
        label = format_html('<b class="state {}">{}</b>', record.state, STATES[record.state])
        stamp = record.stamp
        if stamp is None:
            return label
        said = f"第{stamp.edition}版 {stamp.person} {stamp.at:%Y-%m-%d}"
        return format_html('{}<span class="path">{}</span>', label, said)


LONGEST = 60


def _short(text: str) -> str:
    """The beginning of a long text; the task's page has all of it."""
    return f"{text[:LONGEST]}…" if len(text) > LONGEST else text or "（なし）"


def _lines(names: tuple[str, ...]) -> SafeString:
    return format_html_join("", "<div>{}</div>", ((name,) for name in names))
