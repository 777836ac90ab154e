"""The rights that Terraform needs to plan and to apply each type, as parts for the kinds' `rights.py`.

A grant names the system, the role or the actions, the scope, and the source. `apply` lists the rights in addition to
`plan`. Scopes and rights may contain placeholders. `{owner}` is the hub or the spoke of the resource, `{scope}` the
scope of a role assignment. `{mount}`, `{policies}` and `{kv}` are paths in Vault. Marks: S, stated by the source; I,
inferred from the source; U, from memory and not verified.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

SOURCES = {
    "azurerm-aks": (
        "https://github.com/hashicorp/terraform-provider-azurerm/blob/v4.81.0/internal/services/containers/"
        "kubernetes_cluster_resource.go"
    ),
    "azurerm-aks-data": (
        "https://github.com/hashicorp/terraform-provider-azurerm/blob/v4.81.0/internal/services/containers/"
        "kubernetes_cluster_data_source.go"
    ),
    "azuread": "https://registry.terraform.io/providers/hashicorp/azuread/3.7.0/docs/resources/service_principal",
    "azure-cli-28009": "https://github.com/Azure/azure-cli/issues/28009",
    "roles": "https://learn.microsoft.com/azure/role-based-access-control/built-in-roles",
    "custom-roles": "https://learn.microsoft.com/azure/role-based-access-control/custom-roles",
    "peering": "https://learn.microsoft.com/azure/virtual-network/virtual-network-manage-peering",
    "aks-permissions": "https://learn.microsoft.com/azure/aks/aks-service-permissions",
    "ddos": "https://learn.microsoft.com/azure/ddos-protection/manage-permissions",
    "diagnostics": "https://github.com/MicrosoftDocs/azure-docs/issues/80159",
    "route-table": "https://learn.microsoft.com/azure/virtual-network/manage-route-table#permissions",
    "nsg": "https://learn.microsoft.com/azure/virtual-network/manage-network-security-group#permissions",
    "hcp-roles": "https://developer.hashicorp.com/hcp/docs/hcp/iam/access-management",
    "hcp-scaling": "https://registry.terraform.io/providers/hashicorp/hcp/0.111.0/docs/guides/vault-scaling",
    "vault-provider": "https://github.com/hashicorp/terraform-provider-vault/tree/v5.6.0/vault",
    "vault-meta": "https://github.com/hashicorp/terraform-provider-vault/blob/v5.6.0/internal/provider/meta.go",
    "vault-auth-api": "https://developer.hashicorp.com/vault/api-docs/system/auth",
    "vault-namespaces-api": "https://developer.hashicorp.com/vault/api-docs/system/namespaces",
    "vault-mounts-api": "https://developer.hashicorp.com/vault/api-docs/system/mounts",
    "manifest": (
        "https://github.com/hashicorp/terraform-provider-kubernetes/blob/v2.38.0/manifest/provider/resource.go"
    ),
    "kubernetes": "https://github.com/hashicorp/terraform-provider-kubernetes/tree/v2.38.0/kubernetes",
    "apply": "https://kubernetes.io/docs/reference/using-api/server-side-apply/",
    "helm": "https://helm.sh/docs/topics/advanced/#storage-backends",
    "vso-chart": "https://github.com/hashicorp/vault-secrets-operator/tree/v1.4.1/chart/templates",
}


@dataclass(frozen=True, slots=True)
class Grant:
    """One right in one system. `source` is a name in `SOURCES` or a URL."""

    system: str
    right: str
    scope: str
    mark: str
    source: str


@dataclass(frozen=True, slots=True)
class Needs:
    """The rights for a plan, and the additional rights for an apply."""

    plan: tuple[Grant, ...] = ()
    apply: tuple[Grant, ...] = ()


@dataclass(frozen=True, slots=True)
class Rights:
    """The rights of a kind by Terraform type, and the paths in Vault for its placeholders.

    Names of data sources start with `data.`. The name `<type>.kube_config` lists the rights to read a
    kubeconfig, `<type>.own_role` the rights for an assignment of a role that the workspace defines.
    """

    needs: Mapping[str, Needs]
    paths: Mapping[str, str] = field(default_factory=dict)

    @property
    def types(self) -> frozenset[str]:
        """Return the types of all resources that the kind's stack can have."""
        return frozenset(name.partition(".")[0] for name in self.needs if not name.startswith("data."))

    @property
    def data_types(self) -> frozenset[str]:
        """Return the types of all data sources that the kind's stack can have."""
        return frozenset(name.split(".")[1] for name in self.needs if name.startswith("data."))


GROUP = "{owner}'s resource group"
PROJECT = "the HCP project"
NAMESPACE = "the app's namespace"
ZONE = "the private DNS zone"

READER = Grant("Azure", "Reader", GROUP, "S", "roles")
VNET_READER = Grant("Azure", "Reader", "{owner}'s VNet", "S", "roles")
# The role has Microsoft.Network/*, which includes VNets, peerings, routes, firewalls and private DNS, but not resource
# groups.
NETWORK = Grant("Azure", "Network Contributor", GROUP, "S", "roles")
# Role Based Access Control Administrator can assign roles but not define them.
DEFINE_ROLES = Grant("Azure", "User Access Administrator", "{owner}'s VNet", "S", "custom-roles")
VIEWER = Grant("HCP", "Viewer", PROJECT, "S", "hcp-roles")
CONTRIBUTOR = Grant("HCP", "Contributor", PROJECT, "S", "hcp-roles")

IN_GROUP = Needs((READER,), (NETWORK,))
IN_HCP = Needs((VIEWER,), (CONTRIBUTOR,))


def vault(capabilities: str, path: str, mark: str = "S", source: str = "vault-provider") -> Grant:
    """Return the right of a rule in a Vault policy."""
    return Grant("Vault", capabilities, f"`{path}`", mark, source)


def kubernetes(verbs: str, what: str, scope: str, mark: str, source: str) -> Grant:
    """Return the right of a rule in a Kubernetes Role or ClusterRole."""
    return Grant("Kubernetes", f"{verbs} {what}", scope, mark, source)


PROVIDERS: Mapping[str, Needs] = {
    # The vault provider checks its token before it reads a resource.
    "vault": Needs(
        (
            vault("read", "auth/token/lookup-self", source="vault-meta"),
            vault("update", "auth/token/create", source="vault-meta"),
        )
    ),
}
"""The rights that a provider needs when it starts, by the provider's name."""


# The zone may belong to another team, and Network Contributor on the zone's group grants far more than a link needs.
PRIVATE_DNS_ZONE_VIRTUAL_NETWORK_LINK = Needs(
    (Grant("Azure", "Reader", ZONE, "S", "roles"),),
    (
        Grant(
            "Azure",
            "`Microsoft.Network/privateDnsZones/virtualNetworkLinks/write` and `…/delete` (in Private DNS Zone "
            "Contributor and Network Contributor)",
            ZONE,
            "S",
            "roles",
        ),
        # azurerm polls Azure's asynchronous operation. The operation's id is beside the zone's id, not below it.
        Grant(
            "Azure",
            "`Microsoft.Network/privateDnsOperationStatuses/read` and `…/privateDnsOperationResults/read` (in Private "
            "DNS Zone Contributor and Network Contributor)",
            "the resource group of the private DNS zone",
            "I",
            "roles",
        ),
        Grant(
            "Azure",
            "`Microsoft.Network/virtualNetworks/join/action` (in Private DNS Zone Contributor and Network Contributor)",
            "the linked VNet",
            "I",
            "roles",
        ),
    ),
)

# Azure checks the right on the destination as a linked scope (LinkedAuthorizationFailed).
MONITOR_DIAGNOSTIC_SETTING = Needs(
    (READER,),
    (
        Grant("Azure", "`Microsoft.Insights/diagnosticSettings/*` (in Monitoring Contributor)", GROUP, "S", "roles"),
        Grant(
            "Azure",
            "`Microsoft.OperationalInsights/workspaces/sharedKeys/action` (in Monitoring Contributor); for the other "
            "destinations `Microsoft.Storage/storageAccounts/listKeys/action` or "
            "`Microsoft.EventHub/namespaces/authorizationRules/listkeys/action`",
            "the destination of the logs",
            "S",
            "diagnostics",
        ),
    ),
)

# A subnet's association needs the right to join an NSG; an existing NSG is in another group.
_JOIN_NSG = Grant(
    "Azure",
    "`Microsoft.Network/networkSecurityGroups/join/action` (in Network Contributor)",
    "an NSG of the hub or outside this project, if any",
    "S",
    "nsg",
)
_JOIN_TABLE = Grant(
    "Azure",
    "`Microsoft.Network/routeTables/join/action` (in Network Contributor)",
    "an existing route table of a subnet, if any",
    "S",
    "route-table",
)
FIREWALL_POLICY = Needs(
    (READER,),
    (
        NETWORK,
        Grant(
            "Azure",
            "`Microsoft.Network/firewallPolicies/join/action` (in Network Contributor) with `base_policy_id`",
            "the base policy",
            "I",
            "roles",
        ),
    ),
)
VIRTUAL_NETWORK = Needs(
    (READER,),
    (
        NETWORK,
        Grant(
            "Azure",
            "`Microsoft.Network/ddosProtectionPlans/join/action` with `azure.ddos_plan_id`",
            "the DDoS protection plan",
            "S",
            "ddos",
        ),
        _JOIN_NSG,
        _JOIN_TABLE,
    ),
)

VIRTUAL_NETWORK_PEERING = Needs(
    (VNET_READER,),
    (
        Grant(
            "Azure",
            "`Microsoft.Network/virtualNetworks/virtualNetworkPeerings/write` and `…/delete` (in Network Contributor)",
            "{owner}'s VNet",
            "S",
            "peering",
        ),
        Grant(
            "Azure",
            "`Microsoft.Network/virtualNetworks/peer/action` (in Network Contributor)",
            "the VNet on the other side of the peering",
            "S",
            "peering",
        ),
    ),
)

RESOURCE_GROUP = Needs(
    (READER,),
    (
        Grant(
            "Azure",
            "`Microsoft.Resources/subscriptions/resourceGroups/write` and `…/delete` (in Contributor, but not in "
            "Network Contributor)",
            "{owner}'s subscription",
            "S",
            "roles",
        ),
    ),
)

SUBNET = Needs((VNET_READER,), (NETWORK,))
# Azure checks `natGateways/join/action` and `subnets/write`; Network Contributor has both.
SUBNET_NAT_ASSOCIATION = Needs((VNET_READER,), (NETWORK,))

SUBNET_NSG_ASSOCIATION = Needs((VNET_READER,), (NETWORK, _JOIN_NSG))

SUBNET_ROUTE_TABLE_ASSOCIATION = Needs((VNET_READER,), (NETWORK, _JOIN_TABLE))

DATA_KUBERNETES_CLUSTER_KUBE_CONFIG = Needs(
    (
        Grant("Azure", "Reader", "the cluster", "S", "azurerm-aks-data"),
        # Without this right, azurerm returns an empty kube_config and no error; a postcondition reports the missing
        # value.
        Grant("Azure", "Azure Kubernetes Service Cluster User Role", "the cluster", "S", "azurerm-aks-data"),
    )
)

DATA_HCP_HVN = Needs((VIEWER,))

VAULT_JWT_AUTH_BACKEND = Needs(
    (
        vault("read", "sys/mounts/auth/{mount}"),
        vault("read", "sys/mounts/auth/{mount}/tune"),
        vault("read", "auth/{mount}/config"),
    ),
    (
        vault("create, update, delete, sudo", "sys/auth/{mount}", source="vault-auth-api"),
        vault("update", "sys/mounts/auth/{mount}/tune"),
        vault("create, update", "auth/{mount}/config"),
    ),
)

VAULT_JWT_AUTH_BACKEND_ROLE = Needs(
    (vault("read", "auth/{mount}/role/*"),),
    (vault("create, update, delete", "auth/{mount}/role/*"),),
)

VAULT_POLICY = Needs(
    (vault("read", "sys/policies/acl/{policies}"),),
    (vault("create, update, delete", "sys/policies/acl/{policies}"),),
)
