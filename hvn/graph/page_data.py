"""Collect the data of the page: boxes, firewall rules, logins, the network of `hvn reach`, and the text of the file."""

from collections.abc import Callable, Iterator
from dataclasses import asdict
from typing import Any

from hvn.diagnostics.message import Path
from hvn.graph.picture import Picture
from hvn.graph.reach_data import plain, reach_data
from hvn.graph.secrets import logins
from hvn.reach.api_servers import with_api_servers
from hvn.reach.network import Network
from hvn.topology import firewall
from hvn.topology.firewall_rule import ApplicationRule, NetworkRule
from hvn.topology.model import Topology

LineOf = Callable[[Path], int]


def page_data(picture: Picture, topology: Topology, network: Network, text: str, line_of: LineOf) -> dict[str, Any]:
    """Return the data as JSON. `text` is the topology file, `line_of` returns the line of a path."""
    return {
        "boxes": {box.id: plain(asdict(box)) for box in picture.boxes},
        "edges": [plain(asdict(edge)) for edge in picture.edges],
        "rules": list(_rules(topology, line_of)),
        "logins": [plain(asdict(login)) for login in logins(topology)],
        "reach": reach_data(with_api_servers(topology, network)),
        "lines": text.splitlines(),
    }


def _rules(topology: Topology, line_of: LineOf) -> Iterator[dict[str, Any]]:
    """Yield all rules of the firewall. A built-in rule has its name instead of a path, and the line 0."""
    for path, rule in firewall.rules_with_paths(topology):
        yield {
            "path": ".".join(path) or f"built-in rule {rule.name}",
            "line": line_of(path) if path else 0,
            "sources": list(rule.sources),
            "destinations": list(_destinations(rule)),
            "ports": _ports(rule),
            "reason": rule.description,
        }
    dnat = firewall.dnat_group(topology)
    for nat in dnat.nat_rules if dnat else ():
        path = (*firewall.DNAT_RULES, nat.name)
        yield {
            "path": ".".join(path),
            "line": line_of(path),
            "sources": list(nat.sources),
            "destinations": [f"{ip} → {target}" for ip in nat.public_ips for target in nat.targets],
            "ports": [f"{protocol}/{port}" for protocol in nat.protocols for port in nat.ports],
            "reason": nat.description,
        }


def _destinations(rule: NetworkRule | ApplicationRule) -> tuple[str, ...]:
    more = rule.destinations if isinstance(rule, NetworkRule) else rule.fqdn_tags
    return (*more, *rule.fqdns)


def _ports(rule: NetworkRule | ApplicationRule) -> list[str]:
    if isinstance(rule, NetworkRule):
        return [f"{protocol}/{port}" for protocol in rule.protocols for port in rule.ports]
    return [f"{protocol}/{port}" for protocol, port in rule.protocols]
