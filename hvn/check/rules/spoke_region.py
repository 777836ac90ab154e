"""HVN321 spoke-region: a spoke's setting does not work in its region."""

from collections.abc import Iterator

from hvn.diagnostics.finding import Finding, Message, Path, Rule
from hvn.topology import locations
from hvn.topology.model import NewHub, Spoke, Topology
from hvn.topology.security import has_nsg
from hvn.topology.shared_vnets import clusters

RULE = Rule(
    id="HVN321",
    name="spoke-region",
    reports="A spoke's setting does not work in its region.",
    why="Azure associates only NSGs and route tables in the region of the VNet",
    fix="remove region from the spoke, or write a second topology file for the other region",
    example="""\
spokes:
  payments: {region: westus2}
""",
    see="docs/how-to/second-region.md",
)
CLUSTER = Message("the private clusters of a file share the private DNS zone of azure.region")
LOGS = Message("Azure sends logs only to a storage account or event hub in the region of the resource")


def check(topology: Topology) -> Iterator[Finding]:
    """Yield a finding for each cluster, NSG, route table and log destination that a spoke with its own region cannot
    use."""
    for name, spoke in topology.spokes.items():
        if spoke.region in (None, topology.azure.region):
            continue
        for owner in clusters(topology, name):
            yield _finding(("spokes", name, "region"), Message("{name} has a cluster", name=owner), CLUSTER)
        if topology.logs and (has_nsg(spoke) or spoke.nat_gateway):
            for key in ("storage_account_id", "event_hub_rule_id"):
                if getattr(topology.logs, key):
                    yield _finding(("logs", key), Message("{name} has another region", name=name), LOGS)
        yield from _of_hub(topology, name, spoke)


def _of_hub(topology: Topology, name: str, spoke: Spoke) -> Iterator[Finding]:
    """Yield a finding for each NSG and route table of the hub that a subnet of the spoke names."""
    vnet = locations.spoke_vnet(topology, name, spoke)
    keys = topology.hub.route_tables if isinstance(topology.hub, NewHub) else ()
    tables = {locations.hub_route_table(topology, key).id.casefold() for key in keys}
    for key in spoke.subnets:
        subnet, path = spoke.subnet(key), ("spokes", name, "subnets", key)
        if subnet.nsg and locations.hub_nsg(topology, subnet.nsg, vnet):
            yield _finding((*path, "nsg"), Message("the NSG of the hub is in {region}", region=topology.azure.region))
        table = locations.existing_route_table(subnet.route, vnet)
        if table and table.id.casefold() in tables:
            message = Message("the route table of the hub is in {region}", region=topology.azure.region)
            yield _finding((*path, "route"), message)


def _finding(path: Path, message: Message, why: Message | None = None) -> Finding:
    return Finding(rule=RULE, path=path, message=message, why=why or "")
