"""Files that a job writes, since they take long."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone
from django_tasks_db.models import DBTaskResult
from openpyxl import load_workbook

from projects import store
from projects.exports import jobs
from projects.models import Output, Project
from raci import jobs as queue
from tests.support.editions import published
from tests.support.small_project import client_of

pytestmark = pytest.mark.django_db
EXPORT = "/projects/small/export.xlsx"


@pytest.fixture
def client(project: Project, monkeypatch: pytest.MonkeyPatch) -> Client:
    """A viewer of a project that counts as large."""
    monkeypatch.setattr(jobs, "LARGE", 0)
    return client_of("viewer")


def texts(data: bytes) -> set[str]:
    sheets = load_workbook(io.BytesIO(data)).worksheets
    return {str(cell.value) for sheet in sheets for row in sheet.rows for cell in row}


def test_what_is_written_at_once_is_handed_out_at_once(client: Client) -> None:
    answer = client.get(EXPORT)
    assert answer.status_code == 200
    assert {"計画", "試験", "◎"} <= texts(answer.content)


def test_it_is_the_file_that_a_small_project_gets(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    by_job = texts(client.get(EXPORT, {"phase": "4"}).content)
    monkeypatch.setattr(jobs, "LARGE", 1_000_000)
    assert texts(client.get(EXPORT, {"phase": "4"}).content) == by_job
    assert "計画" not in by_job


def test_a_part_that_is_not_there_is_not_found(client: Client) -> None:
    assert client.get(EXPORT, {"phase": "99"}).status_code == 404
    assert not Output.objects.exists()


def test_it_is_waited_for_on_a_page_from_any_process(
    client: Client, project: Project, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.JOBS_INLINE = False
    monkeypatch.setattr(queue, "WAIT_SECONDS", 0)
    place = client.get(EXPORT)["Location"]
    assert client.get(EXPORT)["Location"] == place
    row = DBTaskResult.objects.get()  # asked for twice, written once
    page = client.get(place).content.decode()
    assert 'id="job"' in page
    assert client.get(f"{place}status/").json() == {"over": False}
    assert client.get(f"{place}file.xlsx").status_code == 404
    row.task.func(*row.args_kwargs["args"])
    assert client.get(f"{place}status/").json() == {"over": True}
    assert "書き出しました" in client.get(place).content.decode()
    assert "計画" in texts(client.get(f"{place}file.xlsx").content)
    assert client.get(EXPORT).status_code == 200


def test_a_job_that_died_is_said_and_begun_again(
    client: Client, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.JOBS_INLINE = False
    monkeypatch.setattr(queue, "WAIT_SECONDS", 0)
    place = client.get(EXPORT)["Location"]
    DBTaskResult.objects.update(status="FAILED")
    assert client.get(f"{place}status/").json() == {"over": True}
    assert "中断されました" in client.get(place).content.decode()
    assert client.get(EXPORT)["Location"] == place
    assert client.get(f"{place}status/").json() == {"over": False}


def test_a_changed_matrix_is_written_anew_and_old_files_go(
    client: Client, project: Project
) -> None:
    client.get(EXPORT)
    with store.change_set(by=None, kind=store.Kind.EDIT):
        project.items.filter(name="計画").update(name="新しい計画")
    Project.objects.filter(pk=project.pk).update(revision=project.revision + 1)
    assert "新しい計画" in texts(client.get(EXPORT).content)
    assert Output.objects.count() == 2
    Output.objects.update(at=timezone.now() - jobs.KEPT - timedelta(minutes=1))
    row = Output.objects.latest("pk")
    assert client.get(f"/projects/small/outputs/{row.pk}/file.xlsx").status_code == 404
    assert jobs.forget in queue.hourly
    jobs.forget()
    assert Output.objects.count() == 0


def test_an_edition_too(client: Client, project: Project) -> None:
    published(project)
    assert "計画" in texts(client.get("/projects/small/editions/1/export.xlsx").content)
    assert Output.objects.get().asked == "edition 1"


def test_too_many_at_once_are_refused_in_words(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queue, "MOST", 0)
    answer = client.get(EXPORT)
    assert (answer.status_code, "しばらくして" in answer.content.decode()) == (503, True)
    assert not Output.objects.exists()


def test_another_projects_file_is_not_there(client: Client, project: Project) -> None:
    client.get(EXPORT)
    row = Output.objects.get()
    other = store.create(slug="other", title="別", by=None)
    other.memberships.create(user=User.objects.get(username="viewer"), kind="viewer")
    for tail in ("", "status/", "file.xlsx"):
        assert client.get(f"/projects/other/outputs/{row.pk}/{tail}").status_code == 404
