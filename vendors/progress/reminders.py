"""Remind companies of tasks that they have not confirmed."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.contrib.auth.models import User
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.utils.timezone import localdate

from projects import store
from projects.models import Project
from raci.access import name_of
from vendors.access import security_log
from vendors.mail.to_companies import tasks_url, to_each
from vendors.models import Member, Reminder
from vendors.progress.progress import Board, Company


@dataclass(frozen=True, slots=True)
class Candidate:
    """A company with open tasks, and how many of its people a mail can reach."""

    company: Company
    people: int
    reminded_today: bool


@dataclass(frozen=True, slots=True)
class Reminded:
    """The outcome of `remind`: `held` were reminded today, or have nobody a mail can reach."""

    sent: tuple[Candidate, ...]
    held: tuple[Candidate, ...]

    @property
    def people(self) -> int:
        return sum(candidate.people for candidate in self.sent)


def candidates(project: Project, board: Board, *, only: Collection[str] = ()) -> list[Candidate]:
    """Return the companies with open tasks; with `only` those among these uids."""
    people, today = _reachable(project), localdate()
    return [
        Candidate(company, people.get(company.vendor.pk, 0), _reminded(company, today))
        for company in board.companies
        if company.total.open and (not only or company.vendor.uid in only)
    ]


def remind(project: Project, chosen: Iterable[Candidate], *, forced: bool, by: User) -> Reminded:
    """Record the reminders to send: one a day for each company, unless forced."""
    sent, held = [], []
    with store.change_set(by=by, kind=store.Kind.ADMIN):
        Project.objects.select_for_update(no_key=True).get(pk=project.pk)
        done = set(_today(project).values_list("vendor_id", flat=True))
        for candidate in chosen:
            again = candidate.company.vendor.pk in done
            if candidate.people and (forced or not again):
                _note(project, candidate, forced=again, by=by)
                sent.append(candidate)
            else:
                held.append(candidate)
    return Reminded(tuple(sent), tuple(held))


def _note(project: Project, candidate: Candidate, *, forced: bool, by: User) -> None:
    reminder = Reminder.objects.create(
        project=project,
        vendor=candidate.company.vendor,
        day=localdate(),
        forced=forced,
        people=candidate.people,
        person=by,
        person_name=name_of(by),
    )
    security_log.reminder_sent(reminder, by=by)


def _today(project: Project) -> QuerySet[Reminder]:
    return Reminder.objects.filter(project=project, day=localdate())


def _reminded(company: Company, today: date) -> bool:
    return company.reminder is not None and company.reminder.day == today


def _reachable(project: Project) -> dict[int, int]:
    """Return by company how many of its people a mail can reach."""
    own = Member.objects.reachable(project.pk).order_by()
    counts = own.values("vendor_id").annotate(n=Count("user_id", distinct=True))
    return dict(counts.values_list("vendor_id", "n"))


def mail_reminders(request: HttpRequest, project: Project, chosen: Sequence[Candidate]) -> None:
    """Mail the companies' people a request to confirm the open tasks."""
    facts = {candidate.company.vendor.pk: candidate.company for candidate in chosen}
    to_each(
        f"【確認のお願い】{project.title}", "reminded", project, {"url": tasks_url(request)}, facts
    )
