"""`logs`: the destinations of the resource logs in Azure."""

from hvn.topology.fields import EventHubRuleId, LogWorkspaceId, StorageAccountId
from hvn.topology.model.base import Model


class Logs(Model):
    """At least one destination for the logs of firewall, clusters, network security groups and public addresses."""

    workspace_id: LogWorkspaceId | None = None
    """Log Analytics workspace, in any region and subscription."""
    storage_account_id: StorageAccountId | None = None
    """Storage account in `azure.region`."""
    event_hub_rule_id: EventHubRuleId | None = None
    """Authorization rule of a namespace in `azure.region`. Azure creates an event hub for each category of logs."""
