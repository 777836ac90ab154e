"""Collect the names in a plan: short strings, and the parts of ids. The names show to which workspace a plan
belongs."""

from collections.abc import Iterator, Mapping
from typing import Any

LONGEST = 200
"""The maximum number of characters of a name."""


def names(plan: Mapping[str, Any]) -> Mapping[str, str]:
    """Return each name in a plan with the address of the first resource that contains it. For a name outside the
    resources, return the key of the plan instead of the address."""
    by_name: dict[str, str] = {}
    resources = plan.get("resource_changes")
    for resource in resources if isinstance(resources, list) else ():
        place = resource.get("address") if isinstance(resource, dict) else None
        for text in _texts(resource):
            by_name.setdefault(text, str(place))
    for key, value in plan.items():
        # Ignore the labels of `hvn plans`, because they name the workspace even in another workspace's plan.
        if key != "resource_changes" and not key.startswith("hvn_"):
            for text in _texts(value):
                by_name.setdefault(text, key)
    return by_name


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for inner in value.values():
            yield from _texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _texts(inner)
    elif isinstance(value, str):
        yield from (part for part in {value, *value.split("/")} if 0 < len(part) <= LONGEST)
