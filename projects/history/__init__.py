"""Read the history of a project: change sets, their details, and waivers."""

from projects.history.change_sets import (
    Act,
    LogFilter,
    UndoConflict,
    acts_of,
    described,
    people_of,
    roles_of,
    undo_conflicts,
)
from projects.history.details import Detail, details_of
from projects.history.waivers import Waived, latest_waivers

__all__ = [
    "Act",
    "Detail",
    "LogFilter",
    "UndoConflict",
    "Waived",
    "acts_of",
    "described",
    "details_of",
    "latest_waivers",
    "people_of",
    "roles_of",
    "undo_conflicts",
]
