"""The inputs of `peering-hub` and `peering-<spoke>`, and their derivation from the topology."""

from dataclasses import dataclass, replace

from hvn.kinds import common
from hvn.kinds.inputs import HvnRef, Inputs
from hvn.kinds.kind import Site
from hvn.kinds.workspace import Workspace, WorkspaceId
from hvn.topology import locations, naming
from hvn.topology.model import Spoke, Topology
from hvn.topology.naming import Resource

RUNNERS = "runners"
"""Name of the route to the runners."""
SITE = "site-"
"""Beginning of the names of routes to on-premises networks."""


@dataclass(frozen=True, slots=True)
class HvnRoute:
    """A route of the HVN through a peering. `next_hop` is an appliance's address, or None for the peered VNet."""

    name: str
    route_id: str
    destination: str
    next_hop: str | None = None


@dataclass(frozen=True, slots=True)
class ForwardingRule:
    """A domain of DNS forwarding with its servers."""

    rule_id: str
    domain: str
    servers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DnsForwarding:
    """The DNS forwarding of the HVN, with a rule for each domain. An HVN has at most one DNS forwarding."""

    forwarding_id: str
    rules: tuple[ForwardingRule, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class HvnPeering:
    """A peering with one HVN, with the routes and the DNS forwarding of this HVN."""

    hvn: HvnRef
    peering_id: str
    routes: tuple[HvnRoute, ...]
    dns_forwarding: DnsForwarding | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PeeringInputs(Inputs):
    """`peering-hub` and `peering-<spoke>`: the peering with the HVN, the role with which HCP accepts the peering, and
    the HVN's routes. With `existing` the peering and the role are managed outside this project.

    `backup` is the peering with the backup HVN, always a new one; None without a backup HVN.
    """

    hvn: HvnRef
    peering_id: str
    existing: bool
    vnet: Resource
    location: str
    allow_forwarded_traffic: bool
    routes: tuple[HvnRoute, ...]
    dns_forwarding: DnsForwarding | None = None
    backup: HvnPeering | None = None

    @property
    def own(self) -> HvnPeering:
        """Return the peering with the HVN."""
        return HvnPeering(
            hvn=self.hvn, peering_id=self.peering_id, routes=self.routes, dns_forwarding=self.dns_forwarding
        )


def with_backup(topology: Topology, owner: str, inputs: PeeringInputs) -> PeeringInputs:
    """Return the inputs. If the topology has a backup HVN, add its peering with equal routes and DNS forwarding.

    `owner` is a spoke or `hub`.
    """
    backup = common.backup_hvn(topology)
    if backup is None:
        return inputs
    dns = inputs.dns_forwarding
    return replace(
        inputs,
        backup=HvnPeering(
            hvn=backup,
            peering_id=naming.backup_id(naming.peering_id(topology.name, owner)),
            routes=tuple(replace(route, route_id=naming.backup_id(route.route_id)) for route in inputs.routes),
            dns_forwarding=DnsForwarding(
                naming.backup_id(dns.forwarding_id),
                tuple(replace(rule, rule_id=naming.backup_id(rule.rule_id)) for rule in dns.rules),
            )
            if dns
            else None,
        ),
    )


def workspace(site: Site) -> Workspace | None:
    """Return the workspace of the spoke's own peering, or None if the Vault route is not direct."""
    if site.spoke.vault_route != "direct":
        return None
    return Workspace(
        id=site.id("peering"),
        inputs=peering(site.topology, site.name, site.spoke),
        after=(WorkspaceId("hcp"), site.id("network")),
        writes=(f"spoke {site.name}",),
    )


def peering(topology: Topology, name: str, spoke: Spoke) -> PeeringInputs:
    """Return the inputs of a direct spoke's peering with the HVN, with a route to each range of the spoke."""
    inputs = PeeringInputs(
        **common.common(topology, WorkspaceId("peering", name)),
        location=locations.region(topology, spoke),
        hvn=common.hvn(topology),
        peering_id=spoke.existing_peering or naming.peering_id(topology.name, name),
        existing=spoke.existing_peering is not None,
        vnet=locations.spoke_vnet(topology, name, spoke),
        # A direct spoke does not forward traffic: only its own addresses use this peering.
        allow_forwarded_traffic=False,
        routes=tuple(_route(topology, name, cidr, spoke) for cidr in locations.spoke_cidrs(spoke)),
    )
    return with_backup(topology, name, inputs)


def _route(topology: Topology, name: str, cidr: str, spoke: Spoke) -> HvnRoute:
    if spoke.cidr and cidr == str(spoke.cidr):
        return HvnRoute("spoke", naming.peering_id(topology.name, name), cidr)
    # The name contains the range, so that adding or removing a range does not change the other routes.
    return HvnRoute(f"spoke-{naming.dashed(cidr)}", naming.range_route_id(topology.name, name, cidr), cidr)


DNS = "dns-"
"""The beginning of the name of a route to a DNS server in the hub."""
