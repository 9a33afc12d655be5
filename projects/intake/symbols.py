"""A cell of marks as found → a symbol of the legend, through an explicit table.

Unicode normalisation folds none of ○〇◯, so each variant is named here.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from projects.intake.remarks import Code

VARIANTS = {
    "\u3007": "○",  # 漢数字ゼロ
    "\u25ef": "○",  # 大きな丸
    "\u26aa": "○",  # 白丸の絵文字
    "\u2b55": "○",  # 太い丸の絵文字
}
_BETWEEN = " \u3000\n\t/／・,、"


@dataclass(frozen=True, slots=True)
class Symbol:
    """What a cell means: `symbol` of the legend or "", None when nobody can say.

    `code` and `message` are set where a person should know how it was read.
    """

    symbol: str | None
    code: Code | None = None
    message: str = ""


def read_symbol(raw: str, legend: Sequence[str]) -> Symbol:
    """The mark in a cell; `legend` goes from the strongest symbol to the weakest."""
    text = raw.strip()
    if text in legend or not text:
        return Symbol(text)
    plain = unicodedata.normalize("NFKC", text) if len(text) == 1 else text
    known = VARIANTS.get(text.replace("\ufe0f", ""), plain)
    if known in legend:
        return Symbol(known, Code.SYMBOL_VARIANT, f"「{text}」を「{known}」として読み取りました。")
    return _several(text, legend)


def _several(text: str, legend: Sequence[str]) -> Symbol:
    parts = {VARIANTS.get(char, char) for char in text if char not in _BETWEEN}
    if not parts or not parts <= set(legend):
        return Symbol(None)
    strongest = min(parts, key=list(legend).index)
    if len(parts) == 1:
        return Symbol(
            strongest, Code.SYMBOL_VARIANT, f"「{text}」を「{strongest}」として読み取りました。"
        )
    message = f"複数の記号があるため、強い方の「{strongest}」を採りました。"
    return Symbol(strongest, Code.TWO_MARKS, message)
