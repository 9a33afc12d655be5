"""manage.py worker: run the jobs of all machines, so that web processes need not."""

from __future__ import annotations

import signal
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.db import connection

from raci.database import require
from raci.jobs.runner import Runner
from raci.management.numbers import positive

THREADS = 2


class Command(BaseCommand):
    help = (
        "取込・書き出し・メールなど、時間のかかる処理を行います。"
        "これが動いている間、ページのプロセスは処理を行いません。"
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        words = f"同時に行う処理の数（既定: {THREADS}。メールはこのほかに1つ）"
        parser.add_argument("--threads", type=positive, default=THREADS, help=words)

    def handle(self, *args: Any, **options: Any) -> None:
        require(connection)
        runner = Runner(dedicated=True, threads=options["threads"])
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: runner.stop())
        self.stdout.write("処理を待っています。（終了: Ctrl+C。処理中のものは終わるまで待ちます）")
        self.stdout.flush()
        runner.run()
