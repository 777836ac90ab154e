"""Names of resources: the limits of single names, and patterns for the names of all resources of a kind."""

import re
from dataclasses import dataclass
from typing import Annotated

from hvn.diagnostics.finding import Message
from hvn.diagnostics.suggest import closest
from hvn.topology.fields.azure import RESOURCE_GROUP
from hvn.topology.fields.marks import Text, refused

_AZURE = "https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules"
_VAULT = "https://github.com/hashicorp/vault/blob/main/sdk/framework/path.go"


def network_name(kind: str, example: str, longest: int = 80, shortest: int = 1) -> Text:
    """Return the limit of the names of Azure's network resources: alphanumeric first, and a letter, digit or `_` at the
    end."""
    middle = rf"[A-Za-z0-9_.-]{{{max(0, shortest - 2)},{longest - 2}}}[A-Za-z0-9_]"
    return Text(
        pattern=rf"[A-Za-z0-9]{middle}" if shortest > 1 else rf"[A-Za-z0-9]({middle})?",
        kind=kind,
        rule=f"{shortest} to {longest} letters, digits, _ . and -, a letter or digit first, no . or - at the end",
        example=example,
        why=f"Azure refuses other names of {kind.partition(' ')[2].removesuffix(' name')}s",
        see=_AZURE,
    )


VNET = network_name("a VNet name", "vnet-payments-prod", 64, 2)
SUBNET = network_name("a subnet name", "snet-aks")
ROUTE_TABLE = network_name("a route table name", "rt-payments-prod")
SECURITY_GROUP = network_name("a network security group name", "nsg-payments-prod")
PEERING = network_name("a VNet peering name", "peer-hub")
DNS_LINK = network_name("a zone link name", "link-payments")
FIREWALL = network_name("a firewall name", "afw-hub-prod")
# azurerm checks a policy's name with a pattern of at least two characters (firewall_policy_resource.go).
FIREWALL_POLICY = network_name("a firewall policy name", "afwp-hub-prod", 80, 2)
NAT_GATEWAY = network_name("a NAT gateway name", "ng-payments-prod")
PUBLIC_IP = network_name("a public IP address name", "pip-afw-hub")
IDENTITY = Text(
    pattern=r"[A-Za-z0-9][A-Za-z0-9_-]{2,127}",
    kind="a managed identity name",
    rule="3 to 128 letters, digits, _ and -, a letter or digit first",
    example="id-payments-aks",
    why="Azure refuses other names of managed identities",
    see=_AZURE,
)
CLUSTER = Text(
    pattern=r"[A-Za-z0-9]([A-Za-z0-9_-]{0,61}[A-Za-z0-9])?",
    kind="a cluster name",
    rule="1 to 63 letters, digits, _ and -, a letter or digit at both ends",
    example="aks-payments-prod",
    why="AKS refuses other names of clusters",
    see=_AZURE,
)
NODE_GROUP = Text(
    pattern=r"[A-Za-z0-9]([A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?",
    kind="a node resource group name",
    rule="1 to 63 letters, digits, _ . and -, a letter or digit at both ends",
    example="rg-payments-nodes",
    why="AKS writes the name of the node resource group into a node label of at most 63 characters",
    see="https://learn.microsoft.com/azure/aks/concepts-network-azure-cni-overlay",
)
DNS_PREFIX = Text(
    pattern=r"[A-Za-z0-9]([A-Za-z0-9-]{0,52}[A-Za-z0-9])?",
    kind="a DNS prefix",
    rule="1 to 54 letters, digits and hyphens, a letter or digit at both ends",
    example="payments-prod",
    why="the prefix is part of the API server's host name, and AKS limits the prefix to 54 characters",
    see="https://learn.microsoft.com/azure/aks/private-clusters",
)
JWT_MOUNT = Text(
    pattern=r"(?!token$)[A-Za-z0-9][A-Za-z0-9_-]{0,62}",
    kind="a path of a JWT mount",
    rule="1 to 63 letters, digits, _ and -, without a slash; token is reserved",
    example="jwt-payments",
    why="Vault mounts its token auth method at `token`, and the mount's path is part of CI's policies",
    see="https://developer.hashicorp.com/vault/api-docs/system/auth",
)
# TypeLowerCaseString in path_role.go of hashicorp/vault-plugin-auth-jwt; the form is GenericNameRegex.
VAULT_ROLE = Text(
    pattern=r"[a-z0-9_]([a-z0-9_.-]{0,126}[a-z0-9_])?",
    kind="a Vault role name",
    rule="1 to 128 lower-case letters, digits, _ . and -, no . or - at either end",
    example="webapp-read",
    why="Vault converts role names to lower case, so upper-case letters would cause a change in every plan",
    see=_VAULT,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class NamePattern(Text):
    """A pattern of names: text with placeholders in braces. The resulting names have the limit `name`."""

    name: Text
    placeholders: tuple[str, ...]

    def check(self, value: str) -> str:
        """Return the pattern. Raises `PydanticCustomError` for a wrong character or an unknown placeholder."""
        for placeholder in re.findall(r"\{([A-Za-z0-9_.-]{0,64})\}", value):
            if placeholder not in self.placeholders:
                near, valid = closest(placeholder, self.placeholders), [f"{{{one}}}" for one in self.placeholders]
                known = Message("the placeholders of this field are {valid}", valid=valid)
                raise refused(
                    Message("{value} has an unknown placeholder {name}", value=value, name=f"{{{placeholder}}}"),
                    Message(
                        "did you mean {near}? {known}",
                        near=value.replace(f"{{{placeholder}}}", f"{{{near}}}"),
                        known=known,
                    )
                    if near
                    else known,
                    f"{self.why} ({self.see})",
                )
        return Text.check(self, value)


def _pattern(name: Text, example: str, *placeholders: str, characters: str = "A-Za-z0-9_.-") -> NamePattern:
    names = ", ".join(f"{{{one}}}" for one in placeholders)
    return NamePattern(
        name=name,
        placeholders=placeholders,
        pattern=rf"([{characters}]|\{{({'|'.join(placeholders)})\}}){{1,100}}",
        kind=f"a pattern for {name.kind}",
        rule=f"{name.kind}, optionally with {names}",
        example=example,
        why=name.why,
        see=name.see,
    )


_OWNER = ("topology", "spoke")

ResourceGroupPattern = Annotated[
    str, _pattern(RESOURCE_GROUP, "rg-{spoke}-prod", *_OWNER, characters=r"A-Za-z0-9_.()-")
]
VnetPattern = Annotated[str, _pattern(VNET, "vnet-{spoke}-prod", *_OWNER)]
SubnetPattern = Annotated[str, _pattern(SUBNET, "snet-{subnet}", *_OWNER, "subnet")]
RouteTablePattern = Annotated[str, _pattern(ROUTE_TABLE, "rt-{spoke}-prod", *_OWNER)]
SecurityGroupPattern = Annotated[str, _pattern(SECURITY_GROUP, "nsg-{spoke}-{subnet}", *_OWNER, "subnet")]
PeeringPattern = Annotated[str, _pattern(PEERING, "peer-{spoke}", *_OWNER)]
DnsLinkPattern = Annotated[str, _pattern(DNS_LINK, "link-{spoke}", *_OWNER)]
IdentityPattern = Annotated[str, _pattern(IDENTITY, "id-{spoke}-aks", *_OWNER, characters="A-Za-z0-9_-")]
ClusterPattern = Annotated[str, _pattern(CLUSTER, "aks-{spoke}-prod", *_OWNER, characters="A-Za-z0-9_-")]
NodeGroupPattern = Annotated[str, _pattern(NODE_GROUP, "rg-{spoke}-nodes", *_OWNER)]
DnsPrefixPattern = Annotated[str, _pattern(DNS_PREFIX, "{spoke}-prod", *_OWNER, characters="A-Za-z0-9-")]
FirewallPattern = Annotated[str, _pattern(FIREWALL, "afw-{topology}-prod", "topology")]
FirewallPolicyPattern = Annotated[str, _pattern(FIREWALL_POLICY, "afwp-{topology}-prod", "topology")]
PublicIpPattern = Annotated[str, _pattern(PUBLIC_IP, "pip-{topology}-prod", "topology")]
OwnerPublicIpPattern = Annotated[str, _pattern(PUBLIC_IP, "pip-{spoke}-nat", *_OWNER)]
NatGatewayPattern = Annotated[str, _pattern(NAT_GATEWAY, "ng-{spoke}-prod", *_OWNER)]
JwtMountPattern = Annotated[str, _pattern(JWT_MOUNT, "jwt-aks-{spoke}", *_OWNER, characters="A-Za-z0-9_-")]
VaultRolePattern = Annotated[str, _pattern(VAULT_ROLE, "{app}-read", *_OWNER, "app", characters="a-z0-9_.-")]

VnetName = Annotated[str, VNET]
SubnetName = Annotated[str, SUBNET]
RouteTableName = Annotated[str, ROUTE_TABLE]
SecurityGroupName = Annotated[str, SECURITY_GROUP]
PeeringName = Annotated[str, PEERING]
DnsLinkName = Annotated[str, DNS_LINK]
IdentityName = Annotated[str, IDENTITY]
ClusterName = Annotated[str, CLUSTER]
NodeGroupName = Annotated[str, NODE_GROUP]
DnsPrefix = Annotated[str, DNS_PREFIX]
FirewallName = Annotated[str, FIREWALL]
FirewallPolicyName = Annotated[str, FIREWALL_POLICY]
NatGatewayName = Annotated[str, NAT_GATEWAY]
PublicIpName = Annotated[str, PUBLIC_IP]
JwtMountName = Annotated[str, JWT_MOUNT]
VaultRoleName = Annotated[str, VAULT_ROLE]

LIMITS = {
    "resource_group": RESOURCE_GROUP,
    "vnet": VNET,
    "subnet": SUBNET,
    "route_table": ROUTE_TABLE,
    "network_security_group": SECURITY_GROUP,
    "peering_to_hub": PEERING,
    "peering_from_hub": PEERING,
    "peering_from_spoke": PEERING,
    "peering_to_spoke": PEERING,
    "dns_link": DNS_LINK,
    "firewall": FIREWALL,
    "firewall_policy": FIREWALL_POLICY,
    "firewall_public_ip": PUBLIC_IP,
    "firewall_management_ip": PUBLIC_IP,
    "nat_gateway": NAT_GATEWAY,
    "nat_gateway_public_ip": PUBLIC_IP,
    "managed_identity": IDENTITY,
    "cluster": CLUSTER,
    "node_resource_group": NODE_GROUP,
    "dns_prefix": DNS_PREFIX,
    "jwt_mount": JWT_MOUNT,
    "vault_role": VAULT_ROLE,
}
"""The limit of a name by its key in `naming`."""
