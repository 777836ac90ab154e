"""What each Terraform type needs to be planned and to be applied: data for docs/reference/rights.md, nothing else.

A grant names the system, the role or the actions, where they are needed, and where that is written. `apply` is in
addition to `plan`. Scopes and rights may hold placeholders, which `place` fills in: `{owner}` (the hub or the spoke
that the resource belongs to), `{scope}` (what a role assignment is on), `{mount}` and `{policies}` (paths in Vault).
Marks: S the source says so, I concluded from it, U from memory and not verified.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

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
    "hcp-roles": "https://developer.hashicorp.com/hcp/docs/hcp/iam/access-management",
    "hcp-scaling": "https://registry.terraform.io/providers/hashicorp/hcp/0.111.0/docs/guides/vault-scaling",
    "vault-provider": "https://github.com/hashicorp/terraform-provider-vault/tree/v5.6.0/vault",
    "vault-meta": "https://github.com/hashicorp/terraform-provider-vault/blob/v5.6.0/internal/provider/meta.go",
    "vault-auth-api": "https://developer.hashicorp.com/vault/api-docs/system/auth",
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
    """One right in one system: which, where, on whose word."""

    system: str
    right: str
    scope: str
    mark: str
    source: str


@dataclass(frozen=True, slots=True)
class Needs:
    """What a plan needs, and what an apply needs besides."""

    plan: tuple[Grant, ...] = ()
    apply: tuple[Grant, ...] = ()


GROUP = "{owner}'s resource group"
PROJECT = "the HCP project"
NAMESPACE = "the app's namespace"
ZONE = "the private DNS zone"

READER = Grant("Azure", "Reader", GROUP, "S", "roles")
VNET_READER = Grant("Azure", "Reader", "{owner}'s VNet", "S", "roles")
# Microsoft.Network/*: VNets, peerings, routes, firewalls, private DNS. No resource groups.
NETWORK = Grant("Azure", "Network Contributor", GROUP, "S", "roles")
# Role Based Access Control Administrator assigns roles and cannot define them.
DEFINE_ROLES = Grant("Azure", "User Access Administrator", "{owner}'s VNet", "S", "custom-roles")
VIEWER = Grant("HCP", "Viewer", PROJECT, "S", "hcp-roles")
CONTRIBUTOR = Grant("HCP", "Contributor", PROJECT, "S", "hcp-roles")

IN_GROUP = Needs((READER,), (NETWORK,))
IN_HCP = Needs((VIEWER,), (CONTRIBUTOR,))


def vault(capabilities: str, path: str, mark: str = "S", source: str = "vault-provider") -> Grant:
    """A Vault policy's rule."""
    return Grant("Vault", capabilities, f"`{path}`", mark, source)


def kubernetes(verbs: str, what: str, scope: str, mark: str, source: str) -> Grant:
    """A rule of a Kubernetes Role or ClusterRole."""
    return Grant("Kubernetes", f"{verbs} {what}", scope, mark, source)


PROVIDERS: Mapping[str, Needs] = {
    # Configured with a token, before any resource is looked at.
    "vault": Needs(
        (
            vault("read", "auth/token/lookup-self", source="vault-meta"),
            vault("update", "auth/token/create", source="vault-meta"),
        )
    ),
}
"""What a provider needs when it starts, by its name."""

TYPES: Mapping[str, Needs] = {
    "azuread_service_principal": Needs(
        (Grant("Entra", "`Application.Read.All`", "the tenant", "I", "azuread"),),
        # OwnedBy does not do: the application lies in HashiCorp's tenant.
        (
            Grant(
                "Entra",
                "`Application.ReadWrite.All`, or for a person the role Application Administrator",
                "the tenant",
                "I",
                "azure-cli-28009",
            ),
        ),
    ),
    "azurerm_firewall": IN_GROUP,
    "azurerm_firewall_policy": IN_GROUP,
    "azurerm_firewall_policy_rule_collection_group": IN_GROUP,
    "azurerm_kubernetes_cluster": Needs(
        (
            READER,
            # Every refresh lists the user's credentials, and fails on a 403.
            Grant(
                "Azure",
                "Azure Kubernetes Service Cluster User Role",
                "the cluster",
                "S",
                "azurerm-aks",
            ),
        ),
        (
            # The AKS Contributor role neither deletes nor lists credentials.
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
    "azurerm_network_security_group": IN_GROUP,
    "azurerm_private_dns_zone": IN_GROUP,
    # The zone may be somebody else's, and Network Contributor on its group would be far more than a link takes.
    "azurerm_private_dns_zone_virtual_network_link": Needs(
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
            # Azure answers at once, and is then asked for the operation, whose id lies beside the zone.
            Grant(
                "Azure",
                "`Microsoft.Network/privateDnsOperationStatuses/read` and `…/privateDnsOperationResults/read` (in both "
                "roles too)",
                "the resource group of the private DNS zone",
                "I",
                "roles",
            ),
            Grant(
                "Azure",
                "`Microsoft.Network/virtualNetworks/join/action` (in Private DNS Zone Contributor and Network "
                "Contributor)",
                "the linked VNet",
                "I",
                "roles",
            ),
        ),
    ),
    "azurerm_public_ip": IN_GROUP,
    "azurerm_resource_group": Needs(
        (READER,),
        (
            Grant(
                "Azure",
                "`Microsoft.Resources/subscriptions/resourceGroups/write` and `…/delete` (Contributor has them, "
                "Network Contributor has not)",
                "{owner}'s subscription",
                "S",
                "roles",
            ),
        ),
    ),
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
    # Of a role that the workspace itself makes: no condition can name it beforehand.
    "azurerm_role_assignment.own_role": Needs((VNET_READER,), (DEFINE_ROLES,)),
    "azurerm_role_definition": Needs((VNET_READER,), (DEFINE_ROLES,)),
    "azurerm_route_table": IN_GROUP,
    "azurerm_subnet": Needs((VNET_READER,), (NETWORK,)),
    "azurerm_subnet_network_security_group_association": Needs((VNET_READER,), (NETWORK,)),
    "azurerm_subnet_route_table_association": Needs((VNET_READER,), (NETWORK,)),
    "azurerm_user_assigned_identity": Needs(
        (READER,),
        (Grant("Azure", "Managed Identity Contributor", GROUP, "S", "roles"),),
    ),
    "azurerm_virtual_network": IN_GROUP,
    "azurerm_virtual_network_peering": Needs(
        (VNET_READER,),
        (
            Grant(
                "Azure",
                "`Microsoft.Network/virtualNetworks/virtualNetworkPeerings/write` and `…/delete` (in Network "
                "Contributor)",
                "{owner}'s VNet",
                "S",
                "peering",
            ),
            Grant(
                "Azure",
                "`Microsoft.Network/virtualNetworks/peer/action` (in Network Contributor)",
                "the VNet on the other side",
                "S",
                "peering",
            ),
        ),
    ),
    "data.azurerm_kubernetes_cluster": Needs((Grant("Azure", "Reader", "the cluster", "S", "azurerm-aks-data"),)),
    "data.azurerm_kubernetes_cluster.kube_config": Needs(
        (
            Grant("Azure", "Reader", "the cluster", "S", "azurerm-aks-data"),
            # Without it kube_config is empty and there is no error: the postcondition says so.
            Grant("Azure", "Azure Kubernetes Service Cluster User Role", "the cluster", "S", "azurerm-aks-data"),
        )
    ),
    "data.hcp_azure_peering_connection": Needs((VIEWER,)),
    "data.hcp_hvn": Needs((VIEWER,)),
    "data.hcp_vault_cluster": Needs((VIEWER,)),
    "hcp_azure_peering_connection": IN_HCP,
    "hcp_hvn": IN_HCP,
    "hcp_hvn_route": IN_HCP,
    "hcp_vault_cluster": Needs(
        (VIEWER,),
        (CONTRIBUTOR, Grant("HCP", "Admin, to change the tier", PROJECT, "S", "hcp-scaling")),
    ),
    "helm_release": Needs(
        # Helm keeps a release in Secrets of its namespace; readers' roles do not show Secrets.
        (kubernetes("get, list", "secrets", "namespace `vault-secrets-operator-system`", "I", "helm"),),
        (
            # The chart brings CRDs and a ClusterRole that reads every Secret: only who has that may grant it.
            kubernetes("cluster-admin:", "the chart makes CRDs and ClusterRoles", "the cluster", "I", "vso-chart"),
        ),
    ),
    "kubernetes_manifest": Needs(
        (
            kubernetes("list", "customresourcedefinitions", "the cluster", "S", "manifest"),
            kubernetes("get", "vaultauths, vaultstaticsecrets (secrets.hashicorp.com)", NAMESPACE, "S", "manifest"),
        ),
        (
            kubernetes(
                "create, patch, delete",
                "vaultauths, vaultstaticsecrets (secrets.hashicorp.com)",
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
    "vault_jwt_auth_backend": Needs(
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
    ),
    "vault_jwt_auth_backend_role": Needs(
        (vault("read", "auth/{mount}/role/*"),),
        (vault("create, update, delete", "auth/{mount}/role/*"),),
    ),
    "vault_mount": Needs(
        (vault("read", "sys/mounts/{kv}"),),
        (vault("create, update, delete", "sys/mounts/{kv}", "I", "vault-mounts-api"),),
    ),
    "vault_policy": Needs(
        (vault("read", "sys/policies/acl/{policies}"),),
        (vault("create, update, delete", "sys/policies/acl/{policies}"),),
    ),
}
"""By type, data sources with `data.` in front; `.kube_config` and `.own_role` behind it for a use of its own."""


@dataclass(frozen=True, slots=True)
class Place:
    """The workspace that a resource stands in: its kind (`network-<spoke>`), and the paths it owns in Vault."""

    kind: str
    mount: str
    policies: str
    kv: str


def needs(place: Place, synthesized: Mapping[str, Any]) -> Iterator[tuple[str, str, Grant]]:
    """`("plan" or "apply", type, grant)` for everything in one workspace's JSON.

    Raises LookupError for a type that nobody has written down: a page that leaves one out would be taken for complete.
    """
    for provider in synthesized["provider"]:
        for grant in PROVIDERS.get(provider, Needs()).plan:
            yield "plan", f"the {provider} provider", grant
    for section, prefix in (("resource", ""), ("data", "data.")):
        for type_, bodies in synthesized.get(section, {}).items():
            for body in bodies.values():
                name = _entry(f"{prefix}{type_}", body)
                if name not in TYPES:
                    raise LookupError(f"{place.kind} holds a {name}: say in tools/rights.py what that needs")
                for phase, grants in (("plan", TYPES[name].plan), ("apply", TYPES[name].apply)):
                    for grant in grants:
                        yield phase, f"`{prefix}{type_}`", _filled(grant, place, body)


def _entry(name: str, body: Mapping[str, Any]) -> str:
    """The entry of TYPES for a resource or data source: a few need other rights when they are used otherwise."""
    if f"{name}.kube_config" in TYPES and "kube_config" in str(body.get("lifecycle")):
        return f"{name}.kube_config"
    if f"{name}.own_role" in TYPES and "azurerm_role_definition." in str(body.get("role_definition_id")):
        return f"{name}.own_role"
    return name


def _filled(grant: Grant, place: Place, body: Mapping[str, Any]) -> Grant:
    in_hub = place.kind in ("hub", "peering-hub") or body.get("provider") == "azurerm.hub"
    words = {
        "owner": "the hub" if in_hub else "the spoke",
        "scope": _scope(str(body.get("scope", "")), in_hub=in_hub),
        "mount": place.mount,
        "policies": place.policies,
        "kv": place.kv,
    }
    return replace(grant, right=grant.right.format(**words), scope=grant.scope.format(**words))


def _scope(resource_id: str, *, in_hub: bool) -> str:
    """What a role assignment is on, by the type in its resource id."""
    owner = "the hub" if in_hub else "the spoke"
    for type_, words in (
        ("/privateDnsZones/", ZONE),
        ("/routeTables/", f"{owner}'s route table"),
        ("/virtualNetworks/", f"{owner}'s VNet"),
    ):
        if type_ in resource_id:
            return words
    return resource_id
