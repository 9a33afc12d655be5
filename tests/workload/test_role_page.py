"""The page of one role: every task with its place, mark and partners."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.utils.timezone import localdate

from projects.models import Project
from projects.store.cells import Operation, save
from tests.support.grid_builders import uid_of
from tests.support.small_project import GRID, client_of
from tests.support.workload_pages import BASE, grown, html


def path(project: Project, name: str = "甲社") -> str:
    return f"{BASE}roles/{project.roles.get(name=name).pk}/"


def rows(page: str) -> list[str]:
    bodies = re.findall(r'<table class="list duties">.*?<tbody>(.*?)</tbody>', page, re.DOTALL)
    return [row for body in bodies for row in re.findall(r"<tr>(.*?)</tr>", body, re.DOTALL)]


def test_every_task_stands_under_its_phase_with_mark_and_partners(project: Project) -> None:
    page = html(path(project))
    assert "<title>甲社 " in page
    found = rows(page)
    assert [re.findall(r"\d+", row)[0] for row in found] == ["2", "3", "6"]
    assert "◎" in found[0]
    assert "<b>甲社</b>" in found[0].split("</td>")[3]
    assert "乙社" in found[0].split("</td>")[4]
    assert "企画（主たる作業者1件、協力1件）" in page
    assert "作業 <b>3</b>件" in page


def test_partners_say_who_leads_for_whom(project: Project) -> None:
    page = html(path(project, "乙社"))
    partner = page.split('aria-label="共同の相手"')[1].split("</table>")[0]
    assert re.findall(r'<td class="num">(\d+)</td>', partner) == ["2", "0", "1"]


def test_the_address_stays_when_the_column_is_renamed_and_moved(project: Project) -> None:
    place = path(project)
    project.roles.filter(name="甲社").update(name="丁社", position=9)
    assert "丁社の担当" in html(place)
    assert [re.findall(r"\d+", row)[0] for row in rows(html(place))] == ["2", "3", "6"]


def test_a_role_without_tasks_says_so(project: Project) -> None:
    project.assignments.all().delete()
    assert "作業はまだありません" in html(path(project))


def test_a_role_of_another_project_is_not_there(project: Project) -> None:
    other = Project.objects.create(slug="other", title="他").roles.create(position=1, name="他社")
    html(f"{BASE}roles/{other.pk}/", status=404)


def test_outsiders_and_wrong_methods_are_refused(project: Project) -> None:
    assert client_of("stranger").get(path(project)).status_code == 404
    assert client_of("manager").post(path(project)).status_code == 405


def test_the_page_costs_the_same_at_any_size(
    project: Project, django_assert_num_queries: Any
) -> None:
    client = client_of("viewer")
    client.get("/password/")
    page = path(project)
    with django_assert_num_queries(8):
        client.get(page)
    grown(project)
    with django_assert_num_queries(8):
        client.get(page)


@pytest.mark.parametrize("name", ["甲社", "乙社"])
def test_the_page_leads_to_the_filtered_matrix(project: Project, name: str) -> None:
    page = html(path(project, name))
    link = re.search(r'href="([^"]+)">役割分担表で見る', page)
    assert link is not None
    assert "該当" in html(link[1])


def since(page: str) -> dict[str, str]:
    """項番 → what stands in いつから・理由, without tags."""
    found = (
        (re.findall(r"\d+", row)[0], row.split('<td class="since">')[1].split("</td>")[0])
        for row in rows(page)
    )
    return {number: re.sub("<.*?>", " ", cell) for number, cell in found}


def test_each_mark_says_since_when_by_whom_and_why(project: Project) -> None:
    User.objects.filter(username="editor").update(last_name="編集 一郎")
    uid = uid_of(GRID, "報告")
    editor = User.objects.get(username="editor")
    today = f"{localdate():%Y年}{localdate().month}月{localdate().day}日"
    save(project, [Operation(uid, "甲社", "○", "◎")], by=editor, reason="定例会<での>合意")
    save(project, [Operation(uid, "乙社", "", "○")], by=editor, reason="別の列のこと")
    found = since(html(path(project)))
    assert found["3"] == f"{today} 編集 一郎　編集（定例会&lt;での&gt;合意） "
    assert found["2"] == f"{today} システム　取込 "
    assert "別の列のこと" in since(html(path(project, "乙社")))["3"]


def test_a_mark_set_again_stands_since_then(project: Project) -> None:
    uid = uid_of(GRID, "報告")
    editor = User.objects.get(username="editor")
    save(project, [Operation(uid, "甲社", "○", "")], by=editor, reason="外した")
    assert "3" not in since(html(path(project)))
    save(project, [Operation(uid, "甲社", "", "○")], by=editor, reason="戻した")
    assert "（戻した）" in since(html(path(project)))["3"]


def test_the_page_leads_to_the_history_of_its_column(project: Project) -> None:
    editor = User.objects.get(username="editor")
    project.roles.filter(name="甲社").update(name="甲社 & 乙/丙")
    for role in ("甲社 & 乙/丙", "乙社"):
        before = "○" if role != "乙社" else ""
        save(project, [Operation(uid_of(GRID, "報告"), role, before, "◎")], by=editor, reason=role)
    link = re.search(r'href="([^"]+)">この列の変更履歴', html(path(project, "甲社 & 乙/丙")))
    assert link is not None
    log = html(unescape(link[1]))
    assert "甲社 &amp; 乙/丙: ○ → ◎" in log
    assert "乙社: 空白 → ◎" not in log
