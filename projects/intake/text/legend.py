"""What a text around a table says of marks: 「凡例　◎：主担当　○：作業協力」 and its relatives."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping

from projects.intake.text.mark_symbols import is_symbol

Entries = list[tuple[str, str]]

LEGEND_WORD = re.compile(
    r"^[\s【\[［(（〔<＜■●・※]*(?:凡\s*例|記号の?(?:説明|意味|凡例)|マークの説明|legend|key)[\s】\]］)）〕>＞:：…]*",
    re.I,
)
_HEADS = frozenset(("記号", "意味", "説明", "内容", "区分", "マーク", "symbol", "meaning", "mark"))
_DRAWN = "○◎●△▲▽▼◇◆□■☆★〇◯⚪⭕"
_BULLET = re.compile(r"^\s*(?:[※＊*・•–]|-(?=\s))\s*")
_QUOTES = str.maketrans("", "", '「」『』"“”')
_SAYS = r"\s*(?:…+|・{2,}|\.{2,}|[:：=＝]|は(?=\S)|(?<=[○◎●△▲▽▼◇◆□■☆★〇◯])\s*[-－ー―→⇒])\s*"
_STOP = r"\s　、,，;；／/"
_ENTRY = re.compile(
    rf"(?:^|(?<=[{_STOP}(（【]))(?P<symbol>[^\s…・.:：=＝、,，;；／/(（【]{{1,2}})(?P<says>{_SAYS})"
    r"(?P<label>.+?)"
    rf"(?=\s*(?:[{_STOP}]\s*[^{_STOP}…・.:：=＝]{{1,2}}{_SAYS}|[)）】」]?\s*$))"
)
_BARE = re.compile(rf"(?P<symbol>[{_DRAWN}])(?P<gap>\s*)(?P<label>[^{_DRAWN}\s、,(（][^{_DRAWN}]*)")
_BRACKETED = re.compile(rf"(?P<symbol>[{_DRAWN}])\s*[(（](?P<label>[^()（）]+)[)）]")
_TURNED = re.compile(
    rf"(?P<label>[^{_DRAWN}\s:：…=＝、,][^{_DRAWN}]*?)\s*[:：…=＝]+\s*(?P<symbol>[{_DRAWN}])"
)
_VERB = re.compile(
    r"(?:を(?:表す|示す|意味する|いう|表します|示します)|とする|である|です|のこと)?[。．]?$"
)
_ENDS = " \u3000、,，;；／/。"
_RACI = frozenset("RACI")


def legend_entries(text: str, used: frozenset[str]) -> Entries:
    """(symbol, label) of each mark that a text explains; [] when it is no legend.

    `used` are the texts in the table's cells: a letter is a mark when it is used.
    """
    bare = _BULLET.sub("", LEGEND_WORD.sub("", text)).translate(_QUOTES).strip()
    named = bool(LEGEND_WORD.match(text))
    found = _entries_of(bare)
    used |= letters_of((text,))
    kept = [(symbol, label) for symbol, label in found if label and is_mark(symbol, used)]
    return kept or _drawn(bare, named=named)


def letters_of(texts: Iterable[str]) -> frozenset[str]:
    """The letters that are marks because R, A, C and I are explained together."""
    bare = (_BULLET.sub("", LEGEND_WORD.sub("", text)) for text in texts)
    symbols = {symbol for text in bare for symbol, _ in _entries_of(text)}
    letters = frozenset(s for s in symbols if len(s) == 1 and s.isascii() and s.isupper())
    return letters if letters >= _RACI else frozenset()


def is_mark(text: str, used: frozenset[str]) -> bool:
    """Whether the text is a sign that can be a mark: drawn, or a short word that is used."""
    return is_symbol(text) or (0 < len(text) <= 2 and text in used)


def is_legend_head(text: str) -> bool:
    """Whether a text is only the word over a legend, such as 「【凡例】」 or 「記号」."""
    plain = unicodedata.normalize("NFKC", text).strip()
    return plain.casefold() in _HEADS or bool(LEGEND_WORD.fullmatch(plain))


def is_legend_row(cells: Mapping[int, str]) -> bool:
    """Whether a row is a legend in cells: its word, or marks that each have a text beside them."""
    texts = [text.strip() for text in cells.values()]
    if LEGEND_WORD.match(texts[0]) or all(map(is_legend_head, texts)):
        return True
    marks, labels = texts[::2], texts[1::2]
    return (
        len(marks) == len(labels)
        and all(map(is_symbol, marks))
        and all(len(label) > 1 and not is_symbol(label[0]) for label in labels)
    )


def _entries_of(bare: str) -> Entries:
    return [
        (m["symbol"], _label(m["label"], sentence="は" in m["says"])) for m in _ENTRY.finditer(bare)
    ]


def _drawn(bare: str, *, named: bool) -> Entries:
    """Drawn marks with their labels in brackets, right behind them, or before them."""
    for pattern in (_BRACKETED, _TURNED):
        found = [(m["symbol"], _label(m["label"])) for m in pattern.finditer(bare)]
        if found and not pattern.sub("", bare).strip(_ENDS):
            return found
    if bare[:1] not in _DRAWN or not bare:
        return []
    return [
        (m["symbol"], _label(m["label"]))
        for m in _BARE.finditer(bare)
        if (named or m["gap"]) and m["label"].strip(_ENDS)
    ]


def _label(text: str, *, sentence: bool = False) -> str:
    label = text.strip(_ENDS)
    return _VERB.sub("", label) or label if sentence else label
