"""Run the jobs of imports: read the file, and apply the reading to the matrix."""

from __future__ import annotations

import json
import logging
import re
import zlib
from dataclasses import replace
from time import monotonic

from django.contrib.auth.models import User
from django.db import OperationalError
from psycopg2.errors import QueryCanceled  # type: ignore[import-untyped]

from projects import store
from projects.domain.plan import Plan
from projects.imports import cancel, proposal, records
from projects.imports.compare import Wishes, compare
from projects.intake import IntakeError, Problem, Reading
from projects.intake.readers import json_codec
from projects.intake.sandbox import child_process
from projects.intake.text.corrections import Choices
from projects.models import Import
from raci import jobs
from raci.database.outage import Cause, cause_of
from raci.http.error_pages import WORDS

logger = logging.getLogger(__name__)
State = Import.State
TICK_SECONDS = 0.5
STALE = "比較した後に、ほかの人が表を変更しました。もう一度比較し直してください。"
NOTHING = "変更がないため、反映しませんでした。"
STOPPED = "反映を中止しました。何も変更していません。"
_NUL = re.compile(r"(?<!\\)((?:\\\\)*)\\u0000")


class NothingToApplyError(Exception):
    """There was nothing to write, in words."""


class _StopRequestedError(Exception):
    """Somebody asked the job to end."""


def reading_of(row: Import) -> Reading | None:
    """Unpack the reading of the file, None before it was read."""
    if row.reading is None:
        return None
    return json_codec.from_json(json.loads(zlib.decompress(row.reading)))


def packed(reading: Reading) -> bytes:
    """Pack a reading for its row, without characters that the database does not store."""
    text = json.dumps(json_codec.as_json(reading), ensure_ascii=False)
    return zlib.compress(_NUL.sub(r"\1", text).encode(errors="replace"), 1)


@jobs.job(jobs.LONG)
def read(key: int) -> None:
    """Read the file of an import that waits for it; end it as ready, refused or cancelled."""
    rows = Import.objects.filter(pk=key, state=State.READING)
    row = rows.defer("reading").select_related("project").first()
    if row is None:
        return
    try:
        reading = proposal.read_guarded(
            bytes(row.file),
            current=store.load(row.project),
            choices=replace(Choices.from_json(row.choices), ask_unknown=True),
            cancelled=_Cancelled(row),
            progress=_Progress(row),
        )
    except IntakeError as refused:
        records.refuse(row, refused.problems)
    except child_process.CancelledError:
        records.end_reading(row, state=State.CANCELLED)
    except (KeyError, TypeError, ValueError):  # an answer that no honest child gives
        logger.exception("the reading of import %s is not one", key)
        records.refuse(row, [Problem(child_process.UNREADABLE)])
    else:
        _keep(row, reading, row.project.revision)


def _keep(row: Import, reading: Reading, revision: int) -> None:
    try:
        records.end_reading(
            row, state=State.READY, reading=packed(reading), revision=revision, progress=1
        )
    except OperationalError as error:
        if cause_of(error) is not Cause.FULL:
            raise
        records.refuse(row, [Problem(WORDS[Cause.FULL])])


_EXPECTED = (
    store.StaleRevisionError,
    store.BrokenRulesError,
    NothingToApplyError,
    IntakeError,
    _StopRequestedError,
    OperationalError,
)


@jobs.job(jobs.LONG)
def apply(key: int, person: int, reason: str) -> None:
    """Apply an import that waits for it, in one transaction with the change of the matrix."""
    rows = Import.objects.without_file().select_related("project")
    row = rows.filter(pk=key, state=State.APPLYING).first()
    if row is None:
        return
    by = User._default_manager.get(pk=person)
    try:
        plan = _plan(row)
        with store.change_set(by=by, kind=store.Kind.IMPORT, reason=reason):
            _write(row, plan, by, reason)
    except _EXPECTED as error:
        problems = _problems(error)
        if not problems:
            raise
        records.return_to_preview(row, problems)


def _plan(row: Import) -> Plan:
    """Return the plan that the preview showed. StaleRevisionError, NothingToApplyError."""
    reading = reading_of(row)
    if reading is None or row.project.revision != row.revision:
        raise store.StaleRevisionError(row.revision or 0, row.project.revision)
    current, wishes = store.load(row.project), Wishes.from_json(row.wishes)
    plan = compare(reading, current, slug=row.project.slug, wishes=wishes).plan
    if plan.is_empty:
        raise NothingToApplyError(NOTHING)
    return plan


def _problems(error: Exception) -> tuple[Problem, ...]:
    """Return why nothing was written, () for an unexpected error."""
    if isinstance(error, IntakeError):
        return error.problems
    if isinstance(error, store.StaleRevisionError):
        return (Problem(STALE),)
    if isinstance(error, _StopRequestedError) or isinstance(error.__cause__, QueryCanceled):
        return (Problem(STOPPED),)
    if cause_of(error) is Cause.FULL:
        return (Problem(WORDS[Cause.FULL]),)
    return () if isinstance(error, OperationalError) else (Problem(str(error)),)


def _write(row: Import, plan: Plan, by: User, reason: str) -> None:
    cancel.now_writing(row.pk)
    store.apply(
        plan,
        project=row.project,
        by=by,
        kind=store.Kind.IMPORT,
        reason=reason,
        revision=row.revision,
    )
    if not records.end_applying(row, number=row.project.revision, totals=plan.totals()):
        raise _StopRequestedError


class _Progress:
    """Save the progress of a reading, at most twice a second."""

    def __init__(self, row: Import) -> None:
        self._row, self._next = row, monotonic() + TICK_SECONDS

    def __call__(self, part: float) -> None:
        if monotonic() >= self._next:
            self._next = monotonic() + TICK_SECONDS
            records.save_progress(self._row, part)


class _Cancelled:
    """Check whether a stop was requested, at most twice a second."""

    def __init__(self, row: Import) -> None:
        self._row, self._next, self._found = row, monotonic() + TICK_SECONDS, False

    def __call__(self) -> bool:
        if monotonic() >= self._next and not self._found:
            self._next = monotonic() + TICK_SECONDS
            self._found = records.stop_requested(self._row)
        return self._found
