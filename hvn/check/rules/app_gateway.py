"""HVN174 app-gateway: Azure refuses an Application Gateway in a subnet, or the gateway stays unhealthy."""

from collections.abc import Iterator
from ipaddress import IPv4Network

from hvn.check.nsg_order import free_priorities, own_rules
from hvn.diagnostics.finding import Finding, Level, Message, Path, Rule
from hvn.diagnostics.message import Field, Text
from hvn.topology import security
from hvn.topology.cluster_subnets import users
from hvn.topology.firewall import port_range
from hvn.topology.model import NetworkSecurityGroup, Subnet, Topology
from hvn.topology.naming import NO_ROUTES
from hvn.topology.ranges import rules_of_file, subnets_of_file
from hvn.topology.security import ANY, INBOUND, SecurityRule

RULE = Rule(
    id="HVN174",
    name="app-gateway",
    level=Level.WARNING,
    reports="An Application Gateway's subnet (by delegation, or a rule for its ports) denies required traffic or "
    "routes to an appliance.",
    why="Azure refuses the gateway",
    fix="allow the traffic, or use route: none",
    example="""\
spokes:
  payments:
    subnets:
      gateway:
        cidr: 10.64.32.0/24
        route: none
        rules: {manager: {priority: 200, source: [GatewayManager], ports: ["65200-65534"]}}
""",
    see="https://learn.microsoft.com/azure/application-gateway/configuration-infrastructure",
    needs_all_items=True,
)
DELEGATION = "Microsoft.Network/applicationGateways"
MANAGER, BALANCER = "GatewayManager", "AzureLoadBalancer"
FIRST, LAST = 65200, 65535
DEFAULT = IPv4Network("0.0.0.0/0")
PROBES = Message("Azure cannot probe the gateway, which stays unhealthy")
Owner = Subnet | NetworkSecurityGroup


def check(topology: Topology) -> Iterator[Finding]:
    """Yield a finding for each NSG that cuts off an Application Gateway, and for each default route that Azure refuses.

    Azure isolates a gateway in a subnet with the delegation: the gateway needs no ports for GatewayManager, and accepts
    each default route. Other subnets have a gateway only if an NSG rule allows the ports for GatewayManager.
    """
    nsgs = dict(rules_of_file(topology))
    reported: set[Path] = set()
    for path, subnet in subnets_of_file(topology):
        group = path if subnet.nsg is None else (*path[:-2], "network_security_groups", subnet.nsg)
        owner = nsgs.get(group)
        if owner is None or not owner.rules or subnet.delegation not in (None, DELEGATION):
            continue
        rules = sorted(
            (one for one in (*own_rules(topology, group), *security.of_file(owner)) if one.direction == INBOUND),
            key=lambda one: one.priority,
        )
        evidence = None if subnet.delegation else next(filter(_is_for_gateway, rules), None)
        if not (subnet.delegation or evidence) or _has_nodes(topology, path):
            continue
        if group not in reported:
            reported.add(group)
            yield from _probes(group, owner, rules)
            if evidence:
                yield from _ports(topology, group, owner, rules, evidence)
        if evidence and subnet.route != NO_ROUTES and _leads_to_appliance(topology, path):
            yield Finding(
                rule=RULE,
                path=path,
                at_key=True,
                message=Message("the subnet has ports for {tag}, and a default route to an appliance", tag=MANAGER),
                fix=Message("write route: none, or the delegation {delegation}", delegation=DELEGATION),
            )


def _has_nodes(topology: Topology, path: Path) -> bool:
    return path[0] == "spokes" and bool(users(topology, str(path[1]), str(path[-1])))


def _is_for_gateway(rule: SecurityRule) -> bool:
    """Return whether a rule allows ports that only an Application Gateway v2 opens for GatewayManager."""
    ranges = map(port_range, rule.ports)
    return rule.access == "Allow" and MANAGER in rule.sources and any(LAST >= last >= FIRST for _, last in ranges)


def _probes(group: Path, owner: Owner, rules: list[SecurityRule]) -> Iterator[Finding]:
    """Yield a finding for the first rule that denies all traffic from AzureLoadBalancer. Rules for some ports may allow
    the probes first."""
    first = next((one for one in rules if {ANY, BALANCER} & {*one.sources} and one.protocol in (ANY, "Tcp")), None)
    if first and first.access == "Deny" and first.name in owner.rules and first.ports == first.destinations == (ANY,):
        yield Finding(
            rule=RULE,
            path=(*group, "rules", first.name),
            at_key=True,
            message=Message("the rule denies traffic from {tag}", tag=BALANCER),
            why=PROBES,
            fix=Message("add a rule before this rule: {rule}", rule=Text(f"source: [{BALANCER}], protocol: any")),
        )


def _ports(
    topology: Topology, group: Path, owner: Owner, rules: list[SecurityRule], evidence: SecurityRule
) -> Iterator[Finding]:
    """Yield a finding if the NSG denies a port that Azure uses for an Application Gateway v2."""
    open_ports, closed = set[int](), set[int]()
    for rule in rules:
        if {ANY, "Internet", MANAGER} & {*rule.sources} and rule.protocol in (ANY, "Tcp"):
            for first, last in map(port_range, rule.ports):
                ports = {*range(max(first, FIRST), min(last, LAST) + 1)}
                if rule.access == "Allow":
                    open_ports |= ports - closed
                else:
                    closed |= ports
    missing = {*range(FIRST, LAST + 1)} - open_ports
    if missing:
        free = next(free_priorities(owner, own_rules(topology, group)))
        yield Finding(
            rule=RULE,
            path=(*group, "rules", evidence.name),
            at_key=True,
            message=Message(
                "the NSG denies TCP {port} from {tag} to {subnet}", port=min(missing), tag=MANAGER, subnet=Field(group)
            ),
            fix=Message(
                "add the rule {rule}",
                rule=Text(f'{{priority: {free}, source: [{MANAGER}], ports: ["{FIRST}-{LAST}"]}}'),
            ),
        )


def _leads_to_appliance(topology: Topology, path: Path) -> bool:
    """Return whether the subnet has a user-defined default route with a next hop other than the internet."""
    # Few files have such subnets, and this import slows the start down.
    from hvn.reach.build import built

    places = built(topology).places[str(path[1]) if path[0] == "spokes" else f"hub/{path[-1]}"]
    routes = (route for place in places if place.subnet == path[-1] for route in place.routes)
    return any(route.cidr == DEFAULT and (route.next_hop or route.type != "Internet") for route in routes)
