"""HVN980: the firewall forwards connections from the internet that it did not forward before."""

from collections.abc import Iterator

from hvn.diagnostics.finding import Finding, Message, Rule
from hvn.kinds.hub.inputs import HubInputs
from hvn.kinds.workspace import Workspace
from hvn.review.context import Context
from hvn.review.firewall_diff import excess
from hvn.topology.firewall_rule import NatRule

RULE = Rule(
    id="HVN980",
    name="dnat-opened",
    reports="A DNAT rule of the firewall is new, or has more sources or a different port or target.",
    why="clients on the internet reach a machine inside the network. Azure also allows the translated traffic, so no "
    "other rule of the firewall denies it",
    fix="check that the machine may be public, and that sources contains only its clients",
    example="""\
hub:
  firewall:
    dnat_rules:
      shop: {sources: [internet], port: tcp/443, translated_address: 10.64.0.10, translated_port: 8443, reason: shop}
""",
    see="https://learn.microsoft.com/azure/firewall/rule-processing",
)
LABEL = "hvn: opens"


def check(context: Context) -> Iterator[Finding]:
    """Yield new DNAT rules and new values of DNAT rules, including those of a new firewall or hub."""
    for id_, workspace in context.after.items():
        rules, earlier = _rules(workspace), _rules(context.before.get(id_))
        for more in excess(rules, earlier) if context.before else ():
            yield Finding(
                rule=RULE,
                workspace=id_,
                message=Message(
                    "DNAT rule {rules} is new: {values}" if more.whole else "DNAT rule {rules} now has: {values}",
                    rules=more.rules,
                    values=more.values,
                ),
            )


def _rules(workspace: Workspace | None) -> tuple[NatRule, ...]:
    inputs = workspace.inputs if workspace else None
    dnat = inputs.firewall.dnat if isinstance(inputs, HubInputs) and inputs.firewall else None
    return dnat.nat_rules if dnat else ()
