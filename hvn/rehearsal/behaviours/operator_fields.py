"""A manifest of the operator has only fields that its CRD has, of their types; and values that the CRD allows.

The provider looks at fields and types, at plan. Required fields, closed lists, patterns and smallest numbers are seen
only by the API server, at apply: there is no dry run for a kind that has a schema.

terraform-provider-kubernetes manifest/morph/morph.go, manifest/provider/plan.go and diagnostics.go; the fields:
schemas/vault_secrets_operator.json; the words of the API server: kubernetes apimachinery, validation/field/errors.go.
"""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from hvn.rehearsal import crds
from hvn.rehearsal.behaviours import Change, Refusal
from hvn.rehearsal.behaviours.operator_and_its_kinds import GROUP
from hvn.rehearsal.crds import Fields
from hvn.rehearsal.wire import UNKNOWN

METADATA = {"annotations", "finalizers", "generateName", "labels", "name", "namespace", "ownerReferences"}
PYTHON: Mapping[str, tuple[type, ...]] = {
    "string": (str,),
    "boolean": (bool,),
    "integer": (int, float),
    "object": (dict,),
    "array": (list, tuple),
}


def plan(change: Change) -> None:
    """What the provider refuses: a field that the schema does not have, a value that is of another type."""
    manifest = change.after["manifest"][1]
    fields = crds.fields(manifest)
    if fields is None:
        return
    metadata = manifest.get("metadata") or {}
    if not metadata.get("namespace"):
        kind = f"{GROUP}/{crds.table()['apiVersion'].partition('/')[2]}, Kind={manifest['kind']}"
        raise Refusal("Namespace required", f"Resources of type '{kind}' require a namespace")
    strange = [f"metadata.{each}" for each in metadata if each not in METADATA]
    strange += [each for each in manifest if each not in {"apiVersion", "kind", "metadata", "spec"}]
    found = [_not_in_schema(each) for each in strange]
    found += _of_another_type(fields, "spec", manifest.get("spec"), "spec")
    if found:
        raise Refusal("Manifest configuration incompatible with resource schema", "\n".join(found))


def write(change: Change) -> None:
    """What the API server refuses."""
    manifest = change.after["manifest"][1]
    found = list(_not_allowed(crds.fields(manifest) or {}, "spec", manifest.get("spec"), "spec"))
    if found:
        what = f'{manifest["kind"]}.{GROUP} "{manifest["metadata"]["name"]}" is invalid'
        message = found[0] if len(found) == 1 else f"[{', '.join(found)}]"
        raise Refusal("API response status: Failure", f"{what}: {message}")


def _of_another_type(fields: Fields, path: str, value: Any, place: str) -> Iterator[str]:
    known = fields.get(path)
    if known is None or value is None or value is UNKNOWN:
        return
    if not isinstance(value, PYTHON[known["type"]]) and not _converts(value, known["type"]):
        yield f"Value incompatible with expected type: it is no {known['type']}, at attribute {place}"
        return
    for inner, each, where in _inside(known, path, value, place):
        if inner in fields:
            yield from _of_another_type(fields, inner, each, where)
        elif known["type"] == "object" and "values" not in known:
            yield _not_in_schema(where)
        else:
            # Texts of a list or a map have no line of their own.
            kind = {inner: {"type": known.get("values") or known["items"]}}
            yield from _of_another_type(kind, inner, each, where)


def _not_allowed(fields: Fields, path: str, value: Any, place: str) -> Iterator[str]:
    known = fields.get(path)
    if known is None or value is None or value is UNKNOWN:
        return
    if "enum" in known and value not in known["enum"]:
        supported = ", ".join(json.dumps(each) for each in known["enum"])
        yield f"{place}: Unsupported value: {json.dumps(value)}: supported values: {supported}"
    if "pattern" in known and not re.fullmatch(known["pattern"], value):
        yield f"{place}: Invalid value: {json.dumps(value)}: {place} in body should match '{known['pattern']}'"
    if "minimum" in known and float(value) < known["minimum"]:
        least = f"{place} in body should be greater than or equal to {known['minimum']}"
        yield f"{place}: Invalid value: {value}: {least}"
    if known["type"] == "object":
        for inner, field in fields.items():
            above, _, name = inner.rpartition(".")
            if above == path and field.get("required") and "default" not in field and value.get(name) is None:
                yield f"{place}.{name}: Required value"
    for inner, each, where in _inside(known, path, value, place):
        yield from _not_allowed(fields, inner, each, where)


def _inside(known: Mapping[str, Any], path: str, value: Any, place: str) -> Iterator[tuple[str, Any, str]]:
    """What lies in an object or a list: the path of its field, the value, and where it stands in this manifest."""
    if known["type"] == "array":
        yield from ((f"{path}[]", each, f"{place}[{index}]") for index, each in enumerate(value))
    elif known["type"] == "object":
        for name, each in value.items():
            yield f"{path}.{'*' if 'values' in known else name}", each, f"{place}.{name}"


def _converts(value: Any, kind: str) -> bool:
    """Whether the provider makes one of the other: texts of numbers and truth values, both ways."""
    if kind == "string":
        return isinstance(value, bool | int | float)
    if kind == "boolean":
        return value in {"1", "t", "T", "true", "TRUE", "True", "0", "f", "F", "false", "FALSE", "False"}
    return kind == "integer" and isinstance(value, str) and bool(re.fullmatch(r"[+-]?\d+(\.\d*)?", value))


def _not_in_schema(place: str) -> str:
    return f"Attribute not found in schema: unable to find schema type for attribute {place}"


PLAN = {"kubernetes_manifest": plan}
CREATE = {"kubernetes_manifest": write}
UPDATE = {"kubernetes_manifest": write}
