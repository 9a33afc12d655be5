"""How often something may be tried: counters in PostgreSQL that no number of processes can race.

An attempt is counted before it is looked at, by one statement that the database carries out one
after the other for each counter. Whoever gets through has been counted.
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
    """Counts one attempt. 0 to go on; else the seconds after which the next may be made.

    `limit` attempts get through in the `seconds` that begin with the first of them. The count is
    committed before this returns, so it must not be called inside a transaction, which could take
    it back: RuntimeError. Each call takes away a few counters whose time is over.
    """
    with transaction.atomic(durable=True), connection.cursor() as cursor:
        cursor.execute(_COUNT, {"key": _key(bucket), "limit": limit, "seconds": seconds})
        count, left = cursor.fetchone() or (0, 0)
    with transaction.atomic(durable=True), connection.cursor() as cursor:
        cursor.execute(_TAKE_AWAY, [OLD_TAKEN_AWAY])
    return max(ceil(left), 1) if count > limit else 0


def forget(bucket: str) -> None:
    """The attempts so far do not count any more."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM raci_bucket WHERE key = %s", [_key(bucket)])


def give_back(bucket: str) -> None:
    """One attempt less: it turned out to be none."""
    with connection.cursor() as cursor:
        cursor.execute(_GIVE_BACK, [_key(bucket)])


def told(seconds: int) -> str:
    """The words for somebody who has to wait."""
    minutes = ceil(seconds / 60)
    return f"試行の回数が多すぎます。{minutes}分ほど待ってから、もう一度お試しください。"


def _key(bucket: str) -> str:
    return salted_hmac("raci.accounts.rate_limit", bucket, algorithm="sha256").hexdigest()


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
