"""Append to the security log: what happens to accounts and rights.

Each line carries the hash of the line before it; the database makes the chain, and neither the site
nor its administrators can alter a line (docs/adr/0008-accounts.md).
"""

from __future__ import annotations

import json
from dataclasses import dataclass

from django.contrib.auth.models import User
from django.db import connection, models

BEGINNING = "0" * 64


class Kind(models.TextChoices):
    """The kinds of events, with their labels."""

    LOGIN = "login", "ログイン"
    LOGIN_FAILED = "login_failed", "ログインの失敗"
    THROTTLED = "throttled", "ログインの制限（試行回数の超過）"
    LOGOUT = "logout", "ログアウト"
    PASSWORD_CHANGED = "password_changed", "パスワードの変更"
    MFA_ADDED = "mfa_added", "追加認証の登録"
    MFA_REMOVED = "mfa_removed", "追加認証の解除"
    USER_CREATED = "user_created", "利用者の作成"
    USER_EDITED = "user_edited", "管理画面での利用者の操作"
    USER_DEACTIVATED = "user_deactivated", "利用者の停止"
    USER_ACTIVATED = "user_activated", "利用者の再開"
    USER_DELETED = "user_deleted", "利用者の削除"
    RIGHTS_CHANGED = "rights_changed", "管理権限の変更"
    MEMBERSHIP_CHANGED = "membership_changed", "案件の権限の変更"
    INVITED = "invited", "招待"
    MEMBER_DEACTIVATED = "member_deactivated", "業者の担当者の停止"
    MEMBER_ACTIVATED = "member_activated", "業者の担当者の再開"
    CONTRACT_CHANGED = "contract_changed", "契約の変更"
    EDITION_PUBLISHED = "edition_published", "版の公開"
    REMINDER_SENT = "reminder_sent", "確認の催促"
    SHOWN_AS_COMPANY = "shown_as_company", "業者としての表示"


SIGN_IN = (
    Kind.LOGIN,
    Kind.LOGIN_FAILED,
    Kind.THROTTLED,
    Kind.LOGOUT,
    Kind.PASSWORD_CHANGED,
    Kind.MFA_ADDED,
    Kind.MFA_REMOVED,
)


def record(
    kind: Kind,
    *,
    by: User | None,
    project_id: int | None = None,
    vendor_id: int | None = None,
    **details: object,
) -> None:
    """Add a line in the caller's transaction.

    `by` is the actor; for a failed login the person whose account was tried. `details` are JSON
    values; no passwords, no form values. Everybody's next line waits for the end of this
    transaction: in a long one, record last.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO raci_audit.event (kind, user_id, project_id, vendor_id, details)"
            " VALUES (%s, %s, %s, %s, %s)",
            [kind.value, by.pk if by else None, project_id, vendor_id, json.dumps(details)],
        )


@dataclass(frozen=True, slots=True)
class Chain:
    """The result of a check: number of lines, last hash, number of the first broken line."""

    lines: int
    head: str
    broken: int | None


# Computed anew here, so that nobody can falsify it in the database alone.
_LINES = """
SELECT id, hash, previous,
    lag(id, 1, 0::bigint) OVER line AS id_before, lag(hash, 1, %s) OVER line AS hash_before,
    pg_catalog.encode(pg_catalog.sha256(pg_catalog.convert_to(pg_catalog.jsonb_build_array(
        id, pg_catalog.to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US'),
        kind, user_id, project_id, vendor_id, details, previous
    )::text, 'UTF8')), 'hex') AS computed
FROM raci_audit.event WINDOW line AS (ORDER BY id)
"""
_CHECK = f"""
SELECT count(*), max(id),
    min(id) FILTER (WHERE id <> id_before + 1 OR previous <> hash_before OR hash <> computed)
FROM ({_LINES}) AS lines
"""  # noqa: S608 — a constant


def check() -> Chain:
    """Recompute the whole chain."""
    with connection.cursor() as cursor:
        cursor.execute(_CHECK, [BEGINNING])
        lines, last, broken = cursor.fetchone() or (0, None, None)
        cursor.execute("SELECT hash FROM raci_audit.event WHERE id = %s", [last])
        (head,) = cursor.fetchone() or (BEGINNING,)
    return Chain(lines, head, broken)


def contains(head: str) -> bool:
    """Return whether a hash that was kept elsewhere is one of the chain."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM raci_audit.event WHERE hash = %s", [head])
        return head == BEGINNING or cursor.fetchone() is not None


def can_be_altered() -> bool:
    """Return whether the site's own database role could become the owner of the log."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT rolcreaterole OR pg_has_role(current_user, 'raci_audit', 'MEMBER')"
            " FROM pg_roles WHERE rolname = current_user"
        )
        (able,) = cursor.fetchone() or (True,)
    return bool(able)
