"""W4 and W7: find rows whose text names another lead."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from projects.checks.finding import Change, Code, Finding
from projects.checks.grid_index import Sheet
from projects.domain.grid import Role
from projects.domain.text.match_key import match_key

APPROVAL = re.compile(r"(?<!未)(承認|検収|可否判断)(の?(実施|判定|決定))?$")
_OPENING = re.compile(r"[(\[【「]")
_PLAIN = r"[^()\[\]【】「」]"
_IN_BRACKETS = re.compile(rf"[(\[【「]((?:{_PLAIN}++|[(\[【「]{_PLAIN}*+[)\]】」])*+)[)\]】」]")
_OWNED = re.compile(r"((が|の|にて|で)?(担当|実施|対応).*|分|業務|業者|開発者)$")
_NOT_THEIRS = re.compile(r"以外|除く")
# Who does it, as the subject of a sentence, or before 「担当…」 and 「による…」 at its beginning.
_IN_TEXT = {
    "担当する": re.compile(r"(?:^|[、。・(「は])([^、。・(「は]{2,60}?)(?:が|の)担当する"),
    "が": re.compile(
        r"(?:^|[。(「は])([^、。・(「は]{2,60}?)(?:が|にて)(?:担当|実施|対応|行)(?:する|う)?(?:。|$)"
    ),
    "担当": re.compile(r"(?:^|[。(「])([^、。・(「は]{2,60}?)担当(?!する|者)"),
    "による": re.compile(r"(?:^|[。(「])([^、。・(「は]{2,60}?)による"),
    ":": re.compile(r"担当(?:者|業者|会社)?:([^、。)]{2,60})"),
}
_NEEDLESS = re.compile(r"サブシステム|に係る|業者|業務|[・、,等()/]")
_SAME = (("電子決済", "電子決裁"), ("委託者", "受託者"), ("業者", "者"))
_CLEARLY = 2


def approvals(sheet: Sheet) -> Iterator[Finding]:
    """W4: find approvals that the orderer does not lead. None without an orderer."""
    if not sheet.orderers:
        return
    orderers = sheet.named(sheet.orderers)
    for index in sheet.tasks:
        item = sheet.items[index]
        leads = sheet.leads[index]
        if set(leads) & set(sheet.orderers) or not _is_approval(sheet.names[index]):
            continue
        who = sheet.named(leads)
        message = f"{sheet.place(index)}の主たる作業者が{who}です。承認は{orderers}の作業です。"
        cells = (
            (item.uid, sheet.role(sheet.orderers[0])),
            *((item.uid, sheet.role(a)) for a in leads),
        )
        yield Finding(
            Code.APPROVAL, cells, message, item.marks, _handed(sheet, index, sheet.orderers[0])
        )


def _is_approval(name: str) -> bool:
    """Whether the name, without what stands in brackets, is that of an approval."""
    if not any(word in name for word in ("承認", "検収", "可否判断")):
        return False
    return APPROVAL.search(_IN_BRACKETS.sub("", name)) is not None


def named_otherwise(sheet: Sheet) -> Iterator[Finding]:
    """W7: find rows that name a column which does not lead."""
    parties = Parties(sheet.grid.roles)
    for index in sheet.tasks:
        item = sheet.items[index]
        column = parties.named(sheet.names[index], sheet.descriptions[index])
        leads = sheet.leads[index]
        if column is None or column in leads:
            continue
        who = sheet.named(leads)
        named = sheet.role(column)
        message = f"{sheet.place(index)}は「{named}」の作業と読めますが、主たる作業者は{who}です。"
        cells = ((item.uid, named), *((item.uid, sheet.role(at)) for at in leads))
        repair = _handed(sheet, index, column)
        yield Finding(Code.NAMED_OTHERWISE, cells, message, item.marks, repair)


def _handed(sheet: Sheet, index: int, column: int) -> tuple[Change, ...]:
    """The lead goes to the column; who led alone cooperates. Nothing plain for several leads."""
    leads, uid = sheet.leads[index], sheet.items[index].uid
    if len(leads) > 1:
        return ()
    return (
        Change(uid, sheet.lead, role=sheet.role(column)),
        *(Change(uid, sheet.supporting, role=sheet.role(at)) for at in leads),
    )


class Parties:
    """Which column a text means: 「…業者担当ソフトウェア」「保守業務」."""

    def __init__(self, roles: tuple[Role, ...]) -> None:
        self._at: dict[str, int] = {}
        for column, role in enumerate(roles):
            for name in (role.name, role.short_name, *role.aliases):
                if name:
                    self._at.setdefault(_key(name), column)

    def named(self, name: str, description: str) -> int | None:
        """Return the column that name or 作業内容 names, None where it is not plain.

        Both are match keys, the 作業内容 line by line.
        """
        for text in _bracketed(name):
            if _OWNED.search(text) and not _NOT_THEIRS.search(text):
                found = self._column(_OWNED.sub("", text))
                if found is not None:
                    return found
        for line in (name, *description.split("\n")):
            for text in _subjects(line):
                if (found := self._column(text)) is not None:
                    return found
        return None

    def _column(self, text: str) -> int | None:
        for candidate in (text, text.rpartition("、")[2]):
            key = _key(candidate)
            if not key:
                continue
            if key in self._at:
                return self._at[key]
            longer = sorted((len(k), at) for k, at in self._at.items() if k.startswith(key))
            if len(key) > _CLEARLY and longer and _is_clear(len(key), [n for n, _ in longer]):
                return longer[0][1]
        return None


def _is_clear(length: int, longer: list[int]) -> bool:
    """Whether the shortest of the names that begin so is much nearer than the next."""
    return len(longer) == 1 or (longer[1] - length) > _CLEARLY * (longer[0] - length)


@cache
def _key(name: str) -> str:
    text = match_key(name)
    for wrong, right in _SAME:
        text = text.replace(wrong, right)
    return re.sub(r"者$", "", _NEEDLESS.sub("", text))


def _subjects(line: str) -> list[str]:
    """Who the line says does it, where it says so."""
    found = [text for word in _IN_TEXT if word in line for text in _IN_TEXT[word].findall(line)]
    return [] if found and _NOT_THEIRS.search(line) else found


def _bracketed(text: str) -> list[str]:
    """What stands in brackets, with what is in brackets within."""
    return _IN_BRACKETS.findall(text) if _OPENING.search(text) else []
