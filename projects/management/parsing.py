"""What argparse says about wrong arguments, in Japanese."""

from __future__ import annotations

import re
import sys
from typing import Any, NoReturn

from django.core.management.base import CommandError, CommandParser

REFUSED = 2
_SAID = (
    (r"the following arguments are required: (.+)", r"引数 \1 を指定してください。"),
    (
        r"argument (\S+): invalid choice: (.+) \(choose from (.+)\)",
        r"\1 に \2 は指定できません。\3 のどれかにしてください。",
    ),
    (r"argument (\S+): expected (?:one|at least one) argument", r"\1 の後に値を書いてください。"),
    (r"unrecognized arguments: (.+)", r"引数 \1 はありません。--help で一覧を表示します。"),
)


class JapaneseErrors:
    """A command whose wrong arguments are refused in words that its reader knows."""

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> Any:
        parser: Any = super().create_parser(prog_name, subcommand, **kwargs)  # type: ignore[misc]

        def error(message: str) -> NoReturn:
            _refuse(parser, japanese(message))

        parser.error = error
        return parser


def japanese(message: str) -> str:
    """Translate a message of argparse to Japanese; an unknown one stays as it is."""
    for pattern, template in _SAID:
        if found := re.fullmatch(pattern, message):
            return found.expand(template)
    return message


def _refuse(parser: CommandParser, message: str) -> NoReturn:
    """Ends a command at a terminal; raises for whoever called it from Python."""
    if not parser.called_from_command_line:
        raise CommandError(message, returncode=REFUSED)
    parser.print_usage(sys.stderr)
    parser.exit(REFUSED, f"エラー: {message}\n")
