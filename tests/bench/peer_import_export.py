"""django-import-export with the same cells: one row per item, one column per role.

It reads the same file through tablib and openpyxl, finds rows by 項番 and keeps neither tree nor
history nor identities; the legend is no rule to it.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

from projects.domain.grid import MAX_NAME, MAX_SYMBOL, Grid
from tests.bench.same_cells import DiffersError

PACKAGES = ("django-import-export==4.4.3", "tablib==3.10.0", "diff-match-patch==20241021")
_TEXTS = {"number": "項番", "name": "作業項目", "description": "作業内容"}


def fetched(folder: Path) -> bool:
    """Puts the packages into the folder, to be imported; False when they cannot be reached."""
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps"]
    command += ["--target", str(folder), *PACKAGES]
    if subprocess.run(command, capture_output=True, timeout=180).returncode:
        return False
    sys.path.append(str(folder))
    return True


def make_table(grid: Grid) -> type[Any]:
    """The model of the wide table, with its empty table."""
    from django.db import connection, models

    fields: dict[str, Any] = {
        "number": models.CharField(max_length=MAX_NAME, unique=True),
        "name": models.CharField(max_length=MAX_NAME),
        "description": models.TextField(blank=True, null=True),  # its widget gives None
    }
    for place in range(len(grid.roles)):
        fields[f"role_{place}"] = models.CharField(max_length=MAX_SYMBOL, blank=True)
    options = type("Meta", (), {"app_label": "projects", "db_table": "bench_wideitem"})
    model = type("WideItem", (models.Model,), {"__module__": __name__, "Meta": options, **fields})
    with connection.schema_editor() as editor:
        editor.create_model(model)
    return model


def importer(model: type[Any], grid: Grid, **options: object) -> Callable[[bytes], None]:
    """Imports a file into the table; `options` are those of its Meta, by default its own."""
    meta = {"model": model, "import_id_fields": ("number",), "exclude": ("id",), **options}
    base = import_module("import_export.resources").ModelResource
    resource = type("WideResource", (base,), {"Meta": type("Meta", (), meta)})()
    for name, header in _headers(grid).items():
        resource.fields[name].column_name = header
    dataset = import_module("tablib").Dataset

    def load(data: bytes) -> None:
        rows = dataset().load(data, format="xlsx")
        result = resource.import_data(rows, dry_run=False, raise_errors=True)
        if sum(result.totals.values()) != len(grid.items):
            raise DiffersError(f"{result.totals} of {len(grid.items)} rows")

    return load


def check(model: type[Any], grid: Grid) -> None:
    """The table holds the marks of the grid."""
    places = [f"role_{place}" for place in range(len(grid.roles))]
    found = {number: marks for number, *marks in model.objects.values_list("number", *places)}
    if found != {item.number: list(item.marks) for item in grid.items}:
        raise DiffersError("the marks of django-import-export differ from those of the grid")


def _headers(grid: Grid) -> dict[str, str]:
    return _TEXTS | {f"role_{place}": role.name for place, role in enumerate(grid.roles)}
