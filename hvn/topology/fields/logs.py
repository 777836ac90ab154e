"""Values of `logs`, `vault.audit_log` and `vault.metrics`."""

from typing import Annotated

from hvn.topology.fields.marks import Text
from hvn.topology.fields.resource_id import resource_id

_EXAMPLE = "/subscriptions/6b1f2d3c-0a9e-4c57-8f7d-3a2b1c0d9e8f/resourceGroups/rg-logs/providers"
_STREAMS = "https://registry.terraform.io/providers/hashicorp/hcp/0.111.0/docs/resources/vault_cluster"

# azurerm checks the case of an id's fixed parts during plan (ValidateWorkspaceID and others), although azurerm accepts
# any case in Azure's responses.
LogWorkspaceId = Annotated[
    str,
    resource_id(
        r"Microsoft\.OperationalInsights/workspaces/[A-Za-z0-9][A-Za-z0-9-]{2,61}[A-Za-z0-9]",
        "the resource id of a Log Analytics workspace",
        "the Azure resource id of a Log Analytics workspace",
        f"{_EXAMPLE}/Microsoft.OperationalInsights/workspaces/log-platform",
    ),
]
StorageAccountId = Annotated[
    str,
    resource_id(
        r"Microsoft\.Storage/storageAccounts/[a-z0-9]{3,24}",
        "the resource id of a storage account",
        "the Azure resource id of a storage account",
        f"{_EXAMPLE}/Microsoft.Storage/storageAccounts/logs0001",
    ),
]
EventHubRuleId = Annotated[
    str,
    resource_id(
        r"Microsoft\.EventHub/namespaces/[A-Za-z][A-Za-z0-9-]{4,48}[A-Za-z0-9]"
        r"/authorizationRules/[A-Za-z0-9]([A-Za-z0-9._-]{0,48}[A-Za-z0-9])?",
        "the resource id of an authorization rule of an Event Hubs namespace",
        "the Azure resource id of an authorization rule of an Event Hubs namespace",
        f"{_EXAMPLE}/Microsoft.EventHub/namespaces/evhns-logs/authorizationRules/RootManageSharedAccessKey",
    ),
]
RegistryId = Annotated[
    str,
    resource_id(
        r"Microsoft\.ContainerRegistry/registries/[A-Za-z0-9]{5,50}",
        "the resource id of a container registry",
        "the Azure resource id of a container registry",
        f"{_EXAMPLE}/Microsoft.ContainerRegistry/registries/platform0001",
    ),
]
DdosPlanId = Annotated[
    str,
    resource_id(
        r"Microsoft\.Network/ddosProtectionPlans/[A-Za-z0-9]([A-Za-z0-9_.-]{0,78}[A-Za-z0-9_])?",
        "the resource id of a DDoS protection plan",
        "the Azure resource id of a DDoS protection plan",
        f"{_EXAMPLE}/Microsoft.Network/ddosProtectionPlans/ddos-platform",
    ),
]
StreamEndpoint = Annotated[
    str,
    Text(
        pattern=r"https://(?=[^/:]{4,253}([/:]|$))([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}(:[0-9]{1,5})?"
        r"(/[A-Za-z0-9._~-]{1,100}){0,6}/?",
        kind="an https URL",
        rule="an https URL without query",
        example="https://logs.example.com:8088/services/collector",
        why="HCP sends the stream over the internet to this URL",
        see=_STREAMS,
    ),
]
StreamRegion = Annotated[
    str,
    Text(
        pattern=r"[a-z]{2}[a-z0-9-]{1,30}",
        kind="a region",
        rule="the region's id, in lower case",
        example="us1",
        why="HCP requires the id of a region of Datadog or AWS",
        see=_STREAMS,
    ),
]
StreamUser = Annotated[
    str,
    Text(
        pattern=r"[A-Za-z0-9][A-Za-z0-9._@-]{0,127}",
        kind="a user name",
        rule="1 to 128 letters, digits and . _ @ -, a letter or digit first",
        example="hcp-vault",
        why="HCP uses the user name to authenticate the stream",
        see=_STREAMS,
    ),
]
