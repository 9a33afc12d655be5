"""The lines around the tables → title, 別紙 number, issuer, date and legend."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from projects.domain.grid import DEFAULT_LEGEND, Mark
from projects.intake.text.dates import KANJI_DIGITS, date_in, kanji_number
from projects.intake.text.legend import (
    LEGEND_WORD,
    is_legend_head,
    is_mark,
    legend_entries,
    letters_of,
)
from projects.intake.text.vocabulary import NOTE, PAGE

LEGEND_LINE = re.compile(
    r"^(?!注|備考|例|※)(?P<symbol>[^\s…:：=]{1,2})\s*(?:…+|[:：=])\s*(?P<label>\S.*)$"
)
_KIND = r"(?P<kind>別紙|別添|別表|様式|参考資料|添付資料|資料|付属書|附属書|参考)"
_NUMBER = r"(?P<number>\d+(?:[-.の]\d+)*|[一二三四五六七八九十]+)"
_ANNEX = re.compile(
    rf"^(?:[(【\[<〔]\s*)?{_KIND}\s*(?:第|No\.?)?\s*{_NUMBER}\s*号?\s*(?:[)】\]>〕])?"
    r"(?:(?:\s*[:「『]|\s+|(?<=[)】\]>〕]))\s*(?P<title>\S.*?)[」』]?)?$",
    re.I,
)
_ANNEX_BEHIND = re.compile(
    rf"^(?P<title>\S.*?)\s*[(【\[<〔]\s*{_KIND}\s*(?:第|No\.?)?\s*{_NUMBER}\s*号?\s*[)】\]>〕]$",
    re.I,
)
_TITLE = re.compile(r"役割|分担|責任|RACI|マトリ", re.I)
_LONGEST_TITLE = 60
_LEADING = re.compile(r"^(?:主(?!な支援)|実行責任|responsible\b)", re.I)


@dataclass(slots=True)
class Preface:
    """What the lines said. `wordings` holds every wording of the legend with its lines.

    `repeated` and `unread` hold the numbers of lines that say nothing new or nothing known.
    """

    title: str = ""
    document_number: str = ""
    issuer: str = ""
    date: str = ""
    title_at: int | None = None
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
    """The preface from (line number, text) pairs in order, each line about one thing."""
    preface = Preface()
    for no, text in lines:
        legend = LEGEND_LINE.match(text)
        if legend:
            _take_mark(preface, no, legend["symbol"], legend["label"])
        else:
            _take(preface, no, text)
    return preface


def read_cells(cells: Iterable[tuple[int, str]], used: frozenset[str]) -> Preface:
    """The preface from the cells around a table, each numbered by its caller.

    A legend may stand several to a cell, with its word before it, or a symbol and its meaning
    in two cells. `used` are the texts in the table's cells: a letter is a mark when it is used.
    """
    preface = Preface()
    waiting: tuple[int, str] | None = None
    lines = [(no, line.strip()) for no, cell in cells for line in cell.split("\n")]
    used |= letters_of(text for _, text in lines)
    for no, text in lines:
        bare = LEGEND_WORD.sub("", text)
        entries = legend_entries(text, used)
        if not bare or (is_legend_head(text) and not (waiting and bare == text)):
            continue
        if waiting and not entries and not is_mark(bare, used):
            _take_mark(preface, *waiting, bare.strip("…:：= "))
            waiting = None
        elif is_mark(bare, used):
            waiting = (no, bare)
        elif entries:
            for symbol, label in entries:
                _take_mark(preface, no, symbol, label)
        else:
            _take(preface, no, text)
    return preface


def says_something(text: str) -> bool:
    """Whether a line is about the document: its number, its date, or its marks."""
    plain = unicodedata.normalize("NFKC", text).strip()
    return bool(
        _ANNEX.match(plain)
        or date_in(plain)
        or legend_entries(text.strip(), frozenset())
        or LEGEND_WORD.match(text)
    )


def _take(preface: Preface, no: int, text: str) -> None:
    plain = unicodedata.normalize("NFKC", text).strip()
    annex = _ANNEX.match(plain) or _ANNEX_BEHIND.match(plain)
    if annex:
        _take_annex(preface, no, text, annex)
    elif not preface.date and (date := date_in(text)):
        preface.date = date
    else:
        _take_words(preface, no, text)


def _take_mark(preface: Preface, no: int, symbol: str, label: str) -> None:
    preface.wordings.setdefault(symbol, {}).setdefault(label, []).append(no)


def _take_annex(preface: Preface, no: int, text: str, annex: re.Match[str]) -> None:
    number = annex["kind"] + _arabic(annex["number"])
    if preface.document_number and number == preface.document_number:
        preface.repeated[no] = text
        return
    preface.document_number = preface.document_number or number
    if annex["title"]:
        preface.title = preface.title or annex["title"]


def _arabic(number: str) -> str:
    return str(kanji_number(number)) if number[0] in KANJI_DIGITS else number


def _take_words(preface: Preface, no: int, text: str) -> None:
    """The first line that is no note is the title, unless a later one sounds more like it."""
    if NOTE.match(text) or PAGE.match(text):
        preface.unread[no] = text
    elif not preface.title:
        preface.title, preface.title_at = text, no
    elif text == preface.title:
        preface.repeated[no] = text
    elif _is_better(preface.title, text) and preface.title_at is not None:
        preface.unread[preface.title_at] = preface.title
        preface.title, preface.title_at = text, no
    elif preface.date and not preface.issuer:
        preface.issuer = text
    else:
        preface.unread[no] = text


def _is_better(title: str, text: str) -> bool:
    return len(text) <= _LONGEST_TITLE and bool(_TITLE.search(text)) and not _TITLE.search(title)


def _most_frequent(labels: dict[str, list[int]]) -> str:
    return Counter({label: len(lines) for label, lines in labels.items()}).most_common(1)[0][0]


def _leads(symbol: str, labels: Iterable[str]) -> bool:
    return symbol == "◎" or any(_LEADING.match(label) for label in labels)
