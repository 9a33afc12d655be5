"""import_matrix and export_matrix, as a person at a terminal meets them."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import CommandError

from projects import store
from projects.domain.grid import without_item
from projects.models import Project

pytestmark = pytest.mark.django_db

FIXTURES = Path(settings.BASE_DIR, "fixtures")
EXPLAINED = {"roles": FIXTURES / "roles.csv", "columns": FIXTURES / "columns.csv"}


def run(name: str, *args: object, **options: Any) -> tuple[str, str]:
    """(stdout, stderr) of a command."""
    out, err = io.StringIO(), io.StringIO()
    call_command(name, *(str(a) for a in args), stdout=out, stderr=err, **options)
    return out.getvalue(), err.getvalue()


def import_scan(**options: Any) -> tuple[str, str]:
    return run(
        "import_matrix", FIXTURES / "besshi10.md", project="besshi10", **EXPLAINED, **options
    )


def test_dry_run_prints_json_and_writes_nothing() -> None:
    out, _ = import_scan(dry_run=True, format="json")
    found = json.loads(out)
    assert len(found["roles"]) == 16
    assert len(found["items"]) == 648
    assert found["totals"]["marks"] == {"◎": 530, "○": 1267}
    assert found["totals"]["levels"] == {"1": 3, "2": 24, "3": 90, "4": 531}
    assert not Project.objects.exists()


def test_json_items_and_remarks_have_their_promised_keys() -> None:
    found = json.loads(import_scan(dry_run=True, format="json")[0])
    item = found["items"][6]
    assert item == {
        "number": "7",
        "level": 4,
        "name": "実施計画書作成(保守業務)",
        "description": "",
        "marks": {"本受託者": "○", "保守業者": "◎"},
    }
    for remark in found["remarks"]:
        assert remark.keys() - {"table", "sheet"} == {"cell", "code", "raw", "message"}


def test_create_makes_the_project_with_the_documents_title() -> None:
    import_scan(create=True)
    project = Project.objects.get()
    assert (project.slug, project.title) == ("besshi10", "関連業者との役割分担表")
    assert len(store.load(project).items) == 648


def test_a_missing_project_is_not_made_unasked() -> None:
    with pytest.raises(CommandError, match="--create") as refusal:
        import_scan()
    assert refusal.value.returncode == 2
    assert not Project.objects.exists()


def test_repeating_the_import_changes_nothing(besshi10: Project) -> None:
    revision = besshi10.revision
    _, err = import_scan()
    besshi10.refresh_from_db()
    assert "変更はありません" in err
    assert besshi10.revision == revision


def test_a_changed_file_changes_exactly_that(besshi10: Project, tmp_path: Path) -> None:
    text = (FIXTURES / "besshi10.md").read_text(encoding="utf-8")
    changed = tmp_path / "changed.md"
    old = "| 7 | 実施計画書作成(保守業務) | | ○ | | ◎ |"
    new = "| 7 | 実施計画書作成(保守) | | ◎ | | ◎ |"
    changed.write_text(text.replace(old, new), encoding="utf-8")
    out, _ = run("import_matrix", changed, project="besshi10", yes=True, **EXPLAINED)
    assert "行: 追加 0　変更 1　移動 0　削除 0　変更なし 647" in out
    item = next(item for item in store.load(besshi10).items if item.number == "7")
    assert item.name == "実施計画書作成(保守)"
    assert item.marks[:4] == ("", "◎", "", "◎")


def test_changes_without_a_yes_are_not_written(besshi10: Project) -> None:
    besshi10.items.filter(number="7").update(name="別名")
    with pytest.raises(CommandError, match="--yes"):
        import_scan()
    assert besshi10.items.get(number="7").name == "別名"


def test_an_exported_workbook_comes_back_as_an_empty_plan(
    besshi10: Project, tmp_path: Path
) -> None:
    out = tmp_path / "out.xlsx"
    run("export_matrix", out, project="besshi10")
    _, err = run("import_matrix", out, project="besshi10")
    assert "変更はありません" in err


def test_a_part_comes_back_as_an_empty_plan_and_removes_nothing(
    besshi10: Project, tmp_path: Path
) -> None:
    out = tmp_path / "part.xlsx"
    run("export_matrix", out, project="besshi10", phase="31")
    _, err = run("import_matrix", out, project="besshi10")
    assert "変更はありません" in err
    assert besshi10.items.count() == 648


def test_an_edited_copy_finds_its_rows_after_the_matrix_was_renumbered(
    besshi10: Project, tmp_path: Path
) -> None:
    out = tmp_path / "out.xlsx"
    run("export_matrix", out, project="besshi10")
    first = store.load(besshi10).items[3].uid
    store.change(
        besshi10,
        lambda grid: without_item(grid, first),
        by=None,
        kind=store.Kind.EDIT,
    )
    found = json.loads(
        run("import_matrix", out, project="besshi10", dry_run=True, format="json")[0]
    )
    items = found["plan"]["items"]
    assert (items["created"], items["removed"], items["moved"]) == (1, 0, 0)


@pytest.mark.parametrize(
    ("content", "cause"),
    [
        (b"", "空です"),
        (b"\xd0\xcf\x11\xe0old", "旧形式"),
        (b"PK\x03\x04broken", "壊れています"),
        (b"no table here", "表が見つかりません"),
        (b"| \x81\x20 |", "UTF-8"),
        ("| 項番 | 作業項目 | 甲 |\n|-|-|-|\n| 1 | あ | × |".encode(), "C2"),
        ("| 項番 | 作業項目 | 甲 |\n|-|-|-|\n| 1 | あ | ★ |".encode(), "C2"),
    ],
)
def test_a_refused_file_says_why_and_leaves_nothing(
    content: bytes, cause: str, tmp_path: Path
) -> None:
    path = tmp_path / "file"
    path.write_bytes(content)
    with pytest.raises(CommandError, match=cause) as refusal:
        run("import_matrix", path, project="new", create=True)
    assert refusal.value.returncode == 2
    assert not Project.objects.exists()


def test_a_missing_file_is_said_and_not_raised(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="読めません"):
        run("import_matrix", tmp_path / "absent.md", project="x", dry_run=True)


def test_an_odd_slug_is_refused(besshi10: Project) -> None:
    with pytest.raises(CommandError, match="英数字"):
        run("import_matrix", FIXTURES / "besshi10.md", project="役割 分担", create=True)


def test_export_of_an_unknown_project_or_phase_is_refused(
    besshi10: Project, tmp_path: Path
) -> None:
    for options in ({"project": "absent"}, {"project": "besshi10", "phase": "9999"}):
        with pytest.raises(CommandError, match="ありません"):
            run("export_matrix", tmp_path / "x.xlsx", **options)


def test_the_exported_file_equals_the_seed_cell_for_cell(besshi10: Project, tmp_path: Path) -> None:
    out = tmp_path / "out.xlsx"
    run("export_matrix", out, project="besshi10")
    rows = list(openpyxl.load_workbook(out).worksheets[0].iter_rows(values_only=True))
    start = next(i for i, row in enumerate(rows) if row[0] == "項番")
    seed = json.loads(import_scan(dry_run=True, format="json")[0])
    assert list(rows[start][2:18]) == seed["roles"]
    for row, item in zip(rows[start + 1 :], seed["items"], strict=True):
        marks = {n: m for n, m in zip(seed["roles"], row[2:18], strict=True) if m}
        found = (row[0], row[1], marks, row[18] or "")
        assert found == (item["number"], item["name"], item["marks"], item["description"])
