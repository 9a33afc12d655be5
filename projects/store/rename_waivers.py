"""What names a column and follows it when it is renamed: waivers, which know no keys."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping

from django.db.models import Q

from projects.checks import Code
from projects.models import Project, Waiver

_OF_COLUMNS = (Code.OVERLOADED.value, Code.IDLE.value)


def waivers_follow(project: Project, renamed: Mapping[str, str]) -> None:
    """Waivers of a column hold under its new name, within the caller's transaction.

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
    """A name that nobody has, for columns that swap theirs."""
    return hashlib.sha256(name.encode()).hexdigest()


def _naming(names: Iterable[str]) -> Q:
    """Rules for one of the columns, and waivers of what was found about one (W2, W3)."""
    wanted = list(names)
    return Q(role__in=wanted) | Q(key__in=[f"{c} {name}" for c in _OF_COLUMNS for name in wanted])


def _rename(waiver: Waiver, names: Mapping[str, str]) -> None:
    if waiver.is_rule:
        waiver.role = names[waiver.role]
    else:
        code, _, name = waiver.key.partition(" ")
        waiver.key = f"{code} {names[name]}"
