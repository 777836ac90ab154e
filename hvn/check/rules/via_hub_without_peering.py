"""HVN302 via-hub-without-peering: a spoke has vault_route via-hub, but the hub has no peering with the HVN."""

from collections.abc import Iterator

from hvn.diagnostics.finding import Finding, Message, Rule
from hvn.diagnostics.message import Field
from hvn.topology import locations
from hvn.topology.model import Topology
from hvn.topology.ranges import pool_of, spoke_ranges

RULE = Rule(
    id="HVN302",
    name="via-hub-without-peering",
    reports="A spoke has vault_route via-hub, but the hub has no peering with the HVN.",
    why="without a peering between hub and HVN, the firewall cannot forward the spoke's traffic to Vault",
    fix="add hub.vault_peering with the spoke's pool in transit_pools, or set vault_route: direct",
    example="""\
hub:
  vault_peering: null
""",
    see="docs/decisions/0005-two-vault-routes.md",
)


def check(topology: Topology) -> Iterator[Finding]:
    """Yield a finding for each via-hub spoke of a topology without hub.vault_peering."""
    if topology.vault_peering is not None or locations.firewall_ip(topology) is None:  # HVN430 reports via-hub
        return
    pools: dict[object, str | None] = {}
    for name, spoke in topology.spokes.items():
        if spoke.vault_route == "via-hub":
            pools = pools or {path[1]: pool_of(topology, cidr) for path, cidr in spoke_ranges(topology)}
            yield Finding(
                rule=RULE,
                path=("spokes", name, "vault_route"),
                message=Message("via-hub needs {peering}, which is not set", peering=Field(("hub", "vault_peering"))),
                fix=Message(
                    "add {peering} to hub, or set vault_route: direct",
                    peering=f"vault_peering: {{transit_pools: [{pools.get(name) or 'POOL'}]}}",
                ),
            )
