"""A plan as rows of the matrix: their order, what is shown, and the words in the cells."""

from __future__ import annotations

from dataclasses import replace

import pytest

from projects.domain.change_kinds import WORDS, Change, changes_of, chosen, counts, in_order
from projects.domain.grid import Grid, Item, moved_under, without_item
from projects.domain.plan import Plan, diff
from projects.imports.compare import Comparison
from projects.imports.preview import preview
from projects.render.difference_parts import USUAL, points, shown_changes
from projects.render.difference_table import Table
from tests.support.grid_builders import grid_of, item, uid, uid_of

GRID = grid_of("企画", "  計画 ◎ ○", "  報告 ○ .", "実施", "  試験 . ◎", "  検収 ○ ○")


def plan_to(after: Grid) -> Plan:
    return diff(GRID, after)


def edited(row: str, **fields: object) -> Grid:
    rows = [replace(i, **fields) if i.name == row else i for i in GRID.items]  # type: ignore[arg-type]
    return replace(GRID, items=tuple(rows))


def html(plan: Plan, *left_out: str) -> str:
    return Table(plan, left_out).html(chosen(in_order(plan), USUAL))


def test_rows_that_go_stand_where_they_stood() -> None:
    after = without_item(without_item(GRID, uid_of(GRID, "計画")), uid_of(GRID, "実施"))
    names = [line.shown.name for line in in_order(plan_to(after))]
    assert names == ["企画", "計画", "報告", "実施", "試験", "検収"]


def test_a_first_row_that_goes_stays_first() -> None:
    names = [row.shown.name for row in in_order(plan_to(without_item(GRID, uid_of(GRID, "企画"))))]
    assert names[:4] == ["企画", "計画", "報告", "実施"]


def test_a_changed_row_is_shown_below_its_headings() -> None:
    rows = chosen(in_order(plan_to(edited("試験", marks=("○", "◎")))), USUAL)
    assert [(row.line.shown.name, row.context) for row in rows] == [("実施", True), ("試験", False)]


@pytest.mark.parametrize(
    ("fields", "change"),
    [
        ({"number": "3-1"}, Change.RENUMBERED),
        ({"name": "報告書"}, Change.RENAMED),
        ({"description": "毎月"}, Change.DESCRIBED),
        ({"marks": ("◎", "")}, Change.MARK_CHANGED),
        ({"marks": ("", "")}, Change.MARK_REMOVED),
        ({"marks": ("○", "○")}, Change.MARK_ADDED),
    ],
)
def test_every_change_has_its_kind_and_count(fields: dict[str, object], change: Change) -> None:
    plan = plan_to(edited("報告", **fields))
    line = next(line for line in plan.items if line.shown.uid == uid(3))
    assert changes_of(line) == {change}
    assert counts(plan) == {change: 1, Change.UNCHANGED: 5}


def test_a_moved_row_says_from_where() -> None:
    below = moved_under(GRID, uid_of(GRID, "報告"), uid_of(GRID, "実施"))
    assert "（前は「企画」の下）" in html(plan_to(below))
    top = moved_under(GRID, uid_of(GRID, "実施"), uid_of(GRID, "企画"))
    assert "（前は最上位）" in html(plan_to(top))
    order = replace(GRID, items=tuple(GRID.items[i] for i in (0, 2, 1, 3, 4, 5)))
    assert "（並び順）" in html(plan_to(order))


def test_texts_are_escaped_once_and_boxes_keep_their_state() -> None:
    plan = plan_to(edited("報告", name="<b>&", marks=("◎", "")))
    key = f"cell:{uid(3)}:A社"
    table = Table(plan, [key])
    shown = table.html(chosen(in_order(plan), USUAL))
    assert "&lt;b&gt;&amp;" in shown
    assert f'value="{key}" checked' in shown
    assert table.checked == [key]


def test_columns_title_and_legend_are_points_with_keys() -> None:
    after = replace(
        GRID,
        title="新しい標題",
        roles=(*GRID.roles[:1], replace(GRID.roles[1], name="C社")),
        legend=(*GRID.legend, replace(GRID.legend[1], symbol="△")),
    )
    keys = [point.key for point in points(plan_to(after), ["title:title"])]
    assert keys == ["title:title", "legend", "role:C社", "role:B社"]


def test_many_rows_come_in_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("projects.imports.preview.PER_PAGE", 2)
    fresh: list[Item] = [item(100 + at, marks=("", "")) for at in range(5)]
    plan = plan_to(replace(GRID, items=(*GRID.items, *fresh)))
    last = preview(Comparison(plan, plan), left_out=(), page=99)
    assert (last.page, last.pages, last.body.count("<tr"), last.rows) == (3, 3, 1, 5)


def test_a_url_asks_for_kinds_it_knows() -> None:
    assert shown_changes(["renamed", "x"]) == (Change.RENAMED,)
    assert shown_changes([]) == USUAL
    assert set(WORDS) == set(Change)
