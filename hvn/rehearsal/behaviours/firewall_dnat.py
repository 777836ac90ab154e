"""A DNAT rule translates a public IP address of its firewall to exactly one address or host name.

Azure refuses any other destination ("destination address other than AzureFirewall PublicIP address is not supported",
github.com/aztfmod/terraform-azurerm-caf/pull/299). azurerm refuses a rule without a target, or with two, at apply
(expandFirewallPolicyRuleNat in firewall_policy_rule_collection_group_resource.go). The limit of 250:
learn.microsoft.com/azure/firewall/deploy-multi-public-ip-powershell.
"""

from collections.abc import Iterator

from hvn.rehearsal.behaviours import Change, Refusal, refused_by_azure
from hvn.rehearsal.cloud import Object, same

KIND = "azurerm_firewall_policy_rule_collection_group"
LIMIT = 250


def write(change: Change) -> None:
    """Refuse too many DNAT rules, a destination that is not an address of the firewall, and a rule without exactly one
    target."""
    rules = [rule for one in change.after.get("nat_rule_collection") or () for rule in one["rule"]]
    if not rules:
        return
    firewalls = [
        one
        for one in change.cloud.find("azurerm_firewall")
        if same(one.get("firewall_policy_id"), change.after["firewall_policy_id"])
    ]
    addresses = [ip for firewall in firewalls for ip in _addresses(change, firewall)]
    if len(rules) + len(addresses) > LIMIT:
        raise refused_by_azure(change, f"{len(rules)} DNAT rules and {len(addresses)} public addresses exceed {LIMIT}")
    for rule in rules:
        if bool(rule.get("translated_address")) == bool(rule.get("translated_fqdn")):
            raise Refusal(f"should specify either `translated_address` or `translated_fqdn` in rule {rule['name']}")
        if firewalls and not any(same(ip.get("ip_address"), rule["destination_address"]) for ip in addresses):
            raise refused_by_azure(
                change,
                f"the destination {rule['destination_address']} of {rule['name']} is not an address of the firewall",
            )
    for ip in addresses:
        change.need(("azurerm_public_ip", str(ip["id"])))


def _addresses(change: Change, firewall: Object) -> Iterator[Object]:
    used = [one["public_ip_address_id"] for one in firewall["ip_configuration"]]
    yield from (ip for ip in change.cloud.find("azurerm_public_ip") if any(same(ip["id"], id_) for id_ in used))


CREATE = {KIND: write}
UPDATE = {KIND: write}
