"""Plan the `object` of a `kubernetes_manifest` by the schema of its CRD.

`schemas/vault_secrets_operator.json` has the fields of each kind by path: `a.b` is a property, `a[]` the item of a
list, `a.*` the value of a map. The fields come from the chart's CRDs. `METADATA` has the metadata fields of the API
server.

terraform-provider-kubernetes manifest/provider/plan.go, manifest/morph/scaffold.go.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import Any

from hvn.rehearsal.schema import Type
from hvn.rehearsal.schemas import FOLDER
from hvn.rehearsal.wire import UNKNOWN

Fields = Mapping[str, Mapping[str, Any]]

_TEXT = {"type": "string"}
_TEXTS = {"type": "object", "values": "string"}
METADATA: Fields = {
    "metadata": {"type": "object"},
    "metadata.annotations": _TEXTS,
    "metadata.creationTimestamp": _TEXT,
    "metadata.deletionGracePeriodSeconds": {"type": "integer"},
    "metadata.deletionTimestamp": _TEXT,
    "metadata.finalizers": {"type": "array", "items": "string"},
    "metadata.generateName": _TEXT,
    "metadata.generation": {"type": "integer"},
    "metadata.labels": _TEXTS,
    # The items of `managedFields` and `ownerReferences` also have fields, but no stack sets these fields.
    "metadata.managedFields": {"type": "array", "items": "string"},
    "metadata.name": _TEXT,
    "metadata.namespace": _TEXT,
    "metadata.ownerReferences": {"type": "array", "items": "string"},
    "metadata.resourceVersion": _TEXT,
    "metadata.selfLink": _TEXT,
    "metadata.uid": _TEXT,
}
TOP: Fields = {"apiVersion": _TEXT, "kind": _TEXT}
PRIMITIVES: Mapping[str, Type] = {"string": "string", "boolean": "bool", "integer": "number"}


@cache
def table() -> Any:
    """Return the fields of all kinds, from `schemas/vault_secrets_operator.json`."""
    return json.loads((FOLDER / "vault_secrets_operator.json").read_text(encoding="utf-8"))


def fields(manifest: Mapping[str, Any]) -> Fields | None:
    """Return the fields of a manifest's kind by path, or None if the schemas do not have this kind."""
    kind: Fields | None = table()["kinds"].get(manifest.get("kind"))
    return kind if manifest.get("apiVersion") == table()["apiVersion"] else None


def planned(manifest: list[Any], before: Mapping[str, Any]) -> list[Any]:
    """Return the type and the value of the planned `object`. `before` is the prior state of the manifest, or empty.

    A field that the manifest does not set is unknown in a new object, and keeps its value in an existing object. A
    field that an edit removes from the manifest is unknown.
    """
    all_fields = _all_fields(manifest[1])
    if all_fields is None:
        return manifest
    earlier = before["manifest"][1] if before else None
    there = before["object"][1] if before else UNKNOWN

    def unset(path: str, names: tuple[str, ...]) -> Any:
        del path
        return UNKNOWN if _get(earlier, names) is not None else _get(there, names)

    value = {name: _filled(all_fields, name, manifest[1].get(name), unset, (name,)) for name in _children(all_fields)}
    kind: Type = ["object", {name: _type(all_fields, name) for name in _children(all_fields)}]
    return [json.dumps(kind).encode(), value]


def applied(manifest: list[Any], planned_object: list[Any]) -> list[Any]:
    """Return the `object` that the API server stores. Fields that are unknown in the plan get the schema's default or
    null."""
    all_fields = _all_fields(manifest[1])
    if all_fields is None:
        return planned_object

    def unset(path: str, names: tuple[str, ...]) -> Any:
        planned_value = _get(planned_object[1], names)
        if planned_value is not UNKNOWN:
            return planned_value
        # The API server sets a default only inside an object that the manifest sets.
        return all_fields[path].get("default") if _get(manifest[1], names[:-1]) is not None else None

    return [
        planned_object[0],
        {name: _filled(all_fields, name, manifest[1].get(name), unset, (name,)) for name in _children(all_fields)},
    ]


def _all_fields(manifest: Mapping[str, Any]) -> Fields | None:
    spec = fields(manifest)
    return None if spec is None else {**TOP, **METADATA, **spec}


def _children(all_fields: Fields, path: str = "") -> Iterator[str]:
    for field in all_fields:
        above, _, name = field.rpartition(".")
        if above == path and name != "*" and not name.endswith("[]"):
            yield name


def _type(all_fields: Fields, path: str) -> Type:
    field = all_fields[path]
    if field["type"] == "array":
        return ["list", _type(all_fields, f"{path}[]") if f"{path}[]" in all_fields else PRIMITIVES[field["items"]]]
    if field["type"] != "object":
        return PRIMITIVES[field["type"]]
    if "values" in field:
        return ["map", _type(all_fields, f"{path}.*") if f"{path}.*" in all_fields else PRIMITIVES[field["values"]]]
    return ["object", {name: _type(all_fields, f"{path}.{name}") for name in _children(all_fields, path)}]


Unset = Callable[[str, tuple[str, ...]], Any]
"""A function that returns the value of an unset field, by the field's path in the schema and its names in the
manifest."""


def _filled(all_fields: Fields, path: str, value: Any, unset: Unset, names: tuple[str, ...]) -> Any:
    """Return a value of a manifest, completed with every field of its schema. `unset` returns the values of unset
    fields."""
    field = all_fields[path]
    if field["type"] == "object" and "values" not in field:
        set_here = value if isinstance(value, dict) else {}
        return {
            name: _filled(all_fields, f"{path}.{name}", set_here.get(name), unset, (*names, name))
            for name in _children(all_fields, path)
        }
    if value is None:
        return unset(path, names)
    if isinstance(value, list):
        items = enumerate(value)
        return [_inside(all_fields, path, "[]", item, unset, (*names, str(index))) for index, item in items]
    if isinstance(value, dict):
        return {key: _inside(all_fields, path, ".*", item, unset, (*names, key)) for key, item in value.items()}
    return _converted(value, field["type"])


def _inside(all_fields: Fields, path: str, suffix: str, value: Any, unset: Unset, names: tuple[str, ...]) -> Any:
    """Return an item of a list or a map: an object with its own schema, or a primitive value."""
    if f"{path}{suffix}" in all_fields:
        return _filled(all_fields, f"{path}{suffix}", value, unset, names)
    return _converted(value, all_fields[path].get("items") or all_fields[path].get("values", ""))


def _converted(value: Any, kind: str) -> Any:
    """Return a value converted to its schema's type. The provider converts between strings, numbers and bools."""
    if value is UNKNOWN:
        return value
    if kind == "string" and not isinstance(value, str):
        return json.dumps(value)
    if kind == "integer" and isinstance(value, str):
        return float(value) if "." in value else int(value)
    if kind == "boolean" and isinstance(value, str):
        return value[:1] in {"1", "t", "T"}
    return value


def _get(value: Any, names: tuple[str, ...]) -> Any:
    """Return the value at the path `names`; null or unknown if a value on the path is null or unknown."""
    for name in names:
        if isinstance(value, list):
            value = value[int(name)] if int(name) < len(value) else None
        elif isinstance(value, dict):
            value = value.get(name)
    return value
