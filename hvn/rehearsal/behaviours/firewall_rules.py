"""A firewall rule needs source addresses or IP groups.

Azure: FirewallPolicyRuleIpAddressesAndPortsMustBeSpecified (Azure/azure-cli#24493, #26336). The provider accepts a
rule without them: both are optional in firewall_policy_rule_collection_group_resource.go.
"""

from hvn.rehearsal.behaviours import Change, Refusal

COLLECTIONS = ("application_rule_collection", "nat_rule_collection", "network_rule_collection")


def write(change: Change) -> None:
    """Refuse a rule without a source."""
    for kind in COLLECTIONS:
        for collection in change.after.get(kind) or ():
            for rule in collection["rule"]:
                if not (rule.get("source_addresses") or rule.get("source_ip_groups")):
                    raise Refusal(
                        f"creating/updating {change.kind} {change.after['name']}: unexpected status 400 (400 Bad "
                        "Request) with error: FirewallPolicyRuleIpAddressesAndPortsMustBeSpecified",
                        f"Firewall Policy Rule {rule['name']} should have IP addresses and ports specified. * is used "
                        "to match all.",
                    )


CREATE = {"azurerm_firewall_policy_rule_collection_group": write}
UPDATE = {"azurerm_firewall_policy_rule_collection_group": write}
