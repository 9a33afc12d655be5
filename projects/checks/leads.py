"""Check single rows: which columns lead, and which have a mark at all."""

from __future__ import annotations

from collections.abc import Iterator

from projects.checks.finding import Change, Code, Finding
from projects.checks.grid_index import Sheet

EVERYBODY_FROM = 3


def without_lead(sheet: Sheet) -> Iterator[Finding]:
    """E1, with E2 or W6: find tasks for which nobody is responsible."""
    for index in sheet.tasks:
        if sheet.leads[index]:
            continue
        item, place = sheet.items[index], sheet.place(index)
        cells = ((item.uid, ""),)
        evidence = item.marks
        yield Finding(Code.NO_LEAD, cells, f"{place}に主たる作業者がいません。", evidence)
        if any(item.marks):
            names = [sheet.role(at) for at, mark in enumerate(item.marks) if mark]
            who = f"{'、'.join(names[:3])}{'ほか' if len(names) > 3 else ''}"
            message = f"{place}は協力する業者（{who}）だけが書かれています。"
            yield Finding(Code.ONLY_COOPERATION, cells, message, evidence)
        else:
            yield Finding(Code.NO_MARK, cells, f"{place}に記号が一つもありません。", evidence)


def marked_headings(sheet: Sheet) -> Iterator[Finding]:
    """E3: find headings with marks; the repair deletes them."""
    for index, heading in enumerate(sheet.headings):
        item = sheet.items[index]
        marked = [at for at, mark in enumerate(item.marks) if mark] if heading else []
        if marked:
            cells = tuple((item.uid, sheet.role(at)) for at in marked)
            repair = tuple(Change(uid, "", role=role) for uid, role in cells)
            message = f"{sheet.place(index)}は見出しですが、記号が{len(marked)}個あります。"
            yield Finding(Code.MARKED_HEADING, cells, message, item.marks, repair)


def strange_symbols(sheet: Sheet) -> Iterator[Finding]:
    """E5: find marks that the legend does not explain."""
    known = {"", *sheet.grid.symbols}
    for index, item in enumerate(sheet.items):
        if not known.issuperset(item.marks):
            strange = [at for at, mark in enumerate(item.marks) if mark not in known]
            cells = tuple((item.uid, sheet.role(at)) for at in strange)
            symbols = "、".join(dict.fromkeys(item.marks[at] for at in strange))
            message = f"{sheet.place(index)}の記号「{symbols}」は凡例にありません。"
            yield Finding(Code.SYMBOL, cells, message, item.marks)


def several_leads(sheet: Sheet) -> Iterator[Finding]:
    """W1: find tasks that several columns lead."""
    for index in sheet.tasks:
        leads = sheet.leads[index]
        if len(leads) > 1:
            item = sheet.items[index]
            names = sheet.named(leads)
            message = f"{sheet.place(index)}の主たる作業者が{len(leads)}者（{names}）います。"
            cells = tuple((item.uid, sheet.role(at)) for at in leads)
            yield Finding(Code.SEVERAL_LEADS, cells, message, item.marks)


def everybody(sheet: Sheet) -> Iterator[Finding]:
    """W5: find tasks that all columns share; one finding for the tasks of a heading."""
    if len(sheet.grid.roles) < EVERYBODY_FROM:
        return
    below: dict[int, list[int]] = {}
    for index in sheet.tasks:
        if all(sheet.items[index].marks):
            below.setdefault(sheet.up[index], []).append(index)
    for rows in below.values():
        cells = tuple((sheet.items[index].uid, "") for index in rows)
        evidence = tuple(mark for index in rows for mark in sheet.items[index].marks)
        place = sheet.place(rows[0]) + (f"など{len(rows)}行" if len(rows) > 1 else "")
        message = f"{place}は{len(sheet.grid.roles)}者すべてに記号があります。"
        yield Finding(Code.EVERYBODY, cells, message, evidence)
