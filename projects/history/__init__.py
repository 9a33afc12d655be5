"""The project's history as people read it: change sets, what each changed, and waivers."""

from projects.history.change_sets import Act, LogFilter, acts_of, described, people_of, roles_of
from projects.history.details import Detail, details_of
from projects.history.undo_conflicts import Later, later_changes
from projects.history.waivers import Waived, latest_waivers

__all__ = [
    "Act",
    "Detail",
    "Later",
    "LogFilter",
    "Waived",
    "acts_of",
    "described",
    "details_of",
    "later_changes",
    "latest_waivers",
    "people_of",
    "roles_of",
]
