"""The shape of a number such as 1.1, １－１, (1), ア, ①, 第1 or IV: the kinds of its parts."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

Shape = tuple[str, ...]

_END = r"(?=$|[\s　.．、，,:：)）\-‐－―–0-9(（])"
_TOKEN = re.compile(
    r"第\s*(?:[0-9]+|[一二三四五六七八九十]+)\s*[編部章節項条]?|[(（][^()（）]{1,4}[)）]|[0-9]+"
    rf"|[①-⑳㉑-㉟㊱-㊿]|[❶-❿]|[㋐-㋾]|[ア-ヴ]{_END}|[ⅰ-ⅻⅠ-Ⅻ]|[IVX]{{1,5}}{_END}|[ivx]{{1,5}}{_END}"
    rf"|[A-Za-z]{_END}|[一二三四五六七八九十]{{1,3}}{_END}"
)
_CODE = re.compile(r"[A-Za-z]{2,10}(?=[\-_ 0-9])")
_BETWEEN = " \u3000.．、。-‐－―–_:：)）"
# Wide digits, letters and brackets as narrow ones; ① stays what it is.
_NARROW: dict[int, int | str] = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
_NARROW |= {code: unicodedata.normalize("NFKC", chr(code)) for code in range(0x2474, 0x249C)}
_NARROW |= {code: unicodedata.normalize("NFKC", chr(code)) for code in range(0xFF66, 0xFF9E)}
_ROMAN = frozenset("IVXivx")
_RANGES = (
    *(("①", "①", "⑳"), ("①", "㉑", "㉟"), ("①", "㊱", "㊿"), ("❶", "❶", "❿")),
    *(("ア", "ァ", "ヴ"), ("㋐", "㋐", "㋾"), ("Ⅰ", "Ⅰ", "Ⅻ"), ("ⅰ", "ⅰ", "ⅻ")),
    *(("一", kanji, kanji) for kanji in "一二三四五六七八九十"),
)


def shape(text: str, *, prefix: bool = False) -> Shape:
    """The kinds of the parts of a number: ("1", "1") for 1.1 and １－１, ("第",) for 第1.

    () for a text that is none. With `prefix` the number may stand before a name.
    """
    kinds, rest = [], text.strip().translate(_NARROW)
    if not prefix and (code := _CODE.match(rest)):
        kinds.append("W")
        rest = rest[code.end() :].lstrip(_BETWEEN)
    while rest:
        found = _TOKEN.match(rest)
        if not found:
            break
        rest = rest[found.end() :]
        kinds.append(_kind(found[0]) + (")" if rest[:1] in (")", "）") else ""))
        stripped = rest.lstrip(_BETWEEN)
        if prefix and rest[:1] in (" ", "\u3000"):
            return tuple(kinds)
        rest = stripped
    return tuple(kinds) if prefix or not rest else ()


def shapes(texts: Iterable[str], *, prefix: bool = False) -> list[Shape]:
    """The shapes of numbers that follow each other: I is a Roman one where no A came before."""
    found = [shape(text, prefix=prefix) for text in texts]
    for unsure, roman, letter in (("I?", "I", "A"), ("i?", "i", "a")):
        kinds = (kind.strip("()") for each in found for kind in each)
        first = next((kind for kind in kinds if kind in (unsure, roman, letter)), "")
        told = letter if first == letter else roman
        found = [tuple([kind.replace(unsure, told) for kind in each]) for each in found]
    return found


def _kind(token: str) -> str:
    first = token[0]
    if first == "第":
        return "第" + (token[-1] if token[-1] in "編部章節項条" else "")
    if first in "(（":
        return "(" + _kind(token[1:-1].strip() or "1")
    for kind, low, high in _RANGES:
        if low <= first <= high:
            return kind
    if set(token) <= _ROMAN:
        kind = "I" if first.isupper() else "i"
        return kind if len(token) > 1 else f"{kind}?"
    if first.isascii() and first.isalpha():
        return "A" if first.isupper() else "a"
    return "1" if first.isdecimal() else first
