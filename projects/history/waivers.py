"""Read the history of waivers, which are no change sets."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from projects.checks import CHECKS
from projects.history.row_history import people, shown_name
from projects.models import Project
from projects.store import Kind
from raci.database.raw_sql import fetch

LATEST = 20
_TITLES = {code.value: check.title for code, check in CHECKS.items()}


@dataclass(frozen=True, slots=True)
class End:
    """When and by whom a waiver was taken back; `again` when another one took its place."""

    at: datetime
    name: str
    again: bool


@dataclass(frozen=True, slots=True)
class Waived:
    """One waiver: of what, why, and its end, if it has one."""

    at: datetime
    name: str
    code: str
    title: str
    what: str
    reason: str
    end: End | None


# Each waiver that was made, with the last that was heard of it.
_WAIVERS = """
SELECT made.pgh_created_at, made.person_name, made.reason, made.total,
    last.code, last.key, last.uid, last.role,
    last.pgh_label = 'delete', last.pgh_created_at, context.metadata->>'name',
    context.metadata->>'kind'
FROM (
    SELECT *, count(*) OVER () AS total FROM projects_waiverevent
    WHERE project_id = %(project)s AND pgh_label = 'insert' ORDER BY pgh_id DESC LIMIT %(most)s
) made CROSS JOIN LATERAL (
    SELECT * FROM projects_waiverevent e
    WHERE e.project_id = made.project_id AND e.pgh_obj_id = made.pgh_obj_id
    ORDER BY e.pgh_id DESC LIMIT 1
) last LEFT JOIN pghistory_context context ON context.id = last.pgh_context_id
ORDER BY made.pgh_id DESC
"""
_ROWS = """
SELECT DISTINCT ON (uid) uid, number, name FROM projects_workitemevent
WHERE project_id = %(project)s AND uid = ANY(%(uids)s) ORDER BY uid, pgh_id DESC
"""


def latest_waivers(project: Project, *, most: int = LATEST) -> tuple[list[Waived], int]:
    """Return the latest waivers, deleted ones too, and their total.

    Three queries at the most.
    """
    found = fetch(_WAIVERS, {"project": project.pk, "most": most})
    if not found:
        return [], 0
    rows = _rows(project, (uid or _subject(key) for *_, key, uid, _, _, _, _, _ in found))
    names = people(name or "" for row in found for name in (row[1], row[10]))
    waivers = []
    for at, person, reason, _, code, key, uid, role, gone, until, taker, kind in found:
        end = End(until, shown_name(taker or "", names), kind == Kind.EDIT) if gone else None
        what = _what(rows, key, uid, role)
        name = shown_name(person, names)
        waivers.append(Waived(at, name, code, _TITLES.get(code, ""), what, reason, end))
    return waivers, found[0][3]


def _rows(project: Project, uids: Iterable[str]) -> dict[str, str]:
    """Return 項番 and last name of each row, by uid."""
    values = {"project": project.pk, "uids": list(uids)}
    return {uid: f"項番{number}「{name}」" for uid, number, name in fetch(_ROWS, values)}


def _what(rows: Mapping[str, str], key: str, uid: str, role: str) -> str:
    """Describe what is waived: a row, a column, or the subtree of a rule."""
    if key:
        subject = _subject(key)
        return rows.get(subject) or f"「{subject}」"
    below = f"{rows.get(uid, '削除された行')}とその下のすべて"
    return f"{below}（{role}）" if role else below


def _subject(key: str) -> str:
    return key.partition(" ")[2]
