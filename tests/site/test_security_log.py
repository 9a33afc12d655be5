"""The security log: what is written, that nobody alters it, who may read it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import Barrier

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.auth.models import Group, User
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.db.utils import ProgrammingError
from django.test import Client, override_settings

from projects.models import Membership, Project
from raci.accounts import sign_in_attempts
from raci.models import SecurityEvent
from raci.security_log import log
from raci.security_log.log import Kind
from tests.support.people import PASSWORD

HASHERS = "django.contrib.auth.hashers"
FAST = [f"{HASHERS}.MD5PasswordHasher"]


def lines() -> list[SecurityEvent]:
    return list(SecurityEvent.objects.order_by("id"))


def three() -> list[int]:
    """The numbers of three new lines."""
    for name in ("あ", "い", "う"):
        log.record(Kind.USER_CREATED, by=None, project_id=1, user=7, name=name)
    return [line.pk for line in lines()[-3:]]


@contextmanager
def as_superuser_without_triggers() -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE raci_audit.event DISABLE TRIGGER USER")
        yield
        cursor.execute("ALTER TABLE raci_audit.event ENABLE TRIGGER USER")


def execute(statement: str, *values: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


@pytest.mark.django_db
def test_every_line_follows_from_the_one_before() -> None:
    first, second, third = three()
    found = {line.pk: line for line in lines()}
    assert (second, third) == (first + 1, first + 2)
    assert found[third].previous == found[second].hash
    assert found[second].details == {"user": 7, "name": "い"}
    chain = log.check()
    assert (chain.broken, chain.head) == (None, found[third].hash)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE raci_audit.event SET kind = 'login'",
        "DELETE FROM raci_audit.event",
        "TRUNCATE raci_audit.event",
    ],
)
def test_even_a_superuser_is_refused_to_alter_it(statement: str) -> None:
    three()
    with pytest.raises(ProgrammingError, match="append-only"), transaction.atomic():
        execute(statement)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "change",
    [
        "kind = 'login'",
        "user_id = 8",
        "project_id = NULL",
        "at = at + interval '1 microsecond'",
        'details = details || \'{"name": "x"}\'',
        "hash = repeat('a', 64)",
    ],
)
def test_a_line_altered_behind_its_back_is_found(change: str) -> None:
    second = three()[1]
    with as_superuser_without_triggers():
        execute(f"UPDATE raci_audit.event SET {change} WHERE id = %s", second)
    assert log.check().broken == second


@pytest.mark.django_db
def test_a_line_taken_out_is_found_at_the_next() -> None:
    _, second, third = three()
    with as_superuser_without_triggers():
        execute("DELETE FROM raci_audit.event WHERE id = %s", second)
    assert log.check().broken == third
    with pytest.raises(CommandError, match=f"{third}番"):
        call_command("verify_audit")


@pytest.mark.django_db
def test_lines_cut_off_at_the_end_are_found_by_a_hash_that_was_kept(
    capsys: pytest.CaptureFixture[str],
) -> None:
    first = three()[0]
    call_command("verify_audit")
    kept = log.check().head
    assert kept in capsys.readouterr().out
    with as_superuser_without_triggers():
        execute("DELETE FROM raci_audit.event WHERE id > %s", first)
    call_command("verify_audit")
    with pytest.raises(CommandError, match="控え"):
        call_command("verify_audit", expect=kept)


@pytest.mark.django_db
def test_a_kept_hash_holds_while_the_log_grows() -> None:
    kept = log.check().head
    three()
    call_command("verify_audit", expect=kept)


@pytest.mark.django_db
def test_who_writes_cannot_choose_time_number_or_hash() -> None:
    execute(
        "INSERT INTO raci_audit.event (id, at, kind, details, previous, hash)"
        " VALUES (1000000, '2000-01-01', 'login', '{}', 'x', 'y')"
    )
    assert log.check().broken is None
    assert lines()[-1].at.year > 2000


@pytest.mark.django_db(transaction=True)
def test_two_who_write_at_once_never_fork_the_chain() -> None:
    people, each = 6, 8
    before = log.check().lines
    together = Barrier(people)

    def write(_: int) -> None:
        try:
            together.wait(20)
            for number in range(each):
                with transaction.atomic():
                    log.record(Kind.LOGIN, by=None, number=number)
        finally:
            connection.close()

    with ThreadPoolExecutor(people) as threads:
        list(threads.map(write, range(people)))
    chain = log.check()
    assert (chain.lines - before, chain.broken) == (people * each, None)


@pytest.mark.django_db(transaction=True)
def test_what_is_rolled_back_leaves_no_line() -> None:
    before = log.check()
    with transaction.atomic():
        log.record(Kind.USER_CREATED, by=None)
        transaction.set_rollback(True)
    assert log.check() == before


@pytest.mark.django_db
def test_a_line_outlives_the_person() -> None:
    user = User.objects.create_user("gone")
    log.record(Kind.LOGIN, by=user)
    key = user.pk
    user.delete()
    assert SecurityEvent.objects.filter(user_id=key, kind=Kind.LOGIN).exists()


@pytest.fixture
def new(db: None) -> Callable[[], list[SecurityEvent]]:
    """The lines since the test began, or since they were asked for."""
    seen = log.check().lines

    def ask() -> list[SecurityEvent]:
        nonlocal seen
        found = list(SecurityEvent.objects.filter(id__gt=seen).order_by("id"))
        seen += len(found)
        return found

    return ask


New = Callable[[], list[SecurityEvent]]


def kinds_and_users(found: list[SecurityEvent]) -> list[tuple[str, int | None]]:
    return [(line.kind, line.user_id) for line in found]


@pytest.fixture
def editor(db: None) -> User:
    return User.objects.create_user("editor", password=PASSWORD)


def test_signing_in_and_out_and_failing_are_recorded(editor: User, new: New) -> None:
    client = Client()
    client.post("/login/", {"username": "editor", "password": "wrong"}, REMOTE_ADDR="192.0.2.1")
    client.post("/login/", {"username": "editor", "password": PASSWORD})
    client.post("/logout/")
    found = new()
    assert kinds_and_users(found) == [
        (Kind.LOGIN_FAILED, editor.pk),
        (Kind.LOGIN, editor.pk),
        (Kind.LOGOUT, editor.pk),
    ]
    assert found[0].details == {"address": "192.0.2.1"}


def test_a_name_that_nobody_has_is_not_written_down(editor: User, new: New) -> None:
    Client().post("/login/", {"username": "my-secret-password", "password": "x"})
    (line,) = new()
    assert kinds_and_users([line]) == [(Kind.LOGIN_FAILED, None)]
    assert "secret" not in str(line.details)


def test_a_flood_of_refused_attempts_is_one_line(editor: User, new: New) -> None:
    for _ in range(sign_in_attempts.PER_ACCOUNT + 5):
        Client().post("/login/", {"username": "editor", "password": "wrong"})
    kinds = [line.kind for line in new()]
    assert kinds == [Kind.LOGIN_FAILED] * sign_in_attempts.PER_ACCOUNT + [Kind.THROTTLED]


def test_a_changed_password_is_recorded_and_a_renewed_hash_is_not(editor: User, new: New) -> None:
    editor.set_password("another horse battery staple")
    editor.save()
    assert kinds_and_users(new()) == [(Kind.PASSWORD_CHANGED, None)]
    with override_settings(PASSWORD_HASHERS=[f"{HASHERS}.PBKDF2PasswordHasher", *FAST]):
        assert editor.check_password("another horse battery staple")
    assert new() == []


def test_what_an_administrator_does_to_people_names_both(editor: User, new: New) -> None:
    admin = User.objects.create_superuser("admin", password=PASSWORD)
    client = Client()
    client.force_login(admin)
    new()
    form = {
        "username": "editor",
        "is_staff": "on",
        "date_joined_0": "2026-01-01",
        "date_joined_1": "00:00:00",
    }
    page = f"/admin/auth/user/{editor.pk}/change/"
    response = client.post(page, form)
    assert response.status_code == 302, response.context["adminform"].form.errors
    found = new()
    assert kinds_and_users(found) == [
        (Kind.USER_DEACTIVATED, admin.pk),
        (Kind.RIGHTS_CHANGED, admin.pk),
        (Kind.USER_EDITED, admin.pk),
    ]
    assert {line.details["user"] for line in found} == {editor.pk}
    client.post(page, {**form, "is_active": "on"})
    assert [line.kind for line in new()] == [Kind.USER_ACTIVATED, Kind.USER_EDITED]


def test_groups_and_deletion_are_recorded(editor: User, new: New) -> None:
    group = Group.objects.create(name="g")
    editor.groups.add(group)
    key = editor.pk
    editor.delete()
    found = new()
    assert [line.kind for line in found] == [Kind.RIGHTS_CHANGED, Kind.USER_DELETED]
    assert found[0].details == {"user": key, "groups": [group.pk], "act": "add"}


def test_members_of_a_project_are_recorded_with_their_rights(editor: User, new: New) -> None:
    project = Project.objects.create(slug="p", title="p")
    membership = Membership.objects.create(project=project, user=editor, kind="viewer")
    membership.kind = "manager"
    membership.save()
    membership.save()
    membership.delete()
    found = new()
    assert {(line.kind, line.project_id) for line in found} == {
        (Kind.MEMBERSHIP_CHANGED, project.pk)
    }
    assert [(line.details["before"], line.details["after"]) for line in found] == [
        (None, "viewer"),
        ("viewer", "manager"),
        ("manager", None),
    ]


def test_second_factors_are_recorded_as_they_come_and_go(editor: User, new: New) -> None:
    factor = Authenticator.objects.create(user=editor, type=Authenticator.Type.TOTP, data={})
    factor.delete()
    assert [(line.kind, line.details["user"]) for line in new()] == [
        ("mfa_added", editor.pk),
        ("mfa_removed", editor.pk),
    ]
