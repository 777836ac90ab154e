"""A repository to plan changes of."""

from tests.affected.conftest import repository

__all__ = ["repository"]
