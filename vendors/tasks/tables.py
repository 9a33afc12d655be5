from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any

import django_tables2 as tables
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.timezone import localdate

from projects.domain.edition_rows import SEPARATOR
from vendors.tasks.task import STATES, Task

LONGEST = 60
NOTHING = "（なし）"
_NEW, _EMPTY = mark_safe('<b class="flag">新規</b>'), mark_safe("")
_CHECKED = mark_safe(" checked")
_PATH = '<span class="path">{}</span>'


class TaskTable(tables.Table):
    """The columns and the order of a page of tasks.

    `base` is the address of the list, `picked` has the keys of the selected tasks. `body` joins the
    cells itself: django-tables2 takes ten times as long for them.
    """

    pick = tables.Column("選択", orderable=False)
    company = tables.Column("会社", order_by=("seat__vendor",))
    number = tables.Column("項番", order_by=("line__position",))
    name = tables.Column("作業項目", order_by=("line__path_names", "line__position"))
    description = tables.Column("作業内容", order_by=("line__description",))
    own = tables.Column("自社の分担")
    leaders = tables.Column("主たる作業者")
    partners = tables.Column("協力する業者")
    changes = tables.Column("前の版からの変更", order_by=("is_changed",))
    state = tables.Column("確認", order_by=("rank",))

    class Meta:
        order_by = ()
        template_name = "vendors/_task_table.html"
        empty_text = "該当する作業はありません。"

    def __init__(
        self, *arguments: Any, base: str, picked: Collection[str] = (), **more: Any
    ) -> None:
        super().__init__(*arguments, **more)
        self.base, self.picked = base, frozenset(picked)

    def body(self) -> SafeString:
        """Return the rows of the page as HTML, "" for none."""
        columns = [(one.name, one.header, self._cell(one.name)) for one in self.columns]
        return format_html_join(
            "",
            "<tr>{}</tr>",
            (
                (format_html_join("", _CELL, ((n, h, cell(row.record)) for n, h, cell in columns)),)
                for row in self.paginated_rows
            ),
        )

    def _cell(self, name: str) -> Callable[[Task], str]:
        if name == "name":
            return lambda task: _name(task, self.base)
        if name == "pick":
            return lambda task: _pick(task, self.picked)
        return _CELLS[name]


_CELL = '<td class="{}" data-label="{}">{}</td>'


def _pick(task: Task, picked: Collection[str]) -> SafeString:
    return format_html(
        '<input type="checkbox" name="task" value="{}" aria-label="項番{}を選ぶ"{}>',
        task.key,
        task.line.number,
        _CHECKED if task.key in picked else _EMPTY,
    )


def _name(task: Task, base: str) -> SafeString:
    line = task.line
    path = format_html(_PATH, SEPARATOR.join(line.path_names)) if line.path_names else ""
    link = f"{base}{task.place}"
    return format_html('{}<a href="{}"><strong>{}</strong></a>', path, link, line.name)


def _changes(task: Task) -> SafeString:
    if task.is_new:
        return _NEW
    if not task.is_changed:
        return _EMPTY
    rows = ((c.what, _short(c.before), _short(c.after)) for c in task.changes)
    listed = format_html_join("", "<div>{}: <del>{}</del> → <ins>{}</ins></div>", rows)
    return format_html('<b class="flag">変更</b>{}', listed)


def _state(task: Task) -> SafeString:
    label = format_html('<b class="state {}">{}</b>', task.state, STATES[task.state])
    if task.question:
        more = '{} <span class="state {}">{}</span>'
        label = format_html(more, label, task.question, task.question_label)
    stamp = task.stamp
    if stamp is None:
        return label
    signature = f"第{stamp.edition}版 {stamp.person} {localdate(stamp.at)}"
    return format_html("{}" + _PATH, label, signature)


def _short(text: str) -> str:
    """Return the beginning of a long text; the task's page has all of it."""
    return f"{text[:LONGEST]}…" if len(text) > LONGEST else text or NOTHING


def _lines(names: tuple[str, ...]) -> SafeString:
    return format_html_join("", "<div>{}</div>", ((name,) for name in names))


_CELLS: dict[str, Callable[[Task], str]] = {
    "company": lambda task: task.seat.vendor,
    "number": lambda task: task.line.number,
    "description": lambda task: task.line.description,
    "own": lambda task: task.own,
    "leaders": lambda task: _lines(task.leaders),
    "partners": lambda task: _lines(task.partners),
    "changes": _changes,
    "state": _state,
}
