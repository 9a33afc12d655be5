"""Who may ask across projects, and why. The whole suite fails when one of these is not used."""

from __future__ import annotations

from dataclasses import dataclass

EVERY = "*"


@dataclass(frozen=True, slots=True)
class Across:
    """Functions whose statements need not name the project of these tables."""

    places: tuple[str, ...]
    tables: frozenset[str]
    reason: str


def _across(places: str, tables: str, reason: str) -> Across:
    return Across(tuple(places.split()), frozenset(tables.split()), reason)


ALL = (
    _across(
        "vendors.access.seats:_seats",
        "vendors_contract",
        "finds the projects of a person's companies, from which every other statement starts",
    ),
    _across(
        "vendors.companies.people:reach",
        "vendors_contract projects_membership",
        "whether a company works in projects, or has people in PMOs, beyond this manager's",
    ),
    _across(
        "projects.imports.jobs:read projects.imports.jobs:apply",
        "projects_import",
        "a job is told the key of its import, and reads from it in which project it works",
    ),
    _across(
        "django.contrib.admin projects.admin:WorkItemAdmin.delete_queryset",
        "projects_assignment projects_legendmark projects_role projects_workitem "
        "vendors_contract vendors_question",
        "administrators choose from all projects' rows, which Django's admin knows by their keys; "
        "a deletion collects by keys what goes with it",
    ),
    _across(
        "projects.models.assignment:Assignment.__str__ vendors.models.vendor:Contract.__str__",
        "projects_role projects_workitem",
        "what the admin calls the rows that go with a deletion, or stand in a list",
    ),
    _across(
        "raci.backup.contents:tables",
        EVERY,
        "a backup is of all projects, and is compared with all",
    ),
)


def excepted(place: str, tables: frozenset[str]) -> frozenset[str]:
    """Those that the function need not name."""
    found = [
        tables if EVERY in one.tables else tables & one.tables for one in ALL if place in one.places
    ]
    return frozenset[str]().union(*found)


def unused(used: set[str]) -> list[str]:
    return [place for one in ALL for place in one.places if place not in used]
