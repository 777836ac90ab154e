"""Build diagnostic settings, which send the resource logs of an Azure resource to destinations."""

from cdktf import TerraformResource, TerraformStack
from cdktf_cdktf_provider_azurerm.monitor_diagnostic_setting import (
    MonitorDiagnosticSetting,
    MonitorDiagnosticSettingEnabledLog,
)

from hvn.kinds.inputs import LogInputs

CATEGORIES = {
    "azurerm_firewall": (
        *("AZFWApplicationRule", "AZFWDnsQuery", "AZFWFqdnResolveFailure", "AZFWIdpsSignature"),
        *("AZFWNatRule", "AZFWNetworkRule", "AZFWThreatIntel"),
    ),
    # The list excludes kube-audit, which also contains reads and costs many times as much as kube-audit-admin.
    "azurerm_kubernetes_cluster": (
        *("cluster-autoscaler", "guard", "kube-apiserver"),
        *("kube-audit-admin", "kube-controller-manager", "kube-scheduler"),
    ),
    "azurerm_network_security_group": ("NetworkSecurityGroupEvent", "NetworkSecurityGroupRuleCounter"),
    "azurerm_public_ip": ("DDoSMitigationFlowLogs", "DDoSMitigationReports", "DDoSProtectionNotifications"),
}
"""The log categories of each resource type (learn.microsoft.com/azure/azure-monitor/reference/logs-index)."""

DEDICATED = ("azurerm_firewall", "azurerm_kubernetes_cluster")
"""The resource types with their own tables in Log Analytics. For a type without its own tables Azure ignores the
destination type, so each plan would set the argument again.
"""


def diagnostic_setting(stack: TerraformStack, logs: LogInputs | None, resource: TerraformResource) -> None:
    """Build the diagnostic setting of a resource if the topology has destinations for logs.

    The setting excludes metrics, because Azure Monitor stores metrics for 93 days without a setting.
    """
    if logs is None:
        return
    type_ = resource.terraform_resource_type
    dedicated = logs.workspace_id and type_ in DEDICATED
    MonitorDiagnosticSetting(
        stack,
        f"logs_{resource.node.id}",
        name=logs.setting,
        target_resource_id=f"${{{type_}.{resource.friendly_unique_id}.id}}",
        log_analytics_workspace_id=logs.workspace_id,
        log_analytics_destination_type="Dedicated" if dedicated else None,
        storage_account_id=logs.storage_account_id,
        eventhub_authorization_rule_id=logs.event_hub_rule_id,
        enabled_log=[MonitorDiagnosticSettingEnabledLog(category=category) for category in CATEGORIES[type_]],
    )
