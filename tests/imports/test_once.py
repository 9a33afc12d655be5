"""An import is applied once or not at all: pressed twice, overtaken, given up, dead."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from projects import store
from projects.domain.plan import diff
from projects.imports import jobs, lifecycle, proposal
from projects.intake.sandbox import child_process
from projects.models import Import, Project
from raci import jobs as queue
from tests.support.small_project import (
    CHANGED,
    GRID,
    LIST,
    address,
    applied,
    client_of,
    marked,
    now,
    ready,
    seen,
    sent,
    shown,
    upload,
)

pytestmark = pytest.mark.django_db


# ---- applied once, and only what was shown


def test_pressed_twice_it_is_applied_once(client: Client, project: Project) -> None:
    row = ready(client, project)
    form = {"seen": seen(client, row)}
    assert client.post(address(row, "apply/"), form).status_code == 302
    revision = Project.objects.get(pk=project.pk).revision
    again = client.post(address(row, "apply/"), form)
    assert (again.status_code, "反映済みです" in again.content.decode()) == (409, True)
    assert Project.objects.get(pk=project.pk).revision == revision


def test_a_matrix_that_changed_since_is_compared_again(client: Client, project: Project) -> None:
    row = ready(client, project)
    old = seen(client, row)
    wanted = marked(GRID, "試験", "○", "◎")
    store.apply(diff(GRID, wanted), project=project, by=None, kind=store.Kind.EDIT)
    answer = client.post(address(row, "apply/"), {"seen": old})
    page = answer.content.decode()
    assert (answer.status_code, jobs.STALE in page, "比較し直す" in page) == (
        409,
        True,
        True,
    )
    assert now(project) == wanted
    assert "○→空" in shown(client, row)
    assert applied(client, row).status_code == 302
    assert now(project) == CHANGED


def test_wishes_changed_in_another_window_are_not_applied_unseen(
    client: Client, project: Project
) -> None:
    row = ready(client, project)
    old = seen(client, row)
    client_of("manager").post(address(row, "wishes/"), {"about": "policy", "blank": "ignore"})
    answer = client.post(address(row, "apply/"), {"seen": old})
    assert (answer.status_code, lifecycle.UNLIKE in answer.content.decode()) == (409, True)
    assert now(project) == GRID


def test_a_reason_is_asked_where_the_project_wants_one(client: Client, project: Project) -> None:
    Project.objects.filter(pk=project.pk).update(requires_reason=True)
    row = ready(client, project)
    assert applied(client, row).status_code == 400
    assert applied(client, row, reason="第2版の受領").status_code == 302
    assert "第2版の受領" in client.get("/projects/small/history/").content.decode()


def test_a_wanted_grid_that_breaks_a_rule_changes_nothing(
    client: Client, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*args: Any, **kwargs: Any) -> None:
        raise store.BrokenRulesError(["規則に反します。"])

    row = ready(client, project)
    monkeypatch.setattr(store, "apply", broken)
    assert applied(client, row).status_code == 302
    assert "規則に反します。" in shown(client, row)
    assert now(project) == GRID


# ---- given up, refused, interrupted


def test_a_refused_file_says_why_and_changes_nothing(client: Client, project: Project) -> None:
    row = sent(client, b"PK\x03\x04 broken", "壊れた.xlsx")
    page = shown(client, row)
    assert row.state == "refused"
    assert "ファイルが壊れています" in page
    assert "反映する" not in page
    assert client.post(address(row, "apply/"), {"seen": "x"}).status_code == 409
    assert now(project) == GRID


def test_a_cancelled_import_is_not_applied_and_can_be_taken_up(
    client: Client, project: Project
) -> None:
    row = ready(client, project)
    old = seen(client, row)
    assert client.post(address(row, "cancel/")).status_code == 302
    assert client.post(address(row, "apply/"), {"seen": old}).status_code == 409
    assert "再開する" in shown(client, row)
    assert client.post(address(row, "choices/")).status_code == 302
    assert applied(client, row).status_code == 302


def test_an_applied_import_cannot_be_cancelled(client: Client, project: Project) -> None:
    row = ready(client, project)
    applied(client, row)
    assert client.post(address(row, "cancel/")).status_code == 409


def test_a_running_job_is_shown_and_asked_to_end(client: Client, project: Project) -> None:
    row = ready(client, project)
    Import.objects.filter(pk=row.pk).update(state="reading", progress=0.4)
    queue.put(jobs.read, row.pk)
    assert "読み取っています" in shown(client, row)
    told = client.get(address(row, "status/")).json()
    assert told == {"state": "reading", "progress": 0.4, "over": False}
    assert client.post(address(row, "choices/")).status_code == 409
    assert client.post(address(row, "cancel/")).status_code == 302
    row.refresh_from_db()
    assert (row.state, row.stop) == ("reading", True)


@pytest.mark.parametrize(("state", "words"), [("reading", "再開する"), ("applying", "反映する")])
def test_a_dead_job_is_shown_and_taken_up_again(
    state: str, words: str, client: Client, project: Project
) -> None:
    row = ready(client, project)
    Import.objects.filter(pk=row.pk).update(state=state)
    page = shown(client, row)
    assert "中断されました" in page
    assert words in page
    assert client.get(address(row, "status/")).json()["over"]
    assert "中断されました" in client.get(LIST).content.decode()
    if state == "reading":
        client.post(address(row, "choices/"))
    assert applied(client, row).status_code == 302
    assert now(project) == CHANGED


def test_a_job_asked_to_end_before_it_wrote_writes_nothing(
    client: Client, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = ready(client, project)
    inner = store.apply

    def stopped(*args: Any, **kwargs: Any) -> None:
        Import.objects.filter(pk=row.pk).update(stop=True)
        inner(*args, **kwargs)

    monkeypatch.setattr(store, "apply", stopped)
    applied(client, row)
    assert jobs.STOPPED in shown(client, row)
    assert now(project) == GRID


# ---- the reading itself


def test_a_reading_tells_how_far_it_is_and_ends_when_asked(
    client: Client, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    def endless(data: bytes, *, cancelled: Any, progress: Any, **more: Any) -> None:
        assert not cancelled()
        progress(0.5)
        assert Import.objects.get().progress == 0.5
        Import.objects.update(stop=True)
        assert cancelled()
        raise child_process.CancelledError

    monkeypatch.setattr(jobs, "TICK_SECONDS", 0)
    monkeypatch.setattr(proposal, "read_guarded", endless)
    row = sent(client, b"x")
    assert (row.state, row.stop) == ("cancelled", False)
    assert "中止されました" in shown(client, row)


def test_an_answer_that_is_no_reading_is_a_refusal(
    client: Client, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    def dishonest(*args: Any, **kwargs: Any) -> None:
        raise KeyError("items")

    monkeypatch.setattr(proposal, "read_guarded", dishonest)
    row = sent(client, b"x")
    assert (row.state, row.problems[0]["message"]) == ("refused", child_process.UNREADABLE)


def test_a_correction_that_cannot_be_read_is_taken_back(client: Client, project: Project) -> None:
    row = ready(client, project)
    sheet = jobs.reading_of(row).layout.sheets  # type: ignore[union-attr]
    Import.objects.filter(pk=row.pk).update(
        state="refused", choices={"headers": {"x": 99}}, problems=[{"message": "読めません。"}]
    )
    page = shown(client, row)
    assert "反映する</button>" not in page
    assert ("ファイルの読み取り方" in page) == bool(sheet)
    assert "指定をすべて取り消して読み直す" in page
    assert client.post(address(row, "choices/"), {"about": "reset"}).status_code == 302
    row.refresh_from_db()
    assert (row.state, row.choices["headers"]) == ("ready", {})


def test_no_more_jobs_than_the_database_has_room_for(
    client: Client, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queue, "MOST", 0)
    answer = upload(client, b"x")
    assert (answer.status_code, lifecycle.CROWDED in answer.content.decode()) == (400, True)
    assert not Import.objects.exists()
