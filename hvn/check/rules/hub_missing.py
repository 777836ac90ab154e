"""HVN435 hub-missing: a setting of an existing VNet needs a hub, but the network has no hub."""

from collections.abc import Iterator

from hvn.diagnostics.finding import Finding, Message, Rule
from hvn.topology import locations
from hvn.topology.model import Topology

RULE = Rule(
    id="HVN435",
    name="hub-missing",
    reports="An existing VNet has a setting for the hub, but the network has no hub.",
    why="the peering and the private DNS zone of AKS belong to the hub, so the setting has no effect",
    fix="remove the setting, or add a hub",
    example="""\
hub: none
spokes:
  analytics:
    cidr: null
    subnets: null
    vault_route: none
    existing:
      vnet_id: /subscriptions/22222222-2222-4222-8222-222222222222/resourceGroups/rg-net/providers/Microsoft.Network/\
virtualNetworks/vnet-old
      cidrs: [10.67.0.0/20]
      hub_peering: true
""",
    see="docs/decisions/0018-networks-without-a-hub.md",
)
SETTINGS = ("hub_peering", "zone_link")


def check(topology: Topology) -> Iterator[Finding]:
    """Yield a finding for each setting of an existing VNet without effect."""
    if locations.has_hub(topology):
        return
    for name, spoke in topology.spokes.items():
        for setting in SETTINGS:
            if spoke.existing and setting in spoke.existing.model_fields_set:
                yield Finding(
                    rule=RULE,
                    path=("spokes", name, "existing", setting),
                    message=Message("the network has no hub"),
                    fix=Message("remove {setting}, or add a hub", setting=setting),
                )
