"""manage.py export_matrix: a project as an Excel file, or a part of it; or as CSV or Markdown."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import ProgrammingError
from django.http import Http404

from projects.excel.verification import faults
from projects.exports import matrix_file
from projects.management.parsing import JapaneseErrors
from projects.models import Project

WRONG, REFUSED = 1, 2


class Command(JapaneseErrors, BaseCommand):
    help = (
        "案件の役割分担表をExcelファイルに出力します。"
        "名前が .csv か .md で終わればその形式にします。"
    )
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("out", type=Path, metavar="OUT")
        parser.add_argument("--project", required=True, metavar="SLUG")
        parser.add_argument("--phase", default="", metavar="N", help="この項番より下だけを出力する")

    def handle(self, *args: Any, **options: Any) -> None:
        out: Path = options["out"]
        try:
            project = Project.objects.get(slug=options["project"])
            file = _file(project, out.suffix.lower(), options["phase"])
            _check(file, out)
            out.write_bytes(file.data)
        except ProgrammingError as error:
            message = "データベースが準備されていません。manage.py migrate を実行してください。"
            raise CommandError(message, returncode=REFUSED) from error
        except Project.DoesNotExist as error:
            message = f"案件「{options['project']}」はありません。"
            raise CommandError(message, returncode=REFUSED) from error
        except Http404 as error:
            raise CommandError(str(error), returncode=REFUSED) from error
        except OSError as error:
            message = f"「{out}」に書き込めません（{error.strerror}）。"
            raise CommandError(message, returncode=REFUSED) from error
        self.stdout.write(f"{out}（{len(file.data):,}バイト）")


def _check(file: matrix_file.File, out: Path) -> None:
    """Read a workbook again with another library. CommandError when it says something else."""
    is_text = out.suffix.lower() in matrix_file.TEXTS
    found = [] if is_text or file.grid is None else faults(file.data, file.grid)
    if found:
        lines = "\n".join(found)
        message = f"書き出した内容が役割分担表と違うため、「{out}」を作りませんでした。\n{lines}"
        raise CommandError(message, returncode=WRONG)


def _file(project: Project, suffix: str, phase: str) -> matrix_file.File:
    if suffix not in matrix_file.TEXTS:
        return matrix_file.workbook_of(project, phase=phase)
    if phase:
        message = "--phase はExcelファイルにだけ指定できます。"
        raise CommandError(message, returncode=REFUSED)
    return matrix_file.text_of(project, suffix)
