"""Send mails from the job queue: no request waits for a mail server, and jobs are retried.

A job holds a whole mail, encrypted, since mails have links that grant access.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from smtplib import SMTPException, SMTPRecipientsRefused
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.core.mail.message import EmailMessage

from raci import jobs
from raci.jobs.encrypted_arguments import seal, unseal

AGAIN_AFTER, MOST_TRIED = timedelta(minutes=10), 150  # a day
_FIELDS = ("subject", "body", "from_email", "to", "cc", "bcc", "reply_to", "extra_headers")


class Backend(BaseEmailBackend):
    """Queue what the site and its libraries send (Django's EMAIL_BACKEND)."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Queue mails and return their number. Raises ValueError for one with attachments."""
        for message in email_messages:
            jobs.do_some_time(deliver, seal(_fields(message)))
        return len(email_messages)


@jobs.job(jobs.QUICK)
def deliver(sealed: str) -> None:
    """Send one mail to the mail server (a job)."""
    values = unseal(sealed)
    alternatives = values.pop("alternatives")
    headers = values.pop("extra_headers")
    letter = EmailMultiAlternatives(**values, headers=headers)
    for content, mimetype in alternatives:
        letter.attach_alternative(content, mimetype)
    letter.connection = get_connection(settings.MAIL_TRANSPORT)
    try:
        letter.send()
    except SMTPRecipientsRefused:
        raise
    except (OSError, SMTPException) as error:
        raise jobs.RetryLater(AGAIN_AFTER, MOST_TRIED) from error


def _fields(message: EmailMessage) -> dict[str, Any]:
    if message.attachments:
        raise ValueError("A mail with attachments.")
    values = {name: getattr(message, name) for name in _FIELDS}
    alternatives = getattr(message, "alternatives", [])
    return values | {"alternatives": [[part[0], part[1]] for part in alternatives]}
