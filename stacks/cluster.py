"""Read a spoke's cluster: its issuer, and the access of the kubernetes and helm providers."""

from dataclasses import dataclass

from cdktf import Fn, Postcondition, TerraformResourceLifecycle, TerraformStack
from cdktf_cdktf_provider_azurerm.data_azurerm_kubernetes_cluster import DataAzurermKubernetesCluster

from hvn.kinds.inputs import ClusterRef

# Application id of Entra's "Azure Kubernetes Service AAD Server". Every tenant has the same id (Azure/kubelogin).
AKS_SERVER_ID = "6dae42f8-4368-4678-94ff-3960e28e3630"
# Without --login, kubelogin prints a device code and waits for a login in a browser. AAD_LOGIN_METHOD overrides the
# flag (kubelogin, options.go).
KUBELOGIN = ("get-token", "--login", "azurecli", "--server-id", AKS_SERVER_ID)
EXEC_API = "client.authentication.k8s.io/v1beta1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """The login of the kubernetes and helm providers to the API server: kubelogin if `entra`, otherwise a
    certificate. `issuer` is the cluster's OIDC issuer."""

    host: str
    ca_certificate: str
    entra: bool
    client_certificate: str | None
    client_key: str | None
    issuer: str


def cluster_issuer(stack: TerraformStack, ref: ClusterRef) -> str:
    """Return the cluster's OIDC issuer with its trailing slash, read by a data source at plan."""
    return _cluster(stack, ref, _has_issuer(existing=ref.existing)).oidc_issuer_url


def cluster_access(stack: TerraformStack, ref: ClusterRef) -> Access:
    """Return the access to the cluster's API server. Without local accounts, kubelogin uses AAD_LOGIN_METHOD
    [default: azurecli]."""
    cluster = _cluster(stack, ref, _has_kubeconfig())
    config = cluster.kube_config.get(0)
    return Access(
        host=config.host,
        ca_certificate=Fn.base64decode(config.cluster_ca_certificate),
        entra=ref.entra,
        client_certificate=None if ref.entra else Fn.base64decode(config.client_certificate),
        client_key=None if ref.entra else Fn.base64decode(config.client_key),
        issuer=cluster.oidc_issuer_url,
    )


def _cluster(stack: TerraformStack, ref: ClusterRef, condition: Postcondition) -> DataAzurermKubernetesCluster:
    return DataAzurermKubernetesCluster(
        stack,
        "cluster",
        name=ref.cluster.name,
        resource_group_name=ref.cluster.group.name,
        lifecycle=TerraformResourceLifecycle(postcondition=[condition]),
    )


def _has_issuer(*, existing: bool) -> Postcondition:
    turn_on = (
        "Turn the issuer on with az aks update --enable-oidc-issuer."
        if existing
        else "Apply the cluster's aks workspace, which turns the issuer on, and check its output oidc_issuer_url."
    )
    return Postcondition(
        condition='${endswith(self.oidc_issuer_url, "/")}',
        error_message=(
            f"The cluster has no OIDC issuer that ends in a slash. {turn_on} Vault compares the issuer with the "
            "tokens' iss character by character."
        ),
    )


def _has_kubeconfig() -> Postcondition:
    # Without the right to list credentials, azurerm ignores the 403 and leaves kube_config empty
    # (kubernetes_cluster_data_source.go).
    return Postcondition(
        condition="${length(self.kube_config) > 0}",
        error_message=(
            "This identity got no kubeconfig for the cluster. Assign the role Azure Kubernetes Service Cluster User "
            "Role on the cluster to the identity. azurerm ignores the error 403 of an identity that may not list "
            "credentials."
        ),
    )
