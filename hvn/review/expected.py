"""Compare a plan with the literal values of the workspace's configuration (hvn/plans/expected.py).

A plan of a different configuration, or an edited plan file, does not have these values.
"""

import contextlib
import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from hvn.diagnostics.message import Message
from hvn.diagnostics.printable import printable


def unexpected(expected: Any, resources: Any) -> Iterator[Message]:
    """Yield a message for each difference between the resources of a plan and the workspace's configuration."""
    parts = expected if isinstance(expected, Mapping) else {}
    changed, known = (parts.get(name) for name in ("changed", "known"))
    by_name: dict[str, list[Mapping[str, Any]]] = {}
    by_index: list[str] = []
    for resource in resources if isinstance(resources, list) else ():
        if isinstance(resource, Mapping) and isinstance(resource.get("change"), Mapping) and "deposed" not in resource:
            address = str(resource.get("address"))
            by_name.setdefault(address.partition("[")[0], []).append(resource["change"])
            by_index += [printable(address, 200)] if "[" in address else []
    for name, values in changed.items() if isinstance(changed, Mapping) else ():
        yield from _changed(str(name), values, by_name.get(name, []))
        # `hvn plans` leaves out resources with `count` or `for_each`.
        if instances := [address for address in by_index if values is not None and address.startswith(f"{name}[")]:
            yield Message(
                "the plan has instances that the configuration does not have: {instances}", instances=instances
            )
    for name, paths in known.items() if isinstance(known, Mapping) else ():
        unknown = {path for change in by_name.get(name, ()) for path in _paths(change.get("after_unknown"))}
        if arguments := sorted(unknown & {*paths}):
            yield Message(
                "the plan shows {arguments} of {address} as known after apply, but the configuration contains the "
                "values",
                address=printable(str(name), 200),
                arguments=arguments,
            )


def _changed(name: str, values: Any, changes: Sequence[Mapping[str, Any]]) -> Iterator[Message]:
    address = printable(name, 200)
    if values is None:
        if any(change.get("actions") in (["no-op"], ["update"], ["create"]) for change in changes):
            yield Message("the configuration no longer contains {address}, but the plan keeps it", address=address)
    elif not changes:
        yield Message("the configuration contains {address}, but the plan does not", address=address)
    for change in changes if isinstance(values, Mapping) else ():
        after = change.get("after")
        planned: dict[str, set[str]] = {}
        for path, value in _leaves(after):
            planned.setdefault(path, set()).add(_comparable(value))
        unknown = {*_paths(change.get("after_unknown"))}
        sensitive = {*_paths(change.get("after_sensitive"))}
        if other := [
            path
            for path, items in values.items()
            if not any(f"{path}.".startswith(f"{one}.") for one in unknown | sensitive)
            and not {_comparable(json.loads(item)) for item in items} <= planned.get(path, set())
        ]:
            yield Message(
                "the plan of {address} differs from the configuration: {arguments}. Plan the workspace again",
                address=address,
                arguments=other,
            )


def _leaves(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Yield each path without list indexes, and its value."""
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _leaves(inner, f"{path}.{key}" if path else str(key))
    elif isinstance(value, list):
        for inner in value:
            yield from _leaves(inner, path)
    else:
        yield path, value


def _paths(marks: Any) -> Iterator[str]:
    return (path for path, mark in _leaves(marks) if mark is True)


def _comparable(value: Any) -> str:
    """Return a value as text for a comparison, because providers change letter case, write numbers as text, and sort
    JSON."""
    with contextlib.suppress(ValueError):
        value = json.loads(value) if isinstance(value, str) else value
    return json.dumps(value, sort_keys=True).casefold()
