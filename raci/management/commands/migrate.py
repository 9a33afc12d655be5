"""manage.py migrate: Django's, with a lock timeout and a warning of irreversible steps."""

from __future__ import annotations

import time
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError
from django.core.management.commands import migrate
from django.db import connection
from django.db.migrations import Migration
from django.db.migrations.exceptions import IrreversibleError
from django.db.migrations.executor import MigrationExecutor
from django.db.utils import OperationalError

from raci.database.raw_sql import fetch

REFUSED = 2
ATTEMPTS = 10
PAUSE_SECONDS = 3.0
_NOT_GIVEN = ("55P03", "40P01")  # lock_not_available, deadlock_detected
# Only who holds a lock on some table; processes that do jobs are in a transaction all their life.
_OLDEST = """
SELECT pid, usename, coalesce(host(client_addr), 'local'), coalesce(application_name, ''),
    extract(epoch FROM now() - xact_start)::int
FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid() AND xact_start IS NOT NULL
    AND EXISTS (SELECT FROM pg_locks held WHERE held.pid = pg_stat_activity.pid
        AND locktype = 'relation' AND granted AND relation >= 16384)
ORDER BY xact_start LIMIT 5
"""


class Command(migrate.Command):
    """Run each migration in a transaction that gives up after RACI_LOCK_TIMEOUT."""

    _under_way = ""

    def handle(self, *args: Any, **options: Any) -> None:
        if options["verbosity"] and not options["plan"] and not options["check_unapplied"]:
            self._announce()
        try:
            self._handle_patiently(args, options)
        except IrreversibleError as error:
            message = (
                f"「{self._under_way}」は元に戻せません。それより後のものは元に戻しました。"
                "前の版に戻すには、更新前に manage.py backup で作成したファイルを"
                "新しいデータベースに manage.py restore してください。"
            )
            raise CommandError(message, returncode=REFUSED) from error

    def _handle_patiently(self, args: Any, options: Any) -> None:
        for attempt in range(1, ATTEMPTS + 1):
            try:
                super().handle(*args, **options)
            except OperationalError as error:
                if getattr(error.__cause__, "pgcode", None) not in _NOT_GIVEN:
                    raise
                if attempt == ATTEMPTS:
                    raise CommandError(self._refusal(), returncode=REFUSED) from error
                self.stderr.write(
                    f"「{self._under_way}」は他の処理を待たせないよう中断しました"
                    f"（{attempt}回目）。{PAUSE_SECONDS:g}秒後にもう一度実行します。"
                )
                time.sleep(PAUSE_SECONDS)
            else:
                return

    def migration_progress_callback(
        self, action: str, migration: Any | None = None, fake: bool = False
    ) -> None:
        if migration is not None:
            self._under_way = str(migration)
        super().migration_progress_callback(action, migration, fake)

    def _announce(self) -> None:
        """Print what will change in a database that has data."""
        executor = MigrationExecutor(connection)
        plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
        if not plan or not executor.loader.applied_migrations:
            return
        self.stdout.write(f"{len(plan)}件を適用します。先に manage.py backup を実行してください。")
        final = [str(one) for one, _ in plan if is_final(one)]
        if final:
            self.stdout.write(
                f"次は元に戻せません（前の版に戻すにはバックアップが必要です）: {'、'.join(final)}"
            )

    def _refusal(self) -> str:
        others = [
            f"  pid {pid}　{user}@{place}　{name or '名前なし'}　{seconds}秒前から"
            for pid, user, place, name, seconds in fetch(_OLDEST, [])
        ]
        lines = [
            (
                f"「{self._under_way}」に必要なロックを{settings.LOCK_SECONDS:g}秒以内に取れません"
                f"でした（{ATTEMPTS}回）。"
            ),
            "このマイグレーションは何も変更していません。それより前のものは適用済みです。",
            (
                "次の接続の担当者に処理の終了を依頼し、もう一度 manage.py migrate を"
                "実行してください。急ぐ場合は SELECT pg_terminate_backend(pid); で切断できます。"
            ),
            *(others or ["  （今は長い処理はありません）"]),
        ]
        return "\n".join(lines)


def is_final(migration: Migration) -> bool:
    """Return whether the migration cannot be undone."""
    return not all(operation.reversible for operation in migration.operations)
