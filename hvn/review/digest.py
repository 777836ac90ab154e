"""What is approved: all that an apply would do, as a digest, and nothing that differs between two plans of the same.

Not in it: when it was planned, the order, and what stays as it is; of an object that goes, only which one it is.
What is sensitive is in it by its place, not by its value; what is known after apply only by how it is written.
"""

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from hvn.review.differences import is_open, leaves
from hvn.review.masked import Sensitive, masked

OF_A_RESOURCE = ("address", "previous_address", "mode", "type", "provider_name", "deposed")
"""Texts of a resource in a plan that say of what an apply makes what."""

_INDEX = re.compile(r"\[(?:\d+|\"(?:[^\"\\]|\\.)*\")\]")
_ELSEWHERE = re.compile(r"(?:local|var|module|each|count|path|terraform)\.")
"""What the name of something begins with that is not a resource: of its value a plan tells nothing, or not all."""
Expressions = tuple[str, tuple[str, ...]]
"""A digest, and what of it is not told: the place and the name that stands there."""


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


def of_expressions(given: Mapping[str, Any]) -> Expressions:
    """Of how a plan's `configuration` writes what is known after apply only, of all that changes or is read then.

    With a JSON configuration, as cdktf writes it, that is text, `${azurerm_subnet.one.id}`. What only a name is told
    of is not told: a local's value stands in no plan, and of `.tf` files it has the names without what is around them.
    """
    configuration, found, untold = given.get("configuration"), [], []
    if not isinstance(configuration, dict):
        return "", ()
    written = dict(_written(configuration.get("root_module")))
    for each in _dicts(given.get("resource_changes")):
        change, address = each.get("change"), str(each.get("address"))
        if not isinstance(change, dict) or change.get("actions") in (["no-op"], ["delete"], ["forget"]):
            continue
        block = written.get(_INDEX.sub("", address), {})
        read = change.get("actions") == ["read"]
        if read or is_open(change.get("after_unknown")):
            texts = list(_texts(block.get("expressions"), constants=read))
            found += [[address, *text] for text in texts]
            untold += [f"{address}: {name}" for _, text, names in texts for name in _untold(text, names)]
        for _, text, names in _texts(block.get("provisioners")):
            untold += [f"{address}: {name}" for name in _untold(text, names)]
    for name, output in _items(given.get("output_changes")):
        if isinstance(output, dict) and is_open(output.get("after_unknown")) and output.get("actions") != ["no-op"]:
            texts = list(_texts(written.get(f"output.{name}")))
            found += [[f"output.{name}", *text] for text in texts]
            untold += [f"output.{name}: {one}" for _, text, names in texts for one in _untold(text, names)]
    for _, text, names in _texts(configuration.get("provider_config")):
        untold += [f"a provider: {name}" for name in _untold(text, names)]
    # Which names a text has Terraform lists in one order or another; the text says it already.
    told = sorted(json.dumps(each[:3], sort_keys=True) for each in found)
    return digest(told) if told else "", tuple(sorted(set(untold)))


def _written(module: Any, prefix: str = "") -> Iterator[tuple[str, Mapping[str, Any]]]:
    """The resources by address, and the outputs of the root."""
    given = module if isinstance(module, dict) else {}
    for each in _dicts(given.get("resources")):
        yield f"{prefix}{each.get('address')}", each
    for name, each in _items(given.get("outputs")) if not prefix else ():
        yield f"output.{name}", each if isinstance(each, dict) else {}
    for name, call in _items(given.get("module_calls")):
        yield from _written(call.get("module") if isinstance(call, dict) else None, f"{prefix}module.{name}.")


def _texts(value: Any, path: str = "", *, constants: bool = False) -> Iterator[tuple[str, Any, list[Any]]]:
    """The expressions in a block that are no constants, or all: where, the text if it is told, and the names in it."""
    if isinstance(value, dict) and value and value.keys() <= {"constant_value", "references"}:
        names, text = value.get("references", []), value.get("constant_value")
        if isinstance(names, list):
            if constants or names or re.search("[$%]{", json.dumps(text)):
                yield path, text, names
            return
    for key, each in _items(value):
        yield from _texts(each, f"{path}.{json.dumps(key)}", constants=constants)
    for index, each in enumerate(value if isinstance(value, list) else ()):
        yield from _texts(each, f"{path}[{index}]", constants=constants)


def _untold(text: Any, names: list[Any]) -> list[str]:
    return [str(each) for each in names if text is None or _ELSEWHERE.match(str(each))]


def _dicts(value: Any) -> list[dict[str, Any]]:
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


def _items(value: Any) -> list[tuple[str, Any]]:
    return list(value.items()) if isinstance(value, dict) else []


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
