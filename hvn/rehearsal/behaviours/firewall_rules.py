"""A firewall rule needs source addresses or IP groups. A network rule needs one kind of destination.

Azure: FirewallPolicyRuleIpAddressesAndPortsMustBeSpecified (Azure/azure-cli#24493, #26336), the destinations
(Azure/azure-cli#18932), the DNS proxy for host names (Azure/azure-sdk-for-go#11094). azurerm accepts rules without
these arguments, because they are optional in firewall_policy_rule_collection_group_resource.go.
"""

from hvn.rehearsal.behaviours import Change, Refusal
from hvn.rehearsal.cloud import same

DESTINATIONS = ("destination_addresses", "destination_ip_groups", "destination_fqdns")
COLLECTIONS = ("application_rule_collection", "nat_rule_collection", "network_rule_collection")


def write(change: Change) -> None:
    """Refuse a firewall rule without source addresses and IP groups."""
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


def destinations(change: Change) -> None:
    """Refuse a network rule without exactly one kind of destination, and host names without the DNS proxy."""
    for collection in change.after.get("network_rule_collection") or ():
        for rule in collection["rule"]:
            if sum(bool(rule.get(name)) for name in DESTINATIONS) != 1:
                raise _refused(
                    change,
                    f"Firewall Policy Network Rule {rule['name']} must have one of destinationAddresses, "
                    "destinationIpGroups or destinationFqdns specified",
                )
            if rule.get("destination_fqdns") and not _has_proxy(change):
                raise _refused(
                    change,
                    "In order to use DestinationFqdns in Network Rules, DNS Proxy must be enabled. See rule "
                    f"{rule['name']}",
                )


def _has_proxy(change: Change) -> bool:
    policies = change.cloud.find("azurerm_firewall_policy")
    own = [one for one in policies if same(one["id"], change.after["firewall_policy_id"])]
    # The arguments of an existing policy are unknown to the rehearsal.
    return all("dns" not in one or any(block["proxy_enabled"] for block in one["dns"] or ()) for one in own)


def _refused(change: Change, detail: str) -> Refusal:
    return Refusal(f"creating/updating {change.kind} {change.after['name']}: 400 Bad Request", detail)


def both(change: Change) -> None:
    """Check the sources and the destinations of a rule collection group."""
    write(change)
    destinations(change)


CREATE = {"azurerm_firewall_policy_rule_collection_group": both}
UPDATE = {"azurerm_firewall_policy_rule_collection_group": both}
