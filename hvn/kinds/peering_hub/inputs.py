"""The inputs of `peering-hub`, derived from the topology. The class of these inputs is `PeeringInputs`, as for
`peering-<spoke>`."""

from hvn.kinds import common
from hvn.kinds.kind import Site
from hvn.kinds.peering.inputs import (
    DNS,
    RUNNERS,
    SITE,
    DnsForwarding,
    ForwardingRule,
    HvnRoute,
    PeeringInputs,
    with_backup,
)
from hvn.kinds.workspace import Workspace, WorkspaceId
from hvn.topology import locations, naming
from hvn.topology.model import Topology, VaultPeering
from hvn.topology.ranges import vault_resolvers, vault_sites


def workspace(site: Site) -> Workspace | None:
    """Return the workspace of the hub's peering with the HVN, or None if the topology lacks this peering."""
    peering = site.topology.vault_peering
    if peering is None:
        return None
    return Workspace(
        id=WorkspaceId("peering-hub"),
        inputs=peering_hub(site.topology, peering),
        after=(WorkspaceId("hcp"), WorkspaceId("hub")),
        writes=("hub",),
    )


def peering_hub(topology: Topology, peering: VaultPeering) -> PeeringInputs:
    """Return the inputs of the hub's peering: a route to the runners, and routes through the firewall.

    The destinations of routes through the firewall are the transit pools and the ranges of on-premises networks, as HCP
    documents for an appliance: https://developer.hashicorp.com/hcp/docs/hcp/network/hvn-azure/routes
    """
    # HVN301 reports an unknown pool.
    transit, sites = sorted({*peering.transit_pools} & topology.address_pools.keys()), vault_sites(topology)
    firewall_ip = locations.firewall_ip(topology)
    inputs = PeeringInputs(
        **common.common(topology, "peering-hub"),
        location=topology.azure.region,
        hvn=common.hvn(topology),
        peering_id=peering.existing_peering or naming.peering_id(topology.name, "hub"),
        existing=peering.existing_peering is not None,
        vnet=locations.hub_vnet(topology),
        allow_forwarded_traffic=bool(transit or sites),
        routes=(
            HvnRoute(RUNNERS, naming.runner_route_id(topology.name), locations.runners_cidr(topology)),
            *(
                HvnRoute(
                    f"transit-{pool}",
                    naming.transit_route_id(topology.name, pool),
                    str(topology.address_pools[pool]),
                    firewall_ip,
                )
                for pool in transit
            ),
            *(
                HvnRoute(
                    f"{SITE}{site}-{naming.dashed(str(cidr))}",
                    naming.site_route_id(topology.name, site, str(cidr)),
                    str(cidr),
                    firewall_ip,
                )
                for site, cidrs in sites
                for cidr in cidrs
            ),
            *(
                HvnRoute(
                    f"{DNS}{naming.dashed(str(server))}",
                    naming.resolver_route_id(topology.name, str(server)),
                    f"{server}/32",
                )
                for server in vault_resolvers(topology)
            ),
        ),
        dns_forwarding=_forwarding(topology, peering),
    )
    return with_backup(topology, naming.HUB, inputs)


def _forwarding(topology: Topology, peering: VaultPeering) -> DnsForwarding | None:
    rules = tuple(
        ForwardingRule(naming.forwarding_rule_id(topology.name, domain), domain, tuple(map(str, servers)))
        for domain, servers in sorted(peering.dns_forwarding.items())
    )
    return DnsForwarding(naming.forwarding_id(topology.name), rules) if rules else None
