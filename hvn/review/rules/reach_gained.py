"""HVN913: a connection that was blocked before may work now."""

from collections.abc import Iterator

from hvn.diagnostics.finding import Finding, Level, Rule
from hvn.reach.answer import Verdict
from hvn.review.context import Context

RULE = Rule(
    id="HVN913",
    name="reach-gained",
    level=Level.WARNING,
    reports="A blocked connection between spokes, hub, runners or Vault may become possible.",
    why="the connection works, or the review cannot prove that the network blocks it",
    fix="check that the source needs the connection: `bin/hvn reach` shows its route",
    example="""\
spokes:
  orders: {vault_route: direct}
""",
    see="docs/reference/facts.md",
)
LABEL = "hvn: opens"


def check(context: Context) -> Iterator[Finding]:
    """Yield findings about connections that may work now and were blocked before, between places that exist before and
    after."""
    for delta in context.reach:
        if delta.gained and delta.in_both:
            text = "{source} can now reach {destination}, {traffic}"
            if delta.after and delta.after.verdict is Verdict.UNKNOWN:
                text = "{source} to {destination}, {traffic}: blocked before, unknown now"
            yield delta.finding(RULE, context.network_of(delta.source), text)
