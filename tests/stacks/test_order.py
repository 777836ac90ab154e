"""Test dependencies, permissions and secrets in several topologies."""

import json
import pathlib
import re
from collections.abc import Iterator, Mapping
from itertools import combinations
from typing import Any

import main
from hvn.check.load import require
from tests.conftest import SAMPLE, Synthesized
from tests.stacks.resources import NO_PEERING, one, resources


def new_peerings(built: Synthesized) -> Iterator[tuple[Any, str]]:
    """Yield each workspace with a new HVN peering and the prefix of the peering's resources: `backup_` for the backup
    HVN."""
    for stack in built.values():
        for peering in resources({"": stack}, "hcp_azure_peering_connection"):
            yield stack, "backup_" if peering.name.startswith("backup_") else ""


def test_a_peering_is_followed_by_role_wait_and_route(built: Synthesized) -> None:
    for stack, prefix in new_peerings(built):
        peering = one(stack, "hcp_azure_peering_connection", prefix)
        granted = one(stack, "azurerm_role_assignment", prefix)
        active = one(stack, "data.hcp_azure_peering_connection", prefix)
        assert granted.address in active.arguments["depends_on"]
        assert active.arguments["wait_for_active_state"] is True
        (condition,) = active.arguments["lifecycle"]["postcondition"]
        assert condition["condition"] == '${self.state == "ACTIVE"}'
        routes = [
            route
            for route in resources({"": stack}, "hcp_hvn_route")
            if route.name.startswith("backup_") == bool(prefix)
        ]
        assert routes
        for route in routes:
            assert active.address in route.arguments["depends_on"]
            assert route.arguments["target_link"] == f"${{{peering.address}.self_link}}"


def test_every_peering_workspace_waits_for_its_peering(built: Synthesized) -> None:
    for workspace, stack in built.items():
        if workspace.startswith("peering-"):
            assert one(stack, "data.hcp_azure_peering_connection").arguments["wait_for_active_state"] is True


def test_hcp_has_three_permissions_on_the_vnet_only(built: Synthesized) -> None:
    network = "Microsoft.Network/virtualNetworks"
    for stack, prefix in new_peerings(built):
        peering = one(stack, "hcp_azure_peering_connection", prefix).arguments
        vnet = (
            f"/subscriptions/{peering['peer_subscription_id']}/resourceGroups/{peering['peer_resource_group_name']}"
            f"/providers/{network}/{peering['peer_vnet_name']}"
        )
        role = one(stack, "azurerm_role_definition", prefix).arguments
        (permissions,) = role["permissions"]
        assert permissions == {
            "actions": [
                f"{network}/peer/action",
                f"{network}/virtualNetworkPeerings/read",
                f"{network}/virtualNetworkPeerings/write",
            ]
        }
        assert (role["scope"], role["assignable_scopes"]) == (vnet, [vnet])
        assert one(stack, "azurerm_role_assignment", prefix).arguments["scope"] == vnet


def test_a_cluster_depends_on_its_roles_on_vnet_route_table_and_zone(built: Synthesized) -> None:
    for cluster in resources(built, "azurerm_kubernetes_cluster"):
        # The nodes' identity, which pulls images, exists only after AKS has created the cluster.
        assignments = [
            assignment
            for assignment in resources({"": cluster.stack}, "azurerm_role_assignment")
            if assignment.arguments["role_definition_name"] != "AcrPull"
        ]
        assert {assignment.address for assignment in assignments} <= set(cluster.arguments["depends_on"])
        scopes = {assignment.arguments["scope"] for assignment in assignments}
        vnet = cluster.arguments["default_node_pool"]["vnet_subnet_id"].partition("/subnets/")[0]
        assert {vnet, cluster.arguments["private_dns_zone_id"]} <= scopes
        assert any("/routeTables/" in scope for scope in scopes)


def test_workspaces_that_write_to_the_hubs_vnet_run_one_after_another(
    file: pathlib.Path, tmp_path: pathlib.Path
) -> None:
    """Azure refuses concurrent changes of a VNet's peerings, and azurerm locks only within its own process."""
    after = dependencies(file, tmp_path)
    writers = [id_ for id_ in after if id_ in ("hub", "peering-hub") or writes_hub_half(tmp_path, id_)]
    assert len(writers) > 1 or file == NO_PEERING
    for first, second in combinations(writers, 2):
        assert first in all_before(after, second) or second in all_before(after, first)


def test_a_selection_depends_on_its_own_workspaces_only(tmp_path: pathlib.Path) -> None:
    after = dependencies(SAMPLE, tmp_path, "aks-orders", "network-orders", "network-payments")
    assert after["network-orders"] == set()
    assert after["network-payments"] == {"network-orders"}
    assert after["aks-orders"] == {"network-orders"}


def dependencies(file: pathlib.Path, output: pathlib.Path, *only: str) -> dict[str, set[str]]:
    """Return the dependencies of each stack in cdktf's manifest."""
    workspaces = [one for one in require(file).workspaces() if one.inputs and (not only or one.id in only)]
    main.synthesize(workspaces, str(output))
    stacks = json.loads((output / "manifest.json").read_text(encoding="utf-8"))["stacks"]
    return {name: set(stack["dependencies"]) for name, stack in stacks.items()}


def all_before(after: Mapping[str, set[str]], workspace: str) -> set[str]:
    """Return the direct and indirect dependencies of a workspace."""
    return after[workspace].union(*(all_before(after, id_) for id_ in after[workspace]))


def writes_hub_half(output: pathlib.Path, workspace: str) -> bool:
    """Return whether a workspace contains the hub's half of a peering."""
    stack = json.loads((output / "stacks" / workspace / "cdk.tf.json").read_text(encoding="utf-8"))
    peerings = resources({"": stack}, "azurerm_virtual_network_peering")
    return any(peering.arguments.get("provider") == "azurerm.hub" for peering in peerings)


SECRET = re.compile(r"password|secret|token|credential|(access|account|client|private|shared|api)_key|certificate|sas_")
HARMLESS = {
    "allow_wildcard_certificates",
    "cloudwatch_access_key_id",
    "token_ttl",
    "token_max_ttl",
    "token_policies",
    "token_type",
}


def test_no_secret_is_written(built: Synthesized) -> None:
    """An argument with a name that suggests a secret may contain only a reference."""
    assert "PRIVATE KEY" not in json.dumps(built)
    for workspace, stack in built.items():
        for key, value in scalars({name: stack.get(name, {}) for name in ("provider", "resource", "data", "output")}):
            if SECRET.search(key) and key not in HARMLESS:
                assert re.fullmatch(r"\$\{.*\}", str(value)), (workspace, key)


def scalars(value: Any, key: str = "") -> Iterator[tuple[str, Any]]:
    """Yield all strings, numbers and booleans, with their keys."""
    if isinstance(value, Mapping):
        for name, inner in value.items():
            yield from scalars(inner, name)
    elif isinstance(value, list):
        for inner in value:
            yield from scalars(inner, key)
    else:
        yield key, value


def test_vault_is_private_and_has_prevent_destroy(built: Synthesized) -> None:
    for resource in resources(built, "hcp_hvn", "hcp_vault_cluster", "vault_mount"):
        assert resource.arguments["lifecycle"]["prevent_destroy"] is True
    for cluster in resources(built, "hcp_vault_cluster"):
        assert cluster.arguments["public_endpoint"] is False
        assert "min_vault_version" not in cluster.arguments, "changing it replaces the cluster"
