"""Find the change set that a person's next undo or redo takes back."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from django.contrib.auth.models import User

from projects.models import ChangeSet, Project
from projects.store import Kind

DEPTH = 200


@dataclass(frozen=True, slots=True)
class _Act:
    number: int
    kind: str
    undoes: int | None


def next_undo(project: Project, user: User, skip: Collection[int] = ()) -> int | None:
    """Return the number of the person's latest act that is not undone, None without one.

    `skip` holds acts of which nothing is left to take back.
    """
    taken_back = {*skip, *_taken_back(project)}
    for act in _acts(project, user):
        if act.kind != Kind.UNDO and act.number not in taken_back:
            return act.number
    return None


def next_redo(project: Project, user: User, skip: Collection[int] = ()) -> int | None:
    """Return the number of the undo to redo, None when something else was done since."""
    taken_back = {*skip, *_taken_back(project)}
    for act in _acts(project, user):
        if act.kind == Kind.UNDO and act.number not in taken_back:
            return act.number
        if act.kind not in (Kind.UNDO, Kind.REDO):
            return None
    return None


def _acts(project: Project, user: User) -> list[_Act]:
    """Return the person's acts, the latest first."""
    own = ChangeSet.objects.filter(project=project, context__metadata__user=user.pk)
    rows = own.order_by("-number").values_list("number", "context__metadata")[:DEPTH]
    return [_Act(n, data.get("kind", ""), data.get("undoes")) for n, data in rows]


def _taken_back(project: Project) -> set[int]:
    """Return the numbers of acts that are undone, by undos that are not undone themselves."""
    undone: set[int] = set()
    undos = ChangeSet.objects.filter(project=project, context__metadata__has_key="undoes")
    rows = undos.order_by("-number").values_list("number", "context__metadata__undoes")
    for number, undoes in rows[: 2 * DEPTH]:
        if number not in undone:
            undone.add(undoes)
    return undone
