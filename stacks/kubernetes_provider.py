"""The kubernetes provider of the workspaces with resources in a cluster."""

from cdktf import TerraformStack
from cdktf_cdktf_provider_kubernetes.provider import KubernetesProvider, KubernetesProviderExec

from stacks.cluster import EXEC_API, KUBELOGIN, Access


def kubernetes(stack: TerraformStack, access: Access) -> None:
    """Add the kubernetes provider with the access to a cluster's API server."""
    KubernetesProvider(
        stack,
        "provider_kubernetes",
        host=access.host,
        cluster_ca_certificate=access.ca_certificate,
        client_certificate=access.client_certificate,
        client_key=access.client_key,
        exec=[KubernetesProviderExec(api_version=EXEC_API, command="kubelogin", args=list(KUBELOGIN))]
        if access.entra
        else None,
    )
