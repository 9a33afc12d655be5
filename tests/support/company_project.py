"""The small project with two companies, their people and a published 版, for the PMO's pages."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from projects import store
from projects.domain.grid import Grid
from projects.domain.plan import diff
from projects.models import Project
from raci.security_log import log as audit
from tests.support.editions import published
from tests.support.small_project import GRID, client_of, project
from vendors.models import Confirmation, Contract, Member, Message, Question, Vendor

__all__ = ["BASE", "GRID", "client_of", "company", "crew", "log", "project"]
BASE = "/projects/small/"
DENIED = {"kou": 404, "stranger": 404, "viewer": 403, "editor": 403}


@pytest.fixture
def crew(project: Project) -> Project:
    """株式会社甲 with the person `kou` fills 甲社, 株式会社乙 with `otsu` 乙社; 第1版 is out."""
    for name, role, person in (("株式会社甲", "甲社", "kou"), ("株式会社乙", "乙社", "otsu")):
        vendor = Vendor.objects.create(name=name)
        Contract.objects.create(vendor=vendor, project=project, role=project.roles.get(name=role))
        user = User.objects.create_user(person, f"{person}@example.jp", "x")
        Member.objects.create(vendor=vendor, user=user, project=project)
    published(project)
    return project


def company(name: str = "株式会社甲") -> Vendor:
    return Vendor.objects.get(name=name)


def uid_of(project: Project, item: str) -> str:
    return project.items.get(name=item).uid


def record_answer(
    project: Project,
    item: str,
    state: str = "confirmed",
    *,
    vendor: str = "株式会社甲",
    edition: int = 1,
) -> None:
    """Record the company's answer to the task."""
    Confirmation.objects.create(
        project=project,
        vendor=company(vendor),
        uid=uid_of(project, item),
        state=state,
        edition_number=edition,
        person_name="甲野",
        at=timezone.now(),
    )


def ask(project: Project, item: str, text: str, *, vendor: str = "株式会社甲") -> Question:
    """Record the company's question about the task."""
    own: dict[str, Any] = {
        "project": project,
        "vendor": company(vendor),
        "uid": uid_of(project, item),
    }
    question, _ = Question.objects.get_or_create(**own)
    Message.objects.create(
        **own, question=question, edition_number=1, person_name="甲野", side="company", text=text
    )
    return question


def changed(project: Project, grid: Grid) -> None:
    """The matrix becomes that grid; no 版 yet."""
    project.refresh_from_db()
    store.apply(diff(store.load(project), grid), project=project, by=None, kind=store.Kind.IMPORT)


def place(rest: str = "", *, vendor: str = "株式会社甲") -> str:
    """The address of a page about the company."""
    return f"{BASE}companies/{company(vendor).uid}/{rest}"


def html(answer: Any, status: int = 200) -> str:
    assert answer.status_code == status, answer.content.decode()
    return str(answer.content.decode())


def statuses(method: str, path: str, **data: Any) -> dict[str, int]:
    """What each of the people around the project gets."""
    people = ("kou", "stranger", "viewer", "editor", "manager")
    clients: dict[str, Client] = {name: client_of(name) for name in people}
    return {n: getattr(client, method)(path, data).status_code for n, client in clients.items()}


@pytest.fixture
def log(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The kinds that are recorded for a project, with the act where there is one."""
    kinds: list[str] = []

    def record(kind: audit.Kind, **more: Any) -> None:
        if more.get("project_id"):
            kinds.append(f"{kind.value} {more.get('act', '')}".strip())

    monkeypatch.setattr(audit, "record", record)
    return kinds


def member(name: str) -> Member:
    return Member.objects.get(user__username=name)


def post(path: str, **data: Any) -> HttpResponse:
    answer: Any = client_of("manager").post(path, data, follow=True)
    assert isinstance(answer, HttpResponse)
    return answer
