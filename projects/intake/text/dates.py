"""Dates as titles write them: with words around, in kanji, or as a program prints them."""

from __future__ import annotations

import re
import unicodedata

from projects.domain.text.wareki import parse

_WORD = re.compile(
    r"^(?:(?:最終|初版|改訂)?(?:作成|更新|改訂|改定|発行|制定|公開|策定)(?:日|年月日)?|日付|基準日|版|date"
    r"|(?:last )?updated?(?: on)?|as of)\s*[:：]?\s*",
    re.I,
)
_AS_OF = re.compile(r"\s*(?:現在|版|作成|改訂|改定|更新|時点|付け?|制定|策定|発行|公開)$")
_ASIDE = re.compile(r"\([^()]*\)")
_TIME = re.compile(r"[ T]\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?$")
_PLAIN = re.compile(r"((?:19|20)\d{2})([01]\d)([0-3]\d)")
_SHORT_ERA = re.compile(r"^([令平昭大明])(?=\s*(?:\d|元))")
_ERAS = {"令": "令和", "平": "平成", "昭": "昭和", "大": "大正", "明": "明治"}
_KANJI = re.compile(r"[〇一二三四五六七八九十]+(?=[年月日])")
_DIGITS = "〇一二三四五六七八九"
KANJI_DIGITS = f"{_DIGITS}十"
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_ENGLISH = re.compile(r"([a-z]{3,9})\.? (\d{1,2})(?:st|nd|rd|th)?,? (\d{4})", re.I)
_BRITISH = re.compile(r"(\d{1,2})(?:st|nd|rd|th)? ([a-z]{3,9})\.?,? (\d{4})", re.I)


def date_in(text: str) -> str:
    """The ISO date that a whole text says, "" for any other text."""
    plain = unicodedata.normalize("NFKC", text).strip()
    if plain.startswith("(") and plain.endswith(")"):
        plain = plain[1:-1].strip()
    plain = _TIME.sub("", _AS_OF.sub("", _WORD.sub("", plain)))
    plain = _KANJI.sub(lambda found: str(kanji_number(found[0])), plain)
    plain = _SHORT_ERA.sub(lambda found: _ERAS[found[1]], plain).replace("吉日", "")
    for candidate in (plain, _ASIDE.sub("", plain), _numeric(plain), _english(plain)):
        if found := parse(candidate):
            return "" if found == plain and len(plain) == 4 and text.strip() == plain else found
    return ""


def kanji_number(kanji: str) -> int:
    """26 for 二十六 and for 二六."""
    tens, ten, ones = kanji.rpartition("十")
    if ten:
        return 10 * (_DIGITS.find(tens[-1]) if tens else 1) + (_DIGITS.find(ones) if ones else 0)
    return int("".join(str(_DIGITS.find(sign)) for sign in kanji))


def _numeric(plain: str) -> str:
    found = _PLAIN.fullmatch(plain)
    return "-".join(found.groups()) if found else ""


def _english(plain: str) -> str:
    found, day_first = _ENGLISH.fullmatch(plain), _BRITISH.fullmatch(plain)
    if day_first:
        day, word, year = day_first.groups()
    elif found:
        word, day, year = found.groups()
    else:
        return ""
    name = word[:3].lower()
    return f"{year}-{_MONTHS.index(name) + 1:02d}-{int(day):02d}" if name in _MONTHS else ""
