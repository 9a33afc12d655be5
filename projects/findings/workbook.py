"""Export the findings of a project as an Excel list."""

from __future__ import annotations

from collections.abc import Iterator

from projects.checks import CHECKS, Finding
from projects.excel import workbook
from projects.excel.workbook import Plain
from projects.exports.matrix_file import File
from projects.findings.forms import SEVERITIES
from projects.findings.repair import Steps
from projects.findings.review import Review, State, review
from projects.models import Project

TITLE = "要確認一覧"
NAMES = {State.OPEN: "未対応", State.AGAIN: "再確認", State.WAIVED: "見送り"}
HEADERS = (
    ("コード", 8.0),
    ("重要度", 8.0),
    ("種類", 24.0),
    ("項番", 8.0),
    ("作業項目", 36.0),
    ("指摘", 60.0),
    ("対象の項番", 16.0),
    ("対象の列", 24.0),
    ("なぜ確認するか", 36.0),
    ("修正案", 40.0),
    ("状態", 10.0),
    ("見送りの理由", 30.0),
)
STEPS_SHOWN = 20


def findings_of(project: Project) -> File:
    """Export all findings, waived ones too."""
    found = review(project)
    data = workbook.tables(TITLE, [Plain(TITLE, HEADERS, _rows(found), wide=True)])
    return File(data, f"{project} {TITLE}.xlsx")


def _rows(found: Review) -> Iterator[tuple[str, ...]]:
    rows, steps = {item.uid: item for item in found.grid.items}, Steps(found.grid)
    for one in found.judged:
        finding = one.finding
        item = rows.get(finding.uid)
        yield (
            finding.code.value,
            SEVERITIES[finding.severity],
            CHECKS[finding.code].title,
            item.number if item else "",
            item.name if item else "",
            finding.message,
            "、".join(dict.fromkeys(rows[uid].number for uid, _ in finding.cells if uid)),
            "、".join(finding.roles),
            CHECKS[finding.code].why,
            _proposal(steps, one.finding),
            NAMES[one.state],
            one.waiver.reason if one.waiver else "",
        )


def _proposal(steps: Steps, finding: Finding) -> str:
    lines = [
        f"{step.row}　{step.what}：{step.before or '空白'} → {step.after or '空白'}"
        for step in steps.of(finding.repair[:STEPS_SHOWN])
    ]
    more = len(finding.repair) - STEPS_SHOWN
    return "\n".join(lines + ([f"ほか{more}件"] if more > 0 else []))
