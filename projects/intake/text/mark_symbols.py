"""A cell of marks as found → a symbol of the legend, through an explicit table.

Unicode normalisation folds none of ○〇◯, so each variant is named here. What only looks like a
mark, or says "none" in its own way, is asked and never guessed.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from projects.intake.text.remarks import Code
from projects.intake.text.vocabulary import visible

VARIANTS = {
    "\u3007": "○",  # 漢数字ゼロ
    "\u25ef": "○",  # 大きな丸
    "\u26aa": "○",  # 白丸の絵文字
    "\u2b55": "○",  # 太い丸の絵文字
}
# Look like a mark without being one, or say in words what a blank says.
ASKED = frozenset(
    (
        *"OoＯｏ0０ΟοОо◉⦿◌⓪＠@",
        *(
            "ー",
            "－",
            "-",
            "―",
            "–",
            "—",
            "‐",
            "−",
            "~",
            "～",
            "〜",
            "…",
            "・",
            ".",
            "。",
            "*",
            "＊",
        ),
        *("×", "✕", "✖", "✗", "✘", "x", "X", "ｘ", "Ｘ", "╳", "／", "/", "＼", "\\", "|", "｜"),
        *(
            "✓",
            "✔",
            "レ",
            "☑",
            "☒",
            "☐",
            "有",
            "無",
            "なし",
            "無し",
            "無い",
            "済",
            "要",
            "不要",
            "?",
            "？",
        ),
        *(
            "対象外",
            "対象",
            "該当なし",
            "該当無し",
            "該当せず",
            "n/a",
            "na",
            "n.a.",
            "none",
            "未定",
            "tbd",
        ),
        *("〃", "々", "同上", "仝", "〃〃", '"', "″", "”", "↑"),
        *(
            "まる",
            "丸",
            "マル",
            "◎○",
            "二重丸",
            "にじゅうまる",
            "1",
            "2",
            "１",
            "２",
            "yes",
            "no",
            "true",
        ),
    )
) - {"◎○"}
_BETWEEN = " \u3000\n\t/／・,、＆&+＋;；"
_ARROW = re.compile(r"\s*(?:→|⇒|↓|⇓|➡\ufe0f?|➔|⟶|->|=>|＞)\s*")
_NOTED = re.compile(
    r"(?P<mark>.{1,4}?)\s*(?:[(（\[［〔【〈<](?P<note>.+?)[)）\]］〕】〉>]|(?:※|注|＊|\*)\s*(?P<sign>.{0,4}))",
    re.DOTALL,
)
_SIGN = re.compile(r"(?P<mark>[^\w\s])\s*(?P<note>[0-9０-９¹²³⁰-⁹]{1,2}[)）]?|[a-z]|[①-⑳]|['’′])")
_FRAMED = re.compile(r"[(（\[［〔【「](?P<mark>.{1,2})[)）\]］〕】」]")
_LETTERS = frozenset("RACISQVD")
_LONGEST_MARK = 16


@dataclass(frozen=True, slots=True)
class Symbol:
    """What a cell means: `symbol` of the legend or "", None when nobody can say.

    `code` and `message` are set where a person should know how it was read; a symbol that is
    None and has the code MARK_ASKED is a question, without a code it is refused.
    """

    symbol: str | None
    code: Code | None = None
    message: str = ""


@lru_cache(8192)
def read_symbol(raw: str, legend: tuple[str, ...]) -> Symbol:
    """The mark in a cell; `legend` goes from the strongest symbol to the weakest."""
    text = raw.replace("_x000D_", "\n")
    text = visible(text).strip().strip("\ufe0f") if not text.isascii() else text.strip()
    if text in legend or not text:
        if text != raw.strip():
            return Symbol(text, Code.SYMBOL_VARIANT, f"「{text}」として読み取りました。")
        return Symbol(text)
    known = _one(text, legend)
    if known:
        return Symbol(known, Code.SYMBOL_VARIANT, f"「{text}」を「{known}」として読み取りました。")
    bare = text.replace("\ufe0f", "")
    if text.casefold() in ASKED or (len(set(bare)) == 1 and bare[0] in ASKED):
        return _question(text)
    return _changing(text, legend) or _several(text, legend) or _noted(text, legend)


def looks_like_mark(text: str) -> bool:
    """Whether a cell with this text seems to hold a mark, whatever the legend is."""
    return len(text) <= _LONGEST_MARK and _looks_like_mark(text)


@lru_cache(8192)
def _looks_like_mark(text: str) -> bool:
    plain = visible(text).strip()
    if not plain:
        return False
    first = VARIANTS.get(plain[0], plain[0])
    if first in "○◎●△▲▽▼◇◆□■☆★◉◐◑⚫⚪" or plain[0] in VARIANTS:
        return True
    return (plain.casefold() in ASKED and not plain.isdigit()) or _is_letters(plain)


def is_symbol(text: str) -> bool:
    """Whether the text is one drawn sign such as ● or △."""
    return len(text) == 1 and (unicodedata.category(text) in ("So", "Sm", "Nl") or text in "◎○")


def _is_letters(text: str) -> bool:
    parts = re.split(r"[\s/／・,、]+", unicodedata.normalize("NFKC", text))
    return all(len(part) == 1 and part in _LETTERS for part in parts)


def _one(text: str, legend: tuple[str, ...]) -> str | None:
    """The symbol that one sign stands for, if it is a variant of one."""
    bare = text.replace("\ufe0f", "")
    plain = unicodedata.normalize("NFKC", bare) if len(bare) <= 2 else bare
    known = VARIANTS.get(bare, plain)
    if known in legend:
        return known
    other = next((s for s in legend if VARIANTS.get(s) == known), None)
    if known == "○":
        return other
    same = [s for s in legend if s.casefold() == plain.casefold()]
    return same[0] if len(same) == 1 and plain.casefold() not in ASKED else None


def _question(text: str) -> Symbol:
    message = f"「{text}」が何を表すか分かりません。記号か空欄かを選んでください。"
    return Symbol(None, Code.MARK_ASKED, message)


def _changing(text: str, legend: tuple[str, ...]) -> Symbol | None:
    """「○→◎」: the mark after the arrow."""
    parts = _ARROW.split(text)
    if len(parts) < 2:
        return None
    if "" in parts:
        return _question(text)
    found = [read_symbol(part, legend).symbol for part in parts]
    if None in found:
        return _question(text) if any(found) else None
    message = f"変更の書き方のため、変更後の「{found[-1]}」を採りました。"
    return Symbol(found[-1], Code.MARK_CHANGING, message)


def _several(text: str, legend: tuple[str, ...]) -> Symbol | None:
    """「◎/○」: the stronger one. The same mark twice is a question."""
    parts = [_one(char, legend) for char in text.replace("\ufe0f", "") if char not in _BETWEEN]
    if not parts or None in parts:
        return None
    if len(set(parts)) == 1:
        return _question(text)
    strongest = min((part for part in parts if part), key=legend.index)
    message = f"複数の記号があるため、強い方の「{strongest}」を採りました。"
    return Symbol(strongest, Code.TWO_MARKS, message)


def _noted(text: str, legend: tuple[str, ...]) -> Symbol:
    """「○（注1）」: the mark; the note stays in the remark."""
    framed = _FRAMED.fullmatch(text)
    if framed and read_symbol(framed["mark"], legend).symbol:
        return _question(text)
    for pattern in (_NOTED, _SIGN):
        found = pattern.fullmatch(text)
        if not found:
            continue
        inner = read_symbol(found["mark"], legend)
        if inner.symbol:
            message = f"注記のある記号を「{inner.symbol}」として読み取りました。"
            return Symbol(inner.symbol, Code.MARK_NOTED, message)
        if inner.code is Code.MARK_ASKED:
            return _question(text)
    return Symbol(None)
