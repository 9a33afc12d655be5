"""版 on the PMO's pages: listed, shown, compared before publishing, and never changed after."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from typing import Any

import openpyxl
import pytest
from django.core import mail
from django.db import DatabaseError, connection, transaction
from django.utils.timezone import localdate

from projects.models import Edition, EditionRow, Project
from tests.support.company_project import (
    BASE,
    GRID,
    changed,
    client_of,
    company,
    html,
    record_answer,
    statuses,
)
from tests.support.editions import published
from tests.support.small_project import marked
from vendors.models import Contract, Member, Vendor
from vendors.publishing import publish

NEW, LIST = f"{BASE}editions/new/", f"{BASE}editions/"
CHANGED = marked(GRID, "報告", "◎", "○")  # 乙社 gets 報告, 甲社 leads it


def hidden(page: str) -> dict[str, str]:
    """What the form of the page says about the preview that it stands on."""
    return {name: re.findall(rf'name="{name}" value="(\d+)"', page)[0] for name in _SEEN}


_SEEN = ("revision", "last")


def post(**data: Any) -> Any:
    """Publishes from a page that is opened now."""
    client = client_of("manager")
    seen = hidden(html(client.get(NEW)))
    return client.post(NEW, {"title": "第2版", "date": "2026-05-01", **seen, **data})


def party(project: Project, name: str) -> publish.Party:
    project.refresh_from_db()
    found = publish.preview_of(project)
    return next(p for p in (*found.companies, *found.vacant) if p.name == name)


def test_a_first_edition_is_new_for_everybody(project: Project) -> None:
    found = publish.preview_of(project)
    assert (found.number, found.companies) == (1, ())
    assert [(p.name, len(p.changes.new)) for p in found.vacant] == [("甲社", 3), ("乙社", 3)]


def test_the_form_proposes_the_next_number_and_today(crew: Project) -> None:
    page = html(client_of("manager").get(NEW))
    assert 'value="第2版"' in page
    assert f'value="{localdate()}"' in page
    assert "業者も読めます" in page


def test_the_preview_says_what_is_new_gone_and_changed_for_each_company(crew: Project) -> None:
    changed(crew, marked(CHANGED, "検収", "○", ""))
    one, other = party(crew, "株式会社甲"), party(crew, "株式会社乙")
    assert [c.line.name for c in one.changes.changed] == ["報告", "検収"]
    assert one.changes.kept == 1
    assert [line.name for line in other.changes.new] == ["報告"]
    assert [line.name for line in other.changes.gone] == ["検収"]
    page = html(client_of("manager").get(NEW))
    assert "新規1件・変更0件・外れる1件" in page
    assert "<del>○</del> → <ins>◎</ins>" in page


def test_the_preview_counts_the_confirmations_that_will_not_count_any_more(crew: Project) -> None:
    record_answer(crew, "計画")
    record_answer(crew, "報告")
    changed(crew, CHANGED)
    assert (party(crew, "株式会社甲").reset, party(crew, "株式会社乙").reset) == (1, 0)


def test_a_confirmation_that_counts_no_more_is_not_reset_again(crew: Project) -> None:
    record_answer(crew, "報告")
    changed(crew, CHANGED)
    published(crew)
    changed(crew, GRID)
    assert party(crew, "株式会社甲").reset == 0


def test_a_company_with_two_roles_has_each_row_once(crew: Project) -> None:
    Contract.objects.create(vendor=company(), project=crew, role=crew.roles.get(name="乙社"))
    changed(crew, CHANGED)
    found = party(crew, "株式会社甲")
    assert (len(found.changes.changed), found.changes.kept) == (1, 3)


def test_roles_without_a_company_are_named(crew: Project) -> None:
    Contract.objects.filter(vendor=company()).delete()
    page = html(client_of("manager").get(NEW))
    assert "担当会社のない列" in page
    assert [p.name for p in publish.preview_of(crew).vacant] == ["甲社"]


def test_publishing_makes_the_next_edition_and_says_so(crew: Project) -> None:
    answer = post(note="体制の変更を反映")
    assert answer["Location"] == LIST
    edition = Edition.objects.get(project=crew, number=2)
    assert (edition.title, edition.note, edition.person_name) == (
        "第2版",
        "体制の変更を反映",
        "manager",
    )
    assert "体制の変更を反映" in html(client_of("viewer").get(LIST))


def test_each_person_is_told_of_the_own_companies_alone(
    crew: Project, django_capture_on_commit_callbacks: Any
) -> None:
    Member.objects.create(
        vendor=company("株式会社乙"), user=Member.objects.get(user__username="kou").user
    )
    changed(crew, CHANGED)
    with django_capture_on_commit_callbacks(execute=True):
        post()
    bodies = {letter.to[0]: letter.body for letter in mail.outbox}
    assert set(bodies) == {"kou@example.jp", "otsu@example.jp"}
    assert "株式会社甲: 新規0件、変更1件" in bodies["kou@example.jp"]
    assert "株式会社乙: 新規1件、変更0件" in bodies["kou@example.jp"]
    assert "株式会社甲" not in bodies["otsu@example.jp"]


def test_nobody_is_told_of_an_edition_that_changes_nothing_for_them(
    crew: Project, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        post()
    assert mail.outbox == []


def test_a_stale_preview_publishes_nothing_and_shows_the_fresh_one(crew: Project) -> None:
    client = client_of("manager")
    seen = hidden(html(client.get(NEW)))
    changed(crew, CHANGED)
    answer = client.post(NEW, {"title": "案", "date": "2026-05-01", **seen})
    page = html(answer, 409)
    assert "確認した後に役割分担表が変更されました" in page
    assert 'value="案"' in page
    assert hidden(page)["revision"] != seen["revision"]
    assert "変更1件" in page
    assert Edition.objects.filter(project=crew).count() == 1


def test_publishing_twice_from_one_page_publishes_once(crew: Project) -> None:
    client = client_of("manager")
    data = {"title": "第2版", "date": "2026-05-01", **hidden(html(client.get(NEW)))}
    assert client.post(NEW, data).status_code == 302
    assert "第2版が公開されました" in html(client.post(NEW, data), 409)
    assert Edition.objects.filter(project=crew).count() == 2


@pytest.mark.parametrize("wrong", [{"title": "　"}, {"date": "昨日"}, {"date": "0001-01-01"}])
def test_a_wrong_form_publishes_nothing_and_still_shows_the_preview(
    wrong: dict[str, str], crew: Project
) -> None:
    assert "会社ごとの変更点" in html(post(**wrong), 400)
    assert Edition.objects.filter(project=crew).count() == 1


def test_an_empty_matrix_cannot_be_published_and_says_why(crew: Project) -> None:
    changed(crew, replace(GRID, items=()))
    assert "作業項目がない" in html(post(), 409)


def test_who_may_publish(crew: Project) -> None:
    wanted = {"kou": 404, "stranger": 404, "viewer": 403, "editor": 403}
    assert statuses("get", NEW) == {**wanted, "manager": 200}
    assert statuses("post", NEW) == {**wanted, "manager": 400}
    assert client_of("manager").delete(NEW).status_code == 405


def test_who_may_see_editions(crew: Project) -> None:
    for path in (LIST, f"{LIST}1/", f"{LIST}1/export.xlsx"):
        wanted = {"kou": 404, "stranger": 404, "viewer": 200, "editor": 200, "manager": 200}
        assert statuses("get", path) == wanted
        assert client_of("manager").post(path).status_code == 405


def test_an_edition_stays_as_it_was_published(crew: Project) -> None:
    changed(crew, marked(replace(GRID, title="新しい標題"), "報告", "", ""))
    page = html(client_of("viewer").get(f"{LIST}1/"))
    assert "新しい標題" not in page.partition("<main")[2]
    row = page.partition("報告</th>")[2].partition("</tr>")[0]
    assert "○" in row
    data = client_of("viewer").get(f"{LIST}1/export.xlsx").content
    sheet = openpyxl.load_workbook(io.BytesIO(data)).worksheets[0]
    (marks,) = [r[2:4] for r in sheet.iter_rows(values_only=True) if r[1] == "報告"]
    assert marks[0] == "○"


def test_an_edition_folds_by_the_address_and_links_to_no_row_of_today(crew: Project) -> None:
    page = html(client_of("viewer").get(f"{LIST}1/", {"fold": 1}))
    assert page.count('aria-expanded="false"') == 2
    assert f"{BASE}items/" not in page
    assert client_of("viewer").get(f"{LIST}1/", {"fold": "x"}).status_code == 400


def test_an_edition_of_another_project_or_none_is_not_found(crew: Project) -> None:
    assert client_of("viewer").get(f"{LIST}2/").status_code == 404


def test_the_list_says_when_there_is_nothing(project: Project) -> None:
    page = html(client_of("viewer").get(LIST))
    assert "まだありません" in page
    assert "新しい版を公開する" not in page


@pytest.mark.parametrize(
    "act",
    [
        "UPDATE projects_edition SET title = 'x'",
        "DELETE FROM projects_edition",
        "UPDATE projects_editionrow SET name = 'x'",
        "DELETE FROM projects_editionrow",
        "TRUNCATE projects_editionrow",
        "TRUNCATE projects_edition CASCADE",
        "TRUNCATE projects_project CASCADE",
    ],
)
def test_the_database_keeps_editions_as_they_are(act: str, crew: Project) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for table in ("projects_edition", "projects_editionrow"):  # see conftest
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
        with pytest.raises(DatabaseError), transaction.atomic():
            cursor.execute(act)


@pytest.mark.django_db(transaction=True)
def test_an_old_edition_takes_no_more_rows(crew: Project) -> None:
    row = EditionRow.objects.filter(project=crew).order_by("position").first()
    assert row is not None
    row.pk, row.uid, row.position = None, "x" * 12, 999
    with pytest.raises(DatabaseError, match="no more rows"):
        row.save(force_insert=True)
    assert EditionRow.objects.filter(project=crew).count() == len(GRID.items)


def test_the_preview_costs_the_same_for_more_companies(
    crew: Project, django_assert_max_num_queries: Any
) -> None:
    client = client_of("manager")
    html(client.get(NEW))
    with django_assert_max_num_queries(16) as before:
        html(client.get(NEW))
    for name in ("丙", "丁", "戊"):
        Contract.objects.create(
            vendor=Vendor.objects.create(name=name),
            project=crew,
            role=crew.roles.get(name="甲社"),
        )
    with django_assert_max_num_queries(len(before)):
        html(client.get(NEW))
