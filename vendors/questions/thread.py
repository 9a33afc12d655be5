"""Store the thread of a company and the PMO about a task: messages, and who is next."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from django.contrib.auth.models import User
from django.utils import timezone

from raci.access import name_of
from vendors.access.seats import Desk
from vendors.models import Message, Question
from vendors.tasks.confirm import stamp
from vendors.tasks.task import Task


@dataclass(frozen=True, slots=True)
class Thread:
    """The messages about a task in order; `state` is "" without any."""

    state: str
    messages: tuple[Message, ...]

    @property
    def label(self) -> str:
        return Question.State(self.state).label if self.state else ""


def threads_of(tasks: Sequence[Task]) -> dict[int, Thread]:
    """Return the threads about one row by company id, in two queries for any number."""
    own = {
        "project_id": tasks[0].seat.project_id,
        "vendor_id__in": [task.seat.vendor_id for task in tasks],
        "uid": tasks[0].line.uid,
    }
    messages: defaultdict[int, list[Message]] = defaultdict(list)
    for message in Message.objects.filter(**own).order_by("pk"):
        messages[message.vendor_id].append(message)
    states = dict(Question.objects.filter(**own).values_list("vendor_id", "state"))
    vendors = [task.seat.vendor_id for task in tasks]
    return {vendor: Thread(states.get(vendor, ""), tuple(messages[vendor])) for vendor in vendors}


def ask(desk: Desk, tasks: Sequence[Task], text: str) -> None:
    """Add a company's message to the thread of each task and open it, in two queries."""
    Message.objects.bulk_create(
        Message(**stamp(desk, task), question=question, side=Message.Side.COMPANY, text=text)
        for task, question in zip(tasks, _put(tasks, Question.State.OPEN), strict=True)
    )


def close(task: Task) -> None:
    """Close the company's thread about the task, if there is one."""
    own = {"project_id": task.seat.project_id, "vendor_id": task.seat.vendor_id}
    Question.objects.filter(**own, uid=task.line.uid).update(
        state=Question.State.CLOSED, at=timezone.now()
    )


def reply(question: Question, text: str, *, by: User, edition_number: int) -> Message:
    """Add the PMO's answer; the thread waits for the company now."""
    set_state(question, Question.State.ANSWERED)
    return Message.objects.create(
        project_id=question.project_id,
        vendor_id=question.vendor_id,
        uid=question.uid,
        edition_number=edition_number,
        person=by,
        person_name=name_of(by),
        at=timezone.now(),
        question=question,
        side=Message.Side.PMO,
        text=text,
    )


def set_state(question: Question, state: Question.State) -> None:
    """Save the thread's state with the current time."""
    question.state, question.at = state, timezone.now()
    own = Question.objects.filter(project=question.project_id, pk=question.pk)
    own.update(state=question.state, at=question.at)


def _put(tasks: Sequence[Task], state: Question.State) -> list[Question]:
    """Return the thread of each task in their order, created where it is missing."""
    now = timezone.now()
    return Question.objects.bulk_create(
        [
            Question(
                project_id=task.seat.project_id,
                vendor_id=task.seat.vendor_id,
                uid=task.line.uid,
                state=state,
                at=now,
            )
            for task in tasks
        ],
        update_conflicts=True,
        unique_fields=["project", "vendor", "uid"],
        update_fields=["state", "at"],
    )
