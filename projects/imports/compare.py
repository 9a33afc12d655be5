"""Compare a reading with a grid by a person's wishes. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from projects.domain.grid import (
    Grid,
    Item,
    Role,
    ancestors,
    index_of,
    parents,
    role_places,
    subtree_ends,
)
from projects.domain.plan import Plan, diff, matched
from projects.domain.plan_exclusion import without
from projects.domain.text.match_key import match_key
from projects.intake.readers.reading import Reading
from projects.intake.tables.column_profile import How
from projects.intake.tables.layout import Layout
from projects.intake.text.remarks import Code, IntakeError, Place, Problem, Remark


class Blank(StrEnum):
    """What a blank cell of the file does to a mark of the project."""

    DELETE = "delete"
    IGNORE = "ignore"


@dataclass(frozen=True, slots=True)
class Wishes:
    """How a person wants the file compared and applied.

    `keep_columns`: columns that the file lacks stay. `left_out`: changes not to make, by the
    keys of `plan_exclusion`. `matches`: a row's uid in the file → the uid it is in the project,
    "" for a new row.
    """

    blank: Blank = Blank.DELETE
    keep_columns: bool = False
    left_out: frozenset[str] = frozenset()
    matches: Mapping[str, str] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        return {
            "blank": self.blank.value,
            "keep_columns": self.keep_columns,
            "left_out": sorted(self.left_out),
            "matches": dict(self.matches),
        }

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Wishes:
        """Parse what `as_json` wrote. ValueError or TypeError for anything else."""
        return cls(
            Blank(value.get("blank", Blank.DELETE)),
            bool(value.get("keep_columns")),
            frozenset(str(key) for key in value.get("left_out", ())),
            {str(new): str(old) for new, old in value.get("matches", {}).items()},
        )


NO_WISHES = Wishes()
_TAUGHT = (How.SIMILAR.value, How.CHOSEN.value)


@dataclass(frozen=True, slots=True)
class Doubt:
    """A row of the file taken for a row of the project on weak evidence."""

    file_uid: str
    uid: str
    number: str
    name: str
    was_number: str
    was_name: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """What a reading would change: `plan` without what is left out, `whole` with it."""

    plan: Plan
    whole: Plan
    doubtful: tuple[Doubt, ...] = ()
    remarks: tuple[Remark, ...] = ()


def compare(
    reading: Reading,
    current: Grid,
    *,
    slug: str,
    title: str = "",
    wishes: Wishes = NO_WISHES,
) -> Comparison:
    """Return what a reading would change in a grid. IntakeError when a part does not fit."""
    wanted = reading.grid
    if reading.part:
        wanted = _grafted(current, wanted, reading.part)
    wanted = _filled(current, wanted, title)
    file_uids = [item.uid for item in wanted.items]
    found = matched(current, wanted, pinned=wishes.matches)
    uid_of = dict(zip(file_uids, (item.uid for item in found.items), strict=True))
    found = _kept(current, found, reading, uid_of, wishes)
    found = _with_aliases(current, found, reading.layout)
    whole = diff(current, found)
    left = without(whole, wishes.left_out)
    plan = whole if left is found else diff(current, left)
    return Comparison(
        plan, whole, tuple(_doubts(whole, uid_of, reading)), tuple(_remarks(reading, current, slug))
    )


def _filled(current: Grid, wanted: Grid, title: str) -> Grid:
    """Fill the wanted grid with the project's texts where the file has none."""
    return replace(
        wanted,
        title=title or wanted.title or current.title,
        document_number=wanted.document_number or current.document_number,
        issuer=wanted.issuer or current.issuer,
        date=wanted.date or current.date,
    )


def _kept(
    current: Grid, wanted: Grid, reading: Reading, uid_of: Mapping[str, str], wishes: Wishes
) -> Grid:
    """Keep in the wanted grid what stays as the project has it.

    Marks nobody could read or that a person leaves alone, blanks that are to be ignored,
    descriptions without a column, columns that the file lacks.
    """
    ignoring = wishes.blank is Blank.IGNORE
    names = {role.name for role in wanted.roles}
    missing = tuple(r for r in current.roles if r.name not in names) if wishes.keep_columns else ()
    roles = (*wanted.roles, *missing)
    if not (ignoring or missing or reading.kept or not reading.has_descriptions):
        return wanted
    columns = role_places((role.name for role in roles), current.roles)
    olds = {item.uid: item for item in current.items}
    kept = {(uid_of.get(uid, uid), role) for uid, role in reading.kept}
    width = len(wanted.roles)

    def row(item: Item) -> Item:
        old = olds.get(item.uid)
        marks = (*item.marks, *[""] * len(missing))
        stays = tuple(
            (old.marks[was] if old and was is not None else "")
            if at >= width or (item.uid, at) in kept or (ignoring and not mark)
            else mark
            for at, (mark, was) in enumerate(zip(marks, columns, strict=True))
        )
        text = item.description
        if old and not text and (ignoring or not reading.has_descriptions):
            text = old.description
        return replace(item, marks=stays, description=text)

    return replace(wanted, roles=roles, items=tuple(row(item) for item in wanted.items))


def _with_aliases(current: Grid, wanted: Grid, layout: Layout) -> Grid:
    """Add the headers matched by likeness or choice to the aliases of their roles."""
    known = {role.name for role in current.roles}
    headers: dict[str, list[str]] = {}
    for sheet in layout.sheets:
        for column in sheet.columns:
            kind, _, name = column.meaning.partition(":")
            if kind == "party" and name in known and column.how in _TAUGHT and not sheet.reason:
                headers.setdefault(name, []).append(column.text)
    if not headers:
        return wanted
    taken = {match_key(text) for role in wanted.roles for text in (role.name, *role.aliases)}
    return replace(
        wanted, roles=tuple(_taught(r, headers.get(r.name, ()), taken) for r in wanted.roles)
    )


def _taught(role: Role, texts: Sequence[str], taken: set[str]) -> Role:
    fresh = {match_key(text): text for text in texts if text and match_key(text) not in taken}
    return replace(role, aliases=(*role.aliases, *fresh.values())) if fresh else role


def _doubts(plan: Plan, uid_of: Mapping[str, str], reading: Reading) -> list[Doubt]:
    """List rows matched although their number, their name or both differ."""
    file_uid = {uid: new for new, uid in uid_of.items()}
    return [
        Doubt(
            file_uid[line.after.uid],
            line.after.uid,
            line.after.number,
            line.after.name,
            line.before.number,
            line.before.name,
        )
        for line in plan.items
        if line.before
        and line.after
        and line.after.uid not in reading.known_uids
        and match_key(line.before.name) != match_key(line.after.name)
    ]


def _remarks(reading: Reading, current: Grid, slug: str) -> list[Remark]:
    """Return the remarks on a reading that need the project."""
    found = []
    if reading.project and slug and reading.project != slug:
        message = "別の案件から出力されたファイルです。"
        found.append(Remark(Place("識別情報"), Code.OTHER_PROJECT, reading.project, message))
    if not reading.has_descriptions and any(item.description for item in current.items):
        message = "作業内容の列がないため、作業内容は変更しません。"
        found.append(Remark(Place("列"), Code.COLUMN_MISSING, "", message))
    return found


def _grafted(current: Grid, part: Grid, top: str) -> Grid:
    """Replace one subtree of the current grid by the file's. IntakeError when it is missing."""
    try:
        at = index_of(current, top)
    except KeyError as error:
        message = "この部分ファイルの元になった区分が、案件にもうありません。"
        raise IntakeError(Problem(message)) from error
    if [role.name for role in part.roles] != [role.name for role in current.roles]:
        raise IntakeError(
            Problem("部分ファイルの列が案件の列と異なります。全体を出力し直してください。")
        )
    rows = part.items[_start_of(part, top) :]
    end = subtree_ends(current.items)[at]
    above = len(ancestors(parents(current.items), at))
    shift = above + 1 - rows[0].level
    branch = tuple(replace(item, level=item.level + shift) for item in rows)
    return replace(current, items=current.items[:at] + branch + current.items[end:])


def _start_of(part: Grid, top: str) -> int:
    try:
        return index_of(part, top)
    except KeyError as error:
        raise IntakeError(Problem("部分ファイルに、出力した区分の行がありません。")) from error
