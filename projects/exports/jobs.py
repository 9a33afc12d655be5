"""Write large files by jobs and keep them for a day.

The only writer of outputs.

What is asked for is a kind and a word: `matrix` with a 項番 or "", `edition` with its number.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404
from django.utils import timezone

from projects.exports import matrix_file
from projects.exports.matrix_file import File
from projects.models import Edition, Output, Project
from raci import jobs

LARGE = 100_000  # cells; so many are written in some tenths of a second
KEPT = timedelta(days=1)
MATRIX, EDITION = "matrix", "edition"


def is_large(project: Project) -> bool:
    return project.items.count() * project.roles.count() > LARGE


def matrix(project: Project, phase: str) -> Output:
    """Begin to write 別紙10, or its part below a 項番. Http404, queue.QueueFullError."""
    if phase and not project.items.filter(number=phase).exists():
        raise Http404(f"項番{phase}はありません。")
    return _asked(project, f"{MATRIX} {phase}".strip())


def edition(project: Project, number: int) -> Output:
    """Begin to write 別紙10 of a 版. queue.QueueFullError."""
    return _asked(project, f"{EDITION} {number}")


def there(project: Project) -> QuerySet[Output]:
    """Return the files of the project that are kept."""
    return Output.objects.filter(project=project, at__gte=timezone.now() - KEPT)


def forget() -> None:
    """Delete the files of all projects that are too old."""
    projects = list(Project.objects.values_list("pk", flat=True))
    Output.objects.filter(project__in=projects, at__lt=timezone.now() - KEPT).delete()


def interrupted(output: Output) -> bool:
    """Return whether the file is not written and no job is going to write it."""
    return output.data is None and not jobs.waiting([write], [output.pk])


jobs.hourly.append(forget)


@jobs.job(jobs.LONG)
def write(key: int, project_id: int) -> None:
    """Write a file as of the requested revision or a later one."""
    row = Output.objects.filter(project=project_id, pk=key, data=None).first()
    if row is None:
        return
    kind, _, word = row.asked.partition(" ")
    file = _WRITERS[kind](Project.objects.get(pk=project_id), word)
    Output.objects.filter(project=project_id, pk=key).update(
        data=file.data, file_name=file.file_name
    )


def _asked(project: Project, asked: str) -> Output:
    with transaction.atomic():
        outputs = Output.objects.filter(project=project)
        outputs.filter(at__lt=timezone.now() - KEPT).delete()
        row, _ = outputs.get_or_create(
            project=project, asked=asked, revision=project.revision, defaults={}
        )
        job = jobs.put(write, row.pk, project.pk) if interrupted(row) else None
    if job:
        jobs.follow(job)
        row.refresh_from_db(from_queryset=outputs)
    return row


_WRITERS: dict[str, Callable[[Project, str], File]] = {
    MATRIX: lambda project, word: matrix_file.workbook_of(project, phase=word),
    EDITION: lambda project, word: matrix_file.edition_of(
        Edition.objects.get(project=project, number=int(word))
    ),
}
