"""The order of the rules of an NSG: the matching rule with the lowest priority number decides."""

from collections.abc import Iterator
from ipaddress import IPv4Network

from hvn.diagnostics.finding import Path
from hvn.topology import security
from hvn.topology.firewall import port_range
from hvn.topology.model import NetworkSecurityGroup, Subnet, Topology
from hvn.topology.security import ANY, HIGHEST, LOWEST, SecurityRule


def own_rules(topology: Topology, path: Path) -> tuple[SecurityRule, ...]:
    """Return this project's rules in the NSG of the subnet at `path`, or in the NSG of `network_security_groups` at
    `path`; an empty tuple in the hub."""
    if path[0] == "hub":
        return ()
    name, key = str(path[1]), str(path[-1])
    is_group = path[-2] == "network_security_groups"
    return security.of_group(topology, name, key) if is_group else security.of_subnet(topology, name, key)


def free_priorities(
    owner: Subnet | NetworkSecurityGroup, own: tuple[SecurityRule, ...], first: int = LOWEST
) -> Iterator[int]:
    """Yield the priorities that no rule of the NSG has, from `first` to Azure's highest priority."""
    used = {rule.priority for rule in owner.rules.values()} | {rule.priority for rule in own}
    return (priority for priority in range(first, HIGHEST + 1) if priority not in used)


def covers(earlier: SecurityRule, rule: SecurityRule, source: str) -> bool:
    """Return whether `earlier` has a lower priority number and matches all traffic of `rule` from `source`.

    A service tag contains only itself, because its ranges change.
    """
    return (
        earlier.priority < rule.priority
        and earlier.direction == rule.direction
        and earlier.protocol in (ANY, rule.protocol)
        and any(_contains(value, source) for value in earlier.sources)
        and all(any(_contains(value, one) for value in earlier.destinations) for one in rule.destinations)
        and all(any(_has(ports, one) for ports in earlier.ports) for one in rule.ports)
    )


def _contains(wide: str, narrow: str) -> bool:
    if wide in (ANY, narrow):
        return True
    if not (wide[0].isdigit() and narrow[0].isdigit()):
        return False
    return IPv4Network(narrow, strict=False).subnet_of(IPv4Network(wide, strict=False))


def _has(wide: str, narrow: str) -> bool:
    (first, last), (low, high) = port_range(wide), port_range(narrow)
    return first <= low and high <= last
