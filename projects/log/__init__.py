"""The project's history as people read it: change sets, and what each changed."""

from projects.log.acts import Act, LogFilter, acts_of, described, people_of, roles_of
from projects.log.details import Detail, details_of
from projects.log.later import Later, later_changes

__all__ = [
    "Act",
    "Detail",
    "Later",
    "LogFilter",
    "acts_of",
    "described",
    "details_of",
    "later_changes",
    "people_of",
    "roles_of",
]
