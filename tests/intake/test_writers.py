"""One table as every writer writes it."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from projects.intake import IntakeError, Reading
from projects.intake.text.remarks import Code
from tests.support.ods_writer import as_ods
from tests.support.sheet_writers import (
    HEADER,
    Page,
    as_csv,
    as_markdown,
    by_openpyxl,
    by_xlsxwriter,
    outline,
    read,
    roles,
    title,
)
from tests.support.xlsx_writer import Hand, inline

ROWS = (
    ("別紙10　役割分担表",),
    (),
    HEADER,
    (1, "設計", "", "", ""),
    (2, "基本設計", "◎", "○", "一行目\n二行目"),
    (3, "詳細設計", "○", "◎", ""),
    (4, "製造", "", "", ""),
    (5, "単体試験", "◎", "", "a|b"),
)
LINES = [
    "1 設計 ..",
    "  2 基本設計 ◎○",
    "  3 詳細設計 ○◎",
    "4 製造 ..",
    "  5 単体試験 ◎.",
]
LOOKS = {"B5": 1, "B6": 1, "B8": 1}
PAGE = Page(ROWS, indents=LOOKS)


def _same(reading: Reading) -> None:
    assert outline(reading) == LINES
    assert roles(reading) == ["甲社", "乙社"]
    assert title(reading)[:2] == ("役割分担表", "別紙10")
    assert [i.description for i in reading.grid.items if i.description] == [
        "一行目\n二行目",
        "a|b",
    ]


@pytest.mark.parametrize(
    "write",
    [
        by_openpyxl,
        by_xlsxwriter,
        lambda page: by_xlsxwriter(page, constant_memory=True),
        as_ods,
    ],
    ids=["openpyxl", "xlsxwriter", "constant_memory", "ods"],
)
def test_writer(write: Callable[[Page], bytes]) -> None:
    reading = read(write(PAGE))
    _same(reading)
    assert reading.remarks == ()


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "cp932", "utf-16", "utf-16-le", "utf-16-be"]
)
def test_text_with_separators(separator: str, encoding: str) -> None:
    reading = read(as_csv(ROWS, separator=separator, encoding=encoding))
    _same(reading)


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_line_ends_of_a_csv(end: str) -> None:
    text = "項番,作業項目,甲社\n1,設計,◎\n".replace("\n", end)
    assert outline(text.encode()) == ["1 設計 ◎"]


def test_csv_in_euc_jp_is_refused() -> None:
    with pytest.raises(IntakeError, match="文字コード"):
        read(as_csv(ROWS, encoding="euc_jp"))


def test_markdown() -> None:
    reading = read(as_markdown(ROWS[2:], between="別紙10　役割分担表\n"))
    _same(reading)


def test_markdown_with_a_table_per_page() -> None:
    first, second = (*ROWS[2:6],), (HEADER, *ROWS[6:])
    reading = read(as_markdown(first, second, between="別紙10\n\n役割分担表\n"))
    _same(reading)


def test_macros_are_ignored_and_said_so() -> None:
    data = Hand(
        inline(ROWS),
        more={"xl/vbaProject.bin": b"\xd0\xcf\x11\xe0 macro"},
        kind="application/vnd.ms-excel.sheet.macroEnabled.main+xml",
    ).bytes()
    reading = read(data)
    _same(reading)
    assert [remark.code for remark in reading.remarks] == [Code.MACROS_IGNORED]


# ---- LibreOffice, once


@pytest.fixture(scope="module")
def converted(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """The page as LibreOffice saves it."""
    if not shutil.which("soffice"):
        pytest.skip("soffice is not installed")
    folder = tmp_path_factory.mktemp("office")
    (folder / "table.xlsx").write_bytes(by_openpyxl(PAGE))
    found = {}
    for kind in ("ods", "csv", "xlsx"):
        found[kind] = _convert(folder, kind)
    return found


# Commas, double quotes, UTF-8.
_FILTERS = {"csv": "csv:Text - txt - csv (StarCalc):44,34,76,1"}


def _convert(folder: Path, kind: str) -> bytes:
    out = folder / kind
    subprocess.run(
        [
            "soffice",
            f"-env:UserInstallation=file://{folder}/profile",
            "--headless",
            "--convert-to",
            _FILTERS.get(kind, kind),
            "--outdir",
            str(out),
            str(folder / "table.xlsx"),
        ],
        check=True,
        capture_output=True,
        timeout=120,
    )
    return (out / f"table.{kind}").read_bytes()


@pytest.mark.parametrize("kind", ["xlsx", "ods"])
def test_libreoffice(converted: dict[str, bytes], kind: str) -> None:
    reading = read(converted[kind])
    _same(reading)
    assert reading.remarks == ()


def test_csv_of_libreoffice(converted: dict[str, bytes]) -> None:
    assert [line.strip() for line in outline(converted["csv"])] == [line.strip() for line in LINES]
