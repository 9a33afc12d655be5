"""manage.py restore: load a backup into an empty database and compare it."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from raci import backup
from raci.backup.programs import ProgramError

WRONG, REFUSED = 1, 2
RIGHTS = (
    "権限が足りない場合は、DATABASE_URL をデータベースの管理者（SUPERUSER）にして実行してください。"
    "表などの所有者はバックアップの時と同じになります。"
)


class Command(BaseCommand):
    help = "バックアップを空のデータベースに読み込み、内容が作成時と同じことを確かめます。"
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("path", type=Path, metavar="IN")

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["path"]
        try:
            made = backup.restore(path)
        except backup.DifferentDataError as error:
            message = f"読み込みましたが、内容が作成時と違います。使わないでください。\n{error}"
            raise CommandError(message, returncode=WRONG) from error
        except backup.NotGrantedError as error:
            message = (
                "読み込み、照合しましたが、業者の画面がまだ使えません。"
                f"データベースの管理者が次を実行してください: {error};"
            )
            raise CommandError(message, returncode=WRONG) from error
        except backup.NotEmptyError as error:
            message = (
                "データベースが空ではないため、読み込みませんでした。"
                "新しい空のデータベースを DATABASE_URL または RACI_DATA_DIR で指定してください。"
            )
            raise CommandError(message, returncode=REFUSED) from error
        except backup.NewerArchiveError as error:
            message = (
                f"このバックアップは、より新しい版のものです（{error}）。"
                "その版のプログラムで読み込んでください。データベースには触れていません。"
            )
            raise CommandError(message, returncode=REFUSED) from error
        except backup.DamagedArchiveError as error:
            raise CommandError(str(error), returncode=REFUSED) from error
        except OSError as error:
            message = f"「{path}」を読めません（{error.strerror}）。"
            raise CommandError(message, returncode=REFUSED) from error
        except ProgramError as error:
            message = f"読み込めませんでした。データベースは空のままです。原因: {error}\n{RIGHTS}"
            raise CommandError(message, returncode=REFUSED) from error
        rows = sum(int(count) for count, _ in made.tables.values())
        counts = f"{len(made.tables)}表、{rows:,}行、照合済み"
        self.stdout.write(f"{made.made_at} のバックアップを読み込みました（{counts}）。")
