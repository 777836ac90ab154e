"""HVN914: only one direction of a connection goes through the firewall, or the connection bypasses the firewall now."""

from collections.abc import Iterator

from hvn.diagnostics.finding import Finding, Message, Rule
from hvn.diagnostics.message import Words
from hvn.reach.answer import Answer
from hvn.review.context import Context

RULE = Rule(
    id="HVN914",
    name="firewall-bypassed",
    reports="Only one direction of a connection goes through the firewall, or the connection now bypasses it.",
    why=(
        "the stateful firewall drops a connection if it sees only one direction, and neither filters nor logs traffic "
        "that bypasses it"
    ),
    fix="route both directions of the connection through the firewall, or neither",
    example="""\
spokes:
  analytics: {vault_route: direct}
""",
    see="docs/reference/facts.md",
)
LABEL = "hvn: opens"


def check(context: Context) -> Iterator[Finding]:
    """Yield findings about asymmetric connections, and about connections that now bypass the firewall."""
    for delta in context.reach:
        way = Message(
            "{source} to {destination}, {traffic}",
            source=delta.source,
            destination=delta.destination,
            traffic=Words(str(delta.traffic)),
        )
        workspace = context.network_of(delta.source)
        if delta.after and delta.after.asymmetric:
            reason = delta.after.blocked_by or "; ".join(delta.after.unknown)
            message = Message("{way}: {reason}", way=way, reason=Words(reason))
            yield Finding(rule=RULE, workspace=workspace, message=message)
        elif (
            _passed(delta.before) and delta.after and not delta.after.blocked_by and not delta.after.request.by_firewall
        ):
            message = Message("{way}: now bypasses the firewall", way=way)
            yield Finding(rule=RULE, workspace=workspace, message=message)


def _passed(answer: Answer | None) -> bool:
    return answer is not None and not answer.blocked_by and answer.request.by_firewall
