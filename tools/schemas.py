"""Reduce the output of `terraform providers schema -json` to the data that the rehearsal reads.

    terraform providers schema -json > schemas.json
    .venv/bin/python tools/schemas.py schemas.json azurerm=4.55.0

First run `terraform init` in a folder with a configuration that requires the providers at these versions. The tool
writes `hvn/rehearsal/schemas/<provider>.json` for each provider that the command line names; with `--engine` it writes
to the subfolder of the engine. Each line of a schema file has one resource type, without descriptions.

If a stack needs a type that is not in the data, add the type's name to `KEPT`, then run the tool. If a stack pins a
newer provider, run the tool with the output and the number of the new version, then compare `hvn/rehearsal/tables/`
with the new schema.
"""

import argparse
import json
import pathlib
import re
import sys
from collections.abc import Iterator, Mapping
from typing import Any

FOLDER = pathlib.Path(__file__).parents[1] / "hvn" / "rehearsal" / "schemas"

# Regular expressions that match the whole name of a resource type or data source.
KEPT: Mapping[str, str] = {
    "azuread": r"azuread_(application|application_federated_identity_credential|client_config|group|group_member|"
    r"service_principal|app_role_assignment)",
    "azurerm": r"azurerm_(bastion_host|client_config|container_registry|dns_zone|federated_identity_credential|"
    r"firewall|firewall_policy|firewall_policy_rule_collection_group|ip_group|ip_group_cidr|key_.*|"
    r"kubernetes_cluster|kubernetes_cluster_node_pool|log_analytics_workspace|management_lock|"
    r"monitor_(action_group|activity_log_alert|diagnostic_setting|metric_alert)|"
    r"nat_gateway|nat_gateway_public_ip(_prefix)?_association|network_(ddos_protection_plan|interface|watcher|"
    r"watcher_flow_log|security_group|security_rule)|private_dns_.*|private_endpoint|public_ip|public_ip_prefix|"
    r"resource_group|role_assignment|role_definition|route|route_table|subnet|subnet_.*|subscription|"
    r"storage_account|storage_container|user_assigned_identity|virtual_network|virtual_network_.*)",
    "hcp": r"hcp_.*",
    "helm": r"helm_.*",
    "kubernetes": r"kubernetes_(all_namespaces|cluster_role_v1|cluster_role_binding_v1|config_map_v1|manifest|"
    r"namespace_v1|network_policy_v1|resource|resources|resource_quota_v1|role_v1|role_binding_v1|secret_v1|"
    r"server_version|service_account_v1)",
    "vault": r"vault_(audit|audit_request_header|auth_backend|azure_.*|database_.*|generic_.*|"
    r"identity_(entity|group).*|jwt_.*|kubernetes_auth_.*|kv_.*|mount|namespace|namespaces|password_policy|pki_.*|policy|policy_document|"
    r"quota_.*|token|transit_.*)",
}


def main() -> None:
    """Write the schema file of each provider that the command line names."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("output", type=pathlib.Path, help="the output of `terraform providers schema -json`")
    parser.add_argument("versions", nargs="+", metavar="PROVIDER=VERSION")
    parser.add_argument(
        "--engine",
        choices=["cdktf", "cdktn", "cdktn-azurerm-5"],
        default="cdktf",
        help="the engine with these providers",
    )
    arguments = parser.parse_args()
    schemas = json.loads(arguments.output.read_text(encoding="utf-8"))["provider_schemas"]
    by_name = {address.rpartition("/")[2]: schema for address, schema in schemas.items()}
    for pair in arguments.versions:
        provider, _, version = pair.partition("=")
        if provider not in by_name or provider not in KEPT or not version:
            sys.exit(f"{pair}: the output has {', '.join(sorted(by_name))}; write PROVIDER=VERSION")
        text = reduced(by_name[provider], provider, version)
        folder = FOLDER if arguments.engine == "cdktf" else FOLDER / arguments.engine
        (folder / f"{provider}.json").write_text(text, encoding="utf-8")
        print(f"{provider} {version}: {len(text) // 1024} KiB")


def reduced(schema: Mapping[str, Any], provider: str, version: str) -> str:
    """Return the text of a schema file: one type on each line, sorted."""
    parts = {"provider": json.dumps(provider), "version": json.dumps(version)}
    parts["provider_config"] = _compact(schema["provider"])
    for section in ("resource_schemas", "data_source_schemas"):
        parts[section] = "{\n" + ",\n".join(_types(schema.get(section, {}), KEPT[provider])) + "\n}"
    return "{\n" + ",\n".join(f"{json.dumps(name)}: {value}" for name, value in parts.items()) + "\n}\n"


def _types(schemas: Mapping[str, Any], kept: str) -> Iterator[str]:
    for name in sorted(schemas):
        if re.fullmatch(kept, name):
            yield f" {json.dumps(name)}: {_compact(schemas[name])}"


def _compact(schema: Any) -> str:
    return json.dumps(_without_descriptions(schema), sort_keys=True, separators=(",", ":"))


def _without_descriptions(schema: Mapping[str, Any]) -> dict[str, Any]:
    """Return a schema with only the members that the rehearsal reads."""
    return {"block": _block(schema["block"]), "version": schema.get("version", 0)}


def _block(block: Mapping[str, Any]) -> dict[str, Any]:
    reduced_block: dict[str, Any] = {}
    if block.get("attributes"):
        reduced_block["attributes"] = {name: _attribute(value) for name, value in block["attributes"].items()}
    if block.get("block_types"):
        reduced_block["block_types"] = {
            name: {**value, "block": _block(value["block"])} for name, value in block["block_types"].items()
        }
    return reduced_block


def _attribute(attribute: Mapping[str, Any]) -> dict[str, Any]:
    reduced_attribute = {name: value for name, value in attribute.items() if not name.startswith("description")}
    if "nested_type" in reduced_attribute:
        nested = reduced_attribute["nested_type"]
        reduced_attribute["nested_type"] = {
            "nesting_mode": nested["nesting_mode"],
            "attributes": {name: _attribute(value) for name, value in nested.get("attributes", {}).items()},
        }
    return reduced_attribute


if __name__ == "__main__":
    main()
