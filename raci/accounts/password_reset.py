"""Mail the link for a new password in a job, also for unknown addresses.

The response time then does not reveal whether the address is known.
"""

from __future__ import annotations

import logging
from typing import Any

from django.contrib.auth import forms as auth

from raci import jobs
from raci.accounts import rate_limit
from raci.jobs.encrypted_arguments import seal, unseal

_log = logging.getLogger(__name__)


def ask(address: str, *, host: str, secure: bool) -> None:
    """Queue the mail to the accounts with the address."""
    jobs.do_some_time(write, seal({"address": address, "host": host, "secure": secure}))


@jobs.job(jobs.QUICK)
def write(sealed: str) -> None:
    """Mail each account with the sealed address (a job)."""
    request = unseal(sealed)
    form = _Letter({"email": request["address"]})
    if form.is_valid():
        form.save(domain_override=request["host"], use_https=request["secure"])


class _Letter(auth.PasswordResetForm):
    def send_mail(self, *args: Any, **kwargs: Any) -> None:
        if rate_limit.may_mail():
            super().send_mail(*args, **kwargs)
        else:
            _log.warning("No password mail: %s in a day are enough", rate_limit.MAILS_A_DAY)
