"""Test routes and firewall rules in several topologies."""

import pathlib
from ipaddress import IPv4Network
from typing import Any

import pytest
import yaml

from tests.conftest import Synth, Synthesized
from tests.stacks.resources import OURS, one, resources


def test_routes_to_the_hvn(built: Synthesized, written: Any) -> None:
    """A via-hub spoke has a route to the firewall. A direct spoke has no such route, so the peering's route applies."""
    for name, spoke in networks(written).items():
        tables = resources({"": built[f"network-{name}"]}, "azurerm_route_table")
        (table,) = (table for table in tables if table.name == "route_table")
        of_file = {route["destination"] for route in spoke.get("routes", {}).values()}
        routes = {
            route["address_prefix"]: route["next_hop_in_ip_address"]
            for route in table.arguments["route"]
            if route["address_prefix"] not in of_file
        }
        default = routes.pop("0.0.0.0/0")
        assert routes == (dict.fromkeys(hvns(written), default) if spoke["vault_route"] == "via-hub" else {})


def networks(written: Any) -> dict[str, Any]:
    """Return the spokes with their own VNet."""
    return {name: spoke for name, spoke in written["spokes"].items() if "vnet_of" not in spoke}


def hvns(written: Any) -> list[str]:
    """Return the ranges of the HVN and of the backup HVN."""
    return [hvn["cidr"] for hvn in (written["hvn"], written["hvn"].get("backup")) if hvn]


OWN, OPEN = "${azurerm_route_table.route_table.id}", "${azurerm_route_table.open_table.id}"


def test_each_subnet_of_a_spoke_has_a_route_table_and_an_nsg(built: Synthesized, written: Any) -> None:
    for workspace, stack in built.items():
        if workspace.startswith("network-"):
            described = written["spokes"][workspace.removeprefix("network-")].get("subnets", {})
            routes = [
                subnet["route"] for subnet in described.values() if isinstance(subnet, dict) and "route" in subnet
            ]
            nsgs, tables = zip(*attached(stack).values(), strict=True) if attached(stack) else ((), ())
            assert all(nsgs)
            assert len(tables) >= len(described)
            assert tables.count(OPEN) == routes.count("none")
            assert tables.count(OWN) == len(tables) - len(routes)
            for route in set(routes) - {"none"}:
                own, group = f"${{azurerm_route_table.route_table_{route}.id}}", route.partition("/")[0]
                assert any(table == own or f"/resourceGroups/{group}/" in table for table in tables)


def attached(stack: Any) -> dict[str, tuple[str, str]]:
    """Return the NSG and the route table of each subnet, inline or separate."""
    found = {
        subnet["name"]: (subnet["security_group"], subnet["route_table_id"])
        for vnet in resources({"": stack}, "azurerm_virtual_network")
        for subnet in vnet.arguments["subnet"]
    }
    nsgs, tables = (
        {one.arguments["subnet_id"]: one.arguments[argument] for one in resources({"": stack}, kind)}
        for kind, argument in (
            ("azurerm_subnet_network_security_group_association", "network_security_group_id"),
            ("azurerm_subnet_route_table_association", "route_table_id"),
        )
    )
    for subnet in resources({"": stack}, "azurerm_subnet"):
        id_ = f"${{{subnet.address}.id}}"
        found[subnet["name"]] = (nsgs[id_], tables[id_])
    return found


def test_a_direct_spoke_denies_connections_from_the_hvn(built: Synthesized, written: Any) -> None:
    """Only rules in the file with a priority below 150 take precedence over the rule that denies these connections."""
    for name, spoke in networks(written).items():
        for nsg in resources({"": built[f"network-{name}"]}, "azurerm_network_security_group"):
            own = [rule for rule in nsg.arguments["security_rule"] if rule["name"] == "hvn-in"]
            if spoke["vault_route"] != "direct":
                assert own == []
                continue
            (rule,) = own
            sources = rule.get("source_address_prefixes") or [rule["source_address_prefix"]]
            assert (rule["direction"], rule["access"], rule["protocol"]) == ("Inbound", "Deny", "*")
            assert (sources, rule["priority"]) == (hvns(written), 150)


@pytest.mark.parametrize("topology", OURS, ids=lambda file: file.stem)
def test_the_firewall_subnet_has_routes_only_for_remote_firewalls(topology: pathlib.Path, synth: Synth) -> None:
    hub = synth(topology)["hub"]
    (runners,) = (table for table in resources({"": hub}, "azurerm_route_table") if table.name == "route_table")
    of_hub = yaml.safe_load(topology.read_text(encoding="utf-8"))["hub"]
    of_file = of_hub.get("routes", {})
    prefixes = [route["address_prefix"] for route in runners.arguments["route"]]
    assert prefixes == ["0.0.0.0/0", *(route["destination"] for route in of_file.values())]
    by_name = attached(hub)
    assert ("${azurerm_network_security_group.nsg_runners.id}", OWN) in by_name.values()
    remote = any("firewall" in peering for peering in of_hub.get("peerings", {}).values())
    assert any(by_name["AzureFirewallSubnet"]) == remote
    gateway = {table.name: table.arguments for table in resources({"": hub}, "azurerm_route_table")}.get(
        "gateway_route_table"
    )
    # Inline routes would remove the routes of the spokes' workspaces.
    assert gateway is None or (gateway["bgp_route_propagation_enabled"] and "route" not in gateway)


def test_no_rule_allows_connections_from_the_hvn(built: Synthesized, written: Any) -> None:
    """The firewall is stateful, and Vault does not open connections to the spokes."""
    vaults, count = [IPv4Network(cidr) for cidr in hvns(written)], 0
    for group in resources(built, "azurerm_firewall_policy_rule_collection_group"):
        for kind in ("network_rule_collection", "application_rule_collection"):
            for rule in (rule for collection in group.arguments.get(kind, ()) for rule in collection["rule"]):
                assert rule["source_addresses"]
                sources = [IPv4Network(source) for source in rule["source_addresses"]]
                assert not any(source.overlaps(hvn) for source in sources for hvn in vaults), rule["name"]
                count += 1
    assert count >= 5 or "hub" not in built


def test_only_transit_pools_reach_vault_through_the_hub(built: Synthesized, written: Any) -> None:
    """Traffic through the hub needs forwarded traffic on the hub's peering, an appliance in the HVN's route, and a
    firewall rule."""
    hub = written["hub"]
    peered = "vault_peering" in hub
    assert ("peering-hub" in built) == peered
    if not peered:
        return
    transit = {written["address_pools"][pool] for pool in hub["vault_peering"].get("transit_pools", [])}
    transit |= {cidr for site in hub["vault_peering"].get("on_premises", []) for cidr in written["on_premises"][site]}
    peering = built["peering-hub"]
    for prefix in ("", "backup_")[: len(hvns(written))]:
        connection = one(peering, "hcp_azure_peering_connection", prefix)
        assert connection.arguments["allow_forwarded_traffic"] == bool(transit)
        routes = [
            route.arguments
            for route in resources({"": peering}, "hcp_hvn_route")
            if route.name.startswith("backup_") == bool(prefix)
        ]
        through_hub = {route["destination_cidr"]: route["azure_config"] for route in routes if "azure_config" in route}
        assert through_hub.keys() == transit
        for config in through_hub.values():
            assert config["next_hop_type"] == "VIRTUAL_APPLIANCE"
            assert config["next_hop_ip_address"] == firewall_address(built)
    if "hub" not in built:
        return
    groups = resources(built, "azurerm_firewall_policy_rule_collection_group")
    collections = [one for group in groups for one in group.arguments.get("network_rule_collection", ())]
    rules = [rule for collection in collections for rule in collection["rule"]]
    to_vault = [rule for rule in rules if rule.get("destination_addresses") == hvns(written)]
    assert {source for rule in to_vault for source in rule["source_addresses"]} == transit
    assert {port for rule in to_vault for port in rule["destination_ports"]} <= {"8200"}


def firewall_address(built: Synthesized) -> str:
    """Return the next hop, which must be the same in all route tables."""
    tables = resources(built, "azurerm_route_table")
    (address,) = {
        route["next_hop_in_ip_address"]
        for table in tables
        if table.name == "route_table"
        for route in table.arguments["route"]
        if route["next_hop_type"] == "VirtualAppliance"
    }
    return str(address)
