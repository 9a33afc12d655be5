"""Jobs: who does them, when again, and what becomes of mails on the way."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from smtplib import SMTPRecipientsRefused, SMTPServerDisconnected
from typing import Any

import pytest
from django.conf import settings as site
from django.core import mail
from django.core.mail import EmailMultiAlternatives, get_connection
from django.db import OperationalError, connection, transaction
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.module_loading import import_string
from django_tasks_db.models import DBTaskResult

from raci import jobs
from raci.jobs import runner as running
from raci.jobs import worker_lock

for_real = pytest.mark.django_db(transaction=True)
OUTBOX = "django.core.mail.backends.locmem.EmailBackend"
POST = "raci.mail.queued_backend.Backend"
done: list[int] = []


@jobs.job(jobs.LONG)
def noted(number: int) -> None:
    done.append(number)


@jobs.job(jobs.QUICK)
def not_now(number: int) -> None:
    done.append(number)
    raise jobs.RetryLater(timedelta(minutes=5), 2)


@jobs.job(jobs.LONG)
def without_database(number: int) -> None:
    done.append(number)
    raise OperationalError("server closed the connection unexpectedly")


@jobs.job(jobs.LONG)
def broken(number: int) -> None:
    raise ValueError(number)


@pytest.fixture(autouse=True)
def nothing_done(settings: Any) -> None:
    done.clear()
    settings.JOBS_INLINE = False


@pytest.fixture
def post_office(settings: Any) -> None:
    settings.MAIL_TRANSPORT, settings.EMAIL_BACKEND = OUTBOX, POST


def drain(name: str = jobs.LONG) -> None:
    running._drain(name, "test/0", threading.Event())


def only() -> Any:
    return DBTaskResult.objects.get()


@for_real
def test_a_job_is_there_with_the_commit_and_gone_when_it_is_done() -> None:
    with transaction.atomic():
        jobs.put(noted, 1)
        transaction.set_rollback(True)
    with transaction.atomic():
        jobs.put(noted, 2)
    assert jobs.waiting([noted, broken], [1, 2, 3]) == {2}
    drain()
    assert (done, DBTaskResult.objects.count()) == ([2], 0)
    assert jobs.waiting([noted], [2]) == set()


@for_real
def test_a_job_that_fails_is_kept_for_a_week() -> None:
    jobs.put(broken, 1)
    drain()
    running.forget()
    assert (only().status, only().exception_class_path) == ("FAILED", "builtins.ValueError")
    DBTaskResult.objects.update(finished_at=timezone.now() - running.KEPT)
    running.forget()
    assert not DBTaskResult.objects.exists()


@for_real
def test_a_job_may_ask_for_another_time_but_not_for_ever() -> None:
    jobs.put(not_now, 1)
    drain(jobs.QUICK)
    row = only()
    assert (row.status, row.run_after > timezone.now() + timedelta(minutes=4)) == ("READY", True)
    drain(jobs.QUICK)
    assert done == [1]
    DBTaskResult.objects.update(run_after=timezone.now())
    drain(jobs.QUICK)
    assert (done, only().status) == ([1, 1], "FAILED")


@for_real
def test_the_clock_of_the_database_says_when(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine whose clock is a day behind begins what is due."""
    jobs.put(noted, 1)
    DBTaskResult.objects.update(run_after=Now() - timedelta(seconds=1))
    behind = timezone.now() - timedelta(days=1)
    monkeypatch.setattr("django.utils.timezone.now", lambda: behind)
    runner = running.Runner(dedicated=True)
    runner._begin("test/0")
    runner._wait()
    assert done == [1]


@for_real
def test_a_job_that_lost_the_database_is_begun_again() -> None:
    jobs.put(without_database, 1)
    drain()
    assert (done, only().status) == ([1], "READY")


@for_real
def test_what_a_dead_process_began_waits_again_but_not_what_a_living_one_does() -> None:
    living, dead = worker_lock.Presence(dedicated=False), worker_lock.Presence(dedicated=False)
    dead.end()
    rows = [jobs.put(noted, number).db_result for number in (1, 2)]  # type: ignore[attr-defined]
    for row, holder in zip(rows, (living, dead), strict=True):
        row.claim(holder.name)
    try:
        while running.take_up() == 0:  # the server notices that the connection ended
            assert jobs.waiting([noted], [1, 2]) == {1, 2}
        drain()
        assert done == [2]
        assert only().status == "RUNNING"
    finally:
        living.end()


@for_real
def test_a_job_whose_end_could_not_be_written_is_taken_up_by_its_own_process(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The disk was full, or the pooler away, just then; the process lives on."""

    def fails(*_: Any, **__: Any) -> None:
        raise OperationalError("no space left")

    runner = running.Runner(dedicated=True)
    jobs.put(noted, 1)
    with monkeypatch.context() as patch:
        patch.setattr(DBTaskResult, "save", fails)
        patch.setattr(DBTaskResult, "claim", claimed)
        patch.setattr(DBTaskResult, "delete", fails)
        patch.setattr(running, "_failed", fails)
        runner._begin(runner._present())
        runner._wait()
    try:
        assert only().status == "RUNNING"
        runner._take_up()
        assert only().status == "READY"
    finally:
        runner._absent()


def claimed(row: Any, name: str) -> None:
    DBTaskResult.objects.filter(pk=row.pk).update(
        status="RUNNING", worker_ids=[name], started_at=timezone.now()
    )
    row.worker_ids = [name]


@for_real
def test_what_a_living_process_does_is_not_taken_from_it() -> None:
    living = worker_lock.Presence(dedicated=False)
    jobs.put(noted, 1)
    only().claim(living.name)
    try:
        assert running.take_up(living.key, [jobs.QUICK]) == 0
        assert running.take_up(living.key, [jobs.LONG]) == 1
    finally:
        living.end()


@for_real
def test_a_job_of_a_newer_release_waits_for_one_who_knows_it() -> None:
    jobs.put(noted, 1)
    DBTaskResult.objects.update(task_path="tests.test_queue_of_tomorrow.noted")
    drain()
    assert (only().status, only().finished_at) == ("READY", None)
    DBTaskResult.objects.update(task_path=noted.module_path, run_after=timezone.now())
    drain()
    assert done == [1]


@for_real
def test_a_job_of_an_older_release_is_done_under_its_new_name(settings: Any) -> None:
    jobs.put(noted, 1)
    DBTaskResult.objects.update(task_path="tests.test_queue_of_yesterday.noted")
    settings.MOVED_JOBS = {"tests.test_queue_of_yesterday.noted": noted.module_path}
    assert running.rename_moved() == 1
    drain()
    assert done == [1]


def test_moved_jobs_lead_to_functions_that_are_there(settings: Any) -> None:
    assert all(import_string(path).func for path in settings.MOVED_JOBS.values())


@for_real
def test_a_failed_job_keeps_no_words_of_its_error() -> None:
    jobs.put(broken, 4711)
    drain()
    assert "raise ValueError" in only().traceback
    assert "4711" not in only().traceback


@for_real
def test_workers_of_the_library_itself_leave_names_that_can_be_taken_up() -> None:
    jobs.put(noted, 1)
    only().claim("a-name-without-a-key")
    assert running.take_up() == 1


@for_real
def test_what_kills_each_process_that_begins_it_is_given_up() -> None:
    jobs.put(noted, 1)
    for number in range(running.MOST_BEGUN):
        only().claim(f"gone/{number}")
        running.take_up()
    assert only().status == "FAILED"


@for_real
def test_web_processes_leave_jobs_to_a_worker_while_there_is_one() -> None:
    beside, dedicated = running.Runner(dedicated=False), worker_lock.Presence(dedicated=True)
    jobs.put(noted, 1)
    beside._begin("test/0")
    assert only().status == "READY"
    dedicated.end()
    while worker_lock.is_somebody_dedicated():
        pass
    beside._begin("test/0")
    beside._wait()
    assert done == [1]


@for_real
def test_a_runner_goes_on_after_its_connections_were_cut() -> None:
    runner = running.Runner(dedicated=True)
    thread = threading.Thread(target=runner.run)
    thread.start()
    try:
        wait_for(1)
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        wait_for(2)
    finally:
        runner.stop()
        thread.join()
    assert done == [1, 2]


def wait_for(number: int) -> None:
    with transaction.atomic():
        jobs.put(noted, number)
    while number not in done:
        pass


@pytest.fixture
def worker(db: None) -> Iterator[subprocess.Popen[str]]:
    code = (
        "import sys, django; from django.conf import settings;"
        'settings.DATABASES["default"]["NAME"] = sys.argv[1]; django.setup();'
        "from django.core.management import call_command; call_command('worker')"
    )
    command = [sys.executable, "-c", code, connection.settings_dict["NAME"]]
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "tests.settings"}
    folder = Path(site.BASE_DIR)
    with subprocess.Popen(
        command, env=environment, cwd=folder, stdout=subprocess.PIPE, text=True
    ) as process:
        yield process
        process.kill()


@for_real
def test_the_command_does_jobs_until_it_is_told_to_end(
    transactional_db: None, worker: subprocess.Popen[str]
) -> None:
    assert worker.stdout is not None
    assert "処理を待っています" in worker.stdout.readline()
    jobs.put(noted, 1)
    while DBTaskResult.objects.exists():
        pass
    worker.send_signal(signal.SIGTERM)
    assert worker.wait(timeout=30) == 0


# ---- mails


def write(**more: Any) -> None:
    letter = EmailMultiAlternatives("件名", "https://x/secret", to=["a@example.jp"], **more)
    letter.attach_alternative("<b>x</b>", "text/html")
    letter.send()


@for_real
def test_a_mail_goes_through_the_queue_and_is_not_to_be_read_there(post_office: None) -> None:
    write(bcc=["b@example.jp"], headers={"X-Kind": "invitation"})
    kept = str(only().args_kwargs)
    assert "secret" not in kept
    assert "example.jp" not in kept
    assert mail.outbox == []
    drain(jobs.QUICK)
    (letter,) = mail.outbox
    assert (letter.subject, letter.body) == ("件名", "https://x/secret")
    assert letter.recipients() == ["a@example.jp", "b@example.jp"]
    assert letter.extra_headers == {"X-Kind": "invitation"}
    assert "<b>x</b>" in letter.message().as_string()
    assert not DBTaskResult.objects.exists()


@for_real
@pytest.mark.parametrize(
    ("error", "status"),
    [
        (SMTPServerDisconnected("gone"), "READY"),
        (ConnectionRefusedError(), "READY"),
        (SMTPRecipientsRefused({}), "FAILED"),
    ],
)
def test_a_mail_server_that_is_away_is_tried_again_a_refused_address_is_not(
    error: Exception, status: str, post_office: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: Any) -> None:
        raise error

    write()
    monkeypatch.setattr("django.core.mail.backends.locmem.EmailBackend.send_messages", refuse)
    drain(jobs.QUICK)
    assert only().status == status


@pytest.mark.django_db
def test_a_mail_with_a_file_is_refused(post_office: None) -> None:
    letter = EmailMultiAlternatives("件名", "x", to=["a@example.jp"], connection=get_connection())
    letter.attach("a.txt", "x", "text/plain")
    with pytest.raises(ValueError, match="attachments"):
        letter.send()
