"""The arguments that Azure Policy owns (`azure.policy_owned`), by Terraform type."""

from hvn.topology.model import Topology

EVERY_TYPE = "*"
VNET, CLUSTER = "azurerm_virtual_network", "azurerm_kubernetes_cluster"

ARGUMENTS = {
    "aks_defender": (CLUSTER, "microsoft_defender"),
    "aks_monitoring": (CLUSTER, "oms_agent"),
    "aks_policy": (CLUSTER, "azure_policy_enabled"),
    "ddos_protection_plan": (VNET, "ddos_protection_plan"),
    "tags": (EVERY_TYPE, "tags"),
}
"""The Terraform type and its argument, by the value in `azure.policy_owned`."""


def owned(topology: Topology, *types: str) -> tuple[tuple[str, str], ...]:
    """Return the pairs of type and argument with changes that Terraform ignores in a workspace with these types."""
    chosen = (ARGUMENTS[choice] for choice in sorted(set(topology.azure.policy_owned)))
    return tuple((type_, argument) for type_, argument in chosen if type_ in (EVERY_TYPE, *types))
