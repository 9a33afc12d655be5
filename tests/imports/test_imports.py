"""Import on its pages: uploaded, understood, corrected, applied once, taken back."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from projects import store
from projects.imports import jobs, lifecycle
from projects.models import Import, Membership, Project
from raci.http import upload_limit
from tests.support.grid_builders import marks_by_role, names_of, row_named
from tests.support.small_project import (
    CHANGED,
    GRID,
    LIST,
    address,
    applied,
    client_of,
    exported,
    marked,
    now,
    ready,
    seen,
    sent,
    shown,
    upload,
)

pytestmark = pytest.mark.django_db


# ---- the way through


def test_a_changed_mark_is_shown_applied_and_taken_back(client: Client, project: Project) -> None:
    row = ready(client, project)
    page = shown(client, row)
    assert "○→◎" in page
    assert "空→○" in page
    assert "記号：追加1、変更1、削除0" in page
    assert applied(client, row).status_code == 302
    row.refresh_from_db()
    project.refresh_from_db()
    assert (row.state, row.number) == ("applied", project.revision)
    assert now(project) == CHANGED
    undo = f"/projects/small/history/{row.number}/undo/"
    assert undo in shown(client, row)
    assert client.post(undo).status_code == 302
    assert now(project) == GRID
    assert "取り消されています" in shown(client, row)
    assert "取り消し済み" in client.get(LIST).content.decode()


def test_rows_that_come_go_and_change_are_shown_in_words(client: Client, project: Project) -> None:
    rows = [replace(i, name="報告書") if i.name == "報告" else i for i in GRID.items[:-1]]
    fresh = replace(GRID.items[-1], uid="9" * 12, number="7", name="引継ぎ")
    page = shown(client, ready(client, project, replace(GRID, items=(*rows, fresh))))
    for words in (
        "<b>改名</b> <span>報告 → 報告<ins>書</ins></span>",
        "<b>追加</b>",
        "<b>削除</b>",
        "引継ぎ",
        "検収",
    ):
        assert words in page


def test_only_the_wanted_kinds_of_rows_are_shown(client: Client, project: Project) -> None:
    row = ready(client, project)
    assert "報告" in shown(client, row, show="mark_changed")
    assert "この条件で表示する行はありません" in shown(client, row, show="renamed")
    assert "検収" not in shown(client, row)
    assert "検収" in shown(client, row, show="unchanged")


def test_the_same_file_again_changes_nothing(client: Client, project: Project) -> None:
    row = ready(client, project, GRID)
    assert "変更はありません。" in shown(client, row)
    assert applied(client, row).status_code == 302
    row.refresh_from_db()
    assert (row.state, row.problems[0]["message"]) == ("ready", jobs.NOTHING)


# ---- corrections and wishes


def csv_of(report: str = "O") -> bytes:
    lines = ["項番,作業項目,甲社,乙社", "1,企画,,", "2,　計画,◎,○", f"3,　報告,{report},"]
    lines += ["4,実施,,", "5,　試験,,◎", "6,　検収,○,○"]
    return "\n".join(lines).encode()


def test_a_mark_that_nobody_can_read_is_asked_before_anything_is_applied(
    client: Client, project: Project
) -> None:
    row = sent(client, csv_of(), "表.csv")
    page = shown(client, row)
    assert "読み方の分からない記号（1種類）" in page
    assert 'type="submit" disabled' in page
    refused = applied(client, row)
    assert (refused.status_code, lifecycle.ASKED in refused.content.decode()) == (409, True)
    answer = client.post(address(row, "choices/"), {"about": "marks", "mark-0": "mark:◎"})
    assert answer.status_code == 302
    assert 'type="submit" disabled' not in shown(client, row)
    assert applied(client, row).status_code == 302
    assert row_named(now(project), "報告").marks == ("◎", "")


def test_a_column_is_taken_for_another_and_the_file_read_again(
    client: Client, project: Project
) -> None:
    row = sent(client, csv_of("○"), "表.csv")
    columns = jobs.reading_of(row).layout.sheets[0].columns  # type: ignore[union-attr]
    data = {f"column-0-{c.at}": c.meaning for c in columns} | {"sheet-0": "on"}
    swapped = {**data, "column-0-3": "party:乙社", "column-0-4": "party:甲社"}
    assert client.post(address(row, "choices/"), {"about": "layout", **swapped}).status_code == 302
    row.refresh_from_db()
    assert list(row.choices["columns"].values()) == [{"3": "party:乙社", "4": "party:甲社"}]
    assert applied(client, row).status_code == 302
    grid = now(project)
    assert marks_by_role(grid, row_named(grid, "試験")) == {"甲社": "◎"}


def test_a_meaning_that_there_is_not_is_refused(client: Client, project: Project) -> None:
    row = sent(client, csv_of("○"), "表.csv")
    answer = client.post(address(row, "choices/"), {"about": "layout", "column-0-3": "party:x"})
    assert answer.status_code == 400
    row.refresh_from_db()
    assert row.choices == {}


@pytest.mark.parametrize(("blank", "mark"), [("delete", ""), ("ignore", "◎")])
def test_a_blank_cell_removes_the_mark_unless_blanks_are_ignored(
    blank: str, mark: str, client: Client, project: Project
) -> None:
    row = ready(client, project, marked(CHANGED, "計画", "", "○"))
    answer = client.post(address(row, "wishes/"), {"about": "policy", "blank": blank})
    assert answer.status_code == 302
    applied(client, row)
    assert row_named(now(project), "計画").marks == (mark, "○")


def test_a_change_is_left_out_and_put_back(client: Client, project: Project) -> None:
    row = ready(client, project)
    uid = row_named(GRID, "報告").uid
    key = f"cell:{uid}:甲社"
    told = client.post(
        address(row, "wishes/"), {"leave": key}, headers={"Accept": "application/json"}
    ).json()
    assert "記号：追加1、変更0" in told["summary"]
    assert told["seen"] == seen(client, row)
    assert f'value="{key}" checked' in shown(client, row)
    applied(client, row)
    assert row_named(now(project), "報告").marks == ("○", "○")


def test_only_the_boxes_of_the_page_are_taken_back(client: Client, project: Project) -> None:
    row = ready(client, project)
    client.post(address(row, "wishes/"), {"leave": [f"cell:{uid}:甲社" for uid in "abc"]})
    client.post(address(row, "wishes/"), {"was": "cell:a:甲社\r\ncell:c:甲社"})
    row.refresh_from_db()
    assert row.wishes["left_out"] == ["cell:b:甲社"]


def test_rows_matched_on_weak_evidence_can_be_told_apart(client: Client, project: Project) -> None:
    data = csv_of("○").replace("検収".encode(), "検収の立会い".encode())
    row = sent(client, data, "表.csv")
    form_field = shown(client, row).partition('name="match-')[2].partition('"')[0]
    assert form_field, "the doubt is shown"
    posted = {"about": "matches", f"match-{form_field}": ""}
    assert client.post(address(row, "wishes/"), posted).status_code == 302
    uids = {item.uid for item in GRID.items}
    applied(client, row)
    assert row_named(now(project), "検収の立会い").uid not in uids
    assert "検収" not in names_of(now(project))


# ---- files


def test_only_managers_download_the_file(client: Client, project: Project) -> None:
    data = exported(project, CHANGED)
    row = sent(client, data, "第2版 案.xlsx")
    assert client.get(address(row, "file/")).status_code == 403
    answer = client_of("manager").get(address(row, "file/"))
    assert answer.content == data
    assert answer["Content-Disposition"].startswith("attachment;")
    assert "%E7%AC%AC2%E7%89%88%20%E6%A1%88.xlsx" in answer["Content-Disposition"]
    assert answer["X-Content-Type-Options"] == "nosniff"


def test_a_file_that_is_too_large_is_not_kept(
    client: Client, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(upload_limit, "MAX_BYTES", 1_000)
    monkeypatch.setattr("projects.imports.forms.MAX_BYTES", 1_000)
    answer = upload(client, b"x" * 200_000)
    assert (answer.status_code, "大きすぎます" in answer.content.decode()) == (400, True)
    assert not Import.objects.exists()


@pytest.mark.parametrize("data", [{}, {"file": ""}])
def test_nothing_chosen_is_said(data: dict[str, str], client: Client, project: Project) -> None:
    answer = client.post(LIST, data, headers={"Accept": "application/json"})
    assert (answer.status_code, answer.json()) == (400, {"error": "ファイルを選んでください。"})


def test_a_name_that_is_a_path_or_a_script_is_only_a_name(client: Client, project: Project) -> None:
    row = sent(client, exported(project, CHANGED), "../<script>x.xlsx")
    assert row.file_name == "<script>x.xlsx"
    assert "<script>x" not in shown(client, row)


# ---- people and queries


STEPS = ("choices/", "wishes/", "apply/", "cancel/")


def test_viewers_look_and_touch_nothing(client: Client, project: Project) -> None:
    row = ready(client, project)
    viewer = client_of("viewer")
    page = shown(viewer, row)
    assert "○→◎" in page
    assert 'id="apply"' not in page
    assert [viewer.post(address(row, step)).status_code for step in STEPS] == [403] * 4
    assert upload(viewer, b"x").status_code == 403


def test_another_projects_import_is_not_there(client: Client, project: Project) -> None:
    row = ready(client, project)
    other = store.create(slug="other", title="別の案件", by=None)
    Membership.objects.create(
        project=other, user=User.objects.get(username="editor"), kind="editor"
    )
    for step in ("", "status/", "file/"):
        path = f"/projects/other/imports/{row.pk}/{step}"
        assert client.get(path).status_code in (403, 404)
    assert client.post(f"/projects/other/imports/{row.pk}/apply/").status_code == 404
    assert client_of("stranger").get(address(row)).status_code == 404


def test_the_pages_take_the_same_number_of_queries_for_any_size(
    client: Client, project: Project
) -> None:
    def queries(path: str) -> int:
        with CaptureQueriesContext(
            connection,
        ) as found:
            assert client.get(path).status_code == 200
        return len(found)

    row = ready(client, project)
    small = queries(LIST), queries(address(row))
    items = [replace(i, name=f"{i.name}（改）") for i in GRID.items]
    wide = replace(GRID, items=tuple(items))
    for _ in range(3):
        row = ready(client, project, wide)
    applied(client, row)
    row = ready(client, project, GRID)
    assert settings.JOBS_INLINE
    assert queries(address(row)) == small[1]
    assert queries(LIST) <= small[0] + 2  # who took back what was applied
