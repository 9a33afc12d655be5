"""Columns and 凡例: what a change costs, its confirmation, and that nothing else moves."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from projects import store
from projects.domain.grid import Grid, Mark
from projects.domain.role_edits import Keep, merged, used, with_legend
from projects.editing.role_forms import mark_rows, role_rows
from projects.models import Project
from projects.models import Role as RoleRow
from tests.support.grid_builders import grid_of

Sign = Callable[[str], Client]
COLUMNS, MERGE, LEGEND = (
    f"/projects/besshi10/{p}/" for p in ("columns", "columns/merge", "legend")
)
ONE = "統計・業務分析サブシステムに係る設計・開発等業者"


def posted(rows: list[dict[str, Any]], revision: int, **more: Any) -> dict[str, Any]:
    data: dict[str, Any] = {
        "form-TOTAL_FORMS": len(rows),
        "form-INITIAL_FORMS": sum(bool(row.get("old")) for row in rows),
        "revision": revision,
    }
    for place, row in enumerate(rows):
        data |= {f"form-{place}-{name}": value for name, value in row.items() if value is not False}
    return data | more


def names(project: Project) -> list[str]:
    return [role.name for role in store.load(project).roles]


GRID = grid_of("企画", "  計画 ◎ ○", "  報告 ○ .", "  評価 ○ ○", "  検収 ○ ◎", roles=("甲", "乙"))


def test_a_merge_keeps_what_only_one_has_and_lists_where_they_differ() -> None:
    after, clashes = merged(GRID, "乙", "甲", Keep.STRONGER)
    assert [role.name for role in after.roles] == ["甲"]
    assert after.roles[0].aliases == ("乙",)
    assert [item.marks for item in after.items] == [("",), ("◎",), ("○",), ("○",), ("◎",)]
    assert [(c.item.name, c.target, c.source, c.kept) for c in clashes] == [
        ("計画", "◎", "○", "◎"),
        ("検収", "○", "◎", "◎"),
    ]


@pytest.mark.parametrize(("keep", "kept"), [(Keep.TARGET, "◎○"), (Keep.SOURCE, "○◎")])
def test_a_merge_can_prefer_either_column(keep: Keep, kept: str) -> None:
    after, _ = merged(GRID, "乙", "甲", keep)
    assert after.items[1].marks + after.items[4].marks == tuple(kept)


def test_a_column_is_not_merged_with_itself() -> None:
    with pytest.raises(KeyError):
        merged(GRID, "甲", "甲", Keep.TARGET)


def test_a_mark_in_use_goes_only_with_what_its_cells_become() -> None:
    dots = (Mark("◎", "主", leads=True),)
    with pytest.raises(ValueError, match="「○」は5個"):
        with_legend(GRID, dots, {})
    after = with_legend(GRID, dots, {"○": ""})
    assert used(after) == {"◎": 2}


def test_renamed_marks_follow_in_the_cells() -> None:
    raci = (Mark("R", "実行", leads=True), Mark("C", "協力"))
    after: Grid = with_legend(GRID, raci, {"◎": "R", "○": "C"})
    assert after.items[1].marks == ("R", "C")
    assert after.errors() == []


# ---- the pages


@pytest.mark.django_db
def test_columns_are_renamed_described_ordered_and_added(besshi10: Project, sign_in: Sign) -> None:
    rows = role_rows(store.load(besshi10).roles)
    ids = dict(RoleRow.objects.filter(project=besshi10).values_list("name", "pk"))
    first, second = str(rows[0]["name"]), str(rows[1]["name"])
    rows[0] |= {"name": "発注者", "short_name": "発", "aliases": "厚労省\n年金機構\n"}
    rows[1] |= {"ORDER": "1"}
    rows[0] |= {"ORDER": "2"}
    rows.append({"name": "新しい業者", "kind": "vendor"})
    before = store.load(besshi10)
    answer = sign_in("editor").post(COLUMNS, posted(rows, besshi10.revision))
    assert answer.status_code == 302
    after = store.load(besshi10)
    assert [role.name for role in after.roles][:2] == [second, "発注者"]
    assert after.roles[1].aliases == ("厚労省", "年金機構")
    assert after.roles[-1].name == "新しい業者"
    assert RoleRow.objects.get(project=besshi10, name="発注者").pk == ids[first]
    assert after.items[3].marks[1::-1] == before.items[3].marks[:2]
    besshi10.refresh_from_db()
    store.undo(besshi10, besshi10.revision, by=None)
    assert store.load(besshi10) == before


@pytest.mark.django_db
@pytest.mark.parametrize(("row", "order", "place"), [(4, 1, 0), (1, 5, 4), (2, 0, 0)])
def test_a_column_goes_to_the_place_that_it_is_given(
    row: int, order: int, place: int, besshi10: Project, sign_in: Sign
) -> None:
    rows = role_rows(store.load(besshi10).roles)
    for at, one in enumerate(rows, 1):
        one["ORDER"] = at
    rows[row]["ORDER"] = order
    name = rows[row]["name"]
    assert sign_in("editor").post(COLUMNS, posted(rows, besshi10.revision)).status_code == 302
    assert names(besshi10)[place] == name


@pytest.mark.django_db
def test_a_column_with_marks_goes_only_after_a_confirmation(
    besshi10: Project, sign_in: Sign
) -> None:
    rows = role_rows(store.load(besshi10).roles)
    rows[-1]["DELETE"] = "on"
    client, name = sign_in("editor"), str(rows[-1]["name"])
    besshi10.contracts.filter(role__name=name).delete()
    asked = client.post(COLUMNS, posted(rows, besshi10.revision))
    assert f"{name}：記号42個" in asked.content.decode()
    assert len(names(besshi10)) == 16
    done = client.post(COLUMNS, posted(rows, besshi10.revision, confirm="1"))
    assert done.status_code == 302
    assert name not in names(besshi10)


@pytest.mark.django_db
def test_a_form_that_is_overtaken_changes_nothing(besshi10: Project, sign_in: Sign) -> None:
    rows = role_rows(store.load(besshi10).roles)
    rows[0]["name"] = "発注者"
    answer = sign_in("editor").post(COLUMNS, posted(rows, besshi10.revision - 1))
    assert answer.status_code == 409
    assert "発注者" not in names(besshi10)


@pytest.mark.django_db
def test_the_same_name_twice_is_refused_in_words(besshi10: Project, sign_in: Sign) -> None:
    rows = role_rows(store.load(besshi10).roles)
    rows[0]["name"] = rows[1]["name"]
    answer = sign_in("editor").post(COLUMNS, posted(rows, besshi10.revision))
    assert (answer.status_code, "2回あります" in answer.content.decode()) == (400, True)


@pytest.mark.django_db
def test_the_split_column_is_merged_with_its_conflicts_listed_first(
    besshi10: Project, sign_in: Sign
) -> None:
    source, target = names(besshi10)[9], names(besshi10)[8]
    client = sign_in("editor")
    wanted = {"source": source, "target": target, "keep": "stronger"}
    preview = client.get(MERGE, wanted).content.decode()
    assert f"「{source}」の記号" in preview
    assert len(names(besshi10)) == 16
    done = client.post(MERGE, {**wanted, "revision": besshi10.revision})
    assert done.status_code == 302
    grid = store.load(besshi10)
    assert source not in names(besshi10)
    assert source in next(role.aliases for role in grid.roles if role.name == target)


@pytest.mark.django_db
def test_a_column_is_not_merged_with_itself_on_the_page(besshi10: Project, sign_in: Sign) -> None:
    same = {"source": ONE, "target": ONE, "keep": "target"}
    answer = sign_in("editor").get(MERGE, same)
    assert answer.status_code == 400


@pytest.mark.django_db
def test_the_legend_is_renamed_with_the_cells_and_comes_back(
    besshi10: Project, sign_in: Sign
) -> None:
    before = store.load(besshi10)
    rows = mark_rows(before.legend)
    rows[0] |= {"symbol": "●", "leads": "on"}
    rows.append({"symbol": "△", "label": "必要に応じて参加"})
    assert sign_in("editor").post(LEGEND, posted(rows, besshi10.revision)).status_code == 302
    after = store.load(besshi10)
    assert after.symbols == ("●", "○", "△")
    assert used(after) == {"●": 530, "○": 1_267, "△": 0}
    besshi10.refresh_from_db()
    store.undo(besshi10, besshi10.revision, by=None)
    assert store.load(besshi10) == before


@pytest.mark.django_db
def test_a_mark_in_use_is_not_deleted_without_saying_what_its_cells_become(
    besshi10: Project, sign_in: Sign
) -> None:
    rows = mark_rows(store.load(besshi10).legend)
    rows[0]["leads"] = "on"
    rows[1]["DELETE"] = "on"
    client = sign_in("editor")
    refused = client.post(LEGEND, posted(rows, besshi10.revision))
    assert "1267個のセル" in refused.content.decode()
    rows[1]["instead"] = "空白"
    assert client.post(LEGEND, posted(rows, besshi10.revision)).status_code == 302
    assert used(store.load(besshi10)) == {"◎": 530}
