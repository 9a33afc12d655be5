"""Mails about tasks: to the PMO when a company asks, to the company when the PMO has spoken."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial

from django.contrib.auth.models import User
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.urls import reverse

from projects.models import Membership
from vendors.mail.outbox import after_commit, body
from vendors.models import Member, Question, Vendor
from vendors.tasks.task import Task

MOST_LISTED = 20


def asked(request: HttpRequest, tasks: Sequence[Task], text: str) -> None:
    """Tells the managers of the tasks' projects that a company has a question."""
    site = request.build_absolute_uri("/").rstrip("/")
    for group in _by_place(tasks):
        seat = group[0].seat
        context = {
            "company": seat.vendor,
            "project": seat.project,
            "tasks": [f"項番{task.line.number} {task.line.name}" for task in group[:MOST_LISTED]],
            "more": max(0, len(group) - MOST_LISTED),
            "text": text,
            "url": site + _thread(group[0]),
        }
        subject = f"【質問】{seat.vendor}: {seat.project}"
        _to_all(subject, body("asked", context), partial(managers_of, seat.project_id))


def answered(request: HttpRequest, question: Question, *, task: str, text: str) -> None:
    """Tells the company's people that the PMO has answered."""
    _to_company(request, question, "answered", "回答", task=task, text=text)


def closed(request: HttpRequest, question: Question, *, task: str, text: str) -> None:
    """Tells the company's people that the PMO has closed their question, and its last words."""
    _to_company(request, question, "closed", "解決済み", task=task, text=text)


def reopened(request: HttpRequest, question: Question, *, task: str) -> None:
    """Tells the company's people that the PMO has opened their question again."""
    _to_company(request, question, "reopened", "質問の再開", task=task, text="")


def _to_company(
    request: HttpRequest, question: Question, template: str, subject: str, *, task: str, text: str
) -> None:
    project = question.project
    place = reverse("vendors:task", args=[project.slug, question.uid])
    context = {
        "project": project.title,
        "task": task,
        "text": text,
        "url": request.build_absolute_uri(place),
    }
    people = partial(people_of, question.vendor, project.pk)
    _to_all(f"【{subject}】{project.title}", body(template, context), people)


def managers_of(project_id: int) -> QuerySet[User]:
    own = Q(memberships__project=project_id, memberships__kind=Membership.Kind.MANAGER)
    return User.objects.filter(own, is_active=True)


def people_of(vendor: Vendor, project_id: int) -> QuerySet[User]:
    """The company's people who work in the project."""
    own = Member.objects.reachable(project_id).filter(vendor=vendor)
    return User.objects.filter(company_memberships__in=own).distinct()


def _to_all(subject: str, text: str, people: Callable[[], Iterable[User]]) -> None:
    after_commit(subject, lambda: ((person, text) for person in people()))


def _thread(task: Task) -> str:
    """Where the PMO answers."""
    seat = task.seat
    return reverse("companies:thread", args=[seat.slug, seat.vendor_uid, task.line.uid])


def _by_place(tasks: Iterable[Task]) -> Iterable[list[Task]]:
    """The tasks of each company in each project."""
    groups: dict[tuple[str, str], list[Task]] = {}
    for task in tasks:
        groups.setdefault((task.seat.slug, task.seat.vendor_uid), []).append(task)
    return groups.values()
