"""Numbers and dates of a cell as Excel shows them, as far as a 項番 or a date needs it."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

_EPOCH = datetime(1899, 12, 30, tzinfo=UTC)
_EPOCH_1904 = datetime(1904, 1, 1, tzinfo=UTC)
_LAST_SERIAL = 2_958_465
_BUILT_IN = {1: "0", 2: "0.00", 3: "#,##0", 4: "#,##0.00", 9: "0%", 10: "0.00%"}
_BUILT_IN_DATES = frozenset([*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)])
_QUOTED = re.compile(r'"([^"]*)"|\\(.)|\[[^\]]*\]')
_DATE_LETTERS = re.compile(r"[ymdhseg年]", re.IGNORECASE)
# Room as wide as a letter, powers of ten, and what Excel calls General in Japanese.
_NO_DATE = re.compile(r"_.|\*.|E[+-]|G/標準", re.IGNORECASE)
_LITERAL = r'(?:"[^"]*"|\\.|_.|\*.|\[(?:\$|DBNum)[^\]]*\]|[^0#?@"\\.,/;\[\]*_eE%GgYyMmDdHhSs])*'
_PATTERN = re.compile(
    rf"(?P<before>{_LITERAL})(?P<digits>[#0,]+)(?:\.(?P<places>[#0]+))?(?P<percent>%?)(?P<after>{_LITERAL})"
)
_NOTHING = re.compile(r"_.|\*.|\[[^\]]*\]")


def shown_number(value: float, pattern: str = "") -> str:
    """295 for 295.0, 1.1 for 1.1; with a pattern such as 0.00, 000 or "第"0 as that shows it."""
    found = _PATTERN.fullmatch(pattern) if pattern else None
    if not found:
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else f"{value:.15g}"
    places, least = found["places"] or "", (found["places"] or "").rstrip("#")
    digits = f"{value * 100 if found['percent'] else value:.{len(places)}f}"
    whole, _, fraction = digits.partition(".")
    fraction = fraction[: len(least)] + fraction[len(least) :].rstrip("0")
    whole = whole.zfill(found["digits"].count("0"))
    if "," in found["digits"]:
        whole = f"{int(whole):,}"
    number = whole + (f".{fraction}" if places else "") + found["percent"]
    return _literal(found["before"]) + number + _literal(found["after"])


def format_of(number_id: int, custom: dict[int, str]) -> str:
    """The pattern of a number format; "date" for every format that shows a date."""
    pattern = custom.get(number_id, _BUILT_IN.get(number_id, ""))
    if number_id in _BUILT_IN_DATES and number_id not in custom:
        return "date"
    first = pattern.split(";")[0]
    bare = _NO_DATE.sub("", _QUOTED.sub("", first))
    if bare.lower() == "general":
        return ""
    if _DATE_LETTERS.search(bare):
        return "date"
    return first if _PATTERN.fullmatch(first) else ""


def shown_date(serial: float, *, from_1904: bool = False) -> str:
    """The ISO date of Excel's day count; the plain number when it is none."""
    if not 0 < serial <= _LAST_SERIAL:
        return shown_number(serial)
    moment = (_EPOCH_1904 if from_1904 else _EPOCH) + timedelta(days=serial)
    moment += timedelta(microseconds=500_000)
    whole = moment.replace(microsecond=0)
    return (
        whole.date().isoformat() if float(serial).is_integer() else str(whole.replace(tzinfo=None))
    )


def _literal(text: str) -> str:
    bare = _NOTHING.sub("", text)
    return _QUOTED.sub(lambda found: found[1] or found[2] or "", bare).strip(" ")
