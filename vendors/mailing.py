"""Mails leave after the commit, one to each person, so that nobody sees who else gets it.

A mail that cannot be sent is in the log and disturbs nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.core import mail
from django.db import transaction
from django.template.loader import render_to_string

from projects.grid import clean_line

Letters = Iterable[tuple[User, str]]


def after_commit(subject: str, letters: Callable[[], Letters]) -> None:
    """Sends each body to its person; who that is, is asked for after the commit."""
    transaction.on_commit(lambda: _send(clean_line(subject), letters()), robust=True)


def body(template: str, context: Mapping[str, Any]) -> str:
    return render_to_string(f"vendors/mail/{template}.txt", dict(context))


def _send(subject: str, letters: Letters) -> None:
    found = [
        mail.EmailMessage(subject, text, settings.DEFAULT_FROM_EMAIL, [person.email])
        for person, text in letters
        if person.email
    ]
    if found:
        mail.get_connection().send_messages(found)
