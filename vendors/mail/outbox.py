"""Send mails after the commit, one to each person, so that recipients stay private.

A failure is logged and does not affect the request.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping
from smtplib import SMTPException
from typing import Any

from django.contrib.auth.models import User
from django.core import mail
from django.db import transaction
from django.template.loader import render_to_string

from projects.domain.grid import clean_line

# UnicodeError and ValueError: an address that cannot be written in a mail.
_UNSENT = (OSError, SMTPException, UnicodeError, ValueError)
_log = logging.getLogger(__name__)
Letters = Iterable[tuple[User, str]]


def after_commit(subject: str, letters: Callable[[], Letters]) -> None:
    """Send each body to its person; recipients are read after the commit."""
    transaction.on_commit(lambda: _send(clean_line(subject), letters()), robust=True)


def body(template: str, context: Mapping[str, Any]) -> str:
    return render_to_string(f"vendors/mail/{template}.txt", dict(context))


def _send(subject: str, letters: Letters) -> None:
    """Send the mails; one that fails does not keep the others back."""
    connection = mail.get_connection()
    try:
        connection.open()
        for person, text in letters:
            if person.email:
                _try(mail.EmailMessage(subject, text, to=[person.email], connection=connection))
    except _UNSENT:
        _log.exception("the mail server does not let us in")
    finally:
        connection.close()


def _try(letter: mail.EmailMessage) -> None:
    try:
        letter.send()
    except _UNSENT:
        _log.exception("a mail could not be sent")
