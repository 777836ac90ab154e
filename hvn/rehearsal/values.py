"""Generate the values that a cloud assigns: ids, addresses, links. The values of a resource are the same in every
rehearsal."""

import re
from collections.abc import Mapping
from typing import Any

from hvn.rehearsal.cloud import made_up
from hvn.rehearsal.schema import Attribute, Block, Type
from hvn.rehearsal.state import zero
from hvn.rehearsal.tables import Table

# These are the values of arguments that neither the resource nor the provider sets. For such arguments HCP uses the
# oldest project, and Entra uses the tenant of the login.
FALLBACK = {
    "project_id": "00000000-0000-4000-8000-000000000001",
    "tenant_id": "00000000-0000-4000-8000-000000000002",
    "organization_id": "00000000-0000-4000-8000-000000000004",
}


def facts(kind: str, state: Mapping[str, Any], provider: Mapping[str, Any]) -> dict[str, str]:
    """Return the parts of a resource's ids and links: the resource's arguments, the provider's arguments, and a
    UUID."""
    # Patterns of Kubernetes types use `{metadata.name}` or `{name}`.
    inner = state.get("metadata")
    metadata = _texts(inner[0]) if isinstance(inner, list) and inner and isinstance(inner[0], dict) else {}
    qualified = {f"metadata.{name}": value for name, value in metadata.items()}
    made = {"uuid": made_up(kind, naming(state))}
    if isinstance(state.get("private_dns_zone_id"), str):
        made["private_dns_zone"] = state["private_dns_zone_id"].rpartition("/")[2]
    return {**FALLBACK, **_texts(provider), **made, **metadata, **qualified, **_texts(state)}


def naming(state: Mapping[str, Any]) -> str:
    """Return a resource's string arguments as one text. The text differs between two resources of the same type."""
    return "/".join(f"{name}={state[name]}" for name in sorted(state) if isinstance(state[name], str))


def fill(pattern: str, known: Mapping[str, str]) -> str:
    """Return a pattern with values in place of its `{names}`, and a UUID in place of a name without a value."""
    return re.sub(r"\{([\w.]+)\}", lambda match: known.get(match[1]) or made_up(pattern, match[1]), pattern)


def key(state: Mapping[str, Any]) -> str:
    """Return the resource's id; for a manifest, which has no id, its kind, namespace and name."""
    if isinstance(state.get("id"), str):
        return str(state["id"])
    manifest = state["manifest"]
    # A manifest is [type, value] in the protocol, and {type, value} in a state.
    value = manifest["value"] if isinstance(manifest, dict) else manifest[1]
    metadata = value.get("metadata", {})
    return f"{value.get('kind')}/{metadata.get('namespace')}/{metadata.get('name')}"


def make_up(table: Table, kind: str, path: str, attribute: Attribute, known: Mapping[str, str]) -> Any:
    """Return the value of a computed result: the table's `result`, otherwise a value of the result's type; null if
    `not_read`."""
    result = table.of(path).get("result")
    if result is not None:
        return _filled(result, known)
    name = path.rpartition(".")[2]
    if name in FALLBACK:
        return known[name]
    if table.of(path).get("not_read"):
        return None
    return f"{kind}.{path}" if attribute.type == "string" and not attribute.optional else zero(attribute.type)


def _filled(result: Any, known: Mapping[str, str]) -> Any:
    if isinstance(result, dict):
        return {name: _filled(value, known) for name, value in result.items()}
    if isinstance(result, list):
        return [_filled(value, known) for value in result]
    return fill(result, known) if isinstance(result, str) else result


def shaped(kind: Type | None, value: Any) -> Any:
    """Return a value with exactly the members of its object type. Members that the value lacks are null."""
    if value is None or isinstance(kind, str) or kind is None:
        return value
    if kind[0] == "object" and isinstance(value, dict):
        return {name: shaped(inner, value.get(name)) for name, inner in kind[1].items()}
    if kind[0] in {"list", "set"} and isinstance(value, list):
        return [shaped(kind[1], item) for item in value]
    return value


def in_schema(block: Block | None, value: Any) -> Any:
    """Return a resource with exactly the members of a schema. The state of a different provider version can have other
    members."""
    if block is None or not isinstance(value, dict):
        return value
    members = {name: _nested(attribute, value.get(name)) for name, attribute in block.attributes.items()}
    for name, nested in block.blocks.items():
        empty: list[Any] | None = None if nested.nesting == "single" else []
        blocks = value.get(name, empty)
        members[name] = (
            [in_schema(nested.block, one) for one in blocks]
            if isinstance(blocks, list)
            else in_schema(nested.block, blocks)
        )
    return members


def _nested(attribute: Attribute, value: Any) -> Any:
    if attribute.nested is None:
        return shaped(attribute.type, value)
    if isinstance(value, list):
        return [in_schema(attribute.nested, one) for one in value]
    if attribute.nesting == "map" and isinstance(value, dict):
        return {key: in_schema(attribute.nested, one) for key, one in value.items()}
    return in_schema(attribute.nested, value)


def _texts(values: Mapping[str, Any]) -> dict[str, str]:
    return {name: value for name, value in values.items() if isinstance(value, str)}
