"""HVN914: a connection passes the firewall only in one direction, or no longer passes the firewall."""

from collections.abc import Iterator

from hvn.diagnostics.finding import Finding, Message, Rule
from hvn.diagnostics.message import Words
from hvn.reach.answer import Answer
from hvn.review.context import Context

RULE = Rule(
    id="HVN914",
    name="firewall-bypassed",
    reports="A connection passes the firewall in one direction only, or no longer passes it.",
    why=(
        "a stateful firewall drops a connection with only one direction, and neither filters nor logs a connection "
        "that bypasses the firewall"
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
    """Yield findings about connections that are asymmetric, or that passed the firewall and now work without it."""
    for delta in context.reach:
        way = Message(
            "{source} to {destination}, TCP {port}", source=delta.source, destination=delta.destination, port=delta.port
        )
        workspace = context.network_of(delta.source)
        if delta.after and delta.after.asymmetric:
            message = Message("{way}: {reason}", way=way, reason=Words(delta.after.blocked_by))
            yield Finding(rule=RULE, workspace=workspace, message=message)
        elif (
            _passed(delta.before) and delta.after and not delta.after.blocked_by and not delta.after.request.by_firewall
        ):
            message = Message("{way}: no longer passes the firewall", way=way)
            yield Finding(rule=RULE, workspace=workspace, message=message)


def _passed(answer: Answer | None) -> bool:
    return answer is not None and not answer.blocked_by and answer.request.by_firewall
