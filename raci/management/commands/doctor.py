"""manage.py doctor: report what is wrong with this installation, and what to do."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from raci.doctor import Level, examined

WRONG = 1


class Command(BaseCommand):
    help = "データベース、設定、時計、ディスク、メール、画面の部品を調べ、異常には対処を示します。"
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        levels = []
        for found in examined():
            levels.append(found.level)
            self.stdout.write(f"{found.level}　{found.subject}：{found.what}")
            if found.advice:
                self.stdout.write(f"　　　→ {found.advice}")
        if Level.WRONG in levels:
            raise SystemExit(WRONG)
