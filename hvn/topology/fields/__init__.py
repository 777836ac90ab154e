"""The types of single values in a topology: each with its pattern, its limit, and the source of the limit.

Facts: `docs/reference/facts.md` (names of Azure, HCP's ids, Vault's paths).
"""

from hvn.topology.fields.azure import (
    Container,
    KubernetesVersion,
    MaxSurge,
    PrivateDnsZoneId,
    Region,
    ResourceGroup,
    StorageAccount,
    TagKey,
    TagValue,
    Uuid,
    VmSize,
    VnetId,
    Zone,
)
from hvn.topology.fields.hosts import Fqdn, Host, Registry, Url
from hvn.topology.fields.marks import REFUSED, Address, Cidr, Frozen, Ip, Limit, Range, Text
from hvn.topology.fields.names import Label, ObjectName, PoolName, Slug, SpokeName, TopologyName
from hvn.topology.fields.vault import (
    Audience,
    ChartVersion,
    Duration,
    GithubContext,
    GithubSubject,
    Mount,
    Organization,
    Project,
    SecretPath,
    VaultNamespace,
)

__all__ = [
    "REFUSED",
    "Address",
    "Audience",
    "ChartVersion",
    "Cidr",
    "Container",
    "Duration",
    "Fqdn",
    "Frozen",
    "GithubContext",
    "GithubSubject",
    "Host",
    "Ip",
    "KubernetesVersion",
    "Label",
    "Limit",
    "MaxSurge",
    "Mount",
    "ObjectName",
    "Organization",
    "PoolName",
    "PrivateDnsZoneId",
    "Project",
    "Range",
    "Region",
    "Registry",
    "ResourceGroup",
    "SecretPath",
    "Slug",
    "SpokeName",
    "StorageAccount",
    "TagKey",
    "TagValue",
    "Text",
    "TopologyName",
    "Url",
    "Uuid",
    "VaultNamespace",
    "VmSize",
    "VnetId",
    "Zone",
]
