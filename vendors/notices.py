"""Mails about tasks: to the PMO when a company asks, to the company when the PMO answers.

They leave after the commit, one mail to each person, so that nobody sees who else gets it. A mail
that cannot be sent is in the log and disturbs nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import partial
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.core import mail
from django.db import transaction
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse

from projects.grid import clean_line
from projects.models import Membership
from vendors.models import Question, Vendor
from vendors.tasks import Task

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
        after_commit(subject, "asked", context, partial(managers_of, seat.project_id))


def answered(request: HttpRequest, question: Question, *, task: str, text: str) -> None:
    """Tells the company's people that the PMO has answered."""
    project = question.project
    place = reverse("vendors:task", args=[project.slug, question.uid])
    context = {
        "project": project.title,
        "task": task,
        "text": text,
        "url": request.build_absolute_uri(place),
    }
    people = partial(people_of, question.vendor, project.pk)
    after_commit(f"【回答】{project.title}", "answered", context, people)


def managers_of(project_id: int) -> QuerySet[User]:
    own = Q(memberships__project=project_id, memberships__kind=Membership.Kind.MANAGER)
    return User.objects.filter(own, is_active=True)


def people_of(vendor: Vendor, project_id: int) -> QuerySet[User]:
    """The company's people who work in the project."""
    own = Q(company_memberships__vendor=vendor, company_memberships__active=True)
    here = Q(company_memberships__project=None) | Q(company_memberships__project=project_id)
    return User.objects.filter(own & here, is_active=True).distinct()


def after_commit(subject: str, template: str, context: dict[str, Any], people: Any) -> None:
    """Sends the mail to each of `people()`, asked for after the commit, by everybody's role."""
    body = render_to_string(f"vendors/mail/{template}.txt", context)
    transaction.on_commit(lambda: _send(clean_line(subject), body, people()), robust=True)


def _send(subject: str, body: str, people: Iterable[User]) -> None:
    letters = [
        mail.EmailMessage(subject, body, settings.DEFAULT_FROM_EMAIL, [person.email])
        for person in people
        if person.email
    ]
    if letters:
        mail.get_connection().send_messages(letters)


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
