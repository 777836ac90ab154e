"""From the topology to the inputs of `peering-<spoke>`."""

from hvn.kinds import common
from hvn.kinds.kind import Site
from hvn.kinds.peering.inputs import HvnRoute, PeeringInputs
from hvn.kinds.workspace import Workspace, WorkspaceId
from hvn.topology import locations, naming
from hvn.topology.model import Spoke, Topology


def workspace(site: Site) -> Workspace | None:
    """Return the workspace of the spoke's own peering, if its Vault route is direct."""
    if site.spoke.vault_route != "direct":
        return None
    return Workspace(
        id=site.id("peering"),
        inputs=peering(site.topology, site.name, site.spoke),
        after=(WorkspaceId("hcp"), site.id("network")),
        writes=(f"spoke {site.name}",),
    )


def peering(topology: Topology, name: str, spoke: Spoke) -> PeeringInputs:
    """A direct spoke's own peering with the HVN, and a route to each of its ranges."""
    return PeeringInputs(
        **common.common(topology, WorkspaceId("peering", name)),
        location=topology.azure.region,
        hvn=common.hvn(topology),
        peering_id=naming.peering_id(topology.name, name),
        vnet=locations.spoke_vnet(topology, name, spoke),
        # A direct spoke forwards nothing: its own addresses are the only ones behind this peering.
        allow_forwarded_traffic=False,
        routes=tuple(_route(topology, name, cidr, spoke) for cidr in locations.spoke_cidrs(spoke)),
    )


def _route(topology: Topology, name: str, cidr: str, spoke: Spoke) -> HvnRoute:
    if not spoke.existing:
        return HvnRoute("spoke", naming.peering_id(topology.name, name), cidr)
    # Named after the range: a range that comes or goes leaves the routes of the others alone.
    return HvnRoute(f"spoke-{naming.dashed(cidr)}", naming.range_route_id(topology.name, name, cidr), cidr)
