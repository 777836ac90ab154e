"""Inputs of `hcp`, `peering-hub` and `peering-<spoke>`."""

from hvn.kinds.derive import common
from hvn.kinds.inputs import HcpInputs, HvnRoute, NewVault, PeeringInputs, UpgradeWindow
from hvn.topology import naming
from hvn.topology.model import OtherUpgrade, ScheduledUpgrade, Spoke, Topology, VaultPeering


def hcp(topology: Topology) -> HcpInputs:
    """HVN and Vault cluster, as far as they do not exist yet."""
    vault = topology.vault
    return HcpInputs(
        **common.common(topology, "hcp"),
        location=topology.azure.region,
        hvn_id=topology.hvn.id,
        cidr=str(topology.hvn.cidr),
        project_id=topology.hvn.project_id,
        new_hvn=not topology.hvn.existing,
        new_vault=None
        if vault.existing
        else NewVault(cluster_id=vault.cluster_id, tier=vault.tier, upgrade=_window(vault.upgrade)),
    )


def _window(upgrade: ScheduledUpgrade | OtherUpgrade | None) -> UpgradeWindow | None:
    if isinstance(upgrade, ScheduledUpgrade):
        return UpgradeWindow(type=upgrade.type, day=upgrade.day, window=upgrade.window)
    return UpgradeWindow(type=upgrade.type) if upgrade else None


def peering_hub(topology: Topology, peering: VaultPeering) -> PeeringInputs:
    """The hub's peering with the HVN: the runners directly, each transit pool behind the firewall."""
    transit = sorted(set(peering.transit_pools))
    return PeeringInputs(
        **common.common(topology, "peering-hub"),
        location=topology.azure.region,
        hvn=common.hvn(topology),
        peering_id=naming.peering_id(topology.name, "hub"),
        vnet=common.hub_vnet(topology),
        allow_forwarded_traffic=bool(transit),
        routes=(
            HvnRoute("runners", naming.runner_route_id(topology.name), common.runners_cidr(topology)),
            *(
                HvnRoute(
                    f"transit-{pool}",
                    naming.transit_route_id(topology.name, pool),
                    str(topology.address_pools[pool]),
                    common.firewall_ip(topology),
                )
                for pool in transit
            ),
        ),
    )


def peering(topology: Topology, name: str, spoke: Spoke) -> PeeringInputs:
    """A direct spoke's own peering with the HVN, and a route to each of its ranges."""
    return PeeringInputs(
        **common.common(topology, f"peering-{name}"),
        location=topology.azure.region,
        hvn=common.hvn(topology),
        peering_id=naming.peering_id(topology.name, name),
        vnet=common.spoke_vnet(topology, name, spoke),
        # A direct spoke forwards nothing: its own addresses are the only ones behind this peering.
        allow_forwarded_traffic=False,
        routes=tuple(_route(topology, name, cidr, spoke) for cidr in common.spoke_cidrs(spoke)),
    )


def _route(topology: Topology, name: str, cidr: str, spoke: Spoke) -> HvnRoute:
    if not spoke.existing:
        return HvnRoute("spoke", naming.peering_id(topology.name, name), cidr)
    # Named after the range: a range that comes or goes leaves the routes of the others alone.
    return HvnRoute(f"spoke-{naming.dashed(cidr)}", naming.range_route_id(topology.name, name, cidr), cidr)
