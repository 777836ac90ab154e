"""The inputs of `peering-hub`, derived from the topology. Their class is `PeeringInputs`, as for `peering-<spoke>`."""

from hvn.kinds import common
from hvn.kinds.kind import Site
from hvn.kinds.peering.inputs import HvnRoute, PeeringInputs
from hvn.kinds.workspace import Workspace, WorkspaceId
from hvn.topology import locations, naming
from hvn.topology.model import Topology, VaultPeering


def workspace(site: Site) -> Workspace | None:
    """Return the workspace of the hub's peering with the HVN, or None if the topology has none."""
    peering = site.topology.hub.vault_peering
    if peering is None:
        return None
    return Workspace(
        id=WorkspaceId("peering-hub"),
        inputs=peering_hub(site.topology, peering),
        after=(WorkspaceId("hcp"), WorkspaceId("hub")),
        writes=("hub",),
    )


def peering_hub(topology: Topology, peering: VaultPeering) -> PeeringInputs:
    """Return the inputs of the hub's peering: a route to the runners, and one per transit pool through the firewall."""
    transit = sorted(set(peering.transit_pools))
    return PeeringInputs(
        **common.common(topology, "peering-hub"),
        location=topology.azure.region,
        hvn=common.hvn(topology),
        peering_id=naming.peering_id(topology.name, "hub"),
        vnet=locations.hub_vnet(topology),
        allow_forwarded_traffic=bool(transit),
        routes=(
            HvnRoute("runners", naming.runner_route_id(topology.name), locations.runners_cidr(topology)),
            *(
                HvnRoute(
                    f"transit-{pool}",
                    naming.transit_route_id(topology.name, pool),
                    str(topology.address_pools[pool]),
                    locations.firewall_ip(topology),
                )
                for pool in transit
            ),
        ),
    )
