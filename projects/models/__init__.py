"""The tables of the matrix. Rules are database constraints first; `store` writes the matrix,
its 版 and waivers, `imports.records` the imports, `exports.jobs` the outputs.
"""

from projects.models.assignment import Assignment
from projects.models.change_set import CHANNEL, ChangeSet
from projects.models.edition import Edition, EditionRow
from projects.models.import_ import Import
from projects.models.item import WorkItem
from projects.models.membership import Membership
from projects.models.output import Output
from projects.models.project import (
    ARCHIVED,
    ARCHIVED_CONSTRAINT,
    BySlug,
    LegendMark,
    Numbering,
    Project,
)
from projects.models.role import Role
from projects.models.waiver import Waiver

__all__ = [
    "ARCHIVED",
    "ARCHIVED_CONSTRAINT",
    "CHANNEL",
    "Assignment",
    "BySlug",
    "ChangeSet",
    "Edition",
    "EditionRow",
    "Import",
    "LegendMark",
    "Membership",
    "Numbering",
    "Output",
    "Project",
    "Role",
    "Waiver",
    "WorkItem",
]
