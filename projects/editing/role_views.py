"""Edit the columns and the 凡例; confirm what a change would delete."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from projects import store
from projects.domain.grid import Grid, Mark
from projects.domain.plan import diff
from projects.domain.role_edits import (
    Keep,
    lost_marks,
    merged,
    renames,
    used,
    with_legend,
    with_roles,
)
from projects.editing.role_forms import MarkForms, MergeForm, RoleForms, kept, mark_rows, role_rows
from projects.models import Project
from projects.shared.form_fields import ReasonForm
from projects.shared.project_page import project_page
from raci.access import Right, person

BAD_REQUEST, CONFLICT = 400, 409
BLANK_WORD = "空白"


@require_http_methods(["GET", "HEAD", "POST"])
@project_page(Right.EDIT)
def columns(request: HttpRequest, project: Project) -> HttpResponse:
    """Add, rename, describe, order and delete columns; deletion is confirmed first."""
    grid = store.load(project)
    data = request.POST if request.method == "POST" else None
    rows = RoleForms(data, initial=role_rows(grid.roles))
    reason = ReasonForm(data, required=project.requires_reason)
    context: dict[str, Any] = {"rows": rows, "merge": MergeForm(None, roles=grid.roles)}
    if data is None or not (rows.is_valid() and reason.is_valid()):
        return _page(request, project, reason, context, data is not None)
    wanted = [form.wanted for form in kept(rows)]
    lost = {name: count for name, count in lost_marks(grid, wanted).items() if count}
    if lost and "confirm" not in data:
        return _page(request, project, reason, {**context, "lost": lost}, False)
    return _applied(
        request, project, reason, context, grid, with_roles(grid, wanted), renames(wanted)
    )


@require_http_methods(["GET", "HEAD", "POST"])
@project_page(Right.EDIT)
def merge(request: HttpRequest, project: Project) -> HttpResponse:
    """Preview the merge of two columns, row by row where they conflict; POST merges them."""
    grid = store.load(project)
    posted = request.method == "POST"
    form = MergeForm(request.POST if posted else request.GET, roles=grid.roles)
    reason = ReasonForm(request.POST if posted else None, required=project.requires_reason)
    context: dict[str, Any] = {"merge": form}
    if not form.is_valid():
        rows = RoleForms(None, initial=role_rows(grid.roles))
        return _page(request, project, reason, {**context, "rows": rows}, True)
    data = form.cleaned_data
    after, clashes = merged(grid, data["source"], data["target"], Keep(data["keep"]))
    context |= {"clashes": clashes, "data": data, "moved": _moved(grid, data["source"])}
    if not posted or not reason.is_valid():
        return _page(request, project, reason, context, posted, "projects/merge.html")
    return _applied(request, project, reason, context, grid, after, {}, "projects/merge.html")


@require_http_methods(["GET", "HEAD", "POST"])
@project_page(Right.EDIT)
def legend(request: HttpRequest, project: Project) -> HttpResponse:
    """Edit the marks; one in use is deleted only with a replacement for its cells."""
    grid = store.load(project)
    data = request.POST if request.method == "POST" else None
    rows = MarkForms(data, initial=mark_rows(grid.legend))
    reason = ReasonForm(data, required=project.requires_reason)
    context: dict[str, Any] = {"rows": rows, "used": used(grid)}
    template = "projects/legend.html"
    if data is None or not (rows.is_valid() and reason.is_valid()):
        return _page(request, project, reason, context, data is not None, template)
    marks, replaced = _legend_of(rows)
    if wrong := _unknown(marks, replaced):
        return _page(request, project, reason, {**context, "errors": wrong}, True, template)
    try:
        after = with_legend(grid, marks, replaced)
    except ValueError as error:
        words = [
            f"{error}削除するときは、代わりに入れる記号（空白にする場合は「空白」）を指定してください。"
        ]
        return _page(request, project, reason, {**context, "errors": words}, True, template)
    return _applied(request, project, reason, context, grid, after, {}, template)


def _legend_of(rows: Any) -> tuple[list[Mark], dict[str, str]]:
    """Return the marks to keep, and the replacements of symbols that change or go."""
    staying = kept(rows)
    replaced = {
        form.cleaned_data["old"]: form.mark.symbol
        for form in staying
        if form.cleaned_data["old"] not in ("", form.mark.symbol)
    }
    for form in rows.forms:
        data = form.cleaned_data
        if data.get("DELETE") and data.get("old") and data.get("instead"):
            replaced[data["old"]] = "" if data["instead"] == BLANK_WORD else data["instead"]
    return [form.mark for form in staying], replaced


def _unknown(marks: list[Mark], replaced: Mapping[str, str]) -> list[str]:
    """Return what is wrong with the replacements, in words."""
    known = {"", *(mark.symbol for mark in marks)}
    wrong = [
        f"代わりの記号「{n}」は凡例にありません。" for n in replaced.values() if n not in known
    ]
    if BLANK_WORD in known:
        wrong.append(f"「{BLANK_WORD}」は空のセルを表す言葉のため、記号にできません。")
    return wrong


def _moved(grid: Grid, name: str) -> int:
    place = [role.name for role in grid.roles].index(name)
    return sum(bool(item.marks[place]) for item in grid.items)


def _applied(
    request: HttpRequest,
    project: Project,
    reason: ReasonForm,
    context: dict[str, Any],
    before: Grid,
    after: Grid,
    renamed: Mapping[str, str],
    template: str = "projects/columns.html",
) -> HttpResponse:
    """Apply the grid if nothing changed since the form was shown, else show the errors."""
    seen = request.POST.get("revision", "")
    try:
        if seen != str(project.revision):
            raise store.StaleRevisionError(int(seen) if seen.isdecimal() else 0, project.revision)
        store.apply(
            diff(before, after, renamed=renamed),
            project=project,
            by=person(request),
            kind=store.Kind.STRUCTURE,
            reason=reason.cleaned_data["reason"],
        )
    except store.StaleRevisionError:
        words = ["表示した後に、ほかの人が変更しました。内容を確認して、もう一度操作してください。"]
        return _page(request, project, reason, {**context, "errors": words}, CONFLICT, template)
    except store.BrokenRulesError as error:
        return _page(request, project, reason, {**context, "errors": error.errors}, True, template)
    messages.success(request, "変更しました。変更履歴から取り消せます。")
    return redirect("projects:matrix", project.slug)


def _page(
    request: HttpRequest,
    project: Project,
    reason: ReasonForm,
    context: dict[str, Any],
    wrong: bool | int,
    template: str = "projects/columns.html",
) -> HttpResponse:
    status = CONFLICT if wrong == CONFLICT else BAD_REQUEST if wrong else 200
    shown = {**context, "project": project, "reason": reason}
    return render(request, template, shown, status=status)
