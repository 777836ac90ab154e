"""The git repository that tests of changes use."""

from tests.affected.conftest import repository

__all__ = ["repository"]
