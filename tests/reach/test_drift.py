"""`hvn reach` agrees with the synthesized Terraform, which a separate model reads."""

import pathlib
from collections.abc import Mapping
from ipaddress import IPv4Address, IPv4Network, collapse_addresses
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from hvn.check.load import require
from hvn.reach.answer import Answer, Verdict, reach
from hvn.reach.api_servers import with_api_servers
from hvn.reach.build import build
from hvn.reach.network import Network
from hvn.reach.traffic import Protocol
from tests.conftest import PROJECT, SAMPLE, Synth
from tests.reach.endpoints import CloudWithEndpoints
from tests.reach.internet import forwarded, leaves
from tests.reach.rerouted import may_be_rerouted
from tests.reach.terraform import FIREWALL_SUBNET, GATEWAY_SUBNET, MANAGEMENT_SUBNET, ROUTE_SERVER_SUBNET, Cloud
from tests.reach.variants import VARIANTS
from tests.strategies import Topology, dump, topologies
from tests.strategies.examples import examples
from tests.strategies.hub import BASE_POLICY
from tests.strategies.no_firewall import has_firewall, hub_of

TCP, UDP, ICMP = Protocol
TRAFFIC = ((443, TCP), (5696, TCP), (8200, TCP), (443, UDP), (0, ICMP))
WITHOUT_PLACE = (FIREWALL_SUBNET, MANAGEMENT_SUBNET, GATEWAY_SUBNET, ROUTE_SERVER_SUBNET)
SITE, PEERING = "on_premises.", ".peerings."
EVERYTHING = PROJECT / "tests" / "topologies" / "everything.yaml"
TIER = "    sku_tier: Standard\n"


def assert_same_answers(file: pathlib.Path, synth: Synth) -> dict[str, int]:
    """Compare `reach` with the Terraform for all pairs of subnets and Vault, and return the count of each verdict.

    The verdict may be unknown for an existing NSG, because the JSON does not contain the NSG's rules. It may also be
    unknown for a range that a rule covers only in part. The verdict must be unknown if the rules of a base policy
    decide.
    """
    topology = require(file).topology
    network = with_api_servers(topology, build(topology))
    stacks = synth(file)
    assert_every_new_subnet_has_an_nsg(stacks)
    cloud = CloudWithEndpoints(stacks, [cidr for cidrs in topology.on_premises.values() for cidr in cidrs])
    # hvn identifies subnets by their keys in the file, not by their names in Azure.
    labels = {place.cidr: place.label for places in network.places.values() for place in places}
    ends = {labels[cidr]: cidr[9] for where, cidr in cloud.subnets.items() if where.subnet not in WITHOUT_PLACE}
    ends["vault"] = cloud.ranges["HVN"][0][9]
    if topology.hvn.backup:
        ends["vault/backup"] = cloud.ranges["backup_hvn"][0][9]
    ends |= {f"on_premises.{site}": min(cidrs)[9] for site, cidrs in topology.on_premises.items()}
    remote = [
        (place.label, place.cidr[9]) for name, places in network.places.items() for place in places if PEERING in name
    ]
    assert {cloud.where(address).network for _, address in remote} == cloud.remote.keys()
    counts: dict[str, int] = dict.fromkeys(Verdict, 0)
    for source, begin in [*ends.items(), *remote]:
        for destination, end in [*ends.items(), *remote]:
            for port, protocol in TRAFFIC:
                outside = [name for name in (source, destination) if is_outside(name)]
                if source != destination and len(outside) < 2:
                    answers = reach(network, source, destination, port, protocol)
                    answer = next(one for one in answers if begin in one.source.cidr and end in one.destination.cidr)
                    # The routes of on-premises networks are unknown, so the best answer is UNKNOWN.
                    arrives = Verdict.UNKNOWN if outside else Verdict.REACHES
                    rerouted = [pair for pair in ((begin, end), (end, begin)) if may_be_rerouted(cloud, *pair)]
                    assert not rerouted or answer.verdict is not Verdict.REACHES, (source, destination, port, answer)
                    assert rerouted or not is_rerouted(answer), (source, destination, port, answer)
                    assert_the_nsg_of_an_appliance_decides(cloud, begin, end, port, protocol, answer)
                    seen = cloud.possible(begin, end, port, protocol.capitalize())
                    if answer.destination.private_endpoints:
                        seen |= cloud.endpoint(begin, end, port)  # with the protocol of `possible`
                        differs = any("private endpoint" in unknown for unknown in answer.unknown)
                        assert not differs or len(seen) == 2 or not is_known(answer), (
                            source,
                            destination,
                            port,
                            answer,
                        )
                    of_server = [unknown for unknown in answer.unknown if "private API server" in unknown]
                    named = bool(of_server)
                    if (port, protocol) == (443, TCP) and cloud.where(end) in cloud.api_servers:
                        opened = cloud.endpoint(begin, end, port)
                        blocked = answer.verdict is Verdict.BLOCKED
                        differs = any("; otherwise" in unknown for unknown in of_server)
                        agrees = differs in opened if named else not (blocked and True in opened)
                        assert agrees or (named and not is_known(answer)), (source, port, answer)
                        seen |= opened
                    if answer.verdict is not Verdict.UNKNOWN or (arrives is Verdict.UNKNOWN and is_known(answer)):
                        expected = {answer.verdict is arrives} if len(seen) == 1 else {True, False}
                        assert seen == expected, (source, destination, port, answer)
                    assert len(seen) == 1 or answer.verdict is Verdict.UNKNOWN, (source, destination, port, answer)
                    if (protocol, answer.destination.name) != (ICMP, "vault") and not named:
                        counts[answer.verdict] += 1
                    single = next(iter(reach(network, str(begin), str(end), port, protocol)))
                    if single.verdict is not Verdict.UNKNOWN:
                        assert {single.verdict is arrives} == seen, (source, begin, destination, end, port, single)
    assert_same_answers_about_the_internet(network, cloud)
    return counts


def assert_the_nsg_of_an_appliance_decides(
    cloud: Cloud, source: IPv4Address, to: IPv4Address, port: int, protocol: Protocol, answer: Answer
) -> None:
    """Assert that a connection through an appliance is blocked if the NSG of the appliance's subnet denies it, and that
    the answer is unknown if all NSGs allow it. Ignore ICMP, because not all NSG rules decide about ICMP, and the HVN
    and remote VNets, which may have no route for the reply."""
    hop = cloud.appliance(source, to)
    places = (source, IPv4Address(hop), to) if hop else ()
    if not hop or protocol is ICMP or cloud.where(IPv4Address(hop)) not in cloud.groups:
        return
    cloud.protocol = protocol.capitalize()
    allowed = [cloud._may(at, "Inbound", source, to, port) for at in places[1:]]
    leaves = cloud._may(source, "Outbound", source, to, port)
    if not allowed[0]:
        assert answer.verdict is Verdict.BLOCKED or is_rerouted(answer), (hop, answer)
    elif leaves and allowed[1] and cloud.where(to).network not in {*cloud.hvns.values(), *cloud.remote}:
        assert answer.verdict is Verdict.UNKNOWN, (hop, answer)


def assert_same_answers_about_the_internet(network: Network, cloud: Cloud) -> None:
    """Compare `reach` with the Terraform for all subnets, a public address and host names."""
    public = IPv4Address("20.1.2.3")
    rules = list(forwarded(cloud))
    for client, public_port, target, port, name, arrives in rules:
        expected = Verdict.REACHES if arrives else Verdict.BLOCKED
        (answer,) = reach(network, str(client), str(target), port, Protocol(name))
        assert answer.verdict is expected, answer
        if [(rule[1], rule[4]) for rule in rules].count((public_port, name)) == 1:
            (answer,) = reach(network, str(client), "hub", public_port, Protocol(name))
            assert answer.verdict is expected, answer
    for where, cidr in cloud.subnets.items():
        for host in ("", "mcrprod.azurecr.io", "example.com") if where.subnet not in WITHOUT_PLACE else ():
            for port, protocol in ((80, TCP), (443, TCP), (8200, TCP), (443, UDP), (0, ICMP)):
                (answer,) = reach(network, str(cidr[9]), host or str(public), port, protocol)
                seen = leaves(cloud, cidr[9], public, port, host, protocol.capitalize())
                if seen is not None and answer.verdict is not Verdict.UNKNOWN:
                    assert (answer.verdict is Verdict.REACHES) == seen, (where, host, port, answer)
                if seen is not None and not host and not network.gateway and not answer.source.unknown:
                    assert answer.verdict is not Verdict.UNKNOWN, (where, host, port, answer)


def is_outside(name: str) -> bool:
    """Return whether the place with this name is an on-premises network or a remote VNet."""
    return name.startswith(SITE) or PEERING in name


def is_known(answer: Answer) -> bool:
    """Return whether the JSON decides about a connection: no route leads to an appliance or comes from Route Server,
    this project creates each route table, the effect of each NSG rule on ICMP is known, and both directions go through
    the firewall, or neither.
    """
    places = [one for one in (answer.source, answer.destination) if not is_outside(one.name)]
    ways = [way for way in (answer.request, answer.reply) if way]
    if is_rerouted(answer) or any("ICMP" in unknown for unknown in answer.unknown):
        return False
    return not (answer.asymmetric or any(one.unknown for one in places) or any(way.by_appliance for way in ways))


def is_rerouted(answer: Answer) -> bool:
    """Return whether an answer reports the unknown routes of Route Server."""
    return any("Route Server" in unknown for unknown in answer.unknown)


def assert_every_new_subnet_has_an_nsg(stacks: Mapping[str, Mapping[str, Any]]) -> None:
    """Assert that the request that creates a subnet contains an NSG, as Azure's policy Deny-Subnet-Without-Nsg
    requires."""
    for stack in stacks.values():
        for vnet in stack.get("resource", {}).get("azurerm_virtual_network", {}).values():
            without = {subnet["name"] for subnet in vnet["subnet"] if not subnet["security_group"]}
            assert without <= {*WITHOUT_PLACE}


@pytest.mark.parametrize("name", list(VARIANTS))
def test_the_sample_agrees_with_its_terraform(name: str, synth: Synth, tmp_path: pathlib.Path) -> None:
    text = SAMPLE.read_text(encoding="utf-8")
    changed = VARIANTS[name](text)
    assert (changed == text) == (name == "the sample")
    file = tmp_path / "topology.yaml"
    file.write_text(changed, encoding="utf-8")
    counts = assert_same_answers(file, synth)
    assert counts[Verdict.REACHES] > 0
    assert counts[Verdict.BLOCKED] > counts[Verdict.REACHES]
    assert (counts[Verdict.UNKNOWN] == 0) == ("remote VNet" not in name and "private" not in name)


def test_a_base_policy_decides_about_all_traffic_of_the_firewall(synth: Synth, tmp_path: pathlib.Path) -> None:
    plain = SAMPLE.read_text(encoding="utf-8")
    file = tmp_path / "topology.yaml"
    file.write_text(plain.replace(TIER, f"{TIER}    base_policy_id: {BASE_POLICY}\n"), encoding="utf-8")
    with_base, without = assert_same_answers(file, synth), assert_same_answers(SAMPLE, synth)
    assert with_base[Verdict.UNKNOWN] > 10
    assert without[Verdict.BLOCKED] > with_base[Verdict.BLOCKED] > 0
    assert without[Verdict.REACHES] > with_base[Verdict.REACHES] > 0
    network = build(require(file).topology)
    for host in ("internet", "mcr.microsoft.com", "example.com"):
        assert {one.verdict for one in reach(network, "spokes.payments.cluster", host, 443)} == {Verdict.UNKNOWN}


def new_hvns(hvn: Topology) -> Topology:
    """Return the HVN and its backup HVN, both created by the topology, in regions that the generators do not draw."""
    backup = {**hvn["backup"], "region": "uksouth"} if "backup" in hvn else None
    return {**hvn, "existing": False} | ({"backup": backup} if backup else {})


def made_here(topology: Topology) -> Topology:
    """Return the topology without existing resources, because the Terraform does not contain them."""
    hub = dict(hub_of(topology))
    if "vault_peering" in hub:
        hub["vault_peering"] = {key: one for key, one in hub["vault_peering"].items() if key != "existing_peering"}
    facts = hub.pop("existing", None)
    if topology["hub"] == "none":
        facts = None
    if facts:
        hub |= {"cidr": facts["cidrs"][0], "runners": {"cidr": facts["runners_cidr"]}}
        if "vault_peering" in hub:
            # A DNS server may be in a different range of the existing hub.
            hub["vault_peering"] = {
                key: value for key, value in hub["vault_peering"].items() if key != "dns_forwarding"
            }
        if facts.get("gateway") or hub.get("vault_peering", {}).get("on_premises"):
            hub["gateway"] = {"cidr": str(list(IPv4Network(facts["cidrs"][0]).subnets(new_prefix=27))[3])}
            hub["gateway"]["existing"] = facts.get("gateway", False)
        first = str(next(IPv4Network(facts["cidrs"][0]).subnets(new_prefix=26)))
        hub["firewall"] = {"cidr": first} if has_firewall(topology["hub"]) else "none"
        if facts.get("gateway"):
            fourth = list(IPv4Network(facts["cidrs"][0]).subnets(new_prefix=27))[3]
            hub["gateway"] = {"cidr": str(fourth), "existing": True}
    spokes = {}
    for name, spoke in topology["spokes"].items():
        spoke = dict(spoke)
        facts = spoke.pop("existing", None)
        spoke.pop("existing_peering", None)
        if facts:
            if nodes := spoke.get("cluster", {}).get("existing", {}).get("node_cidrs"):
                spoke["subnets"] = {**spoke["subnets"], "nodes": nodes[0]}
            (spoke["cidr"],) = map(str, collapse_addresses(map(IPv4Network, facts["cidrs"])))
            if not facts.get("hub_peering"):
                spoke.pop("bgp_route_propagation", None)  # propagation needs use_remote_gateways on a new peering
        spokes[name] = spoke
    return {
        **topology,
        "hvn": new_hvns(topology["hvn"]),
        "vault": {**topology["vault"], "existing": False},
    } | {
        "hub": hub or "none",
        "spokes": spokes,
    }


@pytest.mark.slow
@given(topology=topologies(min_spokes=2, max_spokes=4).map(made_here))
@settings(
    max_examples=examples(10),
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
    suppress_health_check=(HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.function_scoped_fixture),
)
def test_generated_topologies_agree_with_their_terraform(
    topology: Topology, synth: Synth, tmp_path: pathlib.Path
) -> None:
    file = tmp_path / "topology.yaml"
    file.write_text(dump(topology), encoding="utf-8")
    assert_same_answers(file, synth)


def test_topologies_with_every_key_agree_with_their_terraform(synth: Synth) -> None:
    text = EVERYTHING.read_text(encoding="utf-8")
    assert "existing: false" in text
    assert_same_answers(EVERYTHING, synth)
