"""The project and people of these tests."""

from tests.support.company_project import crew
from tests.support.small_project import project

__all__ = ["crew", "project"]
