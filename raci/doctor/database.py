"""Check the database: its server, the site's privileges, and its clock."""

from __future__ import annotations

import time
from collections.abc import Iterator

from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.utils import DatabaseError

from raci.database import explain, roles
from raci.database.raw_sql import fetch
from raci.doctor.finding import UNREACHABLE, Finding, note, ok, wrong

DATABASE, MIGRATIONS, RIGHTS, CLOCK = "データベース", "マイグレーション", "権限", "時計"
VENDOR_ROLE, LOG_OWNER = "業者の画面の役割", "セキュリティ記録の所有者"
MOST_APART = 2.0
_SERVER = """
SELECT current_setting('server_version'), current_setting('server_encoding'),
    pg_is_in_recovery(), pg_size_pretty(pg_database_size(current_database()))
"""
_RIGHTS = "SELECT rolname, rolsuper, rolcreaterole FROM pg_roles WHERE rolname = current_user"


def server() -> Iterator[Finding]:
    try:
        ((version, encoding, standby, size),) = fetch(_SERVER, [])
    except DatabaseError as error:
        yield wrong(DATABASE, UNREACHABLE, explain(error))
        return
    yield ok(DATABASE, f"PostgreSQL {version}、{size}")
    if encoding != "UTF8":
        advice = "CREATE DATABASE … ENCODING 'UTF8' で作り直してください。"
        yield wrong(DATABASE, f"文字コードが {encoding} です", advice)
    if standby:
        advice = "DATABASE_URL に target_session_attrs=read-write を付けてください。"
        yield wrong(DATABASE, "待機系のため書き込めません", advice)


def migrations() -> Iterator[Finding]:
    executor = MigrationExecutor(connection)
    missing = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if missing:
        yield wrong(
            MIGRATIONS, f"{len(missing)}件が未適用です", "manage.py migrate を実行してください。"
        )
    else:
        yield ok(MIGRATIONS, "すべて適用済み")


def privileges() -> Iterator[Finding]:
    """Check for SUPERUSER and CREATEROLE, with which the role could alter the security log."""
    ((name, is_super, makes_roles),) = fetch(_RIGHTS, [])
    if "RACI_CLUSTER" in connection.settings_dict:
        yield ok(RIGHTS, "内蔵のサーバー（一台での利用）")
    elif is_super or makes_roles:
        held = "SUPERUSER" if is_super else "CREATEROLE"
        advice = f"ALTER ROLE {name} NO{held}; を実行してください（docs/adr/0008-accounts.md）。"
        yield note(RIGHTS, f"役割 {name} が {held} を持っています", advice)
    else:
        yield ok(RIGHTS, f"役割 {name}")


def vendor_role() -> Iterator[Finding]:
    """Check that the site can become the role of companies, and read as it."""
    if roles.can_become(roles.VENDOR, proof="SELECT FROM vendors_seats()"):
        yield ok(VENDOR_ROLE, f"{roles.VENDOR} になれます")
        return
    missing = "; ".join(roles.missing_grants()) or "manage.py migrate"
    advice = f"データベースの管理者が次を実行してください: {missing};"
    yield wrong(VENDOR_ROLE, f"{roles.VENDOR} になれず、業者の人が使えません", advice)


def log_owner() -> Iterator[Finding]:
    """Check that the site's role cannot become the security log's owner."""
    ((name, is_super, _),) = fetch(_RIGHTS, [])
    if is_super:
        return  # `privileges` reports it
    if roles.can_become(roles.AUDIT):
        advice = f"REVOKE {roles.AUDIT} FROM {name}; を実行してください。"
        yield wrong(LOG_OWNER, f"役割 {name} が記録を書き換えられます", advice)
    else:
        yield ok(LOG_OWNER, f"役割 {name} は {roles.AUDIT} になれません")


def clock() -> Iterator[Finding]:
    """Compare the clocks of this machine and the database, less half the round trip."""
    start = time.time()
    ((theirs,),) = fetch("SELECT extract(epoch FROM clock_timestamp())::float8", [])
    apart = abs(theirs - (start + time.time()) / 2)
    if apart > MOST_APART:
        advice = "両方の機器の時刻をNTPで合わせてください。ログインの期限と記録の時刻が狂います。"
        yield wrong(CLOCK, f"データベースの時計と{apart:,.0f}秒ずれています", advice)
    else:
        yield ok(CLOCK, f"データベースの時計との差は{apart:.2f}秒")
