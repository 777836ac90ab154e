"""Copy a valid topology with different values, for tests of single fields."""

import copy
from collections.abc import Iterator, Mapping
from typing import Any

import yaml

from hvn.check.load import Loaded
from hvn.check.shape import shape
from hvn.diagnostics.finding import Finding
from tests import strategies
from tests.conftest import PROJECT

Path = tuple[str | int, ...]


def topology(name: str) -> Any:
    """Return a topology of tests/topologies as plain data."""
    return yaml.safe_load((PROJECT / "tests" / "topologies" / f"{name}.yaml").read_text(encoding="utf-8"))


def leaves(value: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Yield every value that is neither a mapping nor a list, with its path."""
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield from leaves(inner, (*path, key))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from leaves(inner, (*path, index))
    else:
        yield path, value


def with_values(base: Any, values: Mapping[Path, Any]) -> Any:
    """Return a copy of a topology with these values at these paths."""
    changed = copy.deepcopy(base)
    for path, value in values.items():
        inner = changed
        for part in path[:-1]:
            inner = inner[part]
        inner[path[-1]] = value
    return changed


def findings_of_shape(changed: Any) -> tuple[Finding, ...]:
    """Return the findings about unknown keys, missing keys and wrong values only, in a tenth of the time of a check."""
    return shape(_frozen(changed)).findings


def _frozen(value: Any) -> Any:
    """Return plain data as the reader returns it, with tuples instead of lists."""
    if isinstance(value, Mapping):
        return {key: _frozen(inner) for key, inner in value.items()}
    return tuple(map(_frozen, value)) if isinstance(value, list) else value


def check_with(base: Any, values: Mapping[Path, Any]) -> Loaded:
    """Check a topology with these values at these paths, and return the result."""
    return strategies.check(strategies.dump(with_values(base, values)))
