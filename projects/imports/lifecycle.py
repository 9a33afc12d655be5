"""Upload, read, correct, apply and cancel imports. Each step happens once.

A step that takes long is a job (`raci.jobs`): its row is written with the state it leads to.
`applied` and the change set's number are written in the transaction that changes the matrix.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Sequence
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction

from projects.imports import jobs, records
from projects.imports.cancel import stop_writing
from projects.imports.compare import Wishes
from projects.intake.text.corrections import Choices
from projects.models import Import, Project
from raci import jobs as queue

State = Import.State
_JOBS = (jobs.read, jobs.apply)
BUSY = "この取込は処理中です。終わってから、もう一度操作してください。"
CROWDED = "ほかの取込を処理しています。しばらくしてから、もう一度操作してください。"
UNLIKE = "表示した後に、取り込む内容が変わりました。内容を確認して、もう一度反映してください。"
ASKED = "読み方の分からない記号が残っています。すべてに答えてください。"
OVER = {
    State.APPLIED: "この取込は反映済みです。もう一度行うには、ファイルを取り込み直してください。",
    State.CANCELLED: "この取込は中止されています。",
    State.REFUSED: "このファイルは読み取れていないため、反映できません。",
    State.READING: "読み取りが中断されています。再開してください。",
}


class ImportStateError(Exception):
    """What was asked for cannot be done to the import as it is now, in words."""


class StaleImportError(ImportStateError):
    """What the person saw is not what is there any more: compare again. Nothing was written."""


def upload(project: Project, *, data: bytes, name: str, by: User) -> Import:
    """Create an import of the file's bytes and begin to read it. ImportStateError."""
    with transaction.atomic():
        row = records.create(project, data=data, name=name, by=by)
        job = _put(jobs.read, row.pk)
    queue.follow(job)
    return row


def correct(row: Import, choices: Choices) -> None:
    """Read the file again with a person's corrections, also after an interruption."""
    again = (State.READING, State.REFUSED, State.READY, State.APPLYING, State.CANCELLED)
    with transaction.atomic():
        _claim(row, again, state=State.READING, choices=choices.as_json(), progress=0)
        job = _put(jobs.read, row.pk)
    queue.follow(job)


def wish(row: Import, wishes: Wishes) -> None:
    """Save how a person wants the reading applied."""
    with transaction.atomic():
        _claim(row, (State.READY, State.APPLYING), state=State.READY, wishes=wishes.as_json())


def apply(row: Import, *, seen: str, by: User, reason: str = "") -> None:
    """Begin to apply what the preview with the fingerprint `seen` showed.

    StaleImportError when that is not what would be done now, ImportStateError when it is no
    time for it.
    """
    reading = jobs.reading_of(row)
    if reading is not None and reading.asked:
        raise ImportStateError(ASKED)
    revision = Project.objects.values_list("revision", flat=True).get(pk=row.project_id)
    with transaction.atomic():
        _claim(
            row, (State.READY, State.APPLYING), seen=seen, state=State.APPLYING, revision=revision
        )
        job = _put(jobs.apply, row.pk, by.pk, reason)
    queue.follow(job)


def cancel(row: Import) -> None:
    """Ask the running job to end; without one cancel the import at once."""
    open_ones = (State.READING, State.REFUSED, State.READY, State.APPLYING)
    try:
        with transaction.atomic():
            _claim(row, open_ones, state=State.CANCELLED)
    except ImportStateError:
        if not records.request_stop(row):
            raise
        stop_writing(row.pk)


def interrupted(rows: Collection[Import]) -> set[int]:
    """Return the keys of imports whose job ended without a result; one query at most."""
    waiting = {row.pk for row in rows if row.state in (State.READING, State.APPLYING)}
    return waiting - queue.waiting(_JOBS, waiting)


def fingerprint(row: Import, revision: int) -> str:
    """Return a fingerprint of a preview: of the revision, the reading and the wishes."""
    state = json.dumps([row.sha256, row.choices, row.wishes, row.revision], sort_keys=True)
    return f"{revision}.{hashlib.sha256(state.encode()).hexdigest()}"


def _claim(row: Import, allowed: Sequence[str], *, seen: str = "", **values: Any) -> None:
    """Update the row within a transaction. ImportStateError when a job has it or it is no time."""
    now = records.locked(row)
    if queue.waiting(_JOBS, [row.pk]):
        raise ImportStateError(BUSY)
    _check(now, allowed, seen, values.get("revision"))
    records.begin(row, **values)


def _put(work: queue.Job, *arguments: Any) -> queue.Put:
    try:
        return queue.put(work, *arguments)
    except queue.QueueFullError as error:
        raise ImportStateError(CROWDED) from error


def _check(now: Import, allowed: Sequence[str], seen: str, revision: int | None) -> None:
    if now.state not in allowed:
        raise ImportStateError(OVER.get(State(now.state), BUSY))
    if revision is not None and seen != fingerprint(now, revision):
        raise StaleImportError(UNLIKE if seen.startswith(f"{revision}.") else jobs.STALE)
