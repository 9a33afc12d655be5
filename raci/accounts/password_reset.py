"""The mail with the link to a new password, written by a job: for an address that nobody has, too,
so that the time which an answer takes tells nothing."""

from __future__ import annotations

import logging
from typing import Any

from django.contrib.auth import forms as auth

from raci import jobs
from raci.accounts import rate_limit
from raci.jobs.encrypted_arguments import seal, unseal

_log = logging.getLogger(__name__)


def ask(address: str, *, host: str, secure: bool) -> None:
    """The link is on its way, if somebody has the address."""
    jobs.do_some_time(write, seal({"address": address, "host": host, "secure": secure}))


@jobs.job(jobs.QUICK)
def write(sealed: str) -> None:
    """The job: a mail to each account with the address."""
    asked = unseal(sealed)
    form = _Letter({"email": asked["address"]})
    if form.is_valid():
        form.save(domain_override=asked["host"], use_https=asked["secure"])


class _Letter(auth.PasswordResetForm):
    def send_mail(self, *args: Any, **kwargs: Any) -> None:
        if rate_limit.may_mail():
            super().send_mail(*args, **kwargs)
        else:
            _log.warning("No password mail: %s in a day are enough", rate_limit.MAILS_A_DAY)
