"""Host names of image registries, and the firewall's match of host names."""

from collections.abc import Iterable

FQDN_TAGS = {
    "AzureKubernetesService": (
        "*.data.mcr.microsoft.com",
        "acs-mirror.azureedge.net",
        "login.microsoftonline.com",
        "management.azure.com",
        "mcr.microsoft.com",
        "packages.aks.azure.com",
        "packages.microsoft.com",
    )
}
"""The hosts that Microsoft documents for the firewall's FQDN tags. Azure may add hosts:
https://learn.microsoft.com/azure/aks/outbound-rules-control-egress"""

ENDPOINT_DOMAINS = {
    "Microsoft.AzureActiveDirectory": (".azuredatalakestore.net",),
    "Microsoft.AzureCosmosDB": (".documents.azure.com",),
    "Microsoft.CognitiveServices": (".cognitiveservices.azure.com", ".openai.azure.com"),
    "Microsoft.ContainerRegistry": (".azurecr.io",),
    "Microsoft.EventHub": (".servicebus.windows.net",),
    "Microsoft.KeyVault": (".vault.azure.net",),
    "Microsoft.ServiceBus": (".servicebus.windows.net",),
    "Microsoft.Sql": (".database.windows.net",),
    "Microsoft.Storage": (".core.windows.net",),
    "Microsoft.Storage.Global": (".core.windows.net",),
    "Microsoft.Web": (".azurewebsites.net",),
}
"""The domains of the services with a service endpoint. The routes of an endpoint override the subnet's route table:
https://learn.microsoft.com/azure/virtual-network/virtual-network-service-endpoints-overview"""


def registry_host(registry: str) -> str:
    """Return the host of an image registry, without port and path."""
    return registry.partition("/")[0].partition(":")[0]


def registry_port(registry: str) -> int:
    """Return the port of an image registry. [default: 443]"""
    return int(registry.partition("/")[0].partition(":")[2] or 443)


def is_allowed(host: str, allowed: Iterable[str]) -> bool:
    """Return whether the firewall allows a host. A pattern with a leading `*.` allows all names below it, and `*` all
    names."""
    return any(
        pattern in (host, "*") or (pattern.startswith("*.") and host.endswith(pattern[1:])) for pattern in allowed
    )
