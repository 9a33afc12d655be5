"""What people let be of 要確認 in the history: the waivers, their ends, and the threshold."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest
from django.contrib.auth.models import User

from projects import store
from projects.checks import Code, Finding
from projects.domain import outline_edits
from projects.domain.grid import with_item
from projects.findings.review import review
from projects.history import latest_waivers
from projects.models import Membership, Project, Waiver
from projects.store import waivers
from tests.support.grid_builders import grid_of, uid
from tests.support.small_project import client_of

PAGE = "/projects/small/history/"


@pytest.fixture
def doubtful(project: Project) -> Project:
    """Two tasks with two leads each; B社 leads everything, C社 does nothing."""
    grid = grid_of("設計", *(f"  作業{n} ◎ ◎ ." for n in range(2)), roles=("A社", "B社", "C社"))
    store.change(project, lambda _: grid, by=None, kind=store.Kind.EDIT)
    return project


def findings(project: Project, code: str) -> list[Finding]:
    return [one.finding for one in review(project).judged if one.finding.code == code]


def editor() -> User:
    return User.objects.get(username="editor")


def lines(query: str = "") -> list[list[str]]:
    """The cells of the waivers on the page, without tags."""
    html = client_of("viewer").get(PAGE + query).content.decode()
    body = html.partition('<h2 id="waivers">')[2].partition("<tbody>")[2].partition("</tbody>")[0]
    rows = re.findall(r"<tr>(.*?)</tr>", body, re.DOTALL)
    return [re.findall(r"<t[dh].*?>(.*?)</t[dh]>", row, re.DOTALL) for row in rows]


def test_a_waiver_stands_with_person_code_row_and_reason(doubtful: Project) -> None:
    User.objects.filter(username="editor").update(last_name="編集 一郎")
    waivers.waive(doubtful, findings(doubtful, "W1")[:1], reason="共同<で>", by=editor())
    assert 'href="#waivers">要確認の見送り（1件）' in client_of("viewer").get(PAGE).content.decode()
    ((at, *told),) = lines()
    assert re.fullmatch(r"\d+年\d+月\d+日 \d\d:\d\d", at)
    assert told == [
        "編集 一郎", "W1　主たる作業者が複数", "項番2「作業0」", "共同&lt;で&gt;", "",
    ]  # fmt: skip


def test_a_waiver_of_a_column_names_it(doubtful: Project) -> None:
    waivers.waive(doubtful, findings(doubtful, "W3")[:1], reason="予備の列", by=None)
    ((_, name, _, what, *_),) = lines()
    assert (name, what) == ("システム", "「C社」")


def test_a_waiver_taken_back_says_by_whom(doubtful: Project) -> None:
    waivers.waive(doubtful, findings(doubtful, "W1")[:1], reason="共同", by=None)
    waivers.take_back(Waiver.objects.get(), by=editor())
    ((*_, end),) = lines()
    assert end.startswith("取り消し　")
    assert end.endswith("　editor")


def test_a_waiver_that_another_replaced_is_told_so(doubtful: Project) -> None:
    for reason in ("共同", "やはり共同"):
        waivers.waive(doubtful, findings(doubtful, "W1")[:1], reason=reason, by=editor())
    (new, old) = lines()
    assert (new[4], new[5]) == ("やはり共同", "")
    assert old[5].startswith("見送り直し　")


def test_a_rule_says_for_what_it_is_also_when_its_row_is_gone(doubtful: Project) -> None:
    for role in ("", "B社"):
        waivers.waive_below(
            doubtful, Code.SEVERAL_LEADS, uid=uid(1), role=role, reason="共同", by=editor()
        )
    whats = [line[3] for line in lines()]
    assert whats == ["項番1「設計」とその下のすべて（B社）", "項番1「設計」とその下のすべて"]
    store.change(
        doubtful,
        lambda grid: with_item(grid, uid(1), lambda item: replace(item, name="基本設計")),
        by=None,
        kind=store.Kind.EDIT,
    )
    store.change(
        doubtful,
        lambda grid: outline_edits.removed(grid, [uid(1)]),
        by=None,
        kind=store.Kind.STRUCTURE,
    )
    assert lines()[1][3] == "項番1「基本設計」とその下のすべて"


def test_only_the_latest_are_shown_and_all_are_counted(doubtful: Project) -> None:
    for reason in "一二三":
        waivers.waive(doubtful, findings(doubtful, "W1")[:1], reason=reason, by=None)
    found, total = latest_waivers(doubtful, most=2)
    assert ([one.reason for one in found], total) == (["三", "二"], 3)


def test_without_waivers_nothing_is_said_and_of_other_projects_neither(doubtful: Project) -> None:
    other = store.create(slug="other", title="他", by=None)
    Membership.objects.create(project=other, user=editor(), kind="viewer")
    waivers.waive(doubtful, findings(doubtful, "W1")[:1], reason="共同", by=None)
    html = client_of("editor").get("/projects/other/history/").content.decode()
    assert "要確認の見送り" not in html
    assert "要確認の見送り" in client_of("editor").get(PAGE).content.decode()


def test_the_page_costs_the_same_for_many_waivers(
    doubtful: Project, django_assert_num_queries: Any
) -> None:
    client = client_of("viewer")
    waivers.waive(doubtful, findings(doubtful, "W1")[:1], reason="共同", by=editor())
    client.get(PAGE)
    with django_assert_num_queries(17):
        client.get(PAGE)
    for _ in range(5):
        waivers.waive(doubtful, findings(doubtful, "W1"), reason="共同", by=editor())
    with django_assert_num_queries(17):
        client.get(PAGE)


def test_a_changed_threshold_is_in_the_history(doubtful: Project) -> None:
    answer = client_of("manager").post("/projects/small/checks/share/", {"lead_share": 40})
    assert answer.status_code == 302
    html = client_of("viewer").get(PAGE).content.decode()
    assert "主たる作業の偏りの基準（％）: 50 → 40" in html
