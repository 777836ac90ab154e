"""Provide a repository with changes to plan."""

from tests.affected.conftest import repository

__all__ = ["repository"]
