"""manage.py doctor tells what is wrong with an installation, and what to do."""

from __future__ import annotations

import io
import json
import shutil
import socket
import time
from collections import namedtuple
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection

from raci.database import unpooled
from raci.doctor import Finding, Level, database, deployment, environment, examined
from raci.doctor.finding import UNREACHABLE

pytestmark = pytest.mark.django_db
Usage = namedtuple("Usage", ("total", "used", "free"))


def doctor_output() -> tuple[str, int]:
    """(stdout, exit code)."""
    out = io.StringIO()
    try:
        call_command("doctor", stdout=out)
    except SystemExit as end:
        return out.getvalue(), int(str(end.code))
    return out.getvalue(), 0


def levels(found: Any) -> list[Level]:
    return [one.level for one in found]


@pytest.fixture
def collected(settings: Any, tmp_path: Path) -> Path:
    """A site whose static files are collected: the real names, without contents."""
    names = {name: name for name in environment._own()}
    for name in names:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    (tmp_path / "staticfiles.json").write_text(json.dumps({"paths": names}))
    settings.STATIC_ROOT = tmp_path
    return tmp_path


def test_everything_is_looked_at_and_what_is_wrong_ends_with_one(
    settings: Any, tmp_path: Path
) -> None:
    settings.STATIC_ROOT = tmp_path / "none"
    text, code = doctor_output()
    subjects = {line.partition("　")[2].partition("：")[0] for line in text.splitlines()}
    wanted = {"データベース", "マイグレーション", "権限", "時計", "設定", "ディスク", "メール"}
    assert wanted < subjects
    assert "異常　画面の部品" in text
    assert "collectstatic" in text
    assert code == 1


def test_every_problem_comes_with_what_to_do(settings: Any, tmp_path: Path) -> None:
    settings.STATIC_ROOT = tmp_path / "none"
    assert all(one.advice for one in examined() if one.level is not Level.OK)


def test_static_files_of_an_older_release_are_told(collected: Path) -> None:
    assert levels(environment.static_files()) == [Level.OK]
    (collected / "css" / "base.css").unlink()
    assert levels(environment.static_files()) == [Level.WRONG]


def test_a_file_that_was_never_collected_is_told(collected: Path) -> None:
    manifest = collected / "staticfiles.json"
    names = json.loads(manifest.read_text())["paths"]
    del names["css/base.css"]
    manifest.write_text(json.dumps({"paths": names}))
    assert levels(environment.static_files()) == [Level.WRONG]


def test_a_full_disk_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    full = Usage(100 << 30, 99 << 30, 1 << 29)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: full)
    assert set(levels(environment.disk())) == {Level.WRONG}


def test_a_clock_that_is_off_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    assert levels(database.clock()) == [Level.OK]
    monkeypatch.setattr(time, "time", lambda: 0.0)
    (one,) = database.clock()
    assert (one.level, "NTP" in one.advice) == (Level.WRONG, True)


def test_mails_that_go_nowhere_and_a_server_that_is_not_there_are_told(settings: Any) -> None:
    assert levels(environment.mail()) == [Level.NOTE]
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        settings.MAIL_TRANSPORT = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = nobody.getsockname()
        (one,) = environment.mail()
    assert one.level is Level.WRONG
    assert str(settings.EMAIL_PORT) in one.what


def test_missing_migrations_are_told() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM django_migrations WHERE (app, name) = "
            "(SELECT app, max(name) FROM django_migrations WHERE app = 'vendors' GROUP BY app)"
        )
    (one,) = database.migrations()
    assert (one.level, one.what) == (Level.WRONG, "1件が未適用です")


def test_without_a_database_the_rest_is_still_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    gone = Finding(Level.WRONG, database.DATABASE, UNREACHABLE, "起動してください。")
    monkeypatch.setattr(
        "raci.doctor.examinations", (lambda: iter([gone]), database.clock, environment.disk)
    )
    assert database.CLOCK not in [one.subject for one in examined()]


@pytest.fixture
def served(monkeypatch: pytest.MonkeyPatch) -> None:
    """As with DATABASE_URL; the connection is there already."""
    connection.ensure_connection()
    monkeypatch.delitem(connection.settings_dict, "RACI_CLUSTER", raising=False)


class Pooled:
    """A connection whose number somebody else made up, as PgBouncer does."""

    def __init__(self, driver: Any) -> None:
        self._driver = driver

    def get_backend_pid(self) -> int:
        return int(self._driver.get_backend_pid()) + 1

    def __getattr__(self, name: str) -> Any:
        return getattr(self._driver, name)


def test_a_key_of_one_machine_is_told_where_there_may_be_several(
    served: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("RACI_SECRET_KEY", raising=False)
    assert levels(deployment.key()) == [Level.NOTE]
    monkeypatch.setenv("RACI_SECRET_KEY", "x" * 50)
    assert levels(deployment.key()) == [Level.OK]


def test_a_pooler_without_a_way_past_it_is_told(
    settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.LISTEN_DATABASE = None
    assert levels(deployment.pooler()) == [Level.OK]
    assert unpooled.is_pooled(Pooled(connection.connection))
    monkeypatch.setattr(unpooled, "is_pooled", lambda driver: driver is connection.connection)
    (one,) = deployment.pooler()
    assert (one.level, "RACI_LISTEN_URL" in one.advice) == (Level.WRONG, True)
    settings.LISTEN_DATABASE = {}
    assert levels(deployment.pooler()) == [Level.OK]
    settings.LISTEN_DATABASE = {"HOST": "127.0.0.1", "PORT": "1"}
    assert levels(deployment.pooler()) == [Level.WRONG]


@pytest.mark.parametrize(
    ("answer", "level"),
    [
        ((False, 0, 0, 0), Level.NOTE),
        ((False, 1, 0, 1), Level.NOTE),
        ((True, 0, 0, 0), Level.WRONG),
        ((True, 1, 0, 1), Level.WRONG),
        ((True, 1, 1, 1), Level.OK),
        ((True, 1, 0, 0), Level.OK),  # we may not see how it is
    ],
)
def test_what_standbys_are_worth_is_told(
    served: None, answer: tuple[Any, ...], level: Level, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert levels(deployment.standbys()) == [Level.NOTE]  # the real server has none
    monkeypatch.setattr(deployment, "fetch", lambda *_: [answer])
    assert levels(deployment.standbys()) == [level]


def test_connections_that_run_out_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    assert levels(deployment.connections()) == [Level.OK]
    monkeypatch.setattr(deployment, "MOST_USED", 0.0)
    assert levels(deployment.connections()) == [Level.WRONG]
