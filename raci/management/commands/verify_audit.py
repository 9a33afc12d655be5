"""manage.py verify_audit: check whether anybody altered the security log."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from raci.security_log import log


class Command(BaseCommand):
    help = "セキュリティ記録のつながりを確かめ、末尾のハッシュを表示します。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--expect", metavar="HASH", help="以前に控えたハッシュ。記録に残っているかも確かめる"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        chain = log.check()
        if chain.broken is not None:
            raise CommandError(
                f"{chain.broken}番の記録が書き換えられたか、その前の記録が失われています。"
                "控えのバックアップと比べてください。"
            )
        expected = (options["expect"] or "").strip().lower()
        if expected and not log.contains(expected):
            raise CommandError(
                f"控えのハッシュ {expected} が記録にありません。"
                "末尾の記録が失われたか、全体が作り直されています。"
            )
        self.stdout.write(f"{chain.lines}件の記録はすべてつながっています。")
        self.stdout.write(f"末尾のハッシュ: {chain.head}")
        if log.can_be_altered():
            self.stderr.write(
                "注意: 接続に使う役割が強く、記録の所有者になれます（docs/adr/0008-accounts.md）。"
            )
