"""Write waivers: the only writer of them.

Waivers name columns and know no keys, so they are renamed with the columns they name.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence

from django.db import transaction
from django.db.models import Q

from projects.checks import Code, Finding
from projects.models import Project, Waiver
from projects.store.change_sets import Kind, Person, act, signed

_OF_COLUMNS = (Code.OVERLOADED.value, Code.IDLE.value)


def digest(finding: Finding) -> str:
    """Return a digest of what the finding is about, in 64 characters."""
    return hashlib.sha256("\0".join(finding.evidence).encode()).hexdigest()


def waive(project: Project, found: Sequence[Finding], *, reason: str, by: Person) -> None:
    """Waive each of the findings as it is now. A former waiver of one is replaced."""
    with act(by=by, kind=Kind.EDIT, reason=reason), transaction.atomic():
        Waiver.objects.of(project).filter(key__in=[one.key for one in found]).delete()
        Waiver.objects.bulk_create(
            Waiver(
                project=project,
                code=one.code.value,
                key=one.key,
                evidence=digest(one),
                reason=reason,
                **signed(by),
            )
            for one in found
        )


def waive_below(
    project: Project, code: Code, *, uid: str, role: str, reason: str, by: Person
) -> None:
    """Waive all findings of the code, now and later, in the row with that uid and below it."""
    with act(by=by, kind=Kind.EDIT, reason=reason), transaction.atomic():
        rules = Waiver.objects.of(project).filter(key="")
        rules.filter(code=code.value, uid=uid, role=role).delete()
        Waiver.objects.create(
            project=project, code=code.value, uid=uid, role=role, reason=reason, **signed(by)
        )


def take_back(waiver: Waiver, *, by: Person) -> None:
    """Delete a waiver, so that the findings it waived are open again."""
    with act(by=by, kind=Kind.UNDO), transaction.atomic():
        Waiver.objects.filter(project=waiver.project_id, pk=waiver.pk).delete()


def rename_columns(project: Project, renamed: Mapping[str, str]) -> None:
    """Let waivers of a column hold under its new name, within the caller's transaction.

    `renamed` holds old → new names, swaps too. Waivers of a column that is gone, whose name
    another one takes, go: they are not about this one.
    """
    own = Waiver.objects.of(project)
    moved = list(own.filter(_naming(renamed))) if renamed else []
    if not moved:
        return
    own.filter(_naming(new for new in renamed.values() if new not in renamed)).delete()
    for names in (
        {old: parked(old) for old in renamed},
        {parked(o): n for o, n in renamed.items()},
    ):
        for waiver in moved:
            _rename(waiver, names)
        Waiver.objects.of(project).bulk_update(moved, ["role", "key"])


def parked(name: str) -> str:
    """Return a temporary name that no column has, for columns that swap theirs."""
    return hashlib.sha256(name.encode()).hexdigest()


def _naming(names: Iterable[str]) -> Q:
    """Match rules for the columns, and waivers of findings about a column (W2, W3)."""
    wanted = list(names)
    return Q(role__in=wanted) | Q(key__in=[f"{c} {name}" for c in _OF_COLUMNS for name in wanted])


def _rename(waiver: Waiver, names: Mapping[str, str]) -> None:
    if waiver.is_rule:
        waiver.role = names[waiver.role]
    else:
        code, _, name = waiver.key.partition(" ")
        waiver.key = f"{code} {names[name]}"
