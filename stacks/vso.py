"""`vso-<spoke>`: Vault Secrets Operator in the spoke's cluster, connected to Vault's private endpoint."""

import json

from cdktf import TerraformStack
from cdktf_cdktf_provider_hcp.data_hcp_vault_cluster import DataHcpVaultCluster
from cdktf_cdktf_provider_helm.provider import (
    HelmProvider,
    HelmProviderKubernetes,
    HelmProviderKubernetesExec,
)
from cdktf_cdktf_provider_helm.release import Release
from cdktf_cdktf_provider_kubernetes.data_kubernetes_namespace_v1 import (
    DataKubernetesNamespaceV1,
    DataKubernetesNamespaceV1Metadata,
)

from hvn.kinds.vso.inputs import VsoInputs
from stacks import workspace
from stacks.cluster import EXEC_API, KUBELOGIN, Access, cluster_access
from stacks.kubernetes_provider import kubernetes


def build(stack: TerraformStack, inputs: VsoInputs) -> None:
    """Build the release of the chart with a default VaultConnection. `secrets-<spoke>` has the VaultAuth of each app,
    so the release has no default VaultAuth."""
    workspace.azurerm(stack, inputs, inputs.cluster.cluster.group.subscription_id)
    workspace.hcp(stack, inputs.project_id)
    access = cluster_access(stack, inputs.cluster)
    _helm(stack, access)
    kubernetes(stack, access)
    # If helm provider 3.x cannot read a release, it removes the release from the state without an error
    # (terraform-provider-helm issue 1669). The kubernetes provider fails instead. The stack therefore first reads this
    # namespace, which every cluster has.
    readable = DataKubernetesNamespaceV1(
        stack, "api_server", metadata=DataKubernetesNamespaceV1Metadata(name="kube-system")
    )
    vault = DataHcpVaultCluster(stack, "vault", cluster_id=inputs.vault_cluster_id, project_id=inputs.project_id)
    Release(
        stack,
        "vso",
        name=inputs.release,
        namespace=inputs.namespace,
        create_namespace=True,
        # With the repository's URL, the release does not depend on `helm repo add` on this machine.
        repository=inputs.repository,
        chart="vault-secrets-operator",
        version=inputs.chart_version,
        values=[_values(inputs, vault.vault_private_endpoint_url)],
        wait=True,
        atomic=True,
        depends_on=[readable],
    )


def _values(inputs: VsoInputs, address: str) -> str:
    """Return the chart's values as YAML. Helm accepts a misspelled key without an error, because the chart has no
    schema."""
    values = {
        "defaultVaultConnection": {"enabled": True, "address": address},
        "defaultAuthMethod": {"enabled": False},
        "controller": {
            "manager": {"image": {"repository": inputs.operator_image, "tag": inputs.chart_version}},
            "kubeRbacProxy": {"image": {"repository": inputs.proxy_image}},
        },
    }
    return json.dumps(values, sort_keys=True)


def _helm(stack: TerraformStack, access: Access) -> None:
    HelmProvider(
        stack,
        "provider_helm",
        kubernetes=HelmProviderKubernetes(
            host=access.host,
            cluster_ca_certificate=access.ca_certificate,
            client_certificate=access.client_certificate,
            client_key=access.client_key,
            exec=HelmProviderKubernetesExec(api_version=EXEC_API, command="kubelogin", args=list(KUBELOGIN))
            if access.entra
            else None,
        ),
    )
