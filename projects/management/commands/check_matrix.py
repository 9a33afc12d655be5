"""manage.py check_matrix: what the checks find in a project, for people and for scripts."""

from __future__ import annotations

import json
from argparse import ArgumentParser, RawDescriptionHelpFormatter
from collections.abc import Mapping
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import ProgrammingError

from projects.checks import CHECKS, Code, Severity
from projects.domain.grid import Item
from projects.findings.repair import Steps
from projects.findings.review import Judged, review
from projects.management.parsing import JapaneseErrors
from projects.models import Project

FOUND, REFUSED = 1, 2
HELP = """案件の役割分担表を点検し、要確認の指摘を表示します。

--format json は、次の形の配列を出力します。
  code      E1、W4など
  severity  error（誤り）または warning（注意）
  title     種類の名称
  why       なぜ確認するか
  number    項番（行についての指摘でないときは空）
  name      作業項目（同）
  said      指摘の文
  cells     指摘が指すセルの配列 {"uid", "number", "role"}
            （行全体は role が空、列全体は uid と number が空）
  state     open（未対応）、again（再確認）、waived（見送り）
  reason    見送りの理由
  repair    修正案の配列 {"row", "what", "before", "after"}

--fail-on を付けると、見送られていない指摘が次の重要度であるとき終了コード1で終わります。
  error    誤り
  warning  誤りまたは注意
案件がないときなど、点検できないときの終了コードは2です。"""


class Command(JapaneseErrors, BaseCommand):
    help = HELP
    requires_system_checks = ()

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> Any:
        return super().create_parser(
            prog_name, subcommand, formatter_class=RawDescriptionHelpFormatter, **kwargs
        )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--project", required=True, metavar="SLUG")
        parser.add_argument("--format", choices=("text", "json"), default="text")
        parser.add_argument("--fail-on", choices=[severity.value for severity in Severity])
        parser.add_argument(
            "--code", action="append", choices=[code.value for code in Code], help="この種類だけ"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        found = review(_project(options["project"]))
        codes = options["code"] or [code.value for code in Code]
        chosen = [one for one in found.judged if one.finding.code.value in codes]
        if options["format"] == "json":
            rows = {item.uid: item for item in found.grid.items}
            steps = Steps(found.grid)
            lines = [_as_json(one, rows, steps) for one in chosen]
            self.stdout.write(json.dumps(lines, ensure_ascii=False, indent=1))
        else:
            self._say(chosen)
        if any(_fails(one, options["fail_on"]) for one in chosen):
            raise SystemExit(FOUND)

    def _say(self, chosen: list[Judged]) -> None:
        """The open ones as lines, and how many there are."""
        still = [one for one in chosen if one.is_open]
        for one in still:
            self.stdout.write(f"{one.finding.code} {one.finding.message}")
        self.stdout.write(f"未対応{len(still)}件、見送り{len(chosen) - len(still)}件")


def _project(slug: str) -> Project:
    try:
        return Project.objects.get(slug=slug)
    except ProgrammingError as error:
        message = "データベースが準備されていません。manage.py migrate を実行してください。"
        raise CommandError(message, returncode=REFUSED) from error
    except Project.DoesNotExist as error:
        raise CommandError(f"案件「{slug}」はありません。", returncode=REFUSED) from error


def _fails(one: Judged, severity: str | None) -> bool:
    """Whether an open finding is as bad as that."""
    if severity is None or not one.is_open:
        return False
    return severity == Severity.WARNING or one.finding.severity is Severity.ERROR


def _as_json(one: Judged, rows: Mapping[str, Item], steps: Steps) -> dict[str, Any]:
    finding = one.finding
    item = rows.get(finding.uid)
    return {
        "code": finding.code.value,
        "severity": finding.severity.value,
        "title": CHECKS[finding.code].title,
        "why": CHECKS[finding.code].why,
        "number": item.number if item else "",
        "name": item.name if item else "",
        "said": finding.message,
        "cells": [
            {"uid": uid, "number": rows[uid].number if uid else "", "role": role}
            for uid, role in finding.cells
        ],
        "state": one.state.value,
        "reason": one.waiver.reason if one.waiver else "",
        "repair": [
            {"row": step.row, "what": step.what, "before": step.before, "after": step.after}
            for step in steps.of(finding.repair)
        ],
    }
