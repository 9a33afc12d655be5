"""Limit how often something may be tried, with counters in PostgreSQL.

An attempt is counted before it is checked, by one statement that the database runs one after the
other for each counter: no number of processes can race it.
"""

from __future__ import annotations

from math import ceil

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.utils.crypto import salted_hmac

OLD_TAKEN_AWAY = 2
HOUR, DAY = 3600, 24 * 3600
CODES_AN_HOUR, PASSWORDS_AN_HOUR, MAILS_AN_HOUR = 15, 15, 3
MAILS_A_DAY = 1_000
CODE_SECONDS = 120  # longer than a code of an app is taken
_COUNT = """
INSERT INTO raci_bucket AS old (key, count, until)
VALUES (%(key)s, 1, clock_timestamp() + %(seconds)s * interval '1 second')
ON CONFLICT (key) DO UPDATE SET
    count = CASE WHEN old.until > clock_timestamp()
        THEN least(old.count, %(limit)s) + 1 ELSE 1 END,
    until = CASE WHEN old.until > clock_timestamp() THEN old.until ELSE excluded.until END
RETURNING count, extract(epoch FROM until - clock_timestamp())
"""
_GIVE_BACK = "UPDATE raci_bucket SET count = greatest(count - 1, 0) WHERE key = %s"
_TAKE_AWAY = """
DELETE FROM raci_bucket WHERE key IN (
    SELECT key FROM raci_bucket WHERE until < clock_timestamp()
    ORDER BY until LIMIT %s FOR UPDATE SKIP LOCKED
)
"""


def take(bucket: str, *, limit: int, seconds: int) -> int:
    """Count one attempt; return 0 to go on, else the seconds to wait.

    `limit` attempts pass in the `seconds` that begin with the first of them. The count is committed
    before this returns: inside a transaction, which could roll it back, it raises RuntimeError.
    Each call deletes a few expired counters.
    """
    with transaction.atomic(durable=True), connection.cursor() as cursor:
        cursor.execute(_COUNT, {"key": _key(bucket), "limit": limit, "seconds": seconds})
        count, left = cursor.fetchone() or (0, 0)
    with transaction.atomic(durable=True), connection.cursor() as cursor:
        cursor.execute(_TAKE_AWAY, [OLD_TAKEN_AWAY])
    return max(ceil(left), 1) if count > limit else 0


def forget(bucket: str) -> None:
    """Delete the counter."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM raci_bucket WHERE key = %s", [_key(bucket)])


def give_back(bucket: str) -> None:
    """Uncount one attempt."""
    with connection.cursor() as cursor:
        cursor.execute(_GIVE_BACK, [_key(bucket)])


def wait_message(seconds: int) -> str:
    """Return the message that states the time to wait, in minutes."""
    minutes = ceil(seconds / 60)
    return f"試行の回数が多すぎます。{minutes}分ほど待ってから、もう一度お試しください。"


def _key(bucket: str) -> str:
    return salted_hmac("raci.accounts.rate_limit", bucket, algorithm="sha256").hexdigest()


def code(user: User) -> None:
    """Count an attempt at a code. Raises ValidationError when there were too many."""
    _refuse_after(take(f"code:{user.pk}", limit=CODES_AN_HOUR, seconds=HOUR))


def old_password(user: User) -> None:
    """Count an attempt at the current password in a session. Raises ValidationError."""
    _refuse_after(take(f"password:{user.pk}", limit=PASSWORDS_AN_HOUR, seconds=HOUR))


def first_use(user: User, given: str) -> bool:
    """Return whether the code of an app is used for the first time, in any process."""
    return not take(f"used:{user.pk}:{given}", limit=1, seconds=CODE_SECONDS)


def may_ask(address: str) -> bool:
    """Return whether another link may be requested for the address, known or not."""
    return not take(f"mail:{address.strip().lower()}", limit=MAILS_AN_HOUR, seconds=HOUR)


def may_mail() -> bool:
    """Return whether another mail that a stranger requested may be sent today."""
    return not take("mails", limit=MAILS_A_DAY, seconds=DAY)


def _refuse_after(seconds: int) -> None:
    if seconds:
        raise ValidationError(wait_message(seconds), code="throttled")
