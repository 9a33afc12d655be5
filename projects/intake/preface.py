"""The lines around the tables → title, 別紙 number, issuer, date and legend."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from projects.grid import DEFAULT_LEGEND, Mark
from projects.intake.symbols import is_symbol
from projects.wareki import parse as parse_date

LEGEND_LINE = re.compile(
    r"^(?!注|備考|例|※)(?P<symbol>[^\s…:：=]{1,2})\s*(?:…+|[:：=])\s*(?P<label>\S.*)$"
)
_ANNEX = re.compile(
    r"^[(（【\[<]?\s*(別紙|別添|別表|様式|添付資料|資料|付属書|附属書)\s*第?\s*"
    r"(\d+(?:[-.の]\d+)*)\s*号?\s*[)）】\]>]?(?:[\s:]+(?P<title>\S.*))?$"
)
_SAYS = r"\s*(?:…+|・{2,}|\.{2,}|[:：=＝]|は(?=\S))\s*"
_ENTRY = re.compile(
    rf"(?:^|(?<=[\s　、,，;；／/(（【「]))(?P<symbol>[^\s…:：=＝、,，;；／/(（【「]{{1,2}}){_SAYS}"
    r"(?P<label>.+?)"
    rf"(?=\s*(?:[\s　、,，;；／/]\s*[^\s…:：=＝、,，;；／/]{{1,2}}{_SAYS}|[)）】」]?\s*$))"
)
_BARE_ENTRY = re.compile(
    r"(?P<symbol>[○◎●△▲▽▼◇◆□■☆★〇◯])\s*(?P<label>[^○◎●△▲▽▼◇◆□■☆★〇◯\s、,][^○◎●△▲▽▼◇◆□■☆★〇◯]*)"
)
_LEGEND_WORD = re.compile(
    r"^[\s【\[(（〔<※]*(?:凡\s*例|記号の説明|記号の意味|legend|key)[\s】\])）〕>:：]*", re.I
)
_DATE_WORD = re.compile(
    r"^(?:作成日|作成年月日|日付|更新日|改訂日|改定日|発行日|版|基準日|date)\s*[:：]?\s*", re.I
)
_AS_OF = re.compile(r"\s*(?:現在|版|作成|改訂|改定|更新|時点|付け?)$")
_LEADING = re.compile(r"^(?:主(?!な支援)|実行責任|responsible\b)", re.I)
_LETTERS = frozenset("RACI")


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
    remaining = [(no, line.strip()) for no, text in cells for line in text.split("\n")]
    waiting: tuple[int, str] | None = None
    for no, text in remaining:
        if not text:
            continue
        bare = _LEGEND_WORD.sub("", text)
        if waiting and not legend_entries(bare, used) and not is_mark(bare, used):
            _take_mark(preface, waiting[0], waiting[1], bare.strip("…:：= "))
            waiting = None
        elif is_mark(bare, used):
            waiting = (no, bare)
        elif entries := legend_entries(text, used):
            for symbol, label in entries:
                _take_mark(preface, no, symbol, label)
        elif bare or not text:
            _take(preface, no, text)
    return preface


def is_mark(text: str, used: frozenset[str]) -> bool:
    """Whether the text is a sign that can be a mark: drawn, or a short word that is used."""
    return is_symbol(text) or (0 < len(text) <= 2 and text in used)


def legend_entries(text: str, used: frozenset[str]) -> list[tuple[str, str]]:
    """(symbol, label) of each mark that a text explains; [] when it is no legend."""
    bare = _LEGEND_WORD.sub("", text)
    pattern = _ENTRY if _ENTRY.search(bare) else _BARE_ENTRY if bare != text else None
    if pattern is None:
        return []
    found = [(m["symbol"], m["label"].strip()) for m in pattern.finditer(bare)]
    letters = {symbol for symbol, _ in found} >= _LETTERS
    return [
        (symbol, label)
        for symbol, label in found
        if label and (is_mark(symbol, used) or (letters and symbol in _LETTERS))
    ]


def says_something(text: str) -> bool:
    """Whether a line is about the document: its number, its date, or its marks."""
    plain = unicodedata.normalize("NFKC", text).strip()
    return bool(
        _ANNEX.match(plain)
        or _date_of(plain)
        or legend_entries(text.strip(), frozenset())
        or _LEGEND_WORD.match(text)
    )


def _take(preface: Preface, no: int, text: str) -> None:
    annex = _ANNEX.match(unicodedata.normalize("NFKC", text).strip())
    if annex:
        _take_annex(preface, no, text, annex)
    elif not preface.date and (date := _date_of(text)):
        preface.date = date
    else:
        _take_words(preface, no, text)


def _date_of(text: str) -> str:
    plain = unicodedata.normalize("NFKC", text).strip().strip("()")
    plain = _AS_OF.sub("", _DATE_WORD.sub("", plain))
    return parse_date(plain) or ""


def _take_mark(preface: Preface, no: int, symbol: str, label: str) -> None:
    preface.wordings.setdefault(symbol, {}).setdefault(label, []).append(no)


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
    elif text == preface.title:
        preface.repeated[no] = text
    elif preface.date and not preface.issuer:
        preface.issuer = text
    else:
        preface.unread[no] = text


def _most_frequent(labels: dict[str, list[int]]) -> str:
    return Counter({label: len(lines) for label, lines in labels.items()}).most_common(1)[0][0]


def _leads(symbol: str, labels: Iterable[str]) -> bool:
    return symbol == "◎" or any(_LEADING.match(label) for label in labels)
