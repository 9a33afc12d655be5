"""What a load balancer asks."""

from __future__ import annotations

import pytest
from django.db import OperationalError, connection
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client, override_settings


def get(path: str, **options: str) -> tuple[int, str]:
    response = Client().get(path, headers={"host": "10.0.0.7:8000"}, **options)  # type: ignore[arg-type]
    return response.status_code, response.content.decode()


@pytest.mark.django_db
@override_settings(SECURE_SSL_REDIRECT=True)
def test_a_serving_process_says_ok_to_any_host_without_tls() -> None:
    assert get("/healthz") == get("/readyz") == (200, "ok\n")


def test_a_process_lives_without_a_database() -> None:
    """No database may be used here: pytest refuses it."""
    assert get("/healthz") == (200, "ok\n")


@pytest.mark.django_db
def test_without_its_database_it_is_not_ready(monkeypatch: pytest.MonkeyPatch) -> None:
    def unreachable() -> None:
        raise OperationalError("could not connect to db.internal")

    monkeypatch.setattr(connection, "cursor", unreachable)
    assert get("/readyz") == (503, "database\n")
    assert get("/healthz") == (200, "ok\n")


@pytest.mark.django_db(transaction=True)
def test_on_a_server_that_only_reads_it_is_not_ready(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("raci.http.health.fetch", lambda *_: [(True,)])
    assert get("/readyz") == (503, "read-only\n")


@pytest.mark.django_db
def test_without_its_migrations_it_is_not_ready() -> None:
    recorder = MigrationRecorder(connection)
    recorder.record_unapplied("raci", "0003_people_changed")
    assert get("/readyz") == (503, "migrations\n")
    recorder.record_applied("raci", "0003_people_changed")
    recorder.record_applied("raci", "9999_from_a_newer_release")
    assert get("/readyz") == (200, "ok\n")


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_it_is_only_read_and_leaves_no_cookie(path: str) -> None:
    client = Client()
    assert client.head(path).status_code == 200
    assert client.get(path)["Cache-Control"] == "private, no-store"
    assert client.post(path).status_code == 405
    assert not client.cookies
