"""The life of an import: uploaded, read, corrected, applied or given up. Each step happens once.

A step that takes long is a job (`jobs`); the row says which one and a lock says whether it lives.
`applied` and the change set's number are written in the transaction that changes the matrix.
"""

from __future__ import annotations

import hashlib
import json
import logging
import re
import zlib
from collections.abc import Collection, Sequence
from functools import partial
from time import monotonic
from typing import Any

from django.contrib.auth.models import User
from django.db import OperationalError, transaction
from django.db.models.functions import Now
from psycopg2.errors import QueryCanceled  # type: ignore[import-untyped]

from projects import importing, jobs, store
from projects.grid import clean_line, clean_text
from projects.importing import Wishes
from projects.intake import Problem, Reading, Refused, child, wire
from projects.intake.choices import Choices
from projects.models import Import, Project
from projects.models.import_ import MAX_FILE_NAME
from projects.plan import Plan

logger = logging.getLogger(__name__)
State = Import.State
_NUL = re.compile(r"(?<!\\)((?:\\\\)*)\\u0000")
TICK_SECONDS = 0.5
BUSY = "この取込は処理中です。終わってから、もう一度操作してください。"
STALE = "比較した後に、ほかの人が表を変更しました。もう一度比較し直してください。"
UNLIKE = "表示した後に、取り込む内容が変わりました。内容を確認して、もう一度反映してください。"
ASKED = "読み方の分からない記号が残っています。すべてに答えてください。"
NOTHING = "変更がないため、反映しませんでした。"
STOPPED = "反映を中止しました。何も変更していません。"
OVER = {
    State.APPLIED: "この取込は反映済みです。もう一度行うには、ファイルを取り込み直してください。",
    State.CANCELLED: "この取込は中止されています。",
    State.REFUSED: "このファイルは読み取れていないため、反映できません。",
    State.READING: "読み取りが中断されています。再開してください。",
}


class Impossible(Exception):
    """What was asked for cannot be done to the import as it is now, in words."""


class Overtaken(Impossible):
    """What the person saw is not what is there any more: compare again. Nothing was written."""


class _Stopped(Exception):
    """Somebody asked the job to end."""


def upload(project: Project, *, data: bytes, name: str, by: User) -> Import:
    """A new import of the file's bytes, whose reading has begun or is already done."""
    with transaction.atomic():
        row = Import.objects.create(
            project=project,
            file=data,
            file_name=clean_line(name)[-MAX_FILE_NAME:],
            sha256=hashlib.sha256(data).hexdigest(),
            size=len(data),
            person=by,
            person_name=by.get_username(),
        )
        held = jobs.hold(row.pk)
    if held is not None:
        jobs.start(held, partial(_read, row.pk))
    return row


def correct(row: Import, choices: Choices) -> None:
    """Reads the file again as a person says it is; also takes up a reading that was given up."""
    again = (State.READING, State.REFUSED, State.READY, State.APPLYING, State.CANCELLED)
    held = _claim(row, again, state=State.READING, choices=choices.as_json(), progress=0)
    jobs.start(held, partial(_read, row.pk))


def wish(row: Import, wishes: Wishes) -> None:
    """Remembers what a person wishes to have done with the reading."""
    held = _claim(row, (State.READY, State.APPLYING), state=State.READY, wishes=wishes.as_json())
    held.release()


def apply(row: Import, *, seen: str, by: User, reason: str = "") -> None:
    """Begins to make the matrix what the preview with the fingerprint `seen` showed.

    Overtaken when that is not what would be done now, Impossible when it is no time for it.
    """
    reading = reading_of(row)
    if reading is not None and reading.asked:
        raise Impossible(ASKED)
    revision = Project.objects.values_list("revision", flat=True).get(pk=row.project_id)
    held = _claim(
        row, (State.READY, State.APPLYING), seen=seen, state=State.APPLYING, revision=revision
    )
    jobs.start(held, partial(_apply, row.pk, by, reason))


def cancel(row: Import) -> None:
    """Asks the running job to end; without one the import is given up at once."""
    open_ones = (State.READING, State.REFUSED, State.READY, State.APPLYING)
    try:
        _claim(row, open_ones, state=State.CANCELLED).release()
    except Impossible:
        running = Import.objects.filter(pk=row.pk, state__in=(State.READING, State.APPLYING))
        if not running.update(stop=True):
            raise
        jobs.stop_writing(row.pk)


def interrupted(rows: Collection[Import]) -> set[int]:
    """The keys of those whose job ended without a result; one query at most."""
    waiting = {row.pk for row in rows if row.state in (State.READING, State.APPLYING)}
    return waiting - jobs.alive(waiting)


def reading_of(row: Import) -> Reading | None:
    """What was understood of the file, None before it was read."""
    if row.reading is None:
        return None
    return wire.from_json(json.loads(zlib.decompress(row.reading)))


def packed(reading: Reading) -> bytes:
    """The reading as it is kept; characters that no database and no page takes are left out."""
    text = json.dumps(wire.as_json(reading), ensure_ascii=False)
    return zlib.compress(_NUL.sub(r"\1", text).encode(errors="replace"), 1)


def fingerprint(row: Import, revision: int) -> str:
    """Names what a preview shows: the matrix compared with, the reading and the wishes."""
    said = json.dumps([row.sha256, row.choices, row.wishes, row.revision], sort_keys=True)
    return f"{revision}.{hashlib.sha256(said.encode()).hexdigest()}"


def _claim(row: Import, allowed: Sequence[str], *, seen: str = "", **values: Any) -> jobs.Held:
    """The job's lock, with the row changed; Impossible when another has it or it is no time."""
    with transaction.atomic():
        now = Import.objects.light().select_for_update(no_key=True).get(pk=row.pk)
        held = jobs.hold(row.pk)
        if held is None:
            raise Impossible(BUSY)
        try:
            _check(now, allowed, seen, values.get("revision"))
        except Impossible:
            held.release()
            raise
        values = {"stop": False, "problems": [], **values}
        Import.objects.filter(pk=row.pk).update(**values)
    return held


def _check(now: Import, allowed: Sequence[str], seen: str, revision: int | None) -> None:
    if now.state not in allowed:
        raise Impossible(OVER.get(State(now.state), BUSY))
    if revision is not None and seen != fingerprint(now, revision):
        raise Overtaken(UNLIKE if seen.startswith(f"{revision}.") else STALE)


def _read(key: int) -> None:
    """The job: bytes → reading, refusal or cancellation."""
    row = Import.objects.defer("reading").select_related("project").get(pk=key)
    try:
        reading = importing.read_guarded(
            bytes(row.file),
            current=store.load(row.project),
            choices=Choices.from_json(row.choices),
            cancelled=_Cancelled(key),
            progress=_Progress(key),
        )
    except Refused as refused:
        _end(key, state=State.REFUSED, problems=[said(p) for p in refused.problems])
    except child.Cancelled:
        _end(key, state=State.CANCELLED)
    except (KeyError, TypeError, ValueError):  # an answer that no honest child gives
        logger.exception("the reading of import %s is not one", key)
        _end(key, state=State.REFUSED, problems=[said(Problem(child.UNREADABLE))])
    else:
        revision = row.project.revision
        _end(key, state=State.READY, reading=packed(reading), revision=revision, progress=1)


def _end(key: int, **values: Any) -> None:
    """The end of a reading: with its result, or given up when that was asked for meanwhile."""
    rows = Import.objects.filter(pk=key, state=State.READING)
    if not rows.filter(stop=False).update(**values):
        rows.update(state=State.CANCELLED, stop=False)


_EXPECTED = (store.Stale, store.Broken, Impossible, Refused, _Stopped, OperationalError)


def _apply(key: int, by: User, reason: str) -> None:
    """The job: the matrix changes and the import is applied, or neither."""
    row = Import.objects.without_file().select_related("project").get(pk=key)
    try:
        plan = _plan(row)
        with store.change_set(by=by, kind=store.Kind.IMPORT, reason=reason):
            _write(row, plan, by, reason)
    except _EXPECTED as error:
        problems = _problems(error)
        if not problems:
            raise
        _back(key, *problems)


def _plan(row: Import) -> Plan:
    """What the preview showed; Stale or Impossible when that is not to be done any more."""
    reading = reading_of(row)
    if reading is None or row.project.revision != row.revision:
        raise store.Stale(row.revision or 0, row.project.revision)
    current, wishes = store.load(row.project), Wishes.from_json(row.wishes)
    plan = importing.compare(reading, current, slug=row.project.slug, wishes=wishes).plan
    if plan.is_empty:
        raise Impossible(NOTHING)
    return plan


def _problems(error: Exception) -> tuple[Problem, ...]:
    """Why nothing was written; () for what nobody expects."""
    if isinstance(error, Refused):
        return error.problems
    if isinstance(error, store.Stale):
        return (Problem(STALE),)
    if isinstance(error, _Stopped) or isinstance(error.__cause__, QueryCanceled):
        return (Problem(STOPPED),)
    return () if isinstance(error, OperationalError) else (Problem(str(error)),)


def _write(row: Import, plan: Plan, by: User, reason: str) -> None:
    jobs.now_writing(row.pk)
    store.apply(
        plan,
        project=row.project,
        by=by,
        kind=store.Kind.IMPORT,
        reason=reason,
        revision=row.revision,
    )
    running = Import.objects.filter(pk=row.pk, state=State.APPLYING, stop=False)
    if not running.update(
        state=State.APPLIED,
        number=row.project.revision,
        totals=plan.totals(),
        finished_at=Now(),
        progress=1,
    ):
        raise _Stopped


def _back(key: int, *problems: Problem) -> None:
    """The preview again, with what kept the matrix from changing."""
    rows = Import.objects.filter(pk=key, state=State.APPLYING)
    rows.update(state=State.READY, stop=False, problems=[said(p) for p in problems])


def said(problem: Problem) -> dict[str, str]:
    where = str(problem.place) if problem.place else ""
    texts = {"message": problem.message, "place": where, "raw": problem.raw}
    return {name: clean_text(text) for name, text in texts.items()}


class _Progress:
    """Saves how far a reading is, at most twice a second."""

    def __init__(self, key: int) -> None:
        self._key, self._next = key, monotonic() + TICK_SECONDS

    def __call__(self, part: float) -> None:
        if monotonic() >= self._next:
            self._next = monotonic() + TICK_SECONDS
            Import.objects.filter(pk=self._key).update(progress=min(max(part, 0), 1))


class _Cancelled:
    """Whether somebody asked the reading to end; looks at most twice a second."""

    def __init__(self, key: int) -> None:
        self._key, self._next, self._found = key, monotonic() + TICK_SECONDS, False

    def __call__(self) -> bool:
        if monotonic() >= self._next and not self._found:
            self._next = monotonic() + TICK_SECONDS
            self._found = Import.objects.filter(pk=self._key, stop=True).exists()
        return self._found
