"""The lines around the tables → title, 別紙 number, issuer, date and legend."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from projects.grid import DEFAULT_LEGEND, Mark
from projects.wareki import parse as parse_date

LEGEND_LINE = re.compile(
    r"^(?!注|備考|例|※)(?P<symbol>[^\s…:：=]{1,2})\s*(?:…+|[:：=])\s*(?P<label>\S.*)$"
)
_ANNEX = re.compile(r"^(別紙|別添|別表|様式)\s*第?\s*(\d+)(?:\s+(?P<title>\S.*))?$")


@dataclass(slots=True)
class Preface:
    """What the lines said. `wordings` holds every wording of the legend with its lines.

    `repeated` and `unread` hold the numbers of lines that say nothing new or nothing known.
    """

    title: str = ""
    document_number: str = ""
    issuer: str = ""
    date: str = ""
    wordings: dict[str, dict[str, list[int]]] = field(default_factory=dict)
    repeated: dict[int, str] = field(default_factory=dict)
    unread: dict[int, str] = field(default_factory=dict)

    @property
    def legend(self) -> tuple[Mark, ...]:
        """The marks as named, each with its most frequent wording; the default without any."""
        found = tuple(
            Mark(symbol, _most_frequent(labels), _leads(symbol, labels))
            for symbol, labels in self.wordings.items()
        )
        return found or DEFAULT_LEGEND


def read_preface(lines: Iterable[tuple[int, str]]) -> Preface:
    """The preface from (line number, text) pairs in order."""
    preface = Preface()
    for no, text in lines:
        _take(preface, no, text)
    return preface


def _take(preface: Preface, no: int, text: str) -> None:
    legend = LEGEND_LINE.match(text)
    annex = _ANNEX.match(unicodedata.normalize("NFKC", text))
    if legend:
        wordings = preface.wordings.setdefault(legend["symbol"], {})
        wordings.setdefault(legend["label"], []).append(no)
    elif annex:
        _take_annex(preface, no, text, annex)
    elif not preface.date and parse_date(text):
        preface.date = parse_date(text) or ""
    else:
        _take_words(preface, no, text)


def _take_annex(preface: Preface, no: int, text: str, annex: re.Match[str]) -> None:
    number = f"{annex[1]}{annex[2]}"
    if preface.document_number and number == preface.document_number:
        preface.repeated[no] = text
        return
    preface.document_number = preface.document_number or number
    if annex["title"]:
        preface.title = preface.title or annex["title"]


def _take_words(preface: Preface, no: int, text: str) -> None:
    if not preface.title:
        preface.title = text
    elif preface.date and not preface.issuer:
        preface.issuer = text
    else:
        preface.unread[no] = text


def _most_frequent(labels: dict[str, list[int]]) -> str:
    return Counter({label: len(lines) for label, lines in labels.items()}).most_common(1)[0][0]


def _leads(symbol: str, labels: Iterable[str]) -> bool:
    return symbol == "◎" or any(label.startswith("主") for label in labels)
