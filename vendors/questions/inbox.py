"""Process the companies' questions for the PMO."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.contrib.auth.models import User
from django.core.paginator import Page, Paginator
from django.db.models import Case, IntegerField, QuerySet, Value, When
from django.http import Http404

from projects import store
from projects.models import Edition, EditionRow, Project
from projects.store import editions
from vendors.models import Message, Question, Vendor
from vendors.questions import thread

PER_PAGE = 50
OPEN_FIRST = ("open", "answered", "closed")


class UnseenMessageError(Exception):
    """The company has sent a message that the person has not seen."""


@dataclass(frozen=True, slots=True)
class QuestionSummary:
    """A question with its row as last published and its last message."""

    question: Question
    row: EditionRow | None
    last: Message | None


def questions_of(project: Project, *, state: str = "", company: str = "") -> QuerySet[Question]:
    """Return the project's questions, open ones first, then the latest first."""
    ranks = [When(state=state, then=Value(rank)) for rank, state in enumerate(OPEN_FIRST)]
    found = Question.objects.filter(project=project).select_related("vendor")
    if state:
        found = found.filter(state=state)
    if company:
        found = found.filter(vendor__uid=company)
    return found.order_by(Case(*ranks, output_field=IntegerField()), "-at", "pk")


def question_page(
    project: Project, number: str | None, *, state: str = "", company: str = ""
) -> Page[Question]:
    """Return the page of `questions_of` with that number, or the nearest."""
    return Paginator(questions_of(project, state=state, company=company), PER_PAGE).get_page(number)


def asking_companies(project: Project) -> QuerySet[Vendor]:
    """Return the companies that have a question in the project, by name."""
    return Vendor.objects.filter(questions__project=project).distinct().order_by("name")


def summaries_of(project: Project, questions: Sequence[Question]) -> list[QuestionSummary]:
    """Return summaries of the questions, in two queries for any number."""
    rows = _rows(project, {question.uid for question in questions})
    last = _last(project, questions)
    return [QuestionSummary(q, rows.get(q.uid), last.get(q.pk)) for q in questions]


def question_of(project: Project, vendor: Vendor, uid: str) -> Question:
    """Return the company's question about the row. Raises Http404 without one."""
    try:
        return Question.objects.get(project=project, vendor=vendor, uid=uid)
    except Question.DoesNotExist as error:
        raise Http404 from error


def answer(question: Question, text: str, *, by: User) -> Message:
    """Add an answer of the PMO. Concurrent answers are added one after the other."""
    with store.change_set(by=by, kind=store.Kind.ADMIN):
        return _reply(_locked(question), text, by=by)


def close(question: Question, *, seen: int, by: User, text: str = "") -> bool:
    """Close the question, after a last message if there is a text; return whether it changed.

    Raises UnseenMessageError, and changes nothing, when the company has sent a message after
    `seen`.
    """
    with store.change_set(by=by, kind=store.Kind.ADMIN):
        locked = _locked(question)
        later = messages_of(locked).filter(side=Message.Side.COMPANY, pk__gt=seen)
        if later.exists():
            raise UnseenMessageError
        was_open = locked.state != Question.State.CLOSED
        if text:
            _reply(locked, text, by=by)
        thread.set_state(locked, Question.State.CLOSED)
    return was_open or bool(text)


def reopen(question: Question, *, by: User) -> bool:
    """Reopen a closed question; return False where it was open.

    It waits for the side that did not send the last message.
    """
    with store.change_set(by=by, kind=store.Kind.ADMIN):
        locked = _locked(question)
        if locked.state != Question.State.CLOSED:
            return False
        last = messages_of(locked).order_by("-pk").first()
        answered = last is not None and last.side == Message.Side.PMO
        thread.set_state(locked, Question.State.ANSWERED if answered else Question.State.OPEN)
    return True


def _reply(locked: Question, text: str, *, by: User) -> Message:
    latest = editions.latest(locked.project)
    return thread.reply(locked, text, by=by, edition_number=latest.number if latest else 0)


def messages_of(question: Question) -> QuerySet[Message]:
    """Return the messages of the thread."""
    return Message.objects.filter(project=question.project_id, question=question)


def _locked(question: Question) -> Question:
    own = Question.objects.select_for_update(no_key=True, of=("self",))
    return own.select_related("vendor", "project").get(project=question.project_id, pk=question.pk)


def _rows(project: Project, uids: set[str]) -> dict[str, EditionRow]:
    """Return the rows by uid, each from the last 版 that has it."""
    numbers = Edition.objects.filter(project=project).order_by().values("pk")
    found = EditionRow.objects.filter(project=project, edition__in=numbers, uid__in=uids)
    return {row.uid: row for row in found.order_by("uid", "-edition_id").distinct("uid")}


def _last(project: Project, questions: Sequence[Question]) -> dict[int, Message]:
    messages = Message.objects.filter(project=project, question__in=[q.pk for q in questions])
    last = messages.order_by("question_id", "-pk").distinct("question_id")
    return {message.question_id: message for message in last}
