"""A manifest of a custom resource of the operator must match the schema of its CRD.

The kubernetes provider checks field names and types at plan. The API server checks required fields, allowed values,
patterns, minimums and maximums at apply. For a kind with a schema, the provider performs no dry run at plan.

terraform-provider-kubernetes manifest/morph/morph.go, manifest/provider/plan.go and diagnostics.go; the fields:
schemas/vault_secrets_operator.json; the API server's messages: kubernetes apimachinery, validation/field/errors.go.
"""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from hvn.rehearsal import crds
from hvn.rehearsal.behaviours import Change, Refusal
from hvn.rehearsal.behaviours.operator_crds import GROUP
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
    """Refuse a manifest with unknown fields, with values of the wrong type, or without a namespace, as the provider
    does."""
    manifest = change.after["manifest"][1]
    fields = crds.fields(manifest)
    if fields is None:
        return
    metadata = manifest.get("metadata") or {}
    if not metadata.get("namespace"):
        kind = f"{GROUP}/{crds.table()['apiVersion'].partition('/')[2]}, Kind={manifest['kind']}"
        raise Refusal("Namespace required", f"Resources of type '{kind}' require a namespace")
    unknown = [f"metadata.{name}" for name in metadata if name not in METADATA]
    unknown += [name for name in manifest if name not in {"apiVersion", "kind", "metadata", "spec"}]
    errors = [_not_in_schema(place) for place in unknown]
    errors += _of_another_type(fields, "spec", manifest.get("spec"), "spec")
    if errors:
        raise Refusal("Manifest configuration incompatible with resource schema", "\n".join(errors))


def write(change: Change) -> None:
    """Check the values of a manifest as the API server does."""
    manifest = change.after["manifest"][1]
    errors = list(_not_allowed(crds.fields(manifest) or {}, "spec", manifest.get("spec"), "spec"))
    if errors:
        what = f'{manifest["kind"]}.{GROUP} "{manifest["metadata"]["name"]}" is invalid'
        message = errors[0] if len(errors) == 1 else f"[{', '.join(errors)}]"
        raise Refusal("API response status: Failure", f"{what}: {message}")


def _of_another_type(fields: Fields, path: str, value: Any, place: str) -> Iterator[str]:
    known = fields.get(path)
    if known is None or value is None or value is UNKNOWN:
        return
    if not isinstance(value, PYTHON[known["type"]]) and not _converts(value, known["type"]):
        yield f"Value incompatible with expected type {known['type']}, at attribute {place}"
        return
    for inner, item, where in _inside(known, path, value, place):
        if inner in fields:
            yield from _of_another_type(fields, inner, item, where)
        elif known["type"] == "object" and "values" not in known:
            yield _not_in_schema(where)
        else:
            # The schema has no path for a primitive item of a list or a map.
            kind = {inner: {"type": known.get("values") or known["items"]}}
            yield from _of_another_type(kind, inner, item, where)


def _not_allowed(fields: Fields, path: str, value: Any, place: str) -> Iterator[str]:
    known = fields.get(path)
    if known is None or value is None or value is UNKNOWN:
        return
    if "enum" in known and value not in known["enum"]:
        supported = ", ".join(map(json.dumps, known["enum"]))
        yield f"{place}: Unsupported value: {json.dumps(value)}: supported values: {supported}"
    if "pattern" in known and not re.fullmatch(known["pattern"], value):
        yield f"{place}: Invalid value: {json.dumps(value)}: {place} in body should match '{known['pattern']}'"
    if "minimum" in known and float(value) < known["minimum"]:
        least = f"{place} in body should be greater than or equal to {known['minimum']}"
        yield f"{place}: Invalid value: {value}: {least}"
    if "maximum" in known and float(value) > known["maximum"]:
        most = f"{place} in body should be less than or equal to {known['maximum']}"
        yield f"{place}: Invalid value: {value}: {most}"
    if known["type"] == "object":
        for inner, field in fields.items():
            above, _, name = inner.rpartition(".")
            if above == path and field.get("required") and "default" not in field and value.get(name) is None:
                yield f"{place}.{name}: Required value"
    for inner, item, where in _inside(known, path, value, place):
        yield from _not_allowed(fields, inner, item, where)


def _inside(known: Mapping[str, Any], path: str, value: Any, place: str) -> Iterator[tuple[str, Any, str]]:
    """Yield the members of an object or a list: the path of the field, the value, and its place in the manifest."""
    if known["type"] == "array":
        yield from ((f"{path}[]", item, f"{place}[{index}]") for index, item in enumerate(value))
    elif known["type"] == "object":
        for name, item in value.items():
            yield f"{path}.{'*' if 'values' in known else name}", item, f"{place}.{name}"


def _converts(value: Any, kind: str) -> bool:
    """Return whether the provider can convert the value to this type. It converts between string and number, and
    between string and bool."""
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
