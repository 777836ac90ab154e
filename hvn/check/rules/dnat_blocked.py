"""HVN454 dnat-blocked: the network security group of the target denies the connections of a DNAT rule."""

from collections.abc import Iterator

from hvn.diagnostics.finding import Finding, Level, Message, Rule
from hvn.topology import locations
from hvn.topology.firewall import DNAT_RULES
from hvn.topology.model import Topology
from hvn.topology.security import INBOUND

RULE = Rule(
    id="HVN454",
    name="dnat-blocked",
    level=Level.WARNING,
    reports="The NSG of the target denies the connections of a DNAT rule.",
    why="the firewall replaces the client's address, so the NSG sees an address of hub.firewall.cidr",
    fix="allow the translated port from hub.firewall.cidr in the NSG, or remove the DNAT rule",
    example="""\
hub:
  firewall:
    dnat_rules:
      ssh: {sources: [203.0.113.7], port: tcp/22, translated_address: 10.0.0.70, translated_port: 22, reason: s}
""",
    see="https://techcommunity.microsoft.com/blog/azurenetworksecurityblog/azure-firewall-nat-behaviors/3825834",
    needs_all_items=True,
)


def check(topology: Topology) -> Iterator[Finding]:
    """Yield a finding for each DNAT rule with a target in a subnet of the file, if the subnet's NSG denies all or a
    part of the firewall's addresses."""
    if locations.new_firewall(topology) is None or not topology.dnat_rules:
        return
    peering = topology.vault_peering
    if peering and not {*peering.transit_pools} <= topology.address_pools.keys():
        return  # HVN301 reports an unknown pool
    # Few files have DNAT rules, and these imports slow the start down.
    from hvn.reach.build import built
    from hvn.reach.dnat import firewall_subnet
    from hvn.reach.find import find
    from hvn.reach.nsg import decide
    from hvn.reach.pass_nsg import virtual_network

    network = built(topology)
    source = firewall_subnet(network.firewall).cidr
    for name, rule in topology.dnat_rules.items():
        for place in find(network, str(rule.translated_address)):
            if place.nsg is None or place.nsg.rules is None or place.absent:
                continue
            decision = decide(
                place.nsg.rules,
                INBOUND,
                source,
                place.cidr,
                rule.translated_port,
                tag=virtual_network(network, place),
                protocol=rule.port.partition("/")[0].capitalize(),
            )
            if not decision.allows:
                yield Finding(
                    rule=RULE,
                    path=(*DNAT_RULES, name, "translated_address"),
                    message=Message(
                        "the NSG rule {rule} of {place} denies {port} from {source} to {address}",
                        rule=decision.rule.name,
                        place=place.label,
                        port=f"{rule.port.partition('/')[0]}/{rule.translated_port}",
                        source=source,
                        address=rule.translated_address,
                    ),
                    fix=Message("allow {source} in an NSG rule before {rule}", source=source, rule=decision.rule.name),
                )
