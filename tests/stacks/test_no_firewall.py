"""With a hub without a firewall, workspaces have no route to a firewall and no policy, and clusters have a load
balancer."""

import pathlib
from collections import Counter
from typing import Any

import pytest
import yaml

from hvn.check.load import require
from hvn.reach.answer import reach
from hvn.reach.build import build
from hvn.topology.manual_steps import manual_steps
from hvn.topology.model import NatGateway, NewHub
from tests.conftest import Synth, Synthesized
from tests.reach.test_drift import assert_same_answers
from tests.stacks.resources import BASES
from tests.strategies import dump

NO_FIREWALL = BASES / "no-firewall.yaml"


@pytest.fixture(scope="module")
def built(synth: Synth) -> Synthesized:
    return synth(NO_FIREWALL)


def counts(built: Synthesized, workspace: str) -> Counter[str]:
    return Counter({kind: len(named) for kind, named in built[workspace]["resource"].items()})


def subnets(built: Synthesized, workspace: str) -> dict[str, tuple[str | None, bool]]:
    """Return the route table and the default outbound access of each subnet."""
    (vnet,) = built[workspace]["resource"]["azurerm_virtual_network"].values()
    return {one["name"]: (one["route_table_id"], one["default_outbound_access_enabled"]) for one in vnet["subnet"]}


def test_the_hub_has_no_firewall_and_no_route_table(built: Synthesized) -> None:
    assert counts(built, "hub") == {
        "azurerm_network_security_group": 2,
        "azurerm_private_dns_zone": 1,
        "azurerm_private_dns_zone_virtual_network_link": 1,
        "azurerm_resource_group": 1,
        "azurerm_virtual_network": 1,
    }
    assert subnets(built, "hub") == {"runners": (None, False), "jump": (None, False), "GatewaySubnet": (None, True)}
    assert set(built["hub"]["output"]) == {"vnet_id", "aks_zone_id"}


def test_only_a_subnet_with_route_none_has_a_route_table(built: Synthesized) -> None:
    assert "azurerm_route_table" not in built["network-search"]["resource"]
    tables = built["network-orders"]["resource"]["azurerm_route_table"]
    assert {name: table.get("route") for name, table in tables.items()} == {"open_table": None}
    assert tables["open_table"]["bgp_route_propagation_enabled"]
    open_table = "${azurerm_route_table.open_table.id}"
    assert subnets(built, "network-orders") == {
        "nodes": (None, False),
        "app": (None, False),
        "sql": (open_table, False),
    }
    assert (
        not {"azurerm_route", "azurerm_firewall_policy_rule_collection_group"} & counts(built, "network-orders").keys()
    )


@pytest.mark.parametrize(("flag", "learns"), [({}, True), ({"bgp_route_propagation": False}, False)])
def test_a_table_with_routes_keeps_the_routes_of_the_gateway_by_default(
    flag: dict[str, bool], learns: bool, synth: Synth, tmp_path: pathlib.Path
) -> None:
    data = yaml.safe_load(NO_FIREWALL.read_text(encoding="utf-8"))
    data["spokes"]["search"] |= flag
    data["spokes"]["search"]["routes"] = {"partner": {"destination": "10.250.0.0/16", "next_hop": "10.0.1.9"}}
    file = tmp_path / "topology.yaml"
    file.write_text(dump(data), encoding="utf-8")
    (table,) = synth(file, only=["network-search"])["network-search"]["resource"]["azurerm_route_table"].values()
    assert table["bgp_route_propagation_enabled"] is learns
    assert [route["name"] for route in table["route"]] == ["partner"]


def test_a_cluster_gets_a_load_balancer_and_no_permission_on_routes(built: Synthesized) -> None:
    resources: dict[str, Any] = built["aks-orders"]["resource"]
    (cluster,) = resources["azurerm_kubernetes_cluster"].values()
    assert cluster["network_profile"]["outbound_type"] == "loadBalancer"
    assert set(resources["azurerm_role_assignment"]) == {"may_write_zone", "may_join_network"}


def test_reach_agrees_with_the_terraform(synth: Synth) -> None:
    counts = assert_same_answers(NO_FIREWALL, synth)
    assert counts["reaches"] > 0
    assert counts["blocked"] > 0


@pytest.mark.parametrize(
    ("source", "destination", "port", "verdict"),
    [
        ("orders/nodes", "vault", 8200, "reaches"),
        ("runners", "vault", 8200, "reaches"),
        ("runners", "orders/nodes", 443, "reaches"),
        ("search", "vault", 8200, "blocked"),
        ("search", "orders/app", 443, "blocked"),
        ("on_premises.tokyo", "orders/app", 443, "unknown"),
        ("on_premises.tokyo", "search", 443, "blocked"),
        ("on_premises.tokyo", "vault", 8200, "blocked"),
    ],
)
def test_a_peering_is_not_transitive(source: str, destination: str, port: int, verdict: str) -> None:
    network = build(require(NO_FIREWALL).topology)
    assert [answer.verdict for answer in reach(network, source, destination, port)] == [verdict]


def test_a_spoke_without_use_remote_gateways_has_no_route_to_on_premises_networks() -> None:
    (blocked,) = reach(build(require(NO_FIREWALL).topology), "search", "on_premises.tokyo", 443)
    assert blocked.blocked_by == "no route of search leads to 10.200.0.0/16: search does not have use_remote_gateways"


def test_routes_of_the_hub_keep_the_routes_of_the_gateway(synth: Synth, tmp_path: pathlib.Path) -> None:
    data = yaml.safe_load(NO_FIREWALL.read_text(encoding="utf-8"))
    data["hub"]["routes"] = {"partner": {"destination": "10.250.0.0/16", "next_hop": "none"}}
    file = tmp_path / "topology.yaml"
    file.write_text(dump(data), encoding="utf-8")
    (table,) = synth(file, only=["hub"])["hub"]["resource"]["azurerm_route_table"].values()
    assert table["bgp_route_propagation_enabled"]
    (answer,) = reach(build(require(file).topology), "runners", "on_premises.tokyo", 443)
    assert answer.verdict == "unknown"


@pytest.mark.parametrize(
    ("routes", "outbound_type", "senders"),
    [
        ({}, None, "the public addresses of the runners"),
        (
            {"internet": {"destination": "0.0.0.0/0", "next_hop": "10.0.1.4"}},
            "userDefinedRouting",
            "the public addresses of the nodes and the runners",
        ),
    ],
)
def test_an_api_server_needs_the_addresses_that_aks_does_not_add(
    routes: Any, outbound_type: str | None, senders: str, tmp_path: pathlib.Path
) -> None:
    data = yaml.safe_load(NO_FIREWALL.read_text(encoding="utf-8"))
    data["spokes"]["orders"]["routes"] = routes
    data["spokes"]["orders"]["cluster"] |= {
        "api_server": {"public": True, "authorized_ip_ranges": ["198.51.100.0/24"]},
        **({"outbound_type": outbound_type} if outbound_type else {}),
    }
    file = tmp_path / "topology.yaml"
    file.write_text(dump(data), encoding="utf-8")
    (step,) = [one.text for one in manual_steps(require(file).topology) if "authorized_ip_ranges" in one.text]
    assert f" add {senders} to " in step


def test_runners_without_a_nat_gateway_need_one() -> None:
    topology = require(NO_FIREWALL).topology
    assert isinstance(topology.hub, NewHub)
    with_nat = topology.hub.runners.model_copy(update={"nat_gateway": True})
    hub = topology.hub.model_copy(update={"nat_gateway": NatGateway(), "runners": with_nat})
    assert [step for step in manual_steps(topology) if "10.0.0.64/27" in step.text and "NAT gateway" in step.text]
    assert not [step for step in manual_steps(topology.model_copy(update={"hub": hub})) if "NAT gateway" in step.text]
