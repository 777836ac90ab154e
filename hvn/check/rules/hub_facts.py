"""HVN307: what is said of an existing hub fits together."""

import re
from collections.abc import Iterator

from hvn.diagnostics.finding import Breach, Rule
from hvn.topology.model import ExistingHub, Topology
from hvn.topology.naming import aks_zone, parse

RULE = Rule(
    id="HVN307",
    name="hub-facts",
    why="spokes send everything to that address, and AKS takes no other name for the zone",
    see="https://learn.microsoft.com/azure/aks/private-clusters",
)


def check(topology: Topology) -> Iterator[Breach]:
    """A firewall outside the hub's ranges, or among the runners; a zone of another region."""
    if not isinstance(topology.hub, ExistingHub):
        return
    facts = topology.hub.existing
    if not any(facts.firewall_private_ip in cidr for cidr in facts.cidrs):
        ranges = ", ".join(str(cidr) for cidr in facts.cidrs)
        yield Breach(
            ("hub", "existing", "firewall_private_ip"),
            f"{facts.firewall_private_ip} does not lie in the hub, {ranges}",
            "write the firewall's address in the hub's VNet",
        )
    elif facts.firewall_private_ip in facts.runners_cidr:
        yield Breach(
            ("hub", "existing", "firewall_private_ip"),
            f"{facts.firewall_private_ip} lies in the subnet of the runners, {facts.runners_cidr} (line {{line}})",
            "write the firewall's address; it has a subnet of its own",
            other=("hub", "existing", "runners_cidr"),
        )
    zone, wanted = parse(facts.private_dns_zone_id).name, aks_zone(topology.azure.region)
    # AKS's own refusal names this pattern (Azure/azure-docs #104092).
    if not re.fullmatch(rf"([a-z0-9-]{{1,32}}\.)?{re.escape(wanted)}", zone, re.IGNORECASE):
        yield Breach(
            ("hub", "existing", "private_dns_zone_id"),
            f"the zone {zone} is none that AKS takes in {topology.azure.region}",
            f"name the zone {wanted}, or one label of at most 32 letters, digits and hyphens below it",
        )
