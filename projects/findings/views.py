"""Show findings: as a list, one by one, as marks on the matrix, as Excel."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from projects.checks import CHECKS, Check, Code
from projects.exports.download import xlsx_response
from projects.findings import workbook
from projects.findings.forms import SEVERITIES, FindingForm, ShareForm, WaiveForm
from projects.findings.repair import Step, Steps
from projects.findings.review import Judged, Review, State, review
from projects.findings.walkthrough import stop
from projects.models import Project
from projects.shared.project_page import project_page
from raci.access import Right
from raci.accounts.sessions import passive
from raci.http.etags import respond

PER_PAGE, STEPS_SHOWN = 50, 8
TEXT_COLUMNS = 3
OK, BAD_REQUEST = 200, 400


@dataclass(frozen=True, slots=True)
class Counted:
    """One check with how many findings it has."""

    code: Code
    check: Check
    severity: str
    open: int
    again: int
    waived: int
    repairable: int


@dataclass(frozen=True, slots=True)
class Shown:
    """A finding on the page, with the first steps of its repair."""

    judged: Judged
    check: Check
    number: str
    steps: Sequence[Step]
    more: int


@require_safe
@project_page(Right.VIEW)
def checks(request: HttpRequest, project: Project) -> HttpResponse:
    """List the findings with their counts, filtered by the URL."""
    return respond(
        request,
        project.revision,
        project.right,
        project.waived,
        build=lambda: list_page(request, project, review(project)),
    )


def list_page(
    request: HttpRequest, project: Project, found: Review, *, error: str = "", status: int = OK
) -> HttpResponse:
    """Render the list, with the error of an act."""
    form = FindingForm(request.GET, grid=found.grid)
    page = Paginator(form.wanted.chosen(found), PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "project": project,
        "form": form,
        "page": page,
        "shown": _shown(found, list(page.object_list)),
        "counts": counted(found),
        "total": len(found.open),
        "may_edit": project.right >= Right.EDIT,
        "may_manage": project.right >= Right.MANAGE,
        "share": ShareForm(instance=project),
        "error": error,
    }
    wrong = status if form.is_valid() or error else BAD_REQUEST
    return render(request, "projects/checks.html", context, status=wrong)


@require_safe
@project_page(Right.VIEW)
def walk(request: HttpRequest, project: Project) -> HttpResponse:
    """Show open findings one by one: ?at= one, or the first behind ?after=, of those chosen."""
    found = review(project)
    form = FindingForm(request.GET, grid=found.grid)
    chosen = [one for one in form.wanted.chosen(found) if one.is_open]
    asked = request.GET
    at = stop(found, chosen, at=asked.get("at", ""), after=asked.get("after", ""))
    context = {
        "project": project,
        "form": form,
        "at": at,
        "roles": found.grid.roles,
        "width": len(found.grid.roles) + TEXT_COLUMNS,
        "may_edit": project.right >= Right.EDIT,
        "waive": WaiveForm(None, grid=found.grid, chosen=[at.judged]) if at else None,
    }
    status = OK if form.is_valid() else BAD_REQUEST
    return render(request, "projects/checks_walk.html", context, status=status)


@passive
@require_safe
@project_page(Right.VIEW)
def rows(request: HttpRequest, project: Project) -> HttpResponse:
    """Answer the locations of the open findings as `payload`, for the matrix page."""
    return respond(
        request,
        project.revision,
        project.waived,
        build=lambda: JsonResponse(payload(review(project))),
    )


def payload(found: Review) -> dict[str, object]:
    """Return codes by row uid, by row uid and column, and by column, counted from 1."""
    places = found.whereabouts()
    columns = {role.name: place for place, role in enumerate(found.grid.roles, 1)}
    return {
        "titles": {code.value: check.title for code, check in CHECKS.items()},
        "rows": places.rows,
        "cells": {uid: _counted_from_1(cells, columns) for uid, cells in places.cells.items()},
        "columns": _counted_from_1(places.columns, columns),
    }


def _counted_from_1(
    found: Mapping[str, Sequence[str]], columns: Mapping[str, int]
) -> dict[int, Sequence[str]]:
    return {columns[name]: codes for name, codes in found.items()}


@require_safe
@project_page(Right.VIEW)
def checks_export(_: HttpRequest, project: Project) -> HttpResponse:
    """Download all findings as Excel."""
    file = workbook.findings_of(project)
    return xlsx_response(file.data, file.file_name)


def counted(found: Review) -> list[Counted]:
    """Count the findings of each check that has any, in the order of the checks."""
    repairable = [one.finding.code for one in found.open if one.finding.repair]
    return [
        Counted(
            code,
            CHECKS[code],
            SEVERITIES[code.severity],
            states[State.OPEN] + states[State.AGAIN],
            states[State.AGAIN],
            states[State.WAIVED],
            repairable.count(code),
        )
        for code, states in found.counts().items()
        if states
    ]


def _shown(found: Review, page: Sequence[Judged]) -> list[Shown]:
    numbers = {item.uid: item.number for item in found.grid.items}
    steps, result = Steps(found.grid), []
    for one in page:
        finding = one.finding
        first = steps.of(finding.repair[:STEPS_SHOWN])
        more = len(finding.repair) - len(first)
        number = numbers.get(finding.uid, "")
        result.append(Shown(one, CHECKS[finding.code], number, first, more))
    return result
