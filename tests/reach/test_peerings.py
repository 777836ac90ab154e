"""`hvn reach` follows connections over the peerings of spokes, and over the peerings of an existing hub."""

import pathlib

import pytest
import yaml

from hvn.check.load import require
from hvn.reach.answer import Verdict, reach
from hvn.reach.build import build
from hvn.reach.missing_rule import missing_rule
from hvn.reach.network import Network
from tests.conftest import PROJECT, SAMPLE

TOPOLOGIES = PROJECT / "tests" / "topologies"
EVERYTHING, EXISTING = TOPOLOGIES / "everything.yaml", TOPOLOGIES / "existing.yaml"
WEST = (
    "/subscriptions/77777777-7777-4777-8777-777777777777/resourceGroups/rg-west/providers/Microsoft.Network/"
    "virtualNetworks/vnet-west"
)


@pytest.mark.parametrize(
    ("source", "to", "verdict"),
    [
        ("sandbox", "spokes.payments.subnets.ingress", Verdict.REACHES),
        ("spokes.payments.subnets.ingress", "sandbox", Verdict.REACHES),
        ("sandbox", "spokes.sandbox.peerings.lab", Verdict.UNKNOWN),
        # A peering is not transitive.
        ("spokes.payments.subnets.ingress", "spokes.sandbox.peerings.lab", Verdict.BLOCKED),
        ("spokes.sandbox.peerings.lab", "spokes.payments.subnets.ingress", Verdict.BLOCKED),
        ("spokes.sandbox.peerings.lab", "vault", Verdict.BLOCKED),
        ("runners", "spokes.sandbox.peerings.lab", Verdict.BLOCKED),
    ],
)
def test_only_peered_networks_reach_each_other(source: str, to: str, verdict: Verdict) -> None:
    answers = list(reach(build(require(EVERYTHING).topology), source, to, 443))
    assert {one.verdict for one in answers} == {verdict}
    assert not any(one.request.by_firewall for one in answers if verdict is Verdict.REACHES)


@pytest.fixture
def with_west(tmp_path: pathlib.Path) -> Network:
    """Return the network with a peering of the existing hub."""
    data = yaml.safe_load(EXISTING.read_text(encoding="utf-8"))
    firewall = {"private_ip": "10.128.0.4", "cidrs": ["10.129.0.0/16"]}
    data["hub"]["peerings"] = {"west": {"vnet_id": WEST, "cidrs": ["10.128.0.0/22"], "firewall": firewall}}
    data["hub"]["firewall_rules"] = {
        "west": {
            "sources": ["spokes.analytics"],
            "destinations": ["hub.peerings.west"],
            "ports": ["tcp/443"],
            "reason": "the other region",
        }
    }
    file = tmp_path / "topology.yaml"
    file.write_text(yaml.safe_dump(data), encoding="utf-8")
    return build(require(file).topology)


@pytest.mark.parametrize("to", ["10.128.1.4", "10.129.0.9"])
def test_the_peerings_of_an_existing_hub_are_unknown(to: str, with_west: Network) -> None:
    for one in reach(with_west, "analytics", to, 443):
        assert one.verdict is Verdict.UNKNOWN, one
        assert any("the hub's existing peering with vnet-west" in setting for setting in one.unknown)


@pytest.mark.parametrize("reverse", [True, False])
def test_a_remote_vnet_uses_the_gateway_without_the_firewall(reverse: bool, tmp_path: pathlib.Path) -> None:
    data = yaml.safe_load(SAMPLE.read_text(encoding="utf-8"))
    west = {"vnet_id": WEST, "cidrs": ["10.128.0.0/24"], "reverse": reverse}
    data["on_premises"] = {"tokyo": ["192.168.0.0/16"]}
    data["hub"] |= {"gateway": {"cidr": "10.0.0.96/27", "existing": True}, "peerings": {"west": west}}
    file = tmp_path / "topology.yaml"
    (tmp_path / "jwks").symlink_to(SAMPLE.parent / "jwks")
    for transit in (False, True):
        west["allow_gateway_transit"] = transit
        file.write_text(yaml.safe_dump(data), encoding="utf-8")
        network = build(require(file).topology)
        for ends in (("hub.peerings.west", "on_premises.tokyo"), ("on_premises.tokyo", "hub.peerings.west")):
            (answer,) = reach(network, *ends, 443)
            if transit:
                assert answer.verdict is Verdict.UNKNOWN
                assert not answer.request.by_firewall
                assert ("whether hub.peerings.west uses the hub's gateway" in answer.unknown) is not reverse


def test_the_firewall_itself_has_routes_to_a_remote_firewall(with_west: Network) -> None:
    (answer,) = reach(with_west, "hub", "10.129.0.9", 443)
    assert answer.verdict is Verdict.UNKNOWN
    assert any("10.128.0.4" in hop.what for hop in answer.request.hops)


def test_a_remote_firewall_can_filter_the_traffic_to_its_own_network(tmp_path: pathlib.Path) -> None:
    data = yaml.safe_load(SAMPLE.read_text(encoding="utf-8"))
    firewall = {"private_ip": "10.128.0.4", "cidrs": ["10.128.0.0/26"]}
    data["hub"]["peerings"] = {"west": {"vnet_id": WEST, "cidrs": ["10.128.0.0/26"], "firewall": firewall}}
    file = tmp_path / "topology.yaml"
    file.write_text(yaml.safe_dump(data), encoding="utf-8")
    (answer,) = reach(build(require(file).topology), "hub", "hub.peerings.west", 443)
    assert answer.request.by_appliance


@pytest.mark.parametrize(
    ("source", "to", "through"),
    [
        ("10.129.0.9", "hub/shared", (False, True)),
        ("hub/shared", "10.129.0.9", (True, False)),
        ("10.129.0.9", "shop/web", (True, True)),
    ],
)
def test_the_firewall_may_see_only_one_direction_between_two_hubs(
    source: str, to: str, through: tuple[bool, bool], tmp_path: pathlib.Path
) -> None:
    data = yaml.safe_load(SAMPLE.read_text(encoding="utf-8"))
    firewall = {"private_ip": "10.128.0.4", "cidrs": ["10.129.0.0/16"]}
    data["hub"]["peerings"] = {"west": {"vnet_id": WEST, "cidrs": ["10.128.0.0/22"], "firewall": firewall}}
    data["hub"]["subnets"] = {"shared": "10.0.2.0/27"}
    data["hub"]["firewall_rules"] = {
        "west": {
            "sources": ["hub.subnets.shared", "10.129.0.0/16"],
            "destinations": ["10.129.0.0/16", "spokes.shop"],
            "ports": ["tcp/443"],
            "reason": "the other region",
        }
    }
    data["spokes"]["shop"] = {"cidr": "10.66.0.0/16", "vault_route": "none", "subnets": {"web": "10.66.1.0/24"}}
    file = tmp_path / "topology.yaml"
    file.write_text(yaml.safe_dump(data), encoding="utf-8")
    (answer,) = reach(build(require(file).topology), source, to, 443)
    assert answer.reply
    assert (answer.request.by_firewall, answer.reply.by_firewall) == through
    assert any("firewall 10.0.0.4 sees both" in one for one in answer.unknown) == (len(set(through)) == 2)


@pytest.mark.parametrize("hub", ["none", "firewall-none"])
def test_a_missing_peering_of_two_spokes_can_be_pasted(hub: str, tmp_path: pathlib.Path) -> None:
    file = tmp_path / "topology.yaml"
    data = yaml.safe_load(SAMPLE.read_text(encoding="utf-8"))
    del data["spokes"]["analytics"]
    data["hub"] = "none" if hub == "none" else {**data["hub"], "firewall": "none", "vault_peering": {}}
    data["address_pools"].pop("transit")

    def answers(to: str) -> set[tuple[str, str]]:
        file.write_text(yaml.safe_dump(data), encoding="utf-8")
        network = build(require(file).topology)
        return {(one.verdict, missing_rule(one)) for one in reach(network, "payments", to, 443)}

    ((verdict, missing),) = answers("spokes.orders.cluster")
    assert verdict == Verdict.BLOCKED
    data["spokes"]["payments"] |= yaml.safe_load(missing)["spokes"]["payments"]
    assert answers("spokes.orders.cluster") == {(Verdict.REACHES, "")}
    ((verdict, missing),) = answers("10.9.9.9")
    assert (verdict, missing) == (Verdict.BLOCKED, "")
