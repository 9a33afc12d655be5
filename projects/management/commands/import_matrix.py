"""manage.py import_matrix: a file into a project, or with --dry-run what it would change."""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.core.validators import validate_slug
from django.db import ProgrammingError

from projects import store
from projects.domain.plan import Act
from projects.imports.compare import Blank, Wishes
from projects.imports.proposal import Proposal, Source, create_from, propose
from projects.intake import Choices, IntakeError
from projects.intake.text.corrections import SKIP, Levels
from projects.management.parsing import JapaneseErrors
from projects.models import Project

ACTS = {
    Act.CREATED: "追加",
    Act.CHANGED: "変更",
    Act.MOVED: "移動",
    Act.REMOVED: "削除",
    Act.UNCHANGED: "変更なし",
}
REFUSED = 2


class Command(JapaneseErrors, BaseCommand):
    help = "役割分担表のファイル（Excel・OpenDocument・CSV・Markdown）を案件に取り込みます。"
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--project", required=True, metavar="SLUG")
        parser.add_argument("--create", action="store_true", help="案件がなければ作る")
        parser.add_argument("--title", default="", help="案件の標題（既定: ファイルの標題）")
        parser.add_argument("--roles", type=Path, help="関連業者の列のCSV")
        parser.add_argument("--columns", type=Path, help="表ごとの列の意味のCSV")
        parser.add_argument("--sheet", action="append", help="取り込むシート（繰り返し可）")
        parser.add_argument(
            "--mark",
            action="append",
            default=[],
            metavar="文字=記号",
            help=f"読み取れない文字の意味。「×=」は空欄、「×={SKIP}」は案件のまま（繰り返し可）",
        )
        parser.add_argument("--levels", choices=[each.value for each in Levels], help="階層の根拠")
        parser.add_argument(
            "--blank",
            choices=[each.value for each in Blank],
            default=Blank.DELETE.value,
            help="空欄を削除とするか、無視するか",
        )
        parser.add_argument(
            "--keep-columns", action="store_true", help="ファイルにない列を案件に残す"
        )
        parser.add_argument("--dry-run", action="store_true", help="読み取るだけで書き込まない")
        parser.add_argument("--format", choices=["text", "json"], default="text")
        parser.add_argument("--yes", action="store_true", help="確認せずに反映する")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            self._run(options)
        except IntakeError as refused:
            raise CommandError(f"取り込めません。\n{refused}", returncode=REFUSED) from refused
        except (store.BrokenRulesError, store.StaleRevisionError) as error:
            raise CommandError(f"反映できません。\n{error}", returncode=REFUSED) from error

    def _run(self, options: dict[str, Any]) -> None:
        source = Source(
            _bytes(options["file"]), _bytes(options["roles"]), _bytes(options["columns"])
        )
        project = _project(options["project"], missing_ok=options["dry_run"])
        if not project and not options["dry_run"]:
            self._check_new(options)
        proposal = propose(
            source,
            project,
            title=options["title"],
            choices=_choices(options),
            wishes=Wishes(Blank(options["blank"]), options["keep_columns"]),
        )
        self._print(proposal, options["format"])
        if proposal.reading.asked and not options["dry_run"]:
            raise CommandError(_questions(proposal), returncode=REFUSED)
        if options["dry_run"]:
            self._say("読み取りのみ行いました（--dry-run）。")
        elif project:
            self._apply(proposal, project, options["yes"])
        else:
            create_from(proposal, slug=options["project"], by=None)
            self._say(f"案件「{options['project']}」を作成し、取り込みました。")

    def _check_new(self, options: dict[str, Any]) -> None:
        slug = options["project"]
        if not options["create"]:
            message = f"案件「{slug}」はありません。作る場合は --create を付けてください。"
            raise CommandError(message, returncode=REFUSED)
        try:
            validate_slug(slug)
        except ValidationError as error:
            message = f"案件の識別名「{slug}」には英数字・ハイフン・下線だけを使えます。"
            raise CommandError(message, returncode=REFUSED) from error

    def _apply(self, proposal: Proposal, project: Project, sure: bool) -> None:
        if proposal.plan.is_empty:
            self._say("変更はありません。")
            return
        if not sure and not self._confirmed():
            raise CommandError(
                "反映しませんでした。反映する場合は --yes を付けてください。", returncode=2
            )
        store.apply(proposal.plan, project=project, by=None, kind=store.Kind.IMPORT)
        self._say(f"反映しました（改訂{project.revision}）。")

    def _confirmed(self) -> bool:
        return sys.stdin.isatty() and input("反映しますか？ [y/N] ").strip().lower() == "y"

    def _print(self, proposal: Proposal, form: str) -> None:
        if form == "json":
            found = {**proposal.reading.as_json(), "plan": proposal.plan.totals()}
            self.stdout.write(json.dumps(found, ensure_ascii=False, indent=1))
            return
        for remark in proposal.reading.remarks:
            self.stdout.write(f"注記 {remark}")
        totals = proposal.reading.totals()
        self.stdout.write(f"項目 {totals['items']}　列 {totals['roles']}　記号 {totals['marks']}")
        self._print_plan(proposal)

    def _print_plan(self, proposal: Proposal) -> None:
        for line in proposal.plan.items:
            if line.act is not Act.UNCHANGED:
                self.stdout.write(f"{ACTS[line.act]}: {line.shown.number} {line.shown.name}")
        for role in proposal.plan.roles:
            shown = role.after or role.before
            if role.act is not Act.UNCHANGED and shown:
                self.stdout.write(f"列の{ACTS[role.act]}: {shown.name}")
        items = proposal.plan.totals()["items"]
        summary = "　".join(f"{ACTS[act]} {items[act.value]}" for act in Act)
        cells = proposal.plan.totals()["cells"]
        self.stdout.write(
            f"行: {summary}　記号: 追加 {cells['added']}　変更 {cells['changed']}"
            f"　削除 {cells['removed']}"
        )

    def _say(self, text: str) -> None:
        """A word to the person; stdout is for data."""
        self.stderr.write(text, style_func=str)


def _choices(options: dict[str, Any]) -> Choices:
    marks = {}
    for pair in options["mark"]:
        raw, equals, symbol = pair.rpartition("=")
        if not equals:
            message = f"--mark「{pair}」は「文字=記号」の形で指定してください。"
            raise CommandError(message, returncode=REFUSED)
        marks[raw] = symbol
    sheets = tuple(options["sheet"]) if options["sheet"] else None
    levels = Levels(options["levels"]) if options["levels"] else None
    return Choices(sheets=sheets, levels=levels, marks=marks)


def _questions(proposal: Proposal) -> str:
    lines = ["反映できません。次の文字が何を表すか、--mark で指定してください。"]
    for raw, places in proposal.reading.asked.items():
        where = "、".join(str(place) for place in places[:5])
        lines.append(f"{where}: 「{raw}」（{len(places)}か所）　例: --mark '{raw}='")
    return "\n".join(lines)


def _project(slug: str, *, missing_ok: bool) -> Project | None:
    """The project, None without one. A database without tables has none either."""
    try:
        return Project.objects.filter(slug=slug).first()
    except ProgrammingError as error:
        if missing_ok:
            return None
        message = "データベースが準備されていません。先に manage.py migrate を実行してください。"
        raise CommandError(message, returncode=REFUSED) from error


def _bytes(path: Path | None) -> bytes:
    if path is None:
        return b""
    try:
        return path.read_bytes()
    except OSError as error:
        message = f"ファイル「{path}」を読めません（{error.strerror}）。"
        raise CommandError(message, returncode=REFUSED) from error
