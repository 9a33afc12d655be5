"""How often secrets may be tried. Who is over a limit waits; nobody is locked out for good."""

from __future__ import annotations

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError

from raci.accounts.rate_limit import take, told

HOUR, DAY = 3600, 24 * 3600
CODES_AN_HOUR, PASSWORDS_AN_HOUR, MAILS_AN_HOUR = 15, 15, 3
MAILS_A_DAY = 1_000
CODE_SECONDS = 120  # longer than a code of an app is taken


def code(user: User) -> None:
    """Before a code is looked at. Whoever tries one knows the password already."""
    _refuse_after(take(f"code:{user.pk}", limit=CODES_AN_HOUR, seconds=HOUR))


def old_password(user: User) -> None:
    """Before the present password is looked at in a session that is signed in."""
    _refuse_after(take(f"password:{user.pk}", limit=PASSWORDS_AN_HOUR, seconds=HOUR))


def first_use(user: User, given: str) -> bool:
    """Whether this code of an app was not used before, in any process."""
    return not take(f"used:{user.pk}:{given}", limit=1, seconds=CODE_SECONDS)


def may_ask(address: str) -> bool:
    """Whether a link may be asked for once more for the address, known or not."""
    return not take(f"mail:{address.strip().lower()}", limit=MAILS_AN_HOUR, seconds=HOUR)


def may_mail() -> bool:
    """Whether one more mail may leave the house because a stranger asks for it."""
    return not take("mails", limit=MAILS_A_DAY, seconds=DAY)


def _refuse_after(seconds: int) -> None:
    if seconds:
        raise ValidationError(told(seconds), code="throttled")
