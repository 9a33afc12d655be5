"""The project and people of these tests."""

from tests.support.small_project import client, project

__all__ = ["client", "project"]
