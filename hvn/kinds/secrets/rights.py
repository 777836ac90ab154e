"""The rights that `secrets-<spoke>` needs, by Terraform type."""

from hvn.kinds.rights import (
    DATA_KUBERNETES_CLUSTER_KUBE_CONFIG,
    GROUP,
    NAMESPACE,
    READER,
    Grant,
    Needs,
    Rights,
    kubernetes,
)

SECRETS = "vaultauths, vaultdynamicsecrets, vaultpkisecrets, vaultstaticsecrets (secrets.hashicorp.com)"

_CREDENTIALS = "`Microsoft.ManagedIdentity/userAssignedIdentities/federatedIdentityCredentials/*`"

RIGHTS = Rights(
    {
        "azurerm_federated_identity_credential": Needs(
            (READER,),
            (Grant("Azure", f"{_CREDENTIALS}, in Managed Identity Contributor", GROUP, "S", "roles"),),
        ),
        "azurerm_user_assigned_identity": Needs(
            (READER,),
            (Grant("Azure", "Managed Identity Contributor", GROUP, "S", "roles"),),
        ),
        "kubernetes_manifest": Needs(
            (
                kubernetes("list", "customresourcedefinitions", "the cluster", "S", "manifest"),
                kubernetes("get", SECRETS, NAMESPACE, "S", "manifest"),
            ),
            (
                kubernetes(
                    "create, patch, delete",
                    SECRETS,
                    NAMESPACE,
                    "I",
                    "apply",
                ),
            ),
        ),
        "kubernetes_namespace_v1": Needs(
            (kubernetes("get", "namespaces", "the cluster", "S", "kubernetes"),),
            (kubernetes("create, patch, delete", "namespaces", "the cluster", "S", "kubernetes"),),
        ),
        "kubernetes_service_account_v1": Needs(
            (kubernetes("get", "serviceaccounts", NAMESPACE, "S", "kubernetes"),),
            (kubernetes("create, patch, delete", "serviceaccounts", NAMESPACE, "S", "kubernetes"),),
        ),
        "data.azurerm_kubernetes_cluster.kube_config": DATA_KUBERNETES_CLUSTER_KUBE_CONFIG,
    }
)
