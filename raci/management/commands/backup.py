"""manage.py backup: save the database to one file while people work."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from raci import backup
from raci.backup.programs import ProgramError

REFUSED = 2


class Command(BaseCommand):
    help = "データベースの全体を一つのファイルに書き出します。サイトを止める必要はありません。"
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("out", type=Path, metavar="OUT")

    def handle(self, *args: Any, **options: Any) -> None:
        out: Path = options["out"]
        try:
            made = backup.save(out)
        except FileExistsError as error:
            message = f"「{out}」は既にあります。別の名前を指定してください。"
            raise CommandError(message, returncode=REFUSED) from error
        except OSError as error:
            message = f"「{out}」に書き込めません（{error.strerror}）。何も作られていません。"
            raise CommandError(message, returncode=REFUSED) from error
        except ProgramError as error:
            message = f"書き出せませんでした。何も作られていません。原因: {error}"
            raise CommandError(message, returncode=REFUSED) from error
        rows = sum(int(count) for count, _ in made.tables.values())
        self.stdout.write(
            f"{out}（{len(made.tables)}表、{rows:,}行、{out.stat().st_size:,}バイト）"
        )
