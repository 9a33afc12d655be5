"""The demo: what it makes, and that a second run keeps what people changed."""

from __future__ import annotations

import io
import socket

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from django.core.management.base import CommandError
from django.test import Client

from projects.models import Membership, Project
from vendors import demo
from vendors.models import Contract, Member


@pytest.fixture
def made(db: None, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("RACI_DEMO_PASSWORD", "demo-pass-123")
    return run()


def run() -> str:
    out = io.StringIO()
    call_command("demo", "--no-serve", stdout=out)
    return out.getvalue()


def test_the_demo_has_the_document_and_everybody(made: str) -> None:
    project = Project.objects.get(slug="besshi10")
    assert project.items.count() == 648
    assert User.objects.count() == 20
    kinds = Membership.objects.values_list("user__username", "kind")
    assert dict(kinds) == {"manager": "manager", "editor": "editor", "viewer": "viewer"}
    assert User.objects.get(username="admin").is_superuser


def test_each_role_has_one_company_with_one_person(made: str) -> None:
    assert Contract.objects.values("role").distinct().count() == 16
    assert Member.objects.values("vendor").distinct().count() == 16
    company = Member.objects.get(user__username="hoshu").vendor
    assert [c.role.name for c in company.contracts.all()] == ["保守業者"]
    company = Member.objects.get(user__username="kyotsu").vendor
    assert [c.role.name for c in company.contracts.all()] == ["共通運用管理業者"]


def test_the_printed_password_opens_the_door(made: str) -> None:
    assert "demo-pass-123" in made
    assert Client().login(username="hoshu", password="demo-pass-123")


def test_without_a_password_a_random_one_is_made_and_printed(
    db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("RACI_DEMO_PASSWORD", raising=False)
    line = next(line for line in run().splitlines() if line.startswith("パスワード"))
    password = line.split(": ")[1]
    assert len(password) >= 12
    assert Client().login(username="editor", password=password)


def test_a_second_run_keeps_what_people_changed(made: str) -> None:
    project = Project.objects.get(slug="besshi10")
    project.items.filter(number="4").update(name="書き換えた名前")
    User.objects.get(username="viewer").delete()
    run()
    assert project.items.get(number="4").name == "書き換えた名前"
    assert User.objects.filter(username="viewer").exists()


def test_a_port_in_use_is_said_before_anything_is_done(db: None) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(CommandError, match="--port"):
            call_command("demo", "--port", str(taken.getsockname()[1]))
    assert not Project.objects.exists()


def test_people_csv_names_every_role_once() -> None:
    assert sorted(person.role for person in demo.people() if person.role) == list(range(1, 17))
