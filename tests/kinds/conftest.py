"""Provide the git repository for tests of changes."""

from tests.affected.conftest import repository

__all__ = ["repository"]
