"""Check what several machines, poolers and standbys need; requires the database."""

from __future__ import annotations

import os
from collections.abc import Iterator

from django.conf import settings
from django.db import connection
from django.db.utils import DatabaseError

from raci.database import explain, unpooled
from raci.database.raw_sql import fetch
from raci.doctor.finding import Finding, note, ok, wrong

KEY, POOLER, STANDBYS, CONNECTIONS = "署名鍵", "接続プール", "待機系", "接続数"
MOST_USED = 0.8
# pg_stat_activity tells only members of pg_monitor which of the others are clients.
_CONNECTIONS = """
SELECT sum(numbackends)::int, current_setting('max_connections')::int
    - current_setting('superuser_reserved_connections')::int
FROM pg_stat_database
"""
# Only superusers and members of pg_monitor may read the state of a standby.
_STANDBYS = """
SELECT current_setting('synchronous_standby_names') <> '', count(*),
    count(*) FILTER (WHERE sync_state IN ('sync', 'quorum')), count(sync_state)
FROM pg_stat_replication
"""


def key() -> Iterator[Finding]:
    """Check that every machine can sign with the same key."""
    if os.environ.get("RACI_SECRET_KEY"):
        yield ok(KEY, "RACI_SECRET_KEY")
    elif "RACI_CLUSTER" in connection.settings_dict:
        yield ok(KEY, "データフォルダーのもの（一台での利用）")
    else:
        advice = (
            "複数台で動かす場合は、全台に同じ RACI_SECRET_KEY を指定してください。"
            "台ごとに違うと、ログインが切れ、招待のリンクが開けません。"
        )
        yield note(KEY, "この機器のデータフォルダーのものです", advice)


def pooler() -> Iterator[Finding]:
    """Check that LISTEN and held locks bypass a pooler."""
    connection.ensure_connection()
    between = unpooled.is_pooled(connection.connection)
    if settings.LISTEN_DATABASE is None:
        if between:
            advice = (
                "PostgreSQL 自体のアドレスを RACI_LISTEN_URL に指定してください。"
                "ないと、ほかの人の変更が画面に届かず、取込が始まりません。"
            )
            yield wrong(POOLER, "DATABASE_URL は接続プール（PgBouncerなど）経由です", advice)
        else:
            yield ok(POOLER, "なし")
        return
    yield from _direct()


def _direct() -> Iterator[Finding]:
    try:
        made = unpooled.connect()
    except DatabaseError as error:
        yield wrong(POOLER, "RACI_LISTEN_URL に接続できません", explain(error))
        return
    try:
        if unpooled.is_pooled(made):
            advice = "接続プールではなく、PostgreSQL 自体のアドレスを指定してください。"
            yield wrong(POOLER, "RACI_LISTEN_URL も接続プール経由です", advice)
        else:
            yield ok(POOLER, "RACI_LISTEN_URL で直接接続できます")
    finally:
        made.close()


def standbys() -> Iterator[Finding]:
    """Check whether a committed edit is on a second machine."""
    if "RACI_CLUSTER" in connection.settings_dict:
        return
    ((wanted, count, waited_for, seen),) = fetch(_STANDBYS, [])
    if wanted and not count:
        advice = (
            "synchronous_standby_names の待機系を起動してください。"
            "それまで、保存は待機系を待って終わりません。"
        )
        yield wrong(STANDBYS, "同期すべき待機系が接続していません", advice)
    elif wanted and seen and not waited_for:
        advice = "synchronous_standby_names と待機系の application_name を合わせてください。"
        yield wrong(STANDBYS, f"{count}台のうち、同期の待機系がありません", advice)
    elif wanted:
        yield ok(STANDBYS, f"{count}台、同期")
    elif count:
        advice = "サーバーが壊れた時に直前の変更も残すには synchronous_standby_names を指定します。"
        yield note(STANDBYS, f"{count}台、非同期です", advice)
    else:
        advice = "サーバーが壊れた時はバックアップの時点まで戻ります（docs/operations.md）。"
        yield note(STANDBYS, "ありません", advice)


def connections() -> Iterator[Finding]:
    ((used, most),) = fetch(_CONNECTIONS, [])
    words = f"{most}のうち{used}を使用中"
    if used > MOST_USED * most:
        advice = "max_connections を増やすか、PgBouncer を置いてください。"
        yield wrong(CONNECTIONS, words, advice)
    else:
        yield ok(CONNECTIONS, words)
