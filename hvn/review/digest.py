"""What is approved: all that an apply would do, as a digest, and nothing that differs between two plans of the same.

Not in it: when it was planned, the order, and what stays as it is; of an object that goes, only which one it is.
What is sensitive is in it by its place, not by its value.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from typing import Any

from hvn.review.differences import leaves
from hvn.review.masked import Sensitive, masked

OF_A_RESOURCE = ("address", "previous_address", "mode", "type", "provider_name", "deposed")
"""Texts of a resource in a plan that say of what an apply makes what."""


def digest(value: Any) -> str:
    """128 bits of a hash, as hex."""
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()[:32]


def of_resource(each: Mapping[str, Any]) -> str:
    """Of a resource in a plan that has a `change`."""
    return digest([*(each.get(key) for key in OF_A_RESOURCE), _hashed(each["change"])])


def of_output(change: Mapping[str, Any]) -> str:
    """Of the change of an output."""
    return digest(_hashed(change))


def of_providers(configuration: Any) -> str:
    """Of how a plan's `configuration` sets the providers up, and of which of them each resource is; "" without any.

    With a resource's provisioners, which run when it is made and stand nowhere else.
    """
    given = configuration if isinstance(configuration, dict) else {}
    return digest([given.get("provider_config"), sorted(_keys(given))]) if given else ""


def _keys(value: Any) -> Iterator[tuple[str, str]]:
    """The resources' addresses with the keys of their providers, and with what else runs; in a module, its own."""
    if isinstance(value, dict):
        if "provider_config_key" in value:
            yield str(value.get("address")), str(value["provider_config_key"])
            if value.get("provisioners"):
                yield str(value.get("address")), json.dumps(value["provisioners"], sort_keys=True)
        else:
            for each in value.values():
                yield from _keys(each)
    elif isinstance(value, list):
        for each in value:
            yield from _keys(each)


def _hashed(change: Mapping[str, Any]) -> Any:
    actions, paths = change.get("actions"), change.get("replace_paths")
    marks = change.get("before_sensitive"), change.get("after_sensitive")
    made, updated = isinstance(actions, list) and "create" in actions, actions == ["update"]
    differ = leaves(change) if updated else ()
    come_or_go = set(_marked(marks[0])) ^ set(_marked(marks[1])) if updated else ()
    return [
        actions,
        change.get("importing"),
        sorted(json.dumps(each) for each in paths) if isinstance(paths, list) else paths,
        _object(masked(change.get("before"), *marks), whole=not updated),
        [_typed(masked(change.get("after"), *marks)), change.get("after_unknown")] if made else [],
        [[each.path, _typed(each.before), _typed(each.after), each.unknown] for each in differ],
        sorted(come_or_go),
    ]


def _object(before: Any, *, whole: bool) -> Any:
    """Which object it is: its id. Of one that has none, all that is known, if `whole`."""
    id_ = before.get("id") if isinstance(before, dict) else None
    return id_ if isinstance(id_, str) else _typed(before) if whole else None


def _marked(marks: Any, path: tuple[str | int, ...] = ()) -> Iterator[str]:
    """Where marks are."""
    if isinstance(marks, dict):
        for key, each in marks.items():
            yield from _marked(each, (*path, key))
    elif isinstance(marks, list):
        for index, each in enumerate(marks):
            yield from _marked(each, (*path, index))
    elif marks not in (None, False):
        yield json.dumps(path)


def _typed(value: Any) -> Any:
    """With what stands for a value in a form that no value has."""
    if isinstance(value, dict):
        return {"object": {key: _typed(each) for key, each in value.items()}}
    if isinstance(value, list):
        return [_typed(each) for each in value]
    return {"stands": repr(value)} if isinstance(value, Sensitive) else value
