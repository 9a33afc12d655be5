"""The project and people of these tests."""

from tests.support.comparison_pages import changed
from tests.support.small_project import project

__all__ = ["changed", "project"]
