"""HVN977: a connection between two places that still exist is blocked now, and may have worked before."""

from collections.abc import Iterator

from hvn.diagnostics.finding import Finding, Level, Rule
from hvn.reach.answer import Verdict
from hvn.review.context import Context

RULE = Rule(
    id="HVN977",
    name="reach-lost",
    level=Level.WARNING,
    reports="The network now blocks a connection between spokes, hub, runners, on-premises networks or Vault.",
    why="clients of the connection fail after the apply",
    fix="check that no client needs the connection: `bin/hvn reach` shows the place that blocks it",
    example="# The base has bgp_route_propagation: true in a spoke, and the change removes it.\n",
    see="docs/reference/facts.md",
)
LABEL = "hvn: interrupts"


def check(context: Context) -> Iterator[Finding]:
    """Yield findings about connections that are blocked now, between places that exist before and after."""
    for delta in context.reach:
        if delta.lost and delta.in_both:
            text = "{source} can no longer reach {destination}, {traffic}"
            if delta.before and delta.before.verdict is Verdict.UNKNOWN:
                text = "{source} to {destination}, {traffic}: unknown before, blocked now"
            yield delta.finding(RULE, context.network_of(delta.source), text)
