"""Mail the PMO a company's question, and the company what the PMO did about it."""

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


def send_question(request: HttpRequest, tasks: Sequence[Task], text: str) -> None:
    """Mail the managers of the tasks' projects a company's question."""
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


def send_answer(request: HttpRequest, question: Question, *, task: str, text: str) -> None:
    """Mail the company's people the PMO's answer."""
    _to_company(request, question, "answered", "回答", task=task, text=text)


def send_closing(request: HttpRequest, question: Question, *, task: str, text: str) -> None:
    """Mail the company's people that the PMO has closed their question, with its last message."""
    _to_company(request, question, "closed", "解決済み", task=task, text=text)


def send_reopening(request: HttpRequest, question: Question, *, task: str) -> None:
    """Mail the company's people that the PMO has reopened their question."""
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
    """Return the company's people in the project whom a mail can reach."""
    own = Member.objects.reachable(project_id).filter(vendor=vendor)
    return User.objects.filter(company_memberships__in=own).distinct()


def _to_all(subject: str, text: str, people: Callable[[], Iterable[User]]) -> None:
    after_commit(subject, lambda: ((person, text) for person in people()))


def _thread(task: Task) -> str:
    """Return the address where the PMO answers."""
    seat = task.seat
    return reverse("companies:thread", args=[seat.slug, seat.vendor_uid, task.line.uid])


def _by_place(tasks: Iterable[Task]) -> Iterable[list[Task]]:
    """Group the tasks by company and project."""
    groups: dict[tuple[str, str], list[Task]] = {}
    for task in tasks:
        groups.setdefault((task.seat.slug, task.seat.vendor_uid), []).append(task)
    return groups.values()
