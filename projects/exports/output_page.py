"""The page of a file that a job is writing."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from projects.exports.download import xlsx_response
from projects.models import Output, Project
from raci import jobs as queue

BUSY = 503


def file_or_waiting_page(
    request: HttpRequest, project: Project, asked: Callable[[], Output]
) -> HttpResponse:
    """Respond with the file if its job is done, else with the page that waits for it."""
    try:
        row = asked()
    except queue.QueueFullError:
        context = {"project": project, "output": None}
        return render(request, "projects/output.html", context, status=BUSY)
    if row.is_written:
        return xlsx_response(bytes(row.data or b""), row.file_name)
    return redirect("projects:output", project.slug, row.pk)
