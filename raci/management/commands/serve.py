"""manage.py serve: serve the site on this machine; several may share a database."""

from __future__ import annotations

import time
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connection, connections
from django.db.migrations.executor import MigrationExecutor

from raci.database import require
from raci.management.numbers import positive
from raci.server.gunicorn_server import DEFAULT_PORT, WORKERS, Server, check_free


class Command(BaseCommand):
    help = (
        "サイトを公開します。ページのプロセスを--workersの数だけと、"
        "変更を配信するプロセスを1つ起動します。"
    )
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--port", type=int, default=DEFAULT_PORT)
        parser.add_argument(
            "--stream-port",
            type=int,
            help="変更を配信するポート（既定: --portの次の番号）",
        )
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument(
            "--workers",
            type=positive,
            default=WORKERS,
            help=f"ページのプロセスの数（既定: {WORKERS}）",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        host, port = options["host"], options["port"]
        stream_port = options["stream_port"] or port + 1
        check_free(host, port)
        check_free(host, stream_port)
        settings.PAGE_PORT, settings.STREAM_PORT = port, stream_port
        require(connection)
        _check_migrated()
        self._step("画面の部品を準備しています…")
        call_command("collectstatic", verbosity=0, interactive=False)
        connections.close_all()
        shown = "localhost" if host == "127.0.0.1" else f"[{host}]" if ":" in host else host
        server = Server(
            host=host,
            port=port,
            workers=options["workers"],
            stream_port=stream_port,
            ready=lambda: self._step(f"公開しました: http://{shown}:{port}/ （終了: Ctrl+C）"),
        )
        server.run()

    def _step(self, text: str) -> None:
        self.stdout.write(f"[{time.strftime('%H:%M:%S')}] {text}")
        self.stdout.flush()


def _check_migrated() -> None:
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        message = "データベースがこの版のものではありません。manage.py migrate を実行してください。"
        raise CommandError(message, returncode=2)
