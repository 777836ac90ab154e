"""HVN436 runners-without-egress: the runners of a new hub cannot reach the internet."""

from collections.abc import Iterator

from hvn.diagnostics.finding import Finding, Level, Message, Rule
from hvn.topology import nat
from hvn.topology.model import NewHub, Topology

RULE = Rule(
    id="HVN436",
    name="runners-without-egress",
    level=Level.WARNING,
    reports="The hub has no firewall, and the runners have no NAT gateway and no default route.",
    why="the subnet has no default outbound access, so Terraform cannot reach GitHub, Azure or HCP",
    fix="write runners.nat_gateway: true and hub.nat_gateway: {}",
    example="""\
hub:
  firewall: none
  vault_peering: {transit_pools: null}
spokes:
  analytics: null
""",
    see="https://learn.microsoft.com/azure/virtual-network/ip-services/default-outbound-access",
)


def check(topology: Topology) -> Iterator[Finding]:
    """Yield a finding for the runners of a new hub without a path to the internet."""
    hub = topology.hub
    if not isinstance(hub, NewHub) or not nat.runners_lack_egress(topology):
        return
    yield Finding(
        rule=RULE,
        path=("hub", "runners"),
        at_key=True,
        message=Message("the runners cannot reach the internet: the hub has no firewall"),
        fix=Message(
            "write {runners} in runners and {hub} in hub, or add a default route to an appliance to hub.routes",
            runners="nat_gateway: true",
            hub="nat_gateway: {}",
        )
        if hub.nat_gateway is None
        else Message(
            "write {runners} in runners, or add a default route to an appliance to hub.routes",
            runners="nat_gateway: true",
        ),
    )
