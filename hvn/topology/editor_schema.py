"""The JSON Schema of the topology file, for editors and `check-jsonschema`.

pydantic writes the schema of the model. This module adds the limits that pydantic omits. It also selects one
alternative of a union by a key, so that an error names only this alternative's fields. `enumDescriptions` and
`defaultSnippets` are extensions of the YAML language server; validators ignore them.
https://github.com/redhat-developer/yaml-language-server
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from hvn.topology import model
from hvn.topology.descriptions import description
from hvn.topology.model import Topology

NO_VALUE = {"type": "null"}

# `${2:text}` marks a place to fill in, with a default text.
SNIPPETS = {
    "spokes": {
        "label": "spoke",
        "description": "A spoke with one subnet. Change the ranges: `hvn addresses` lists the free ranges.",
        "body": {
            "${1:shipping}": {
                "cidr": "${2:10.66.0.0/16}",
                "vault_route": "${3|direct,via-hub,none|}",
                "subnets": {"${4:jobs}": "${5:10.66.0.0/24}"},
            }
        },
    },
    "apps": {
        "label": "app",
        "description": "An app that reads one secret of Vault.",
        "body": {
            "${1:webapp}": {
                "namespace": "${2:shop}",
                "service_account": "${3:webapp}",
                "secrets": [{"path": "${4:shop/webapp}", "destination": "${5:webapp-config}"}],
            }
        },
    },
}

# Values that the descriptions of their fields do not explain, by field.
VALUES = {
    "policy_owned": {
        "aks_defender": "The Microsoft Defender add-on of the clusters.",
        "aks_monitoring": "The Azure Monitor add-on of the clusters.",
        "aks_policy": "The Azure Policy add-on of the clusters.",
        "ddos_protection_plan": "The DDoS protection plan of the VNets.",
        "tags": "The tags. A change of `tags` in this file affects only new resources.",
    },
    "direction": {"inbound": "To the subnet.", "outbound": "From the subnet."},
    "access": {"allow": "The NSG allows the connection.", "deny": "The NSG drops the connection."},
    "os_disk_type": {"Managed": "The OS disk is an Azure managed disk."},
    "mode": {"User": "The pool runs workloads."},
    "threat_intelligence": {"off": "Threat intelligence is off."},
    "tier": {"dev": "One node without upgrade settings, metrics and audit logs."},
}


def schema() -> dict[str, Any]:
    """Return the JSON Schema of the topology file."""
    made = Topology.model_json_schema()
    _describe(made)
    document = {"$schema": "https://json-schema.org/draft/2020-12/schema", **_part(made, made["$defs"])}
    for name, snippet in SNIPPETS.items():
        for field in _fields(document, name):
            field["defaultSnippets"] = [snippet]
    for name, texts in VALUES.items():
        for field in _fields(document, name):
            part = field.get("items", field)
            pairs = zip(part["enum"], part["enumDescriptions"], strict=True)
            part["enumDescriptions"] = [texts.get(value, text) for value, text in pairs]
    return document


def _describe(made: Mapping[str, Any]) -> None:
    """Add the descriptions of the fields to the schema that pydantic made."""
    models = {name: value for name, value in vars(model).items() if isinstance(value, type)}
    for name, part in {Topology.__name__: made, **made["$defs"]}.items():
        for field, schema_ in part.get("properties", {}).items():
            if text := description(models[name], field):
                schema_["description"] = text


def _fields(document: Mapping[str, Any], name: str) -> list[dict[str, Any]]:
    """Return the schema of each field with this name, at the top level and in `$defs`."""
    models = (document, *document["$defs"].values())
    return [model["properties"][name] for model in models if name in model.get("properties", {})]


def _part(part: Any, models: Mapping[str, Any], description: str = "") -> Any:
    """Return a part of the schema for editors. `description` is the description of the enclosing field.

    The schema refuses a key without a value (`hvn.topology.model.base`), even if the field's default is None. The
    schema also refuses keys that do not match a pattern. `maxProperties` limits the size of a mapping, instead of
    pydantic's `maxLength`.
    """
    if isinstance(part, list):
        return [_part(item, models, description) for item in part]
    if not isinstance(part, dict):
        return part
    text = part.get("description", description)
    changed = {key: _part(value, models, text if isinstance(text, str) else "") for key, value in part.items()}
    if isinstance(text, str) and "description" in part:
        changed["description"] = re.sub(r"(?<!\n) *\n *(?!\n)", " ", text)
    if NO_VALUE in changed.get("anyOf", ()):
        del changed["default"]
        changed["anyOf"].remove(NO_VALUE)
        (only,) = changed.pop("anyOf")
        changed = only | {key: value for key, value in changed.items() if key not in only or key == "description"}
    if "patternProperties" in changed:
        changed["additionalProperties"] = False
        if "maxLength" in changed:
            changed["maxProperties"] = changed.pop("maxLength")
    if "oneOf" in changed:
        changed.update(_selected(changed.pop("oneOf"), changed.pop("discriminator", None), models))
    if "enum" in changed:
        changed["enumDescriptions"] = _descriptions(changed["enum"], str(text))
    return changed


def _selected(
    alternatives: Sequence[Any], discriminator: Mapping[str, Any] | None, models: Mapping[str, Any]
) -> dict[str, Any]:
    """Return the conditions that select one alternative of a union, so that the others cannot report errors.

    The discriminator's key selects the alternative. Without a discriminator, the type of the value or a required key of
    the second alternative selects it.
    """
    if discriminator:
        return _by_key(discriminator["propertyName"], discriminator["mapping"], models)
    *objects, last = alternatives
    if len(objects) > 1:  # models, or one fixed word
        rest = _selected(objects, None, models)
        return {"type": ["string", "object"], "if": {"type": "string"}, "then": last, "else": rest}
    first, second = alternatives
    if word := second.get("const"):  # text, or one fixed word
        return {"type": "string", "examples": [*first["examples"], word], "if": {"const": word}, "else": first}
    if first.get("type") == "string":
        return {"type": ["string", "object"], "if": {"type": "string"}, "then": first, "else": second}
    (key,) = set(_model(second["$ref"], models)["required"]) - _model(first["$ref"], models)["properties"].keys()
    return {"type": "object", "if": {"required": [key]}, "then": second, "else": first}


def _by_key(key: str, alternatives: Mapping[str, str], models: Mapping[str, Any]) -> dict[str, Any]:
    """Return the conditions that select an alternative by a key. `alternatives` maps the key's values to models."""
    descriptions = []
    for value, reference in alternatives.items():
        model = _model(reference, models)
        own = model["properties"][key].get("description", "")
        descriptions.append(_text_of(value, own) or " ".join(model["description"].split()))
    return {
        "type": "object",
        "required": [key],
        "properties": {key: {"enum": list(alternatives), "enumDescriptions": descriptions}},
        "allOf": [
            {"if": {"properties": {key: {"const": value}}, "required": [key]}, "then": {"$ref": reference}}
            for value, reference in alternatives.items()
        ],
    }


def _model(reference: str, models: Mapping[str, Any]) -> Mapping[str, Any]:
    model: Mapping[str, Any] = models[reference.rpartition("/")[2]]
    return model


def _descriptions(values: Sequence[str], description: str) -> list[str]:
    """Return a description for each value: its own sentence in the field's description, `value: sentence.`, otherwise
    the field's description."""
    return [_text_of(value, description) or " ".join(description.split()) for value in values]


def _text_of(value: str, description: str) -> str:
    text = " ".join(description.split())
    match = re.search(rf"(?:^|[.,;] |or )`?{re.escape(value)}`?(?:, or [^:]*)?: (.+?)(?:\.(?= |$)|$)", text)
    return f"{match[1][0].upper()}{match[1][1:]}." if match else ""
