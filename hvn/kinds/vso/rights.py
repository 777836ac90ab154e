"""The rights that `vso-<spoke>` needs, by Terraform type."""

from hvn.kinds.rights import DATA_KUBERNETES_CLUSTER_KUBE_CONFIG, VIEWER, Needs, Rights, kubernetes

RIGHTS = Rights(
    {
        "helm_release": Needs(
            # Helm stores a release in Secrets of the release's namespace; read-only roles do not include Secrets.
            (kubernetes("get, list", "secrets", "namespace `vault-secrets-operator-system`", "I", "helm"),),
            (
                # The chart contains CRDs and a ClusterRole that reads every Secret. Only an identity that has this
                # right may grant the right.
                kubernetes(
                    "cluster-admin:", "the chart creates CRDs and ClusterRoles", "the cluster", "I", "vso-chart"
                ),
            ),
        ),
        "data.kubernetes_namespace_v1": Needs(
            (kubernetes("get", "namespaces", "namespace `kube-system`", "I", "kubernetes"),),
        ),
        "data.azurerm_kubernetes_cluster.kube_config": DATA_KUBERNETES_CLUSTER_KUBE_CONFIG,
        "data.hcp_vault_cluster": Needs((VIEWER,)),
    }
)
