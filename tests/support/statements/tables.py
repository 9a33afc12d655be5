"""Which tables belong to a project: found from the models, so that a new one is not forgotten."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache

from django.apps import apps
from django.db.models import ForeignKey, Model

ROOT = "projects_project"
KEY = "project_id"
# The history of the projects' own rows: the row that changed is the project.
KEYS = {"projects_projectevent": "pgh_obj_id"}
# Whoever works for a company does so in one project or in all: these are the companies' tables.
OF_COMPANIES = frozenset({"vendors_member", "vendors_memberevent"})
# A person's projects are found here: reading may name the person instead of the project.
PEOPLE = {"projects_membership": "user_id"}


@dataclass(frozen=True, slots=True)
class Tables:
    """The columns of every table, and of the projects' tables the one with the project's id."""

    columns: Mapping[str, frozenset[str]]
    keys: Mapping[str, str]
    people: Mapping[str, str] = field(default_factory=dict)


@cache
def tables() -> Tables:
    """A project's table has its id, or refers to a table that belongs to a project."""
    models = {m._meta.db_table: m for m in apps.get_models(include_auto_created=True)}
    columns = {
        name: frozenset(str(field.column) for field in model._meta.local_concrete_fields)
        for name, model in models.items()
    }
    own = {name for name in models if KEY in columns[name]} | KEYS.keys()
    while more := {n for n, m in models.items() if n not in own and refers_to(m) & own}:
        own |= more
    own -= OF_COMPANIES
    return Tables(columns, {name: KEYS.get(name, KEY) for name in sorted(own)}, PEOPLE)


def refers_to(model: type[Model]) -> set[str]:
    """The tables that its foreign keys lead to, with a constraint or without."""
    fields = [f for f in model._meta.local_concrete_fields if isinstance(f, ForeignKey)]
    return {field.related_model._meta.db_table for field in fields} - {ROOT}
