"""The project's history: what it shows, its filters, CSV, and taking back from it."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from projects import store
from projects.domain import outline_edits
from projects.domain.grid import Item, with_item
from projects.history import LogFilter, acts_of, details_of
from projects.models import ChangeSet, Project
from projects.store.cells import Operation, save

pytestmark = pytest.mark.django_db

Sign = Callable[[str], Client]
HOSHU = "保守業者"
PAGE = "/projects/besshi10/history/"


def row(project: Project, number: int) -> Item:
    return store.load(project).items[number - 1]


def marked(project: Project, number: int, after: str, by: User, reason: str = "") -> int:
    before = {"○": "", "◎": "○", "": "◎"}[after]
    operation = Operation(row(project, number).uid, HOSHU, before, after)
    return save(project, [operation], by=by, reason=reason).revision


def told(project: Project, number: int) -> list[tuple[str, str, str, str]]:
    details, _ = details_of(project, [number])[number]
    return [(one.what, one.field, one.before, one.after) for one in details]


def numbers(project: Project, **wanted: Any) -> list[int]:
    return [act.number for act in acts_of(project, LogFilter(**wanted))]


def test_a_mark_is_told_with_old_and_new(besshi10: Project, cast: dict[str, User]) -> None:
    first = marked(besshi10, 4, "○", cast["editor"])
    second = marked(besshi10, 4, "◎", cast["manager"])
    what = f"項番4「{row(besshi10, 4).name}」"
    assert told(besshi10, first) == [(what, HOSHU, "", "○")]
    assert told(besshi10, second) == [(what, HOSHU, "○", "◎")]


def test_rows_are_told_as_made_renamed_moved_and_gone(besshi10: Project) -> None:
    one, two = row(besshi10, 4), row(besshi10, 5)
    steps: list[Callable[[Any], Any]] = [
        lambda grid: with_item(grid, one.uid, lambda item: replace(item, name="甲")),
        lambda grid: outline_edits.stepped(grid, [two.uid], outline_edits.Way.UP),
        lambda grid: outline_edits.removed(grid, [two.uid]),
    ]
    found = []
    for step in steps:
        store.change(besshi10, step, by=None, kind=store.Kind.STRUCTURE)
        found.append(told(besshi10, besshi10.revision))
    assert found[0] == [("項番4「甲」", "作業項目", one.name, "甲")]
    assert len(found[1]) == 2
    assert {field for _, field, _, _ in found[1]} == {"位置", "付け直し"}
    assert found[2][0][1:] == ("行", two.name, "")
    assert ("項番", "付け直し", "", "644行") in found[2]


def test_huge_acts_are_counted_and_small_ones_shown(besshi10: Project) -> None:
    details, total = details_of(besshi10, [1], most=8)[1]
    assert sum(one.role != "" for one in details) == 8
    assert total == len(details) + 1_797 - 8


def test_filters_combine(besshi10: Project, cast: dict[str, User]) -> None:
    first = marked(besshi10, 4, "○", cast["editor"])
    second = marked(besshi10, 5, "○", cast["manager"])
    assert numbers(besshi10, person="editor") == [first]
    assert numbers(besshi10, kind="edit") == [second, first]
    assert numbers(besshi10, item=row(besshi10, 5).uid, role=HOSHU) == [second]
    assert numbers(besshi10, item="5", kind="edit") == [second]
    assert numbers(besshi10, role="端末運用管理業者", kind="edit") == []
    today = ChangeSet.objects.get(project=besshi10, number=first).at.date()
    assert numbers(besshi10, until=today.replace(year=2000)) == []
    assert numbers(besshi10, since=today.replace(year=2000), kind="edit") == [second, first]


def test_the_page_costs_the_same_for_many_acts(
    besshi10: Project,
    cast: dict[str, User],
    sign_in: Sign,
    django_assert_max_num_queries: Any,
) -> None:
    client = sign_in("viewer")
    for number in range(4, 14):
        marked(besshi10, number, "○", cast["editor"], reason="協議の結果") if not mark(
            besshi10, number
        ) else None
    with django_assert_max_num_queries(20):
        page = client.get(PAGE).content.decode()
    assert "協議の結果" in page
    assert "取り消す" not in page


def mark(project: Project, number: int) -> str:
    grid = store.load(project)
    return grid.items[number - 1].marks[[role.name for role in grid.roles].index(HOSHU)]


@pytest.mark.parametrize("day", ["9999-12-31", "0001-01-01"])
def test_impossible_days_are_told(day: str, besshi10: Project, sign_in: Sign) -> None:
    assert sign_in("viewer").get(f"{PAGE}?until={day}").status_code == 400
    assert sign_in("viewer").get(f"/projects/besshi10/history.csv?until={day}").status_code == 400


def test_a_wrong_filter_is_told(besshi10: Project, sign_in: Sign) -> None:
    page = sign_in("viewer").get(f"{PAGE}?since=yesterday&person=nobody")
    assert page.status_code == 400
    assert "開始日" in page.content.decode()


def test_csv_has_every_value_and_no_formula(
    besshi10: Project, cast: dict[str, User], sign_in: Sign
) -> None:
    uid = row(besshi10, 4).uid
    store.change(
        besshi10,
        lambda grid: with_item(grid, uid, lambda item: replace(item, name="=1+1")),
        by=cast["editor"],
        kind=store.Kind.EDIT,
        reason="@SUM(A1)",
    )
    answer = sign_in("viewer").get("/projects/besshi10/history.csv?kind=edit")
    body = b"".join(answer.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
    header, line = csv.reader(io.StringIO(body))
    assert header[:2] == ["番号", "日時"]
    assert line[4] == "'@SUM(A1)"
    assert line[-1] == "'=1+1"


def test_an_act_is_taken_back_from_the_history(
    besshi10: Project, cast: dict[str, User], sign_in: Sign
) -> None:
    number = marked(besshi10, 4, "○", cast["manager"])
    client = sign_in("editor")
    address = f"{PAGE}{number}/undo/"
    assert "空白" in client.get(address).content.decode()
    assert client.post(address, {"reason": "誤り"}).status_code == 302
    assert mark(besshi10, 4) == ""
    latest = ChangeSet.objects.filter(project=besshi10).latest("number")
    assert latest.context is not None
    assert latest.context.metadata["undoes"] == number
    assert latest.context.metadata["reason"] == "誤り"


def test_what_stops_an_undo_is_named_with_the_later_change(
    besshi10: Project, cast: dict[str, User], sign_in: Sign
) -> None:
    first = marked(besshi10, 4, "○", cast["editor"])
    second = marked(besshi10, 4, "◎", cast["manager"])
    answer = sign_in("editor").post(f"{PAGE}{first}/undo/")
    assert answer.status_code == 409
    page = answer.content.decode()
    assert f"{second}番の変更" in page
    assert "取り消せません" in page
    assert mark(besshi10, 4) == "◎"


def test_an_unknown_number_is_not_there(besshi10: Project, sign_in: Sign) -> None:
    assert sign_in("editor").get(f"{PAGE}999/undo/").status_code == 404


def test_an_undo_needs_the_reason_that_the_project_requires(
    besshi10: Project, cast: dict[str, User], sign_in: Sign
) -> None:
    number = marked(besshi10, 4, "○", cast["editor"])
    Project.objects.filter(pk=besshi10.pk).update(requires_reason=True)
    assert sign_in("editor").post(f"{PAGE}{number}/undo/").status_code == 400
    assert mark(besshi10, 4) == "○"
