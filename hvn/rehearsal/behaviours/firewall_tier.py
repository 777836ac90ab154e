"""A firewall policy has no settings and no base policy of a higher tier. A Basic firewall needs a management subnet.

Azure: FirewallPolicyHigherTierOnlyProperties for the DNS proxy (Azure/terraform-azurerm-caf-enterprise-scale #862: also
for a proxy that is off) and for intrusion detection (Azure/missionlz #736). Threat intelligence:
learn.microsoft.com/azure/firewall/features-by-sku. The base policy: FirewallPolicyBasePolicyCannotBeHigherSku. The
management subnet: Azure/bicep-registry-modules #2589. The policy of a higher tier:
learn.microsoft.com/azure/firewall/change-sku. azurerm checks nothing of this (firewall_policy_resource.go).
"""

from collections.abc import Iterator

from hvn.rehearsal.behaviours import Change, Refusal, refused_by_azure
from hvn.rehearsal.cloud import Object, same

POLICY = "azurerm_firewall_policy"
TIERS = ("Basic", "Standard", "Premium")


def policy(change: Change) -> None:
    """Refuse settings and base policies of a higher tier. If the tier of an existing base policy is unknown, accept the
    base policy."""
    tier = change.after["sku"]
    if higher := list(_higher(change.after, TIERS.index(tier))):
        raise _refused(
            change,
            "FirewallPolicyHigherTierOnlyProperties",
            f"Firewall Policy {change.after['name']} contains higher tier only properties - {', '.join(higher)}",
        )
    base = _policy(change, change.after.get("base_policy_id"))
    if TIERS.index(base.get("sku") or tier) > TIERS.index(tier):
        raise _refused(
            change,
            "FirewallPolicyBasePolicyCannotBeHigherSku",
            f"In the rehearsal's words: the base policy has the tier {base['sku']}, and the policy {tier}",
        )


def firewall(change: Change) -> None:
    """Refuse a Basic firewall without a management IP configuration, and a policy of a higher tier."""
    tier = change.after["sku_tier"]
    if tier == "Basic" and not change.after["management_ip_configuration"]:
        raise refused_by_azure(change, "a Basic firewall needs a management IP configuration")
    used = _policy(change, change.after["firewall_policy_id"])
    if TIERS.index(used.get("sku") or tier) > TIERS.index(tier):
        raise refused_by_azure(change, f"the policy has the tier {used['sku']}, and the firewall {tier}")


def _higher(after: Object, tier: int) -> Iterator[str]:
    if tier < TIERS.index("Standard"):
        if after.get("dns"):
            yield "DNS Proxy and Custom DNS"
        if after["threat_intelligence_mode"] == "Deny":
            yield "Threat Intelligence"
    if tier < TIERS.index("Premium"):
        if after.get("intrusion_detection"):
            yield "Intrusion Detection"
        if after.get("tls_certificate"):
            yield "Transport Security"


def _policy(change: Change, id_: str | None) -> Object:
    return next((one for one in change.cloud.find(POLICY) if id_ and same(one["id"], id_)), {})


def _refused(change: Change, code: str, detail: str) -> Refusal:
    return Refusal(
        f"creating/updating {change.kind} {change.after['name']}: unexpected status 400 (400 Bad Request) with error: "
        f"{code}",
        detail,
    )


CREATE = {POLICY: policy, "azurerm_firewall": firewall}
UPDATE = {POLICY: policy, "azurerm_firewall": firewall}
