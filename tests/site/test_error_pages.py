"""What people are told while the database is away."""

from __future__ import annotations

import json
from collections.abc import Iterator
from errno import ENOSPC
from typing import Any

import pytest
from django.db import InterfaceError, OperationalError, close_old_connections, connection
from django.test import Client

from projects.models import Project
from raci.database.outage import Cause, cause_of
from tests.support.small_project import now

for_real = pytest.mark.django_db(transaction=True)
MATRIX, CELLS = "/projects/small/", "/projects/small/cells/"
JSON = "application/json"


@pytest.fixture
def no_server() -> Iterator[None]:
    """New connections find nobody at the address."""
    connection.close()
    settings = connection.settings_dict
    kept = settings.pop("RACI_CLUSTER", None), settings["HOST"], settings["PORT"]
    vars(connection).pop("cluster", None)
    settings["HOST"], settings["PORT"] = "127.0.0.1", "1"
    yield
    _, settings["HOST"], settings["PORT"] = kept
    if kept[0] is not None:
        settings["RACI_CLUSTER"] = kept[0]
    vars(connection).pop("cluster", None)
    connection.close()


def ended_by_the_server(client: Client, address: str) -> int:
    """The status of a request whose connection ends before its first statement."""

    def end(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        execute("SELECT pg_terminate_backend(pg_backend_pid())", None, False, context)
        return execute(sql, params, many, context)

    client.raise_request_exception = False
    with connection.execute_wrapper(end):
        return client.get(address).status_code


@for_real
def test_without_a_database_pages_say_so_and_when_to_come_again(
    client: Client, project: Project, no_server: None
) -> None:
    client.raise_request_exception = False
    answer = client.get(f"{MATRIX}?q=<b>")
    assert (answer.status_code, answer["Retry-After"]) == (503, "3")
    page = answer.content.decode()
    assert "データベースに接続できません" in page
    assert f'href="{MATRIX}?q=%3Cb%3E"' in page
    assert "127.0.0.1" not in page
    assert answer["Cache-Control"] == "private, no-store"


@for_real
def test_without_a_database_scripts_get_json(
    client: Client, project: Project, no_server: None
) -> None:
    client.raise_request_exception = False
    answers = (
        client.post(CELLS, "{}", content_type=JSON),
        client.get(f"{MATRIX}changes/?since=1", headers={"accept": JSON}),
    )
    for answer in answers:
        assert (answer.status_code, answer["Content-Type"]) == (503, JSON)
        assert "データベース" in answer.json()["error"]


@for_real
def test_a_lost_connection_is_503_and_the_next_request_goes_on(
    client: Client, project: Project, caplog: pytest.LogCaptureFixture
) -> None:
    assert ended_by_the_server(client, MATRIX) == 503
    assert [record.getMessage() for record in caplog.records] == ["503: the database is away"]
    close_old_connections()  # as before every request; the client of tests leaves it out
    assert client.get(MATRIX).status_code == 200


@for_real
def test_a_server_that_only_reads_is_left_for_the_one_that_writes(
    client: Client, project: Project
) -> None:
    client.get(MATRIX)
    with connection.cursor() as cursor:
        cursor.execute("SET default_transaction_read_only = on")
    client.raise_request_exception = False
    row, role = project.items.get(name="計画"), project.roles.get(name="乙社")
    operation = {"item": row.uid, "role": role.name, "before": "○", "after": "◎"}
    body = json.dumps({"base": project.revision, "operations": [operation]})
    before = now(project)
    answer = client.post(CELLS, body, content_type=JSON)
    assert (answer.status_code, now(project)) == (503, before)
    assert "切り替えています" in answer.json()["error"]
    assert client.post(CELLS, body, content_type=JSON).status_code == 200
    assert now(project) != before


@pytest.mark.django_db
def test_a_fault_of_ours_is_no_fault_of_the_database(
    client: Client, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: Any, **__: Any) -> None:
        raise ValueError

    monkeypatch.setattr("projects.matrix.views.caches", None, raising=False)
    monkeypatch.setattr("projects.shared.project_page.load", broken)
    client.raise_request_exception = False
    assert client.get(MATRIX).status_code == 500


def caused(code: str | None) -> OperationalError:
    error, inner = OperationalError("words"), type("OperationalError", (Exception,), {})()
    inner.pgcode = code
    error.__cause__ = inner
    return error


@pytest.mark.parametrize(
    ("error", "cause"),
    [
        (caused("57P01"), Cause.AWAY),
        (caused("08006"), Cause.AWAY),
        (caused("53300"), Cause.AWAY),
        (caused(None), Cause.AWAY),
        (InterfaceError("connection already closed"), Cause.AWAY),
        (caused("25006"), Cause.READ_ONLY),
        (caused("53200"), Cause.AWAY),
        (InterfaceError("cursor already closed"), None),
        (caused("53100"), Cause.FULL),
        (OSError(ENOSPC, "No space left on device"), Cause.FULL),
        (FileNotFoundError(), None),
        (caused("40P01"), None),
        (caused("57014"), None),
        (ValueError("connection"), None),
        (None, None),
    ],
)
def test_causes(error: BaseException | None, cause: Cause | None) -> None:
    assert cause_of(error) is cause


def test_the_cause_is_found_behind_other_errors() -> None:
    error = KeyError("key")
    error.__context__ = caused("57P01")
    assert cause_of(error) is Cause.AWAY
