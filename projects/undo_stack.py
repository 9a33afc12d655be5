"""Which change set a person's next undo or redo takes back: their own acts as a stack."""

from __future__ import annotations

from collections.abc import Iterator

from django.contrib.auth.models import User

from projects.models import ChangeSet, Project
from projects.store import Kind

DEPTH = 200


def next_undo(project: Project, user: User) -> int | None:
    """The number of the person's latest act that is not taken back, None without one."""
    taken_back = set()
    for number, kind, undoes in _acts(project, user):
        if number in taken_back:
            continue
        if kind != Kind.UNDO:
            return number
        taken_back.add(undoes)
    return None


def next_redo(project: Project, user: User) -> int | None:
    """The number of the undo to take back, None when something else was done since."""
    taken_back = set()
    for number, kind, undoes in _acts(project, user):
        if kind == Kind.UNDO and number not in taken_back:
            return number
        if kind == Kind.REDO:
            taken_back.add(undoes)
        elif kind != Kind.UNDO:
            return None
    return None


def _acts(project: Project, user: User) -> Iterator[tuple[int, str, int | None]]:
    """(number, kind, number of what it undoes) of the person's acts, the latest first."""
    own = ChangeSet.objects.filter(project=project, context__metadata__user=user.pk)
    rows = own.order_by("-number").values_list("number", "context__metadata")
    for number, metadata in rows[:DEPTH]:
        yield number, metadata.get("kind", ""), metadata.get("undoes")
