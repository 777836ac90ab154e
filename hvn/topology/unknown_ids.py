"""Placeholders for Azure ids that the person does not know yet."""

from hvn.topology import naming

SUBSCRIPTION = "00000000-0000-0000-0000-000000000000"


def zone(region: str) -> str:
    """Return the placeholder for the id of AKS's private DNS zone."""
    group = naming.ResourceGroup(SUBSCRIPTION, "unknown")
    return naming.private_dns_zone(group, naming.aks_zone(region)).id


def is_placeholder(resource_id: str) -> bool:
    """Return whether the id is a placeholder, which no resource has."""
    return naming.parse(resource_id).group.subscription_id == SUBSCRIPTION
