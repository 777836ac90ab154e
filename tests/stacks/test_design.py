"""What holds in every network that this project builds, read off the synthesized JSON of several topologies."""

import json
import os.path
import pathlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib import import_module
from inspect import signature
from ipaddress import IPv4Network
from itertools import combinations
from typing import Any

import pytest
import yaml

import main
from hvn.check.load import require
from tests.conftest import PROJECT, SAMPLE, Synth, Synthesized

EVERYTHING = PROJECT / "tests" / "topologies" / "everything.yaml"  # hub and spoke in subscriptions of their own
EXISTING = PROJECT / "tests" / "topologies" / "existing.yaml"
BASES = PROJECT / "tests" / "check" / "bases"
NO_TRANSIT = BASES / "cluster.yaml"  # the hub is peered with the HVN, for the runners only
NO_PEERING = BASES / "small.yaml"
OURS = (SAMPLE, EVERYTHING, NO_TRANSIT, NO_PEERING)  # nothing in them existed before
ALL = (*OURS, EXISTING)


@dataclass(frozen=True)
class Resource:
    """A resource or (with `data.` in its type) a data source, and the workspace that it is in."""

    stack: Mapping[str, Any]
    type: str
    name: str
    arguments: Mapping[str, Any]

    @property
    def address(self) -> str:
        return f"{self.type}.{self.name}"

    @property
    def subscription(self) -> str:
        """The subscription of its azurerm provider."""
        alias = self.arguments.get("provider", "azurerm").removeprefix("azurerm").removeprefix(".") or None
        (provider,) = (each for each in self.stack["provider"]["azurerm"] if each.get("alias") == alias)
        return str(provider["subscription_id"])

    def __getitem__(self, argument: str) -> str:
        """An argument; where it names another resource's, that one's."""
        value = self.arguments[argument]
        if match := re.fullmatch(r"\$\{(\w+)\.([\w-]+)\.(\w+)\}", value):
            kind, name, argument = match.groups()
            return Resource(self.stack, kind, name, self.stack["resource"][kind][name])[argument]
        return str(value)


def resources(built: Synthesized, *types: str) -> Iterator[Resource]:
    for stack in built.values():
        for section, prefix in (("resource", ""), ("data", "data.")):
            for kind, named in stack.get(section, {}).items():
                for name, arguments in named.items():
                    if not types or prefix + kind in types:
                        yield Resource(stack, prefix + kind, name, arguments)


def one(stack: Mapping[str, Any], kind: str) -> Resource:
    (found,) = resources({"": stack}, kind)
    return found


@pytest.fixture(scope="module", params=ALL, ids=lambda file: file.stem)
def file(request: pytest.FixtureRequest) -> pathlib.Path:
    path: pathlib.Path = request.param
    return path


@pytest.fixture(scope="module")
def built(file: pathlib.Path, synth: Synth) -> Synthesized:
    return synth(file)


@pytest.fixture(scope="module")
def written(file: pathlib.Path) -> Any:
    """The file as a person reads it."""
    return yaml.safe_load(file.read_text(encoding="utf-8"))


# --- Names and places

IDS = {
    "azurerm_resource_group": "",
    "azurerm_virtual_network": "/providers/Microsoft.Network/virtualNetworks/{name}",
    "azurerm_subnet": "/providers/Microsoft.Network/virtualNetworks/{virtual_network_name}/subnets/{name}",
    "azurerm_route_table": "/providers/Microsoft.Network/routeTables/{name}",
    "azurerm_private_dns_zone": "/providers/Microsoft.Network/privateDnsZones/{private_dns_zone_name}",
    "azurerm_kubernetes_cluster": "/providers/Microsoft.ContainerService/managedClusters/{name}",
}
# By what an argument names: the type that has to be there.
PLACES = {
    "resource_group_name": "azurerm_resource_group",
    "virtual_network_name": "azurerm_virtual_network",
    "private_dns_zone_name": "azurerm_private_dns_zone",
}


def azure_id(each: Resource, kind: str, **names: str) -> str:
    return f"/subscriptions/{each.subscription}/resourceGroups/{each['resource_group_name']}{IDS[kind].format(**names)}"


def created(built: Synthesized) -> set[str]:
    """The ids of what the workspaces create; of the types that others refer to."""
    found = set()
    for each in resources(built, *IDS):
        if each.type == "azurerm_resource_group":
            found.add(f"/subscriptions/{each.subscription}/resourceGroups/{each['name']}")
        else:
            names = {"name": each["name"], "private_dns_zone_name": each["name"]}
            if "virtual_network_name" in each.arguments:
                names["virtual_network_name"] = each["virtual_network_name"]
            found.add(azure_id(each, each.type, **names))
    return found


@pytest.mark.parametrize("topology", OURS, ids=lambda file: file.stem)
def test_every_azure_id_is_that_of_something_a_workspace_creates(topology: pathlib.Path, synth: Synth) -> None:
    built = synth(topology)
    named = re.findall(r"/subscriptions/[0-9a-f-]{36}(?:/[\w.()-]+)+", json.dumps(list(built.values())))
    assert len(named) > 3 or topology == NO_PEERING
    assert {each.rstrip(".") for each in named} <= created(built)


@pytest.mark.parametrize("topology", OURS, ids=lambda file: file.stem)
def test_everything_lies_in_a_group_network_or_zone_of_its_provider_s_subscription(
    topology: pathlib.Path, synth: Synth
) -> None:
    built = synth(topology)
    there, placed = created(built), 0
    for each in resources(built):
        if "azurerm_" in each.type and "resource_group_name" in each.arguments:
            for argument, kind in PLACES.items():
                if argument in each.arguments:
                    assert azure_id(each, kind, name=each[argument], **{argument: each[argument]}) in there, (
                        each.address
                    )
                    placed += 1
    assert placed > 10


def test_the_hub_s_half_of_a_peering_and_the_zone_link_are_written_in_the_hub_s_subscription(synth: Synth) -> None:
    network = synth(EVERYTHING)["network-payments"]
    subscriptions = {each.address: each.subscription for each in resources({"": network})}
    in_hub = {address for address, subscription in subscriptions.items() if subscription.startswith("66666666")}
    assert {address.split(".")[0] for address in in_hub} == {
        "azurerm_virtual_network_peering",
        "azurerm_private_dns_zone_virtual_network_link",
    }
    assert len(in_hub) == 2
    assert {subscriptions[address][:8] for address in subscriptions.keys() - in_hub} == {"77777777"}


def test_state_lies_beside_the_output_folder_whatever_its_path_in_a_folder_of_the_topology() -> None:
    for topology, name in ((SAMPLE, "platform"), (NO_TRANSIT, "small"), (NO_PEERING, "small")):
        paths = {each.id: each.inputs.backend for each in require(topology).workspaces() if each.inputs}
        for workspace, backend in paths.items():
            path = getattr(backend, "path")  # noqa: B009 - these three have the local backend
            assert os.path.normpath(f"/any/out/stacks/{workspace}/{path}") == f"/any/state/{name}/{workspace}.tfstate"


# --- Tags


@pytest.mark.parametrize("topology", [SAMPLE, EVERYTHING], ids=lambda file: file.stem)
def test_everything_that_takes_tags_is_tagged(topology: pathlib.Path, synth: Synth) -> None:
    tags = yaml.safe_load(topology.read_text(encoding="utf-8"))["azure"]["tags"]
    untagged, tagged = [], set()
    for each in resources(synth(topology)):
        if each.type.startswith("azurerm_") and takes_tags(each.type):
            tagged.add(each.type)
            pools = [each.arguments["default_node_pool"]] if "default_node_pool" in each.arguments else []
            untagged += [each.address for part in (each.arguments, *pools) if part.get("tags") != tags]
    assert untagged == []
    assert len(tagged) >= 9


def takes_tags(kind: str) -> bool:
    """Whether the resource's class of the bindings has the argument."""
    name = kind.removeprefix("azurerm_")
    resource = getattr(import_module(f"cdktf_cdktf_provider_azurerm.{name}"), name.title().replace("_", ""))
    return "tags" in signature(resource.__init__).parameters


# --- Routes


def test_routes_to_the_hvn(built: Synthesized, written: Any) -> None:
    """A via-hub spoke has one, to the firewall; a direct one must not: the peering's own route has to win."""
    hvn = IPv4Network(written["hvn"]["cidr"])
    for name, spoke in written["spokes"].items():
        table = one(built[f"network-{name}"], "azurerm_route_table")
        routes = {route["address_prefix"]: route["next_hop_in_ip_address"] for route in table.arguments["route"]}
        default = routes.pop("0.0.0.0/0")
        assert routes == ({str(hvn): default} if spoke["vault_route"] == "via-hub" else {})


def test_every_subnet_of_a_spoke_has_its_route_table(built: Synthesized) -> None:
    for workspace, stack in built.items():
        if workspace.startswith("network-"):
            subnets = {f"${{{each.address}.id}}" for each in resources({"": stack}, "azurerm_subnet")}
            routed = [each.arguments for each in resources({"": stack}, "azurerm_subnet_route_table_association")]
            assert {each["subnet_id"] for each in routed} == subnets
            assert len(routed) == len(subnets)


@pytest.mark.parametrize("topology", OURS, ids=lambda file: file.stem)
def test_the_runners_have_the_default_route_alone_and_the_firewall_none(topology: pathlib.Path, synth: Synth) -> None:
    hub = synth(topology)["hub"]
    (table,) = resources({"": hub}, "azurerm_route_table")
    assert [route["address_prefix"] for route in table.arguments["route"]] == ["0.0.0.0/0"]
    (association,) = resources({"": hub}, "azurerm_subnet_route_table_association")
    subnet = re.fullmatch(r"\$\{azurerm_subnet\.(\w+)\.id\}", association.arguments["subnet_id"])
    assert subnet
    assert hub["resource"]["azurerm_subnet"][subnet[1]]["name"] == "runners"


def test_no_rule_lets_the_hvn_in(built: Synthesized, written: Any) -> None:
    """The firewall is stateful, and Vault opens no connection to the spokes."""
    hvn, seen = IPv4Network(written["hvn"]["cidr"]), 0
    for each in resources(built, "azurerm_firewall_policy_rule_collection_group"):
        for collection in (*each.arguments["network_rule_collection"], *each.arguments["application_rule_collection"]):
            for rule in collection["rule"]:
                assert rule["source_addresses"]
                assert not any(IPv4Network(source).overlaps(hvn) for source in rule["source_addresses"]), rule["name"]
                seen += 1
    assert seen > 5 or "hub" not in built


def test_only_transit_pools_reach_vault_through_the_hub(built: Synthesized, written: Any) -> None:
    """What that takes: forwarded traffic on the hub's peering, an appliance in the HVN's route, a firewall rule."""
    hub = written["hub"]
    peered = "vault_peering" in hub
    assert ("peering-hub" in built) == peered
    if not peered:
        return
    transit = {written["address_pools"][pool] for pool in hub["vault_peering"].get("transit_pools", [])}
    peering = built["peering-hub"]
    assert one(peering, "hcp_azure_peering_connection").arguments["allow_forwarded_traffic"] == bool(transit)
    routes = [each.arguments for each in resources({"": peering}, "hcp_hvn_route")]
    behind = {each["destination_cidr"]: each["azure_config"] for each in routes if "azure_config" in each}
    assert behind.keys() == transit
    for config in behind.values():
        assert config["next_hop_type"] == "VIRTUAL_APPLIANCE"
        assert config["next_hop_ip_address"] == firewall_address(built)
    for each in resources(built, "azurerm_firewall_policy_rule_collection_group"):
        rules = [rule for collection in each.arguments["network_rule_collection"] for rule in collection["rule"]]
        to_vault = [rule for rule in rules if rule.get("destination_addresses") == [written["hvn"]["cidr"]]]
        assert {source for rule in to_vault for source in rule["source_addresses"]} == transit
        assert {port for rule in to_vault for port in rule["destination_ports"]} <= {"8200"}


def firewall_address(built: Synthesized) -> str:
    """The next hop that all route tables share."""
    tables = resources(built, "azurerm_route_table")
    (address,) = {route["next_hop_in_ip_address"] for table in tables for route in table.arguments["route"]}
    return str(address)


# --- Order, rights, secrets


def test_a_peering_is_granted_then_awaited_then_routed(built: Synthesized) -> None:
    for workspace, stack in built.items():
        if workspace.startswith("peering-"):
            peering = one(stack, "hcp_azure_peering_connection")
            granted = one(stack, "azurerm_role_assignment")
            active = one(stack, "data.hcp_azure_peering_connection")
            assert granted.address in active.arguments["depends_on"]
            assert active.arguments["wait_for_active_state"] is True
            (condition,) = active.arguments["lifecycle"]["postcondition"]
            assert condition["condition"] == '${self.state == "ACTIVE"}'
            routes = list(resources({"": stack}, "hcp_hvn_route"))
            assert routes
            for route in routes:
                assert active.address in route.arguments["depends_on"]
                assert route.arguments["target_link"] == f"${{{peering.address}.self_link}}"


def test_hcp_may_do_three_things_on_the_one_vnet(built: Synthesized) -> None:
    network = "Microsoft.Network/virtualNetworks"
    for workspace, stack in built.items():
        if workspace.startswith("peering-"):
            peering = one(stack, "hcp_azure_peering_connection").arguments
            vnet = (
                f"/subscriptions/{peering['peer_subscription_id']}/resourceGroups/{peering['peer_resource_group_name']}"
                f"/providers/{network}/{peering['peer_vnet_name']}"
            )
            role = one(stack, "azurerm_role_definition").arguments
            (permissions,) = role["permissions"]
            assert permissions == {
                "actions": [
                    f"{network}/peer/action",
                    f"{network}/virtualNetworkPeerings/read",
                    f"{network}/virtualNetworkPeerings/write",
                ]
            }
            assert (role["scope"], role["assignable_scopes"]) == (vnet, [vnet])
            assert one(stack, "azurerm_role_assignment").arguments["scope"] == vnet


def test_a_cluster_comes_after_its_rights_on_network_routes_and_zone(built: Synthesized) -> None:
    for cluster in resources(built, "azurerm_kubernetes_cluster"):
        rights = list(resources({"": cluster.stack}, "azurerm_role_assignment"))
        assert {each.address for each in rights} <= set(cluster.arguments["depends_on"])
        scopes = {each.arguments["scope"] for each in rights}
        vnet = cluster.arguments["default_node_pool"]["vnet_subnet_id"].partition("/subnets/")[0]
        assert {vnet, cluster.arguments["private_dns_zone_id"]} <= scopes
        assert any("/routeTables/" in scope for scope in scopes)


def test_what_writes_to_the_hub_s_vnet_runs_one_after_another(file: pathlib.Path, tmp_path: pathlib.Path) -> None:
    """Azure refuses concurrent changes of a VNet's peerings, and azurerm's lock ends at its process."""
    after = dependencies(file, tmp_path)
    writers = [each for each in after if each in ("hub", "peering-hub") or writes_hub_half(tmp_path, each)]
    assert len(writers) > 1 or file == NO_PEERING
    for first, second in combinations(writers, 2):
        assert first in all_before(after, second) or second in all_before(after, first)


def test_a_selection_waits_only_for_what_is_in_it(tmp_path: pathlib.Path) -> None:
    after = dependencies(SAMPLE, tmp_path, "aks-orders", "network-orders", "network-payments")
    assert after["network-orders"] == set()
    assert after["network-payments"] == {"network-orders"}
    assert after["aks-orders"] == {"network-orders"}


def dependencies(file: pathlib.Path, output: pathlib.Path, *only: str) -> dict[str, set[str]]:
    """What each stack is deployed after, as cdktf reads it."""
    wanted = [each for each in require(file).workspaces() if each.inputs and (not only or each.id in only)]
    main.synthesize(wanted, str(output))
    stacks = json.loads((output / "manifest.json").read_text(encoding="utf-8"))["stacks"]
    return {name: set(stack["dependencies"]) for name, stack in stacks.items()}


def all_before(after: Mapping[str, set[str]], workspace: str) -> set[str]:
    return after[workspace].union(*(all_before(after, each) for each in after[workspace]))


def writes_hub_half(output: pathlib.Path, workspace: str) -> bool:
    stack = json.loads((output / "stacks" / workspace / "cdk.tf.json").read_text(encoding="utf-8"))
    peerings = resources({"": stack}, "azurerm_virtual_network_peering")
    return any(each.arguments.get("provider") == "azurerm.hub" for each in peerings)


SECRET = re.compile(r"password|secret|token|credential|(access|account|client|private|shared|api)_key|certificate|sas_")
HARMLESS = {"token_ttl", "token_max_ttl", "token_policies", "token_type"}


def test_nothing_secret_is_written(built: Synthesized) -> None:
    """What looks like a secret is at most a reference to what Terraform reads when it runs."""
    assert "PRIVATE KEY" not in json.dumps(built)
    for workspace, stack in built.items():
        for key, value in scalars({name: stack.get(name, {}) for name in ("provider", "resource", "data", "output")}):
            if SECRET.search(key) and key not in HARMLESS:
                assert re.fullmatch(r"\$\{.*\}", str(value)), (workspace, key)


def scalars(value: Any, key: str = "") -> Iterator[tuple[str, Any]]:
    if isinstance(value, Mapping):
        for name, inner in value.items():
            yield from scalars(inner, name)
    elif isinstance(value, list):
        for inner in value:
            yield from scalars(inner, key)
    else:
        yield key, value


def test_vault_is_private_and_cannot_be_destroyed_by_mistake(built: Synthesized) -> None:
    for each in resources(built, "hcp_hvn", "hcp_vault_cluster", "vault_mount"):
        assert each.arguments["lifecycle"]["prevent_destroy"] is True
    for each in resources(built, "hcp_vault_cluster"):
        assert each.arguments["public_endpoint"] is False
        assert "min_vault_version" not in each.arguments, "changing it replaces the cluster"
