"""Azure refuses a diagnostic setting with an unsupported category, and a second setting with the same category and
destination. Azure stores a destination type only for resource types with their own tables.

Azure: BadRequest "Category '…' is not supported", Conflict "Data sink … is already used in diagnostic setting"
(learn.microsoft.com/azure/azure-monitor/essentials/diagnostic-settings, troubleshooting). azurerm:
monitor_diagnostic_setting_resource.go, documentation of `log_analytics_destination_type`.
"""

import re
from collections.abc import Mapping
from typing import Any

from hvn.rehearsal.behaviours import Change, Refusal
from hvn.rehearsal.cloud import same

# learn.microsoft.com/azure/azure-monitor/reference/supported-logs/logs-index
CATEGORIES: Mapping[str, str] = {
    "azurerm_firewall": r"AZFW(ApplicationRule|ApplicationRuleAggregation|DnsQuery|DnsFlowTrace|FatFlow|FlowTrace|"
    r"FqdnResolveFailure|IdpsSignature|NatRule|NatRuleAggregation|NetworkRule|NetworkRuleAggregation|ThreatIntel)|"
    r"AzureFirewall(ApplicationRule|DnsProxy|NetworkRule)",
    "azurerm_kubernetes_cluster": r"cloud-controller-manager|cluster-autoscaler|csi-(azuredisk|azurefile|snapshot)-"
    r"controller|fleet-.*|guard|kube-(apiserver|audit|audit-admin|controller-manager|scheduler)",
    "azurerm_network_security_group": r"NetworkSecurityGroup(Event|RuleCounter)",
    "azurerm_public_ip": r"DDoS(MitigationFlowLogs|MitigationReports|ProtectionNotifications)",
}
TABLES = ("azurerm_firewall", "azurerm_kubernetes_cluster")
SINKS = ("log_analytics_workspace_id", "storage_account_id", "eventhub_authorization_rule_id")


def create(change: Change) -> None:
    """Refuse unsupported categories, and a destination that another setting uses for the same category."""
    target = str(change.after["target_resource_id"])
    there = change.cloud.named(target)
    if there is None:
        raise Refusal(f"creating Monitor Diagnostics Setting for Resource {target}: 404 ResourceNotFound")
    change.need(there)
    for category in sorted(_categories(change.after)):
        if not re.fullmatch(CATEGORIES.get(there[0], ".*"), category):
            raise Refusal("unexpected status 400 (400 Bad Request)", f"Category '{category}' is not supported.")
    for other in change.cloud.find(change.kind):
        used = [sink for sink in SINKS if change.after.get(sink) and same(other.get(sink), change.after[sink])]
        if same(other["target_resource_id"], target) and used and _categories(other) & _categories(change.after):
            raise Refusal(
                "unexpected status 409 (409 Conflict)",
                f"Data sink '{change.after[used[0]]}' is already used in diagnostic setting '{other['name']}'. Data "
                "sinks can't be reused in different settings on the same category for the same resource.",
            )
    if there[0] not in TABLES or not change.after.get("log_analytics_workspace_id"):
        change.after["log_analytics_destination_type"] = None


def _categories(setting: Mapping[str, Any]) -> set[str]:
    return {str(log["category"]) for log in setting["enabled_log"]}


CREATE = {"azurerm_monitor_diagnostic_setting": create}
