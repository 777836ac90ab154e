"""HVN978: the hub's firewall policy gets, changes or loses its base policy."""

from collections.abc import Iterator

from hvn.diagnostics.finding import Finding, Level, Message, Rule
from hvn.review.context import Context
from hvn.review.firewall_diff import firewalls

RULE = Rule(
    id="HVN978",
    name="base-policy-changed",
    level=Level.WARNING,
    reports="An edit sets, changes or removes the base policy of the firewall.",
    why="Azure processes the rules of the base policy before the rules of this file. The review does not know which "
    "traffic the base policy allows or denies",
    fix="list the rules of both base policies with `az network firewall policy rule-collection-group list`, and "
    "compare them",
    example="""\
hub:
  firewall:
    base_policy_id: /subscriptions/6b1f2d3c-0a9e-4c57-8f7d-3a2b1c0d9e8f/resourceGroups/rg-security/providers/\
Microsoft.Network/firewallPolicies/afwp-base
""",
    see="https://learn.microsoft.com/azure/firewall-manager/policy-overview",
)
LABEL = "hvn: opens"


def check(context: Context) -> Iterator[Finding]:
    """Yield a finding if the hub's firewall policy has a different base policy."""
    for workspace, _, before, after in firewalls(context):
        old, new = before.base_policy_id, after.base_policy_id
        if (old or "").casefold() == (new or "").casefold():
            continue
        text = "{policy} loses its base policy {old}"
        if new:
            text = "{policy}: base policy {old} → {new}" if old else "{policy} gets the base policy {new}"
        yield Finding(
            rule=RULE, workspace=workspace, message=Message(text, policy=after.policy, old=old or "", new=new or "")
        )
