"""Parse and write dates as Japanese documents do: 和暦 beside 西暦, often without a day.

A date is ISO 8601 text cut to what is known: "2014", "2014-05" or "2014-05-01". Era years
start with the era (令和元年 = 2019); a month or day before the start belongs to the era before.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date

ERAS = (
    ("令和", "R", "2019-05-01"),
    ("平成", "H", "1989-01-08"),
    ("昭和", "S", "1926-12-25"),
    ("大正", "T", "1912-07-30"),
    ("明治", "M", "1868-01-25"),
)
_STARTS = {name: int(start[:4]) for era in ERAS for name in era[:2] for start in era[2:]}
_WRITTEN = re.compile(
    r"^(?:(?P<era>令和|平成|昭和|大正|明治|[RHSTM])\s*(?P<n>元|\d{1,3})|(?P<year>\d{4}))\s*[年./-]"
    r"(?:\s*(?P<month>\d{1,2})\s*(?:[月./-]|$)(?:\s*(?P<day>\d{1,2})\s*日?)?)?$"
)
_ISO = re.compile(r"^\d{4}(-\d{2}(-\d{2})?)?$")


def parse(text: str) -> str | None:
    """Parse 「平成 26 年 5 月」, 「令和元年5月1日」 or H26.5.1 to an ISO date, else None."""
    plain = unicodedata.normalize("NFKC", text).strip()
    plain = re.sub(r"\s*[((].*[))]\s*$", "", plain)
    if _ISO.match(plain):
        return plain if _is_real(plain) else None
    found = _WRITTEN.match(plain)
    if not found:
        return None
    parts = [_year(found), found["month"], found["day"]]
    iso = "-".join(f"{int(part):02d}" for part in parts if part is not None)
    return iso if _is_real(iso) else None


def japanese(iso: str) -> str:
    """Return 「平成26年5月（2014年5月）」 for "2014-05"; "" for ""."""
    if not iso:
        return ""
    year, *rest = (int(part) for part in iso.split("-"))
    tail = "".join(f"{value}{unit}" for value, unit in zip(rest, "月日", strict=False))
    western = f"{year}年{tail}"
    era = _era(iso)
    return f"{era}{tail}（{western}）" if era else western


def _year(found: re.Match[str]) -> str:
    if found["year"]:
        return found["year"]
    count = 1 if found["n"] == "元" else int(found["n"])
    return str(_STARTS[found["era"]] + count - 1)


def _era(iso: str) -> str:
    for name, _, start in ERAS:
        if iso >= start[: len(iso)]:
            count = int(iso[:4]) - int(start[:4]) + 1
            return f"{name}{'元' if count == 1 else count}年"
    return ""


def _is_real(iso: str) -> bool:
    try:
        date.fromisoformat(iso + "-01-01"[len(iso) - 4 :] if len(iso) < 10 else iso)
    except ValueError:
        return False
    return True
