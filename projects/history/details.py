"""Read what change sets changed, value by value, in a constant number of queries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from projects.domain.row_alignment import increasing
from projects.models import Project
from raci.database.raw_sql import fetch

MOST_ROWS = 3_000


@dataclass(frozen=True, slots=True)
class Detail:
    """One value that changed: of what, which value, old → new. `uid` is that of the row, if any."""

    what: str
    field: str
    before: str
    after: str
    uid: str = ""
    role: str = ""


_MARKS = """
SELECT e.number, item.uid, item.number, item.name, role.name,
    CASE WHEN prev.pgh_label = 'delete' THEN '' ELSE COALESCE(prev.symbol, '') END,
    CASE WHEN e.pgh_label = 'delete' THEN '' ELSE e.symbol END, e.total
FROM (
    SELECT act.number, act.at, e.*, count(*) OVER same AS total,
        row_number() OVER same_in_order AS place
    FROM projects_changeset act JOIN projects_assignmentevent e
        ON e.project_id = act.project_id AND e.pgh_created_at = act.at
        AND e.pgh_context_id IS NOT DISTINCT FROM act.context_id
    WHERE act.project_id = %(project)s AND act.number = ANY(%(numbers)s)
    WINDOW same AS (PARTITION BY act.number),
        same_in_order AS (PARTITION BY act.number ORDER BY e.pgh_id)
) e
LEFT JOIN LATERAL (
    SELECT symbol, pgh_label FROM projects_assignmentevent p
    WHERE p.project_id = e.project_id AND p.item_id = e.item_id AND p.role_id = e.role_id
        AND p.pgh_id < e.pgh_id
    ORDER BY p.pgh_id DESC LIMIT 1
) prev ON true
LEFT JOIN LATERAL (
    SELECT uid, number, name FROM projects_workitemevent i
    WHERE i.project_id = e.project_id AND i.pgh_obj_id = e.item_id AND i.pgh_created_at <= e.at
    ORDER BY i.pgh_id DESC LIMIT 1
) item ON true
LEFT JOIN LATERAL (
    SELECT name FROM projects_roleevent r
    WHERE r.project_id = e.project_id AND r.pgh_obj_id = e.role_id AND r.pgh_created_at <= e.at
    ORDER BY r.pgh_id DESC LIMIT 1
) role ON true
WHERE e.place <= %(most)s ORDER BY e.number, e.pgh_id
"""


def details_of(
    project: Project, numbers: Sequence[int], *, most: int = 1_000_000
) -> dict[int, tuple[list[Detail], int]]:
    """Return per number of a change set its details, at most `most` marks, and their total."""
    found: dict[int, list[Detail]] = defaultdict(list)
    hidden: dict[int, int] = defaultdict(int)
    asked = {"project": project.pk, "numbers": list(numbers), "most": most}
    for number, detail in _frame_details(asked):
        found[number].append(detail)
    for number, details in _row_details(asked, most).items():
        found[number] += details
    shown: dict[int, int] = defaultdict(int)
    for number, *mark, total in fetch(_MARKS, asked):
        uid, item_number, name, role, before, after = mark
        shown[number] += 1
        hidden[number] = total - shown[number]
        if before != after:
            what = f"項番{item_number}「{name}」"
            found[number].append(Detail(what, role or "", before, after, uid or "", role or ""))
    return {number: (found[number], len(found[number]) + hidden[number]) for number in numbers}


_ITEM = """
SELECT act.number, e.pgh_label, e.uid, e.parent_id, e.position, e.number, e.name, e.description,
    prev.parent_id, prev.position, prev.number, prev.name, prev.description
FROM projects_changeset act
JOIN projects_workitemevent e ON e.project_id = act.project_id AND e.pgh_created_at = act.at
    AND e.pgh_context_id IS NOT DISTINCT FROM act.context_id
LEFT JOIN LATERAL (
    SELECT * FROM projects_workitemevent p
    WHERE p.project_id = e.project_id AND p.pgh_obj_id = e.pgh_obj_id AND p.pgh_id < e.pgh_id
    ORDER BY p.pgh_id DESC LIMIT 1
) prev ON true
WHERE act.project_id = %(project)s AND act.number = ANY(%(numbers)s)
ORDER BY act.number, e.position, e.pgh_id
"""
_ITEM_COUNTS = """
SELECT act.number, count(*) FROM projects_changeset act
JOIN projects_workitemevent e ON e.project_id = act.project_id AND e.pgh_created_at = act.at
    AND e.pgh_context_id IS NOT DISTINCT FROM act.context_id
WHERE act.project_id = %(project)s AND act.number = ANY(%(numbers)s) GROUP BY act.number
"""


def _row_details(asked: Mapping[str, Any], most: int) -> dict[int, list[Detail]]:
    """Describe changed rows, renumbering in one line. Huge acts are only counted."""
    counts = dict(fetch(_ITEM_COUNTS, asked))
    limit = max(most, MOST_ROWS)
    found: dict[int, list[Detail]] = defaultdict(list)
    for number, count in counts.items():
        if count > limit:
            found[number].append(Detail("作業項目", "行", "", f"{count:,}行を変更"))
    detailed = [number for number, count in counts.items() if count <= limit]
    groups: dict[int, list[Any]] = defaultdict(list)
    for number, *row in fetch(_ITEM, {**asked, "numbers": detailed}) if detailed else ():
        groups[number].append(row)
    for number, rows in groups.items():
        found[number] += _rows_of_act(rows)
    return found


def _rows_of_act(rows: list[Any]) -> Iterator[Detail]:
    moved = _moved(rows)
    renumbered = 0
    for label, uid, _, position, number, name, description, *prev in rows:
        what = f"項番{number}「{name}」"
        if label != "update":
            made = label == "insert"
            yield Detail(what, "行", "" if made else name, name if made else "", uid)
            continue
        _, old_position, old_number, old_name, old_description = prev
        if old_name != name:
            yield Detail(what, "作業項目", old_name, name, uid)
        if old_description != description:
            yield Detail(what, "作業内容", old_description, description, uid)
        if uid in moved:
            yield Detail(what, "位置", f"{old_position}行目", f"{position}行目", uid)
        elif old_number != number or old_position != position:
            renumbered += 1
    if renumbered:
        yield Detail("項番", "付け直し", "", f"{renumbered:,}行")


def _moved(rows: list[Any]) -> set[str]:
    """Return the rows with another parent, or out of the order that the others keep."""
    updates = [row for row in rows if row[0] == "update" and row[8] is not None]
    steady = increasing([row[8] for row in updates])
    shuffled = {row[1] for place, row in enumerate(updates) if place not in steady}
    return shuffled | {row[1] for row in updates if row[2] != row[7]}


_FRAMES = (
    (
        "projectevent",
        "pgh_obj_id",
        "'表'",
        {
            "title": "標題",
            "document_number": "別紙番号",
            "issuer": "発行者",
            "date": "日付",
            "numbering": "項番の付け方",
            "requires_reason": "変更理由を必須にする",
            "archived_at IS NOT NULL": "保管",
            "lead_share": "主たる作業の偏りの基準（％）",
        },
    ),
    (
        "roleevent",
        "project_id",
        "e.name",
        {
            "name": "列の名称",
            "short_name": "略称",
            "kind": "種別",
            "aliases": "別名",
            "position": "列の順序",
        },
    ),
    (
        "legendmarkevent",
        "project_id",
        "e.symbol",
        {
            "symbol": "記号",
            "label": "記号の意味",
            "leads": "主たる作業者",
            "position": "記号の順序",
        },
    ),
)
_FRAME = """
SELECT act.number, e.pgh_label, {name}::text, {now}, {before}
FROM projects_changeset act
JOIN projects_{table} e ON e.{owner} = act.project_id AND e.pgh_created_at = act.at
    AND e.pgh_context_id IS NOT DISTINCT FROM act.context_id
LEFT JOIN LATERAL (
    SELECT * FROM projects_{table} p
    WHERE p.{owner} = e.{owner} AND p.pgh_obj_id = e.pgh_obj_id AND p.pgh_id < e.pgh_id
    ORDER BY p.pgh_id DESC LIMIT 1
) prev ON true
WHERE act.project_id = %(project)s AND act.number = ANY(%(numbers)s)
ORDER BY act.number, e.pgh_id
"""


def _frame_details(asked: Mapping[str, Any]) -> Iterator[tuple[int, Detail]]:
    """Titles, columns and legend."""
    for table, owner, name, fields in _FRAMES:
        statement = _FRAME.format(
            table=table,
            owner=owner,
            name=name,
            now=", ".join(f"(e.{field})::text" for field in fields),
            before=", ".join(f"(prev.{field})::text" for field in fields),
        )
        for number, label, what, *values in fetch(statement, asked):
            now, before = values[: len(fields)], values[len(fields) :]
            if label != "update":
                made = label == "insert"
                kind = next(iter(fields.values()))
                yield number, Detail(what, kind, "" if made else what, what if made else "")
                continue
            for field, old, new in zip(fields.values(), before, now, strict=True):
                if old != new:
                    yield number, Detail(what, field, _shown(old), _shown(new))


def _shown(value: str | None) -> str:
    return {"true": "はい", "false": "いいえ"}.get(value or "", value or "")
