"""A company's people see their own tasks and nothing else."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import openpyxl
import pytest
from django.test import Client

from projects import store
from projects.models import Assignment, Project, Role
from vendors.models import Contract, Vendor


@pytest.fixture
def vendor(sign_in: Callable[[str], Client]) -> Client:
    return sign_in("vendor")


def records(client: Client, **query: str) -> list[Any]:
    response = client.get("/tasks/", query)
    assert response.status_code == 200
    return [row.record for row in response.context["table"].rows]


def own_numbers(project: Project, role: str) -> set[str]:
    marks = Assignment.objects.filter(project=project, role__name=role)
    return set(marks.values_list("item__number", flat=True))


def test_the_list_has_exactly_the_rows_with_the_companys_mark(
    vendor: Client, besshi10: Project
) -> None:
    assert {task.line.number for task in records(vendor)} == own_numbers(besshi10, "保守業者")


def test_two_companies_see_different_rows(sign_in: Callable[[str], Client]) -> None:
    one = {task.line.number for task in records(sign_in("vendor"))}
    other = {task.line.number for task in records(sign_in("vendor2"))}
    assert one - other
    assert other - one


def test_a_task_names_its_path_leader_and_partners(vendor: Client) -> None:
    task = next(task for task in records(vendor) if task.line.number == "8")
    assert task.line.path_names == ["プロジェクト管理", "プロジェクト計画", "実施計画"]
    assert task.own == "○ 保守業者"
    assert task.leaders == ("共通運用管理業者",)
    assert task.partners == ("本受託者", "保守業者")


def test_the_list_filters_by_phase_mark_and_text(vendor: Client) -> None:
    leads = records(vendor, mark="◎")
    assert leads
    assert all("◎" in task.marks for task in leads)
    phase = records(vendor, phase="プロジェクト管理")
    assert {task.phase for task in phase} == {"プロジェクト管理"}
    assert [task.line.number for task in records(vendor, q="実施計画書 保守業務")] == ["7"]


def test_a_phase_that_is_not_offered_is_an_error_and_not_an_empty_list(vendor: Client) -> None:
    response = vendor.get("/tasks/", {"phase": "他社のフェーズ"})
    assert response.status_code == 400
    assert "絞り込みの指定が正しくありません" in response.content.decode()


def test_an_export_with_a_filter_that_is_not_offered_is_an_error(vendor: Client) -> None:
    assert vendor.get("/tasks/export.xlsx", {"phase": "他社のフェーズ"}).status_code == 400


def test_a_company_with_two_roles_sees_both(vendor: Client, besshi10: Project) -> None:
    role = besshi10.roles.get(name="共通運用管理業者")
    company = Vendor.objects.get(name="保守業者の会社")
    Contract.objects.create(vendor=company, project=besshi10, role=role)
    wanted = own_numbers(besshi10, "保守業者") | own_numbers(besshi10, "共通運用管理業者")
    assert {task.line.number for task in records(vendor)} == wanted


def test_a_mark_of_the_same_column_in_another_project_is_not_shown(
    vendor: Client, besshi10: Project
) -> None:
    before = len(records(vendor))
    other = store.create(slug="other", title="別", by=None)
    role = Role.objects.create(project=other, position=1, name="保守業者")
    item = other.items.create(position=1, name="秘密の作業")
    Assignment.objects.create(project=other, item=item, role=role, symbol="◎")
    assert len(records(vendor)) == before


def test_the_cost_of_the_list_does_not_grow(
    vendor: Client, besshi10: Project, django_assert_max_num_queries: Any
) -> None:
    vendor.get("/password/")  # the session has its CSRF secret from here on
    with django_assert_max_num_queries(12) as full:
        vendor.get("/tasks/")
    Assignment.objects.filter(project=besshi10, item__position__gt=20).delete()
    with django_assert_max_num_queries(len(full)):
        vendor.get("/tasks/")


def rows_of(data: bytes) -> list[tuple[Any, ...]]:
    """The rows of the export below its headers."""
    rows = list(openpyxl.load_workbook(io.BytesIO(data)).worksheets[0].iter_rows(values_only=True))
    header = next(place for place, row in enumerate(rows) if row[0] == "項番")
    return rows[header + 1 :]


def test_the_export_says_what_the_page_says(vendor: Client) -> None:
    response = vendor.get("/tasks/export.xlsx", {"mark": "◎"})
    found = [row[0] for row in rows_of(response.content) if row[-3]]
    assert found == [task.line.number for task in records(vendor, mark="◎")]


def test_the_export_says_nothing_of_other_rows(vendor: Client, besshi10: Project) -> None:
    foreign = besshi10.items.exclude(assignments__role__name="保守業者").exclude(
        children__isnull=False
    )
    data = vendor.get("/tasks/export.xlsx").content
    numbers = {row[0] for row in rows_of(data)}
    assert len(openpyxl.load_workbook(io.BytesIO(data)).sheetnames) == 1
    assert not numbers & set(foreign.values_list("number", flat=True))
