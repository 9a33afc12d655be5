"""The page of one role: every task with its place, mark and partners."""

from __future__ import annotations

import re
from typing import Any

import pytest

from projects.models import Project
from tests.small_project import client_of, project
from tests.test_workload_pages import BASE, grown, html

__all__ = ["project"]


def path(project: Project, name: str = "甲社") -> str:
    return f"{BASE}roles/{project.roles.get(name=name).pk}/"


def rows(page: str) -> list[str]:
    bodies = re.findall(r'<table class="list duties">.*?<tbody>(.*?)</tbody>', page, re.DOTALL)
    return [row for body in bodies for row in re.findall(r"<tr>(.*?)</tr>", body, re.DOTALL)]


def test_every_task_stands_under_its_phase_with_mark_and_partners(project: Project) -> None:
    page = html(path(project))
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
    with django_assert_num_queries(7):
        client.get(page)
    grown(project)
    with django_assert_num_queries(7):
        client.get(page)


@pytest.mark.parametrize("name", ["甲社", "乙社"])
def test_the_page_leads_to_the_filtered_matrix(project: Project, name: str) -> None:
    page = html(path(project, name))
    link = re.search(r'href="([^"]+)">役割分担表で見る', page)
    assert link is not None
    assert "該当" in html(link[1])
