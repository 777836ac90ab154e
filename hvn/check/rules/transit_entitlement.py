"""HVN405 transit-entitlement: transit pools need a feature that HashiCorp turns on for an organization."""

from collections.abc import Iterator

from hvn.diagnostics.finding import Finding, Level, Message, Rule
from hvn.topology.model import Topology

RULE = Rule(
    id="HVN405",
    name="transit-entitlement",
    level=Level.WARNING,
    reports=("The hub's peering has transit pools, which need hub-and-spoke to be on in the HCP organization."),
    why=(
        "HashiCorp's guide calls hub-and-spoke a private beta; without it HCP refuses the peering or its "
        "routes at apply"
    ),
    fix="ask HashiCorp; if hub-and-spoke is on, accept the warning with a comment on its line",
    example="""\
hub:
  vault_peering: {transit_pools: [transit]}
""",
    see="https://registry.terraform.io/providers/hashicorp/hcp/latest/docs/guides/peering-azure",
)


def check(topology: Topology) -> Iterator[Finding]:
    """Yield a finding if the hub's peering has transit pools: the file cannot show whether they are turned on."""
    if topology.hub.vault_peering and topology.hub.vault_peering.transit_pools:
        yield Finding(
            rule=RULE,
            path=("hub", "vault_peering", "transit_pools"),
            message=Message(
                "transit pools ({pools}) need hub-and-spoke to be on in your HCP organization",
                pools=topology.hub.vault_peering.transit_pools,
            ),
            fix=Message(
                "ask HashiCorp; if hub-and-spoke is on, add this comment to the line: {comment}",
                comment="# hvn: allow HVN405 <who confirmed it, and when>",
            ),
        )
