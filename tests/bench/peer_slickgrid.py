"""SlickGrid with the same cells: the package from npm, its data as JSON, and a small server.

It has no session, people, history or server behind it: rows come as a file, and the keys set cells
in memory only.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import tarfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from projects.domain.grid import Grid
from tests.bench.serving import HOST

PACKAGE = "slickgrid@5.20.2"
_SCRIPTS = ("core", "interactions", "grid")
_PAGE = """<!DOCTYPE html><html lang="ja"><meta charset="utf-8"><title>SlickGrid</title>
<link rel="stylesheet" href="package/dist/styles/css/slick.grid.css">
<link rel="stylesheet" href="package/dist/styles/css/slick-default-theme.css">
<style>body {{ margin: 0 }} #grid {{ width: 100vw; height: 100vh }}</style>
<div id="grid"></div>
{scripts}
<script type="module">
const {{ columns, rows, marks }} = await (await fetch("{data}")).json();
const grid = new Slick.Grid("#grid", rows, columns,
  {{ enableCellNavigation: true, enableColumnReorder: false }});
grid.onKeyDown.subscribe((event, {{ row, cell }}) => {{
  const symbol = marks[event.key];
  if (symbol === undefined) return;
  rows[row][columns[cell].field] = symbol;
  grid.updateCell(row, cell);
}});
grid.setActiveCell(0, 0);
</script>
"""


def fetched(folder: Path) -> bool:
    """Puts the package into the folder; False when no npm registry can be reached."""
    if not shutil.which("npm"):
        return False
    command = ["npm", "pack", PACKAGE, "--silent", "--pack-destination", str(folder)]
    if subprocess.run(command, cwd=folder, capture_output=True, timeout=180).returncode:
        return False
    (archive,) = folder.glob("slickgrid-*.tgz")
    with tarfile.open(archive) as tar:
        tar.extractall(folder, filter="data")
    return True


def write(folder: Path, name: str, grid: Grid) -> None:
    """The page `name`.html with the cells of the grid."""
    fields = [("number", "項番", 60), ("name", "作業項目", 320)]
    fields += [(f"r{place}", role.name, 40) for place, role in enumerate(grid.roles)]
    fields += [("description", "作業内容", 480)]
    rows = [
        {"number": item.number, "name": item.name, "description": item.description}
        | {f"r{place}": mark for place, mark in enumerate(item.marks)}
        for item in grid.items
    ]
    columns = [{"id": i, "field": i, "name": name, "width": width} for i, name, width in fields]
    marks = {str(key): mark.symbol for key, mark in enumerate(reversed(grid.legend), 1)}
    data = {"columns": columns, "rows": rows, "marks": marks}
    (folder / f"{name}.json").write_text(json.dumps(data, ensure_ascii=False))
    scripts = "\n".join(
        f'<script src="package/dist/browser/slick.{script}.js"></script>' for script in _SCRIPTS
    )
    (folder / f"{name}.html").write_text(_PAGE.format(scripts=scripts, data=f"{name}.json"))


class _Quiet(SimpleHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 — the base's name
        pass


@contextmanager
def served(folder: Path) -> Iterator[int]:
    """The port of a server of the folder's files."""
    server = ThreadingHTTPServer((HOST, 0), partial(_Quiet, directory=str(folder)))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        server.server_close()
