"""The project and people of these tests."""

from tests.support.small_project import project

__all__ = ["project"]
