"""Where modules stand: few in a folder, and features that do not use each other's views."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings

ROOT = Path(settings.BASE_DIR)
APPS = ("raci", "projects", "vendors")
MOST_IN_APP = {"raci": 12, "projects": 6, "vendors": 6}
MOST_IN_PACKAGE = 16
VIEWS = ("views", "actions", "page_views")


def modules(folder: str) -> Iterator[Path]:
    for path in (ROOT / folder).rglob("*.py"):
        if "migrations" not in path.parts:
            yield path.relative_to(ROOT)


def imported(path: Path) -> Iterator[str]:
    """The modules that a module imports, with the names that it takes from packages."""
    for node in ast.walk(ast.parse((ROOT / path).read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def is_view(module: str) -> bool:
    """Whether the name is one of a module of views, or of something in it."""
    return any(part in VIEWS or part.endswith("_views") for part in module.split(".")[2:])


@pytest.mark.parametrize("app", APPS)
def test_few_modules_lie_directly_in_an_app(app: str) -> None:
    assert len(list((ROOT / app).glob("*.py"))) <= MOST_IN_APP[app]


def test_no_package_is_a_heap() -> None:
    sizes = Counter(path.parent for app in (*APPS, "tests") for path in modules(app))
    heaps = {str(place): size for place, size in sizes.items() if size > MOST_IN_PACKAGE}
    assert {name for name in heaps if not name.startswith("tests")} == set()


@pytest.mark.parametrize("app", ["projects", "vendors"])
def test_features_do_not_import_each_others_views(app: str) -> None:
    wrong = [
        f"{path}: {name}"
        for path in modules(app)
        if not path.name.startswith("urls")
        for name in imported(path)
        if name.startswith(("projects.", "vendors.")) and is_view(name)
        if name.split(".")[:2] != list(path.parts[:2])
    ]
    assert wrong == []


def test_no_test_imports_from_another_test() -> None:
    wrong = [
        f"{path}: {name}"
        for path in modules("tests")
        for name in imported(path)
        if name.startswith("tests.") and any(p.startswith("test_") for p in name.split("."))
    ]
    assert wrong == []
