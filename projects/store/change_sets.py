"""Record person, kind and reason of every write as a change set."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from typing import Any

import pghistory
from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.db import IntegrityError, transaction

from projects.domain.grid import clean_line
from projects.models import ARCHIVED, ARCHIVED_CONSTRAINT

Person = AbstractBaseUser | AnonymousUser | None


class Kind(StrEnum):
    """By which kind of act a change set came about."""

    EDIT = "edit"
    PASTE = "paste"
    IMPORT = "import"
    STRUCTURE = "structure"
    UNDO = "undo"
    REDO = "redo"
    ADMIN = "admin"
    COPY = "copy"
    ARCHIVE = "archive"
    REOPEN = "reopen"


class BrokenRulesError(ValueError):
    """The wanted grid breaks rules; `errors` says which. Nothing was written."""

    def __init__(self, errors: list[str]) -> None:
        super().__init__("\n".join(errors))
        self.errors = errors


class ArchivedError(BrokenRulesError):
    """The project is archived. Nothing was written."""

    def __init__(self) -> None:
        super().__init__([ARCHIVED])


@contextmanager
def change_set(
    *, by: Person, kind: Kind, reason: str = "", undoes: int | None = None
) -> Iterator[None]:
    """Make all writes within one change set, in one transaction.

    Within another change set the outer one goes on. `undoes` is the number of the change set
    that this one takes back.
    """
    with act(by=by, kind=kind, reason=reason, undoes=undoes), transaction.atomic():
        yield


@contextmanager
def act(*, by: Person, kind: Kind, reason: str = "", undoes: int | None = None) -> Iterator[None]:
    """Record person, kind and reason for the statements within, without a transaction.

    ArchivedError when they write to a project that is.
    """
    user = by.pk if by is not None else None
    name = by.get_username() if by is not None and user else ""
    clean_reason = clean_line(reason)  # a NUL in a context would lose the whole context
    details = {"user": user, "name": name, "kind": kind.value, "reason": clean_reason}
    if undoes is not None:
        details["undoes"] = undoes
    try:
        with pghistory.context(**details):
            yield
    except IntegrityError as error:
        if broken_rule(error) == ARCHIVED_CONSTRAINT:
            raise ArchivedError from error
        raise


def signed(by: Person) -> dict[str, Any]:
    """Return the fields of a row that keeps its author."""
    return {
        "person_id": by.pk if by is not None else None,
        "person_name": by.get_username() if by is not None else "",
    }


def broken_rule(error: IntegrityError) -> str:
    """Return the name of the constraint that was broken, "" when it is not known."""
    diagnostics = getattr(error.__cause__, "diag", None)
    return getattr(diagnostics, "constraint_name", None) or ""
