"""W9: find one thing written in two ways."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator

from projects.checks.finding import Change, Code, Finding
from projects.checks.grid_index import Sheet
from projects.domain.grid import Item

# The right form first, as the field writes it.
VARIANTS = (("電子決裁", "電子決済"), ("本受託者", "本委託者"))
_KATAKANA = re.compile(r"[ァ-ヺー]{2,}")
# From the beginning of a run to its first 者, which is between 耄 and 耆.
_COMPANY = re.compile(r"(?<![一-耄耆-龥々ァ-ヺー])[一-耄耆-龥々ァ-ヺー]{2,}+者")
_FIELDS = ("name", "description")
# Persons, who may be others than the companies of that name.
_PERSONS = {"担当者", "開発者", "管理者", "利用者", "作業者", "責任者"}


def folded(key: str) -> str:
    """Unify the known variants in a match key."""
    for right, wrong in VARIANTS:
        key = key.replace(wrong, right)
    return key


def wording(sheet: Sheet) -> Iterator[Finding]:
    """W9: find pairs of forms; one finding with every row of the rarer one, all unified."""
    rows: dict[str, list[Item]] = defaultdict(list)
    forms = {form: pair for pair in _pairs(sheet) for form in pair}
    pattern = re.compile("|".join(map(re.escape, sorted(forms, key=len, reverse=True))))
    for item in sheet.items:
        text = f"{item.name}\n{item.description}"
        for form in dict.fromkeys(_standing(pattern, text)):
            rows[form].append(item)
    for right, wrong in dict.fromkeys(forms.values()):
        if rows[wrong] and (rows[right] or _in_roles(sheet, right)):
            yield _finding(right, wrong, rows)


def _standing(pattern: re.Pattern[str], text: str) -> Iterator[str]:
    """The forms in the text that are whole words: サーバ within サーバー is none."""
    for found in pattern.finditer(text):
        if not (_is_katakana(found[0][-1]) and _is_katakana(text[found.end() : found.end() + 1])):
            yield found[0]


def _is_katakana(char: str) -> bool:
    return bool(char) and ("ァ" <= char <= "ヺ" or char == "ー")


def _pairs(sheet: Sheet) -> list[tuple[str, str]]:
    """(right, wrong): the known ones, and words that occur with and without a long vowel or 業."""
    text = "\n".join(f"{item.name}\n{item.description}" for item in sheet.items)
    words = Counter([*_KATAKANA.findall(text), *_COMPANY.findall(text)])
    columns = "\n".join(role.name for role in sheet.grid.roles)
    official = {*_KATAKANA.findall(columns), *_COMPANY.findall(columns)}
    found = list(VARIANTS)
    for word in dict.fromkeys([*words, *sorted(official)]):
        other = _other(word)
        if other == word or not (other in words or other in official):
            continue
        if {word, other} & _PERSONS and not {word, other} & official:
            continue
        pair = sorted((word, other), key=lambda w: (w in official, words[w], len(w)))
        found.append((pair[1], pair[0]))
    return list(dict.fromkeys(found))


def _other(word: str) -> str:
    """The word with its last long vowel, サーバ for サーバー; 運用管理者 for 運用管理業者."""
    if word.endswith("業者"):
        return f"{word[:-2]}者"
    return word[:-1] if word.endswith("ー") else f"{word}ー" if _is_katakana(word[-1]) else word


def _in_roles(sheet: Sheet, form: str) -> bool:
    return any(form in role.name for role in sheet.grid.roles)


def _finding(right: str, wrong: str, rows: dict[str, list[Item]]) -> Finding:
    wrongly = rows[wrong]
    message = f"「{wrong}」が{len(wrongly)}行、「{right}」が{len(rows[right])}行にあります。"
    repair = tuple(change for item in wrongly for change in _unified(item, right, wrong))
    cells = tuple((item.uid, "") for item in wrongly)
    about = f"{wrong}→{right}"
    return Finding(Code.WORDING, cells, message, (right, wrong), repair, about)


def _unified(item: Item, right: str, wrong: str) -> Iterator[Change]:
    pattern = re.compile(re.escape(wrong) + ("(?![ァ-ヺー])" if _is_katakana(wrong[-1]) else ""))
    for field in _FIELDS:
        text = getattr(item, field)
        unified = pattern.sub(right, text)
        if unified != text:
            yield Change(item.uid, unified, field=field)
