"""HVN526 nsg-cuts-cluster: an NSG rule of the file denies traffic that a cluster needs."""

from collections.abc import Iterator

from hvn.check.created_ids import created
from hvn.check.nsg_order import free_priorities, own_rules
from hvn.diagnostics.finding import Finding, Level, Message, Path, Rule
from hvn.topology import locations
from hvn.topology.cluster_subnets import users
from hvn.topology.model import NetworkSecurityGroup, NewHub, Subnet, Topology
from hvn.topology.shared_vnets import vnets

RULE = Rule(
    id="HVN526",
    name="nsg-cuts-cluster",
    level=Level.WARNING,
    reports="An NSG rule denies traffic of a cluster's nodes and pods (an error for all ports between them), load "
    "balancer probes, DNS, Vault or the internet.",
    why="nodes do not become ready, or apps lose other pods, DNS, Vault or their load balancer",
    fix="limit the rule to other traffic, or allow this traffic in a rule with a lower priority number",
    example="""\
spokes:
  payments:
    subnets:
      nodes: {cidr: 10.64.0.0/20, rules: {closed: {priority: 4000, access: deny, protocol: any}}}
    cluster: {node_cidr: null}
""",
    see="https://learn.microsoft.com/azure/aks/concepts-network-azure-cni-overlay#network-security-groups",
    needs_all_items=True,
)
SHOWN = 3
"""The maximum number of pairs of ranges in a message."""
Owner = Subnet | NetworkSecurityGroup


def check(topology: Topology) -> Iterator[Finding]:
    """Yield a finding for each rule of the file that denies traffic of a cluster."""
    nsgs = [one for one in _nsgs(topology) if any(rule.access == "deny" for rule in one[1].rules.values())]
    peering = topology.vault_peering
    if not nsgs or (peering and not {*peering.transit_pools} <= topology.address_pools.keys()):
        return  # HVN301 reports an unknown pool
    # Few files have deny rules for clusters, and these imports slow the start down.
    from hvn.check.cluster_traffic import ESSENTIAL, Flow, denied, texts
    from hvn.reach.build import built

    network = built(topology)
    cut: dict[Path, tuple[Path, Owner, list[Flow]]] = {}
    for path, owner, name, key in nsgs:
        for place in (one for one in network.places[name] if one.subnet == key):
            for spoke in users(topology, name, key):
                for rule, flow in denied(topology, network, spoke, place):
                    if rule.name in owner.rules:
                        _, _, flows = cut.setdefault((*path, "rules", rule.name), (path, owner, []))
                        flows.extend([flow] if flow not in flows else [])
    for at, (path, owner, flows) in cut.items():
        rule_of_file = owner.rules[str(at[-1])]
        inside = [flow for flow in flows if flow.inside]
        breaks = not rule_of_file.ports and any((flow.protocol, flow.port) in ESSENTIAL for flow in inside)
        own = own_rules(topology, path)
        first = max((one.priority for one in own if one.access == "Allow"), default=0) + 1
        free = next(free_priorities(owner, own, first), None) if own and flows == inside else None
        yield Finding(
            rule=RULE,
            level=Level.ERROR if breaks else Level.WARNING,
            path=at,
            at_key=True,
            message=Message("the rule denies traffic that the cluster needs: {traffic}", traffic=texts(flows)[:SHOWN]),
            fix=Message("set the priority to {free}, after the rules for nodes and pods", free=free)
            if free
            else RULE.fix,
        )


def _nsgs(topology: Topology) -> Iterator[tuple[Path, Owner, str, str]]:
    """Yield the owner of the rules of each subnet with nodes or pods, with its path, the spoke and the subnet's key."""
    by_id = None
    for name, spoke in vnets(topology).items():
        for key in spoke.subnets:
            if not users(topology, name, key):
                continue
            subnet = spoke.subnet(key)
            if subnet.nsg is None:
                yield ("spokes", name, "subnets", key), subnet, name, key
            elif subnet.nsg in spoke.network_security_groups:
                path: Path = ("spokes", name, "network_security_groups", subnet.nsg)
                yield path, spoke.network_security_groups[subnet.nsg], name, key
            elif existing := locations.existing_nsg(subnet.nsg, locations.vnet_at(topology, ("spokes", name))):
                by_id = by_id or created(topology, "network_security_groups")
                path = by_id.get(existing.id.casefold(), ())
                if isinstance(topology.hub, NewHub) and path[:2] == ("hub", "network_security_groups"):
                    yield path, topology.hub.network_security_groups[str(path[2])], name, key
