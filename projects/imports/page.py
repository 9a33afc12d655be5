"""Build the page of one import: forms, difference and allowed actions."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field, replace
from typing import Any

from django.shortcuts import get_object_or_404

from projects import store
from projects.domain.change_kinds import Change, words_of
from projects.domain.grid import Grid
from projects.imports import jobs, lifecycle, records
from projects.imports.compare import Comparison, Wishes, compare
from projects.imports.forms import LayoutForm, MarksForm, MatchesForm, PolicyForm
from projects.imports.preview import Group, Preview, RoleCount, preview, remark_groups, role_counts
from projects.intake import IntakeError, Reading
from projects.intake.text.corrections import Choices
from projects.models import Import, Project

DOUBTS_SHOWN = 300
State = Import.State


@dataclass(frozen=True, slots=True)
class Opened:
    """An import with its reading, and the matrix to compare it with."""

    row: Import
    project: Project
    reading: Reading
    current: Grid

    @property
    def choices(self) -> Choices:
        return Choices.from_json(self.row.choices)

    @property
    def wishes(self) -> Wishes:
        return Wishes.from_json(self.row.wishes)

    def layout_form(self, data: Any = None) -> LayoutForm:
        roles = self.current.roles
        return LayoutForm(data, layout=self.reading.layout, roles=roles, choices=self.choices)

    def marks_form(self, data: Any = None) -> MarksForm:
        return MarksForm(
            data,
            asked=self.reading.asked,
            legend=self.reading.grid.legend,
            choices=self.choices,
        )

    def policy_form(self, data: Any = None) -> PolicyForm:
        wishes = self.wishes
        initial = {"blank": wishes.blank.value, "keep_columns": wishes.keep_columns}
        return PolicyForm(data, initial=initial)

    def matches_form(self, comparison: Comparison, data: Any = None) -> MatchesForm:
        doubts = comparison.doubtful[:DOUBTS_SHOWN]
        return MatchesForm(data, doubts=doubts, wishes=self.wishes)

    def compared(self) -> Comparison:
        """IntakeError when the file does not fit into the matrix."""
        return compare(self.reading, self.current, slug=self.project.slug, wishes=self.wishes)


@dataclass(frozen=True, slots=True)
class Shown:
    """The parts of the page below the heading; None where there is nothing to show."""

    layout: LayoutForm
    marks: MarksForm
    policy: PolicyForm
    reading: Reading
    counts: tuple[RoleCount, ...]
    fingerprint: str
    asked: int
    difference: Preview | None = None
    matches: MatchesForm | None = None
    remarks: tuple[Group, ...] = ()
    problems: tuple[dict[str, str], ...] = field(default=())

    @property
    def remark_count(self) -> int:
        return sum(group.count for group in self.remarks)

    @property
    def why_not(self) -> str:
        """Return why 反映 is not possible yet, "" when it is."""
        if self.difference is None:
            return "案件と比較できないため、反映できません。"
        return _why_not(self.reading, self.difference.is_empty)


def import_of(project: Project, key: int) -> Import:
    """Return an import of the project without its file. Http404."""
    return get_object_or_404(Import.objects.without_file(), project=project, pk=key)


def import_state(project: Project, key: int) -> Import:
    """Return the same without its reading too. Http404."""
    return get_object_or_404(Import.objects.light(), project=project, pk=key)


def uploaded_file(project: Project, key: int) -> Import:
    """Return an import of the project with the file that was uploaded. Http404."""
    return get_object_or_404(Import, project=project, pk=key)


def open_import(row: Import, project: Project) -> Opened | None:
    """Open an import for its page. None before it was read."""
    reading = jobs.reading_of(row)
    return None if reading is None else Opened(row, project, reading, store.load(project))


def shown(opened: Opened, changes: Collection[Change], page: int) -> Shown:
    """Return all that the preview shows."""
    found = Shown(
        layout=opened.layout_form(),
        marks=opened.marks_form(),
        policy=opened.policy_form(),
        reading=opened.reading,
        counts=role_counts(opened.reading),
        fingerprint=lifecycle.fingerprint(opened.row, opened.project.revision),
        asked=len(opened.reading.asked),
        remarks=remark_groups(opened.reading.remarks),
    )
    if opened.row.state == State.REFUSED:
        return found
    try:
        comparison = opened.compared()
    except IntakeError as refused:
        return replace(found, problems=tuple(records.problems_as_json(refused.problems)))
    left = opened.wishes.left_out
    return replace(
        found,
        difference=preview(comparison, left_out=left, shown=changes, page=page),
        matches=opened.matches_form(comparison),
        remarks=remark_groups((*opened.reading.remarks, *comparison.remarks)),
    )


def summary(opened: Opened) -> dict[str, Any]:
    """Return what changes on an open page when a change is excluded or included."""
    plan = opened.compared().plan
    return {
        "seen": lifecycle.fingerprint(opened.row, opened.project.revision),
        "summary": words_of(plan.totals()),
        "why": _why_not(opened.reading, plan.is_empty),
    }


def _why_not(reading: Reading, is_empty: bool) -> str:
    if reading.asked:
        return f"読み方の分からない記号が{len(reading.asked)}種類あります。先に答えてください。"
    return "変更はありません。" if is_empty else ""
