"""A site with an empty database of its own, in a temporary folder that is gone afterwards."""

from __future__ import annotations

import compileall
import logging
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from projects.domain.grid import Grid

if TYPE_CHECKING:
    from projects.models import Project

# Everything of Django's is imported late: the settings must find the temporary folder.


@contextmanager
def opened(*, pages: bool = False) -> Iterator[None]:
    """The migrated site within; with `pages`, its static files are collected too."""
    folder = Path(tempfile.mkdtemp(prefix="raci-bench-", dir="/tmp"))
    os.environ.pop("DATABASE_URL", None)
    os.environ |= {
        "RACI_DATA_DIR": str(folder),
        "RACI_PLAIN_HTTP": "1",
        "DJANGO_SETTINGS_MODULE": "raci.settings",
    }
    try:
        _set_up(folder, pages)
        yield
    finally:
        _close(folder)
        shutil.rmtree(folder, ignore_errors=True)


def real_project() -> tuple[Project, Grid]:
    """The demo: the real 別紙10 and its people."""
    from projects import store
    from projects.models import Project
    from vendors import demo

    demo.set_up(new_password=lambda: "unused", report=lambda _: None)
    project = Project.objects.get(slug=demo.SLUG)
    return project, store.load(project)


def project_of(grid: Grid, slug: str) -> Project:
    """A new project with that grid, and the demo's manager in it."""
    from django.contrib.auth.models import User

    from projects import store
    from projects.domain.plan import diff
    from projects.models import Membership

    project = store.create(slug=slug, title=grid.title, by=None)
    plan = diff(store.load(project), grid)
    store.apply(plan, project=project, by=None, kind=store.Kind.IMPORT)
    for user in User.objects.filter(username="manager"):
        Membership.objects.create(project=project, user=user, kind="manager")
    return project


def signed_in(username: str) -> str:
    """The Cookie header of a browser in which that person has signed in and opened a page."""
    from django.contrib.auth.models import User
    from django.test import Client

    client = Client(headers={"host": "localhost"})
    client.force_login(User.objects.get(username=username))
    client.get("/password/")
    return "; ".join(f"{name}={morsel.value}" for name, morsel in client.cookies.items())


def touch(project: Project) -> None:
    """As after a change: whatever was kept for the project as it stood is of no use."""
    from django.db import connection

    with connection.cursor() as cursor:
        statement = "UPDATE projects_project SET revision = revision + 1 WHERE id = %s"
        cursor.execute(statement, [project.pk])


def analyse() -> None:
    """The statistics that autovacuum would have gathered by the time anyone asks.

    What the connection had planned while the tables were empty is forgotten.
    """
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    connection.close()


def _set_up(folder: Path, pages: bool) -> None:
    from raci.database import programs

    folder.chmod(programs.folder_mode())
    import django
    from django.conf import settings
    from django.core.management import call_command

    django.setup()
    compileall.compile_dir(settings.BASE_DIR / "projects", quiet=1)  # as an installation has it
    logging.getLogger("raci.database").setLevel(logging.ERROR)
    call_command("migrate", verbosity=0, interactive=False)
    if pages:
        call_command("collectstatic", verbosity=0, interactive=False)


def _close(folder: Path) -> None:
    from django.db import connections

    from raci.database.cluster import Cluster

    connections.close_all()
    Cluster(folder).release()
