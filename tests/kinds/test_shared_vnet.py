"""With `vnet_of`, the cluster of a spoke is in the VNet of another spoke."""

import pathlib
from collections.abc import Mapping

import pytest

from hvn.check.load import require
from hvn.graph.build import picture
from hvn.kinds.aks.inputs import AksInputs
from hvn.kinds.network.inputs import NetworkInputs
from hvn.kinds.workspace import Workspace, by_id
from hvn.reach.answer import reach
from hvn.reach.build import build
from hvn.reach.find import named
from tests.conftest import SAMPLE

BASE = SAMPLE.read_text(encoding="utf-8")
SUBNET = "    subnets: {blue: 10.65.16.0/20}\n"
EXISTING = (
    "existing: {cluster_id: /subscriptions/22222222-2222-4222-8222-222222222222/resourceGroups/rg-blue/providers/"
    "Microsoft.ContainerService/managedClusters/aks-blue, node_cidrs: [10.65.16.0/20]}"
)
NEW = 'kubernetes_version: "1.36", node_subnet: blue, node_pool: {vm_size: Standard_D4s_v5, min_count: 2, max_count: 3}'
APPS = "vault_login: {keys: issuer}, apps: {web: {namespace: web, secrets: [{path: web, destination: web}]}}"


def shared(cluster: str = NEW, *, subnet: str = SUBNET, route: str = "direct") -> str:
    """Return the sample with a second cluster in the VNet of `orders`."""
    place = "    cidr: 10.65.0.0/16\n    vault_route: direct\n"
    assert place in BASE
    text = BASE.replace(place, f"    cidr: 10.65.0.0/16\n    vault_route: {route}\n{subnet}")
    return f"{text}\n  orders-blue:\n    vnet_of: orders\n    cluster: {{{cluster}, {APPS}}}\n"


def workspaces(folder: pathlib.Path, text: str) -> Mapping[str, Workspace]:
    file = folder / "topology.yaml"
    file.write_text(text, encoding="utf-8")
    return by_id(require(file).workspaces())


def network(built: Mapping[str, Workspace]) -> NetworkInputs:
    inputs = built["network-orders"].inputs
    assert isinstance(inputs, NetworkInputs)
    return inputs


@pytest.mark.parametrize("cluster", [NEW, EXISTING], ids=["new", "existing"])
def test_a_second_cluster_changes_only_the_network_of_the_vnet(tmp_path: pathlib.Path, cluster: str) -> None:
    before, after = workspaces(tmp_path, BASE), workspaces(tmp_path, shared(cluster))
    new = {"vault-auth-orders-blue", "vso-orders-blue", "secrets-orders-blue"}
    new |= {"aks-orders-blue"} if cluster is NEW else set()
    assert after.keys() - before.keys() == new
    assert {id_ for id_, one in before.items() if after[id_] != one} == {"network-orders"}
    assert list(after).index("network-orders") < min(list(after).index(id_) for id_ in new)


def test_the_cluster_uses_the_network_of_the_other_spoke(tmp_path: pathlib.Path) -> None:
    built = workspaces(tmp_path, shared())
    workspace, other = built["aks-orders-blue"], built["aks-orders"].inputs
    inputs, of_network = workspace.inputs, network(built)
    assert isinstance(inputs, AksInputs)
    assert isinstance(other, AksInputs)
    assert (inputs.vnet, inputs.group, inputs.route_table) == (other.vnet, other.group, other.route_table)
    assert inputs.node_pool.subnet.id in {subnet.id for subnet in of_network.subnets}
    assert inputs.node_pool.subnet.id != other.node_pool.subnet.id
    own = ("cluster", "identity", "node_group", "dns_prefix")
    assert [getattr(inputs, name) for name in own] != [getattr(other, name) for name in own]
    assert all(getattr(inputs, name) != getattr(other, name) for name in own)
    assert "network-orders" in workspace.after
    assert workspace.writes == built["aks-orders"].writes
    assert "peering-orders" in built["vso-orders-blue"].after


def test_each_cluster_has_its_own_nsg_and_firewall_rules(tmp_path: pathlib.Path) -> None:
    inputs = network(workspaces(tmp_path, shared()))
    sources = {
        subnet.key: {
            source for rule in subnet.security_group.rules or () if rule.priority == 110 for source in rule.sources
        }
        for subnet in inputs.subnets
    }
    assert sources == {
        "nodes": {"10.65.0.0/20", "100.64.0.0/16"},
        "blue": {"10.65.16.0/20", "100.64.0.0/16"},
    }
    assert inputs.rules
    rules = {rule.name: rule.sources for rule in inputs.rules.group.application_rules}
    assert rules["cluster.aks"] == ("10.65.0.0/20",)
    assert rules["cluster.orders-blue.aks"] == ("10.65.16.0/20",)
    assert rules["cluster.orders-blue.vso-images"] == ("10.65.16.0/20",)


def test_a_network_without_its_own_cluster_has_the_rules_of_the_other_cluster(tmp_path: pathlib.Path) -> None:
    place = "  analytics: # reaches Vault through the hub's firewall\n    cidr: 10.96.0.0/20\n"
    assert place in BASE
    text = f"{BASE}\n  blue:\n    vnet_of: analytics\n    cluster: {{{NEW.replace('blue', 'jobs')}, {APPS}}}\n"
    built = workspaces(tmp_path, text)
    inputs = built["network-analytics"].inputs
    assert isinstance(inputs, NetworkInputs)
    assert inputs.rules
    assert {rule.name.split(".")[1] for rule in inputs.rules.group.application_rules} == {"blue"}
    assert "peering-hub" in built["vso-blue"].after


@pytest.mark.parametrize("cluster", [NEW, EXISTING], ids=["new", "existing"])
def test_reach_and_picture_show_the_cluster_in_the_vnet(tmp_path: pathlib.Path, cluster: str) -> None:
    file = tmp_path / "topology.yaml"
    file.write_text(shared(cluster), encoding="utf-8")
    checked = require(file)
    network = build(checked.topology)
    (answer,) = reach(network, "orders-blue", "vault", 8200)
    assert named(network, "orders-blue") == named(network, "spokes.orders-blue.cluster")
    assert (answer.source.network, str(answer.source.cidr), answer.verdict) == ("orders", "10.65.16.0/20", "reaches")
    boxes = {box.id: box for box in picture(checked.topology, checked.workspaces(), lambda _: 1).boxes}
    assert boxes["spokes.orders-blue.cluster"].inside == "spokes.orders"
    assert boxes["spokes.orders-blue.cluster.apps.web"].inside == "spokes.orders-blue.cluster"
    assert "spokes.orders-blue" not in boxes


def test_the_network_comes_before_a_cluster_with_an_earlier_name(tmp_path: pathlib.Path) -> None:
    built = workspaces(tmp_path, shared().replace("  orders-blue:", "  blue:"))
    order = list(built)
    assert order.index("network-orders") < order.index("aks-blue")
