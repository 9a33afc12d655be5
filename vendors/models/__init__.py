"""Define companies, the roles they fill, their people, and their answers to tasks."""

from vendors.models.reminder import Reminder
from vendors.models.vendor import Contract, Member, Vendor
from vendors.models.work import MAX_TEXT, Confirmation, Message, Question

__all__ = [
    "MAX_TEXT",
    "Confirmation",
    "Contract",
    "Member",
    "Message",
    "Question",
    "Reminder",
    "Vendor",
]
