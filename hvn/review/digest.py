"""Compute the digest of a plan's changes. The digest covers all actions of an apply, and equal plans have equal
digests.

The digest does not cover the time, the order of resources, or unchanged resources. The digest covers only the identity
of a destroyed object, the path of a sensitive value, and the expression of a value that is known after apply.
"""

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from hvn.review.differences import is_open, leaves
from hvn.review.masked import Sensitive, masked

OF_A_RESOURCE = ("address", "previous_address", "mode", "type", "provider_name", "deposed")
"""Keys of a resource in a plan that identify the object."""

_INDEX = re.compile(r"\[(?:\d+|\"(?:[^\"\\]|\\.)*\")\]")
_STEP = re.compile(r"\.(\"(?:[^\"\\]|\\.)*\")|\[(\d+)\]")
_ELSEWHERE = re.compile(r"(?:local|var|module|each|count|path|terraform)\.")
"""The prefixes of references to objects other than resources. A plan does not contain the whole value of these
objects."""
Expressions = tuple[str, tuple[str, ...]]
"""The digest of the expressions, and the references without a value in the plan, each as `ADDRESS: REFERENCE`."""


def digest(value: Any) -> str:
    """Return 128 bits of the SHA-256 of a JSON value, as hex."""
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()[:32]


def of_resource(resource: Mapping[str, Any]) -> str:
    """Return the digest of a resource in a plan. The resource must have a `change`."""
    return digest([*(resource.get(key) for key in OF_A_RESOURCE), _hashed(resource["change"])])


def of_output(change: Mapping[str, Any]) -> str:
    """Return the digest of an output's change."""
    return digest(_hashed(change))


def of_providers(configuration: Any) -> str:
    """Return the digest of the providers in a plan's `configuration`, and of the provider of each resource.

    The digest also covers the provisioners of resources, because other parts of a plan do not show provisioners. Return
    an empty text without a configuration.
    """
    content = configuration if isinstance(configuration, dict) else {}
    return digest([content.get("provider_config"), sorted(_keys(content))]) if content else ""


def _keys(value: Any) -> Iterator[tuple[str, str]]:
    """Yield the address of each resource with the key of its provider, and again with its provisioners if it has any.
    Resources of modules are included."""
    if isinstance(value, dict):
        if "provider_config_key" in value:
            yield str(value.get("address")), str(value["provider_config_key"])
            if value.get("provisioners"):
                yield str(value.get("address")), json.dumps(value["provisioners"], sort_keys=True)
        else:
            for inner in value.values():
                yield from _keys(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _keys(inner)


def of_expressions(plan: Mapping[str, Any]) -> Expressions:
    """Return the digest of the expressions of values that are known after apply, or read during the apply.

    In a JSON configuration, as cdktf writes it, an expression is text: `${azurerm_subnet.one.id}`. A reference is
    unresolved if the plan lacks its text (`.tf` files) or its value (for example a local).
    """
    configuration = plan.get("configuration")
    if not isinstance(configuration, dict):
        return "", ()
    expressions: list[list[Any]] = []
    unresolved: list[str] = []
    blocks = dict(_blocks(configuration.get("root_module")))
    for resource in _dicts(plan.get("resource_changes")):
        change, address = resource.get("change"), str(resource.get("address"))
        if not isinstance(change, dict) or change.get("actions") in (["no-op"], ["delete"], ["forget"]):
            continue
        block = blocks.get(_INDEX.sub("", address), {})
        read = change.get("actions") == ["read"]
        if read or is_open(change.get("after_unknown")):
            texts = list(_texts(block.get("expressions"), constants=read))
            expressions += [[address, *text] for text in texts]
            # A known value is in `after`, which the digest of the change covers.
            open_ = [one for one in texts if read or not _is_known(change, one[0])]
            unresolved += [f"{address}: {name}" for _, text, names in open_ for name in _unresolved(text, names)]
        for _, text, names in _texts(block.get("provisioners")):
            unresolved += [f"{address}: {name}" for name in _unresolved(text, names)]
    for name, output in _items(plan.get("output_changes")):
        if isinstance(output, dict) and is_open(output.get("after_unknown")) and output.get("actions") != ["no-op"]:
            texts = list(_texts(blocks.get(f"output.{name}")))
            expressions += [[f"output.{name}", *text] for text in texts]
            unresolved += [f"output.{name}: {one}" for _, text, names in texts for one in _unresolved(text, names)]
    for _, text, names in _texts(configuration.get("provider_config")):
        unresolved += [f"a provider: {name}" for name in _unresolved(text, names)]
    # Omit the references of a text: the text contains them, and Terraform lists them in no fixed order.
    ordered = sorted(json.dumps(expression[:3], sort_keys=True) for expression in expressions)
    return digest(ordered) if ordered else "", tuple(sorted(set(unresolved)))


def _blocks(module: Any, prefix: str = "") -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield the configured resources by address, and the outputs of the root module."""
    content = module if isinstance(module, dict) else {}
    for resource in _dicts(content.get("resources")):
        yield f"{prefix}{resource.get('address')}", resource
    for name, output in _items(content.get("outputs")) if not prefix else ():
        yield f"output.{name}", output if isinstance(output, dict) else {}
    for name, call in _items(content.get("module_calls")):
        yield from _blocks(call.get("module") if isinstance(call, dict) else None, f"{prefix}module.{name}.")


def _texts(value: Any, path: str = "", *, constants: bool = False) -> Iterator[tuple[str, Any, list[Any]]]:
    """Yield path, text (None if unknown) and references of each expression in a block; with `constants`,
    including constants."""
    if isinstance(value, dict) and value and value.keys() <= {"constant_value", "references"}:
        names, text = value.get("references", []), value.get("constant_value")
        if isinstance(names, list):
            if constants or names or re.search("[$%]{", json.dumps(text)):
                yield path, text, names
            return
    for key, inner in _items(value):
        yield from _texts(inner, f"{path}.{json.dumps(key)}", constants=constants)
    for index, inner in enumerate(value if isinstance(value, list) else ()):
        yield from _texts(inner, f"{path}[{index}]", constants=constants)


def _unresolved(text: Any, names: list[Any]) -> list[str]:
    return [str(name) for name in names if text is None or _ELSEWHERE.match(str(name))]


def _is_known(change: Mapping[str, Any], path: str) -> bool:
    """Return whether the plan certainly has the value at a path of `_texts`."""
    after, unknown = change.get("after"), change.get("after_unknown")
    for name, index in _STEP.findall(path):
        key = json.loads(name) if name else None
        if isinstance(after, dict) and key in after:
            after = after[key]
            unknown = unknown.get(key) if isinstance(unknown, dict) else unknown
        elif isinstance(after, list) and index == "0" and len(after) == 1:
            after = after[0]
            unknown = unknown[0] if isinstance(unknown, list) and unknown else unknown
        else:
            # The plan and the configuration can have the elements of a set in different orders.
            return False
    return not is_open(unknown)


def _dicts(value: Any) -> list[dict[str, Any]]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def _items(value: Any) -> list[tuple[str, Any]]:
    return list(value.items()) if isinstance(value, dict) else []


def _hashed(change: Mapping[str, Any]) -> Any:
    actions, paths = change.get("actions"), change.get("replace_paths")
    marks = change.get("before_sensitive"), change.get("after_sensitive")
    created, updated = isinstance(actions, list) and "create" in actions, actions == ["update"]
    differ = leaves(change) if updated else ()
    mark_changes = set(_marked(marks[0])) ^ set(_marked(marks[1])) if updated else ()
    return [
        actions,
        change.get("importing"),
        sorted(json.dumps(path) for path in paths) if isinstance(paths, list) else paths,
        _object(masked(change.get("before"), *marks), whole=not updated),
        [_typed(masked(change.get("after"), *marks)), change.get("after_unknown")] if created else [],
        [[leaf.path, _typed(leaf.before), _typed(leaf.after), leaf.unknown] for leaf in differ],
        sorted(mark_changes),
    ]


def _object(before: Any, *, whole: bool) -> Any:
    """Return the id of an object. Without an id, return all its values if `whole`, otherwise None."""
    id_ = before.get("id") if isinstance(before, dict) else None
    return id_ if isinstance(id_, str) else _typed(before) if whole else None


def _marked(marks: Any, path: tuple[str | int, ...] = ()) -> Iterator[str]:
    """Yield the paths that are marked as sensitive, as JSON."""
    if isinstance(marks, dict):
        for key, inner in marks.items():
            yield from _marked(inner, (*path, key))
    elif isinstance(marks, list):
        for index, inner in enumerate(marks):
            yield from _marked(inner, (*path, index))
    elif marks not in (None, False):
        yield json.dumps(path)


def _typed(value: Any) -> Any:
    """Return an unambiguous form of the value, which cannot look like a placeholder for a sensitive value."""
    if isinstance(value, dict):
        return {"object": {key: _typed(inner) for key, inner in value.items()}}
    if isinstance(value, list):
        return [_typed(inner) for inner in value]
    return {"stands": repr(value)} if isinstance(value, Sensitive) else value
