"""Azure accepts at most 90 rule collection groups in a firewall policy, each priority once, and one write at a time.

Azure refuses a write while it writes another group of the policy (azurerm #15440, Azure/bicep #1013:
FirewallPolicyUpdateNotAllowedWhenUpdatingOrDeleting). azurerm's lock works only within one process, so a run must order
the workspaces with groups (order.py). Azure deletes the groups with their policy. Limits:
learn.microsoft.com/azure/azure-resource-manager/management/azure-subscription-service-limits. The refusal of an equal
priority is inferred: learn.microsoft.com/azure/firewall/rule-processing orders groups by priority.
"""

from collections.abc import Iterator

from hvn.rehearsal.behaviours import Change, refused_by_azure
from hvn.rehearsal.cloud import Object, same

KIND = "azurerm_firewall_policy_rule_collection_group"
LIMIT = 90


def create(change: Change) -> None:
    """Refuse a rule collection group beyond the limit or with a used priority. Record that no two groups of a policy
    may be written at the same time."""
    others = list(_others(change))
    if len(others) >= LIMIT:
        raise refused_by_azure(change, f"the policy has {len(others)} rule collection groups, and {LIMIT} is the limit")
    write(change)
    for other in others:
        change.take_turns(KIND, str(other["id"]))


def write(change: Change) -> None:
    """Refuse a priority that another group of the policy has."""
    for other in _others(change):
        if other["priority"] == change.after["priority"]:
            raise refused_by_azure(change, f"the group {other['name']} has the priority {other['priority']} already")


def delete_policy(change: Change) -> None:
    """Delete the groups of a policy."""
    for group in change.cloud.find(KIND):
        if same(group["firewall_policy_id"], change.before["id"]):
            change.cloud.remove(KIND, str(group["id"]))


def _others(change: Change) -> Iterator[Object]:
    for group in change.cloud.find(KIND):
        in_policy = same(group["firewall_policy_id"], change.after["firewall_policy_id"])
        if in_policy and not same(group["id"], change.after["id"]):
            yield group


CREATE = {KIND: create}
UPDATE = {KIND: write}
DELETE = {"azurerm_firewall_policy": delete_policy}
