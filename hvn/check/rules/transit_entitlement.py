"""HVN405 transit-entitlement: routes through the hub need a feature that HashiCorp turns on for an organization."""

from collections.abc import Iterator

from hvn.diagnostics.finding import Finding, Level, Message, Rule
from hvn.topology.model import Topology

RULE = Rule(
    id="HVN405",
    name="transit-entitlement",
    level=Level.WARNING,
    reports="The hub's peering has HVN routes through the hub, which need hub-and-spoke in the HCP organization.",
    why=(
        "HashiCorp's guide calls hub-and-spoke a private beta; without hub-and-spoke HCP refuses the peering or its "
        "routes at apply"
    ),
    fix="ask HashiCorp; if hub-and-spoke is on, accept the warning with a comment on the warning's line",
    example="""\
hub:
  vault_peering: {transit_pools: [transit]}
""",
    see="https://registry.terraform.io/providers/hashicorp/hcp/latest/docs/guides/peering-azure",
)


def check(topology: Topology) -> Iterator[Finding]:
    """Yield a finding if the hub's peering has transit pools or on-premises networks.

    The file cannot show whether hub-and-spoke is turned on.
    """
    peering = topology.hub.vault_peering
    if peering and (peering.transit_pools or peering.on_premises):
        yield Finding(
            rule=RULE,
            path=("hub", "vault_peering", "transit_pools" if peering.transit_pools else "on_premises"),
            message=Message(
                "routes through the hub ({names}) need hub-and-spoke to be on in your HCP organization",
                names=(*peering.transit_pools, *peering.on_premises),
            ),
            fix=Message(
                "ask HashiCorp; if hub-and-spoke is on, add this comment to the line: {comment}",
                comment="# hvn: allow HVN405 <who confirmed it, and when>",
            ),
        )
