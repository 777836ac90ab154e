"""Reports a subnet's existing NSG or route table in a subscription other than the VNet's."""

from collections.abc import Iterator

from hvn.diagnostics.finding import Finding, Message, Path, Rule
from hvn.topology.naming import Resource

REFUSED = Message("Azure refuses an NSG or a route table outside the VNet's subscription")


def other_subscription(rule: Rule, path: Path, existing: Resource, vnet: Resource) -> Iterator[Finding]:
    """Yield a finding of the rule if the existing resource is not in the VNet's subscription."""
    own, other = vnet.group.subscription_id, existing.group.subscription_id
    if other != own:
        yield Finding(
            rule=rule,
            path=path,
            message=Message(
                "{existing} is in the subscription {other}, but the VNet is in {own}",
                existing=existing.name,
                other=other,
                own=own,
            ),
            why=REFUSED,
            fix=Message("use a resource of the subscription {own}", own=own),
        )
