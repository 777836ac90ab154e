"""A base policy must be in the region of its child policy, and must not have a stricter threat intelligence mode.

Azure: FirewallPolicyBasePolicyDoesnotExist
(github.com/Azure/terraform-azurerm-avm-ptn-alz-connectivity-hub-and-spoke-vnet/issues/84). The mode:
learn.microsoft.com/azure/firewall-manager/policy-overview ("You can't turn it off"); no source has Azure's message.
"""

from hvn.rehearsal.behaviours import Change, Refusal, refused_by_azure
from hvn.rehearsal.cloud import same

POLICY = "azurerm_firewall_policy"
MODES = ("Off", "Alert", "Deny")


def write(change: Change) -> None:
    """Refuse a base policy that is missing or in a different region, and a weaker threat intelligence mode. If region
    and mode of an existing base policy are unknown, accept them."""
    wanted = change.after.get("base_policy_id")
    if not wanted:
        return
    base = next((one for one in change.cloud.find(POLICY) if same(one["id"], wanted)), None)
    own = (change.after["location"], change.after["threat_intelligence_mode"])
    if base is None or not same(base.get("location") or own[0], own[0]):
        raise Refusal(
            f"creating/updating {change.kind} {change.after['name']}: unexpected status 400 (400 Bad Request) with "
            "error: FirewallPolicyBasePolicyDoesnotExist",
            f"Base Firewall Policy {wanted} does not exist. Please make sure base policy ID is a valid firewall policy "
            "ID in same region.",
        )
    if MODES.index(own[1]) < MODES.index(base.get("threat_intelligence_mode") or own[1]):
        mode = base["threat_intelligence_mode"]
        raise refused_by_azure(change, f"the base policy has the mode {mode}, and the mode {own[1]} is weaker")


CREATE = {POLICY: write}
UPDATE = {POLICY: write}
