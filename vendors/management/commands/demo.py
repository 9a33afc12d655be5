"""manage.py demo: run the whole site on one machine with the real 別紙10."""

from __future__ import annotations

import os
import secrets
import time
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.db import connection

from raci.database import require
from raci.server.gunicorn_server import DEFAULT_PORT, check_free
from vendors import demo


class Command(BaseCommand):
    help = "別紙10を入れたデモを準備し、公開します。"
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--port", type=int, default=DEFAULT_PORT)
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--no-serve", action="store_true", help="準備だけを行う")

    def handle(self, *args: Any, **options: Any) -> None:
        host, port = options["host"], options["port"]
        if not options["no_serve"]:
            check_free(host, port)
        self._step("データベースを準備しています…")
        require(connection)
        call_command("migrate", verbosity=0, interactive=False)
        created = demo.set_up(new_password=self._new_password, report=self._step)
        self._print_accounts(created)
        if not options["no_serve"]:
            self._serve(host, port)

    def _serve(self, host: str, port: int) -> None:
        if host not in ("127.0.0.1", "localhost", "::1"):
            settings.ALLOWED_HOSTS.append("*" if host in ("0.0.0.0", "::") else host)  # noqa: S104
        call_command("serve", host=host, port=port)

    def _new_password(self) -> str:
        self._password = os.environ.get("RACI_DEMO_PASSWORD") or secrets.token_urlsafe(9)
        return self._password

    def _print_accounts(self, created: list[str]) -> None:
        if not created:
            self._step("利用者は作成済みです。パスワードは作成時に表示したものです。")
            return
        companies = ", ".join(person.username for person in demo.people() if person.role)
        self.stdout.write(
            "利用者: manager（管理者）, editor（編集者）, viewer（閲覧者）, admin（管理画面）"
        )
        self.stdout.write(f"業者の担当者: {companies}")
        self.stdout.write(f"パスワード（全員共通）: {self._password}")

    def _step(self, text: str) -> None:
        self.stdout.write(f"[{time.strftime('%H:%M:%S')}] {text}")
        self.stdout.flush()
