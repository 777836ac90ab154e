"""HVN913: a connection that was blocked before may work now."""

from collections.abc import Iterator

from hvn.diagnostics.finding import Finding, Level, Message, Rule
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
        if not delta.gained or delta.before is None or delta.after is None:
            continue
        template = (
            "{source} to {destination}, TCP {port}: blocked before, unknown now"
            if delta.after.verdict is Verdict.UNKNOWN
            else "{source} can now reach {destination}, TCP {port}"
        )
        yield Finding(
            rule=RULE,
            workspace=context.network_of(delta.source),
            message=Message(template, source=delta.source, destination=delta.destination, port=delta.port),
        )
