"""The start page: what waits for each kind of person, nothing of anybody else, at a fixed cost."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.cache import cache

from projects import store
from projects.checks import Code
from projects.domain.grid import with_item
from projects.domain.plan import diff
from projects.findings import review as reviewing
from projects.findings.review import review
from projects.models import Membership, Project
from projects.store import lifecycle, waivers
from tests.support.company_project import (
    BASE,
    GRID,
    ask,
    changed,
    client_of,
    html,
    record_answer,
    uid_of,
)
from tests.support.editions import published
from tests.support.small_project import marked
from vendors.models import Contract, Member, Vendor
from vendors.progress.progress import board
from vendors.questions import inbox


def page(person: str) -> str:
    return html(client_of(person).get("/"))


def manager() -> User:
    return User.objects.get(username="manager")


def another(slug: str) -> Project:
    """A project of the same people and companies, with a 版."""
    made = store.create(slug=slug, title=f"案件{slug}", by=None)
    store.apply(diff(store.load(made), GRID), project=made, by=None, kind=store.Kind.IMPORT)
    for user in User.objects.filter(memberships__project__slug="small"):
        Membership.objects.create(project=made, user=user, kind="viewer")
    for contract in Contract.objects.filter(project__slug="small").select_related("role"):
        role = made.roles.get(name=contract.role.name)
        Contract.objects.create(vendor=contract.vendor, project=made, role=role)
    Member.objects.update(project=None)
    published(made)
    return made


# ---- PMO


def test_the_pmo_sees_its_projects_with_what_companies_owe(crew: Project) -> None:
    record_answer(crew, "計画")
    ask(crew, "報告", "いつまでですか")
    found = page("viewer")
    total = board(crew).total
    assert f">{total.open}件<" in found
    assert f'{BASE}questions/?state=open">1件' in found
    assert f'href="{BASE}editions/1/"' in found


def test_the_count_of_unconfirmed_tasks_is_the_board_s(crew: Project) -> None:
    record_answer(crew, "計画")
    record_answer(crew, "報告", "withdrawn")
    changed(crew, marked(GRID, "計画", "○", "○"))
    published(crew)
    assert f">{board(crew).total.open}件<" in page("viewer")


def test_the_latest_changes_say_who_what_and_why(project: Project) -> None:
    store.change(
        project,
        lambda grid: marked(grid, "試験", "○", "◎"),
        by=User.objects.get(username="editor"),
        kind=store.Kind.EDIT,
        reason="分担の見直し",
    )
    news = page("viewer").split("最近の変更")[1]
    assert news.index("editor") < news.index("システム")
    assert "記号1か所（分担の見直し）" in news


def test_projects_with_the_same_number_are_told_apart_by_their_titles(project: Project) -> None:
    news = page("viewer").split("最近の変更")[1]
    assert ">別紙1 1番</a>" in news
    for slug in ("two", "three"):
        another(slug)
    Project.objects.filter(slug="two").update(title="写し")
    Project.objects.filter(slug="three").update(document_number="別紙3")
    news = page("viewer").split("最近の変更")[1]
    assert ">別紙1 役割分担表 1番</a>" in news
    assert ">別紙1 写し " in news
    assert ">別紙3 2番</a>" in news


def test_a_single_row_is_called_by_its_name(project: Project) -> None:
    store.change(
        project,
        lambda grid: type(grid)(
            title=grid.title,
            legend=grid.legend,
            roles=grid.roles,
            items=(*grid.items, type(grid.items[0])("0" * 12, 1, "7", "追加の作業", "", ("", ""))),
        ),
        by=None,
        kind=store.Kind.STRUCTURE,
    )
    assert "作業項目「追加の作業」" in page("viewer")


def test_projects_of_others_are_not_there(project: Project) -> None:
    store.create(slug="foreign", title="よその案件", by=None)
    assert "よその案件" not in page("manager")


def test_archived_projects_are_not_there_and_their_people_are_told(project: Project) -> None:
    lifecycle.archive(project, by=manager())
    found = page("manager")
    assert f'href="{BASE}"' not in found
    assert "?archived=1" in found


def shown_findings() -> str:
    cells = re.findall(r'data-label="要確認">(.*?)</td>', page("viewer"))
    (text,) = (re.sub("<[^>]*>", "", cell) for cell in cells)
    return text.partition("（")[0]


def test_open_findings_are_counted_also_after_a_change_and_a_waiver(project: Project) -> None:
    assert shown_findings() == f"{len(review(project).open)}件"
    row = uid_of(project, "試験")
    store.change(
        project,
        lambda grid: with_item(grid, row, lambda item: replace(item, marks=("", ""))),
        by=None,
        kind=store.Kind.EDIT,
    )
    project.refresh_from_db()
    found = review(project)
    assert Code.NO_MARK in [one.finding.code for one in found.open]
    assert shown_findings() == f"{len(found.open)}件"
    waivers.waive(project, [one.finding for one in found.open], reason="了承済み", by=manager())
    assert shown_findings() == "0件"


def test_findings_of_a_huge_matrix_are_counted_when_somebody_looks(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reviewing, "MOST_CELLS", 1)
    assert shown_findings() == "確認する"
    client_of("viewer").get(f"{BASE}checks/")
    assert shown_findings() == f"{len(review(project).open)}件"


# ---- companies


def test_a_company_sees_what_to_confirm_what_was_answered_and_what_changed(
    crew: Project,
) -> None:
    record_answer(crew, "計画")
    question = ask(crew, "報告", "いつまでですか")
    inbox.answer(question, "月末です", by=manager())
    changed(crew, marked(GRID, "計画", "○", "◎"))
    published(crew)
    found = page("kou")
    assert "再確認が必要な作業（1）" in found
    assert "未確認の作業（2）" in found
    assert "質問への回答（1）" in found
    assert "最新の版で変更された作業（1）" in found
    assert f'/tasks/small/{uid_of(crew, "計画")}/"' in found


def test_a_company_sees_no_row_of_others_and_no_page_of_the_pmo(crew: Project) -> None:
    found = page("kou")
    assert "試験" not in found
    assert "/projects/" not in found
    assert "最近の変更" not in found


def test_a_row_that_went_is_told(crew: Project) -> None:
    changed(crew, marked(GRID, "報告", "", ""))
    published(crew)
    assert "担当から外れた作業（1）" in page("kou")


def test_a_draft_is_not_told_to_a_company(crew: Project) -> None:
    before = page("kou")
    changed(crew, marked(GRID, "試験", "◎", "◎"))
    assert "試験" not in page("kou")
    assert page("kou").count("<li>") == before.count("<li>")


def test_a_company_before_the_first_edition_is_told_so(project: Project) -> None:
    user = User.objects.create_user("early")
    vendor = Vendor.objects.create(name="早い会社")
    Contract.objects.create(vendor=vendor, project=project, role=project.roles.all()[0])
    Member.objects.create(vendor=vendor, user=user)
    assert "まだ公開されていません" in page("early")


def test_who_answered_everything_is_told_so(crew: Project) -> None:
    for item in ("計画", "報告", "検収"):
        record_answer(crew, item)
    assert "すべての担当作業に返答しています" in page("kou")


# ---- both, nobody, costs


def test_somebody_with_both_gets_both(crew: Project) -> None:
    Membership.objects.create(project=crew, user=User.objects.get(username="kou"), kind="viewer")
    found = page("kou")
    assert "参加している案件（1）" in found
    assert "株式会社甲の担当作業" in found


def test_somebody_with_nothing_is_told_what_to_do(project: Project) -> None:
    assert "まだ参加している案件がありません" in page("stranger")


def test_somebody_who_left_a_company_sees_nothing_of_it(crew: Project) -> None:
    Member.objects.filter(user__username="kou").update(active=False)
    assert "まだ参加している案件がありません" in page("kou")


def test_nobody_posts_to_it(project: Project) -> None:
    assert client_of("manager").post("/").status_code == 405


@pytest.mark.parametrize(("person", "queries"), [("viewer", 14), ("kou", 15), ("stranger", 5)])
def test_it_costs_the_same_at_any_size(
    crew: Project, person: str, queries: int, django_assert_num_queries: Any
) -> None:
    with store.change_set(by=manager(), kind=store.Kind.EDIT):
        crew.roles.filter(name="甲社").update(short_name="甲")
    client = client_of(person)
    client.get("/password/")
    cache.clear()
    with django_assert_num_queries(queries):
        client.get("/")
    for slug in ("two", "three"):
        another(slug)
    ask(crew, "報告", "いつまでですか")
    cache.clear()
    with django_assert_num_queries(queries):
        client.get("/")
