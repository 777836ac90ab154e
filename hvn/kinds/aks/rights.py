"""The rights that `aks-<spoke>` needs, by Terraform type."""

from hvn.kinds.rights import GROUP, MONITOR_DIAGNOSTIC_SETTING, READER, Grant, Needs, Rights

RIGHTS = Rights(
    {
        "azurerm_kubernetes_cluster": Needs(
            (
                READER,
                # Every refresh lists the user's credentials, and fails with 403 without this right.
                Grant(
                    "Azure",
                    "Azure Kubernetes Service Cluster User Role",
                    "the cluster",
                    "S",
                    "azurerm-aks",
                ),
            ),
            (
                # The AKS Contributor role can neither delete clusters nor list credentials.
                Grant(
                    "Azure",
                    "Contributor; or `Microsoft.ContainerService/managedClusters/*` and "
                    "`Microsoft.ManagedIdentity/userAssignedIdentities/assign/action`",
                    GROUP,
                    "I",
                    "aks-permissions",
                ),
                Grant(
                    "Azure",
                    "`Microsoft.Network/virtualNetworks/subnets/join/action`",
                    "{owner}'s VNet",
                    "S",
                    "aks-permissions",
                ),
            ),
        ),
        "azurerm_kubernetes_cluster_node_pool": Needs(
            (READER,),
            (
                Grant(
                    "Azure",
                    "`Microsoft.ContainerService/managedClusters/agentPools/write` and `/delete`, in Contributor",
                    "the cluster",
                    "I",
                    "aks-permissions",
                ),
            ),
        ),
        "azurerm_monitor_diagnostic_setting": MONITOR_DIAGNOSTIC_SETTING,
        "azurerm_role_assignment": Needs(
            (Grant("Azure", "Reader", "{scope}", "S", "roles"),),
            (
                Grant(
                    "Azure",
                    "Role Based Access Control Administrator, with a condition on the roles and on service principals, "
                    "for write and for delete",
                    "{scope}",
                    "S",
                    "roles",
                ),
            ),
        ),
        "azurerm_user_assigned_identity": Needs(
            (READER,),
            (Grant("Azure", "Managed Identity Contributor", GROUP, "S", "roles"),),
        ),
    }
)
