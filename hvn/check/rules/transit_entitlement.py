"""HVN405: transit pools, which HashiCorp may first have to turn on."""

from collections.abc import Iterator

from hvn.diagnostics.finding import Breach, Level, Rule
from hvn.topology.model import Topology

RULE = Rule(
    id="HVN405",
    name="transit-entitlement",
    level=Level.WARNING,
    why="HashiCorp's guide calls hub-and-spoke a private beta that support turns on for an organization; without it "
    "the hub's peering or its routes are refused when they are applied",
    see="https://registry.terraform.io/providers/hashicorp/hcp/latest/docs/guides/peering-azure",
)


def check(topology: Topology) -> Iterator[Breach]:
    """A hub's peering with transit pools: only a person can know whether the organization has them."""
    if topology.hub.vault_peering and topology.hub.vault_peering.transit_pools:
        yield Breach(
            ("hub", "vault_peering", "transit_pools"),
            "need hub-and-spoke to be on in your HCP organization",
            "ask HashiCorp; if it is on, say so behind this line: # hvn: allow HVN405 <who confirmed it, and when>",
        )
