"""Compute the openings of a resource from its values before and after a change. The cause of the change has no effect
on the result.

The values come from a plan or from a synthesized `cdk.tf.json`. Each module covers some Terraform types: it has `TYPES`
and `openings(type, before, after)`. `before` is None for a new resource, `after` for a destroyed resource.
"""

import pkgutil
from collections.abc import Iterator, Mapping
from functools import cache
from importlib import import_module
from typing import Any, Protocol

from hvn.review.grants.opening import Opening

Values = Mapping[str, Any]


class GrantModule(Protocol):
    """The functions and constants that each module of this folder has."""

    TYPES: tuple[str, ...]

    def openings(self, type_: str, before: Values | None, after: Values | None) -> Iterator[Opening]:
        """Yield the access that `after` gives and `before` does not."""


@cache
def _by_type() -> Mapping[str, GrantModule]:
    names = sorted(module.name for module in pkgutil.iter_modules(__path__))
    modules: list[Any] = [import_module(f"{__name__}.{name}") for name in names]
    return {type_: module for module in modules for type_ in getattr(module, "TYPES", ())}


def grants(type_: str) -> bool:
    """Return whether resources of this type can grant or open access."""
    return type_ in _by_type()


def openings(type_: str, before: Values | None, after: Values | None) -> frozenset[Opening]:
    """Return the access that `after` gives and `before` does not; nothing for a type that grants nothing."""
    return frozenset(_by_type()[type_].openings(type_, before, after)) if grants(type_) else frozenset()
