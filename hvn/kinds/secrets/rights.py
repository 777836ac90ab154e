"""The rights that `secrets-<spoke>` needs, by Terraform type."""

from hvn.kinds.rights import DATA_KUBERNETES_CLUSTER_KUBE_CONFIG, NAMESPACE, Needs, Rights, kubernetes

SECRETS = "vaultauths, vaultdynamicsecrets, vaultpkisecrets, vaultstaticsecrets (secrets.hashicorp.com)"

RIGHTS = Rights(
    {
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
