"""Values that Azure and AKS limit."""

from typing import Annotated

from pydantic import AfterValidator, Field, JsonValue

from hvn.diagnostics.message import Message
from hvn.topology.fields.marks import Text, refused
from hvn.topology.fields.resource_id import ID, resource_id

_NAMES = "https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules"
_TAGS = "https://learn.microsoft.com/azure/azure-resource-manager/management/tag-resources"

Uuid = Annotated[
    str,
    Text(
        pattern=r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}",
        kind="a UUID",
        rule="a UUID of 32 hexadecimal digits in five groups",
        example="6b1f2d3c-0a9e-4c57-8f7d-3a2b1c0d9e8f",
        why="Azure, Entra and HCP require the id of a tenant, subscription, group or project, not its name",
        see="https://learn.microsoft.com/azure/azure-portal/get-subscription-tenant-id",
        lower=True,
    ),
]
Region = Annotated[
    str,
    Text(
        pattern=r"[a-z][a-z0-9]{2,31}",
        kind="an Azure region",
        rule="the short form of an Azure region, lower-case letters and digits",
        example="japaneast",
        why="names of private DNS zones and hosts contain the short form, so the display name (Japan East) would "
        "make these names invalid",
        see="https://learn.microsoft.com/azure/reliability/regions-list",
    ),
]
Zone = Annotated[
    str,
    Text(
        pattern=r"[1-3]",
        kind="an availability zone",
        rule="1, 2 or 3, in quotes",
        example='"1"',
        why="an Azure region has at most three availability zones, numbered from 1",
        see="https://learn.microsoft.com/azure/reliability/availability-zones-overview",
    ),
]
# Private DNS allows fewer keys: hvn/topology/tags.py.
TagKey = Annotated[
    str,
    Text(
        pattern=r"[^<>%&\\?/\x00-\x20]([^<>%&\\?/\x00-\x1f]{0,510}[^<>%&\\?/\x00-\x20])?",
        kind="a tag key",
        excluded="<>%&\\?/",
        rule="1 to 512 characters without < > % & \\ ? /, and no space at either end",
        example="owner",
        why="Azure refuses other keys at apply",
        see=_TAGS,
    ),
]
TagValue = Annotated[
    str,
    Text(
        pattern=r".{0,256}",
        kind="a tag value",
        rule="at most 256 characters",
        example="platform-team",
        why="Azure limits a tag value to 256 characters",
        see=_TAGS,
    ),
]
KubernetesVersion = Annotated[
    str,
    Text(
        pattern=r"1\.(0|[1-9][0-9]?)(\.(0|[1-9][0-9]?))?",
        kind="a Kubernetes version",
        rule="a minor version or a full version, in quotes",
        example='"1.36"',
        why="AKS accepts a minor version, which is an alias for its newest patch, or a full version",
        see="https://learn.microsoft.com/azure/aks/supported-kubernetes-versions",
    ),
]
VmSize = Annotated[
    str,
    Text(
        pattern=r"Standard_[A-Za-z0-9_-]{2,60}",
        kind="an Azure VM size",
        rule="the name of an Azure VM size",
        example="Standard_D4s_v5",
        prefix="Standard_",
        why="AKS node pools require the API name of a VM size, which begins with Standard_",
        see="https://learn.microsoft.com/azure/virtual-machines/vm-naming-conventions",
    ),
]
MaxSurge = Annotated[
    str,
    Text(
        pattern=r"([1-9][0-9]{0,2}|([1-9][0-9]?|100)%)",
        kind="a number or percentage of nodes",
        rule="a number of nodes or a percentage, in quotes",
        example='"10%"',
        why="AKS accepts max surge as a whole number of nodes or as a percentage from 1% to 100%",
        see="https://learn.microsoft.com/azure/aks/upgrade-aks-cluster",
    ),
]
_WINDOWS = "https://learn.microsoft.com/azure/aks/planned-maintenance"
TimeOfDay = Annotated[
    str,
    Text(
        pattern=r"([01][0-9]|2[0-3]):[0-5][0-9]",
        kind="a time of day",
        rule="hours and minutes from 00:00 to 23:59, in quotes",
        example='"22:00"',
        why="AKS requires the start of a maintenance window in this form",
        see=_WINDOWS,
    ),
]
UtcOffset = Annotated[
    str,
    Text(
        pattern=r"[+-](0[0-9]|1[0-4]):[0-5][0-9]",
        kind="an offset from UTC",
        rule="+ or -, hours and minutes, in quotes",
        example='"+09:00"',
        why="AKS requires the offset of a maintenance window in this form",
        see=_WINDOWS,
    ),
]
StorageAccount = Annotated[
    str,
    Text(
        pattern=r"[a-z0-9]{3,24}",
        kind="a storage account name",
        rule="3 to 24 lower-case letters and digits",
        example="tfstate0001",
        why="the name is part of a host name, <name>.blob.core.windows.net",
        see=_NAMES,
    ),
]
Container = Annotated[
    str,
    Text(
        pattern=r"(?=.{3,63}$)[a-z0-9]+(-[a-z0-9]+)*",
        kind="a blob container name",
        rule="3 to 63 lower-case letters, digits and single hyphens",
        example="tfstate",
        why="Azure refuses other names of blob containers",
        see=_NAMES,
    ),
]
RESOURCE_GROUP = Text(
    pattern=r"[A-Za-z0-9_.()-]{0,89}[A-Za-z0-9_()-]",
    kind="a resource group name",
    rule="1 to 90 ASCII letters, digits, _ . ( ) and -, without a dot at the end",
    example="rg-tfstate",
    why="Azure refuses a dot at the end; this project refuses letters outside ASCII",
    see=_NAMES,
)
ResourceGroup = Annotated[str, RESOURCE_GROUP]


_EXAMPLE = "/subscriptions/6b1f2d3c-0a9e-4c57-8f7d-3a2b1c0d9e8f/resourceGroups/rg-network/providers/Microsoft.Network"
VnetId = Annotated[
    str,
    resource_id(
        r"Microsoft\.Network/virtualNetworks/[A-Za-z0-9][A-Za-z0-9_.-]{0,62}[A-Za-z0-9_]",
        "the resource id of a VNet",
        "the Azure resource id of a virtual network",
        f"{_EXAMPLE}/virtualNetworks/vnet-hub",
    ),
]
ClusterId = Annotated[
    str,
    resource_id(
        r"Microsoft\.ContainerService/managedClusters/[A-Za-z0-9]([A-Za-z0-9_-]{0,61}[A-Za-z0-9])?",
        "the resource id of an AKS cluster",
        "the Azure resource id of an AKS cluster",
        f"{_EXAMPLE.removesuffix('Network')}ContainerService/managedClusters/aks-payments",
    ),
]
# 63 characters is the limit of a DNS label. Azure's table limits the whole name to 63 characters, but AKS creates
# longer names.
_ZONE = r"(?!.{254})[A-Za-z0-9_-]{1,63}(\.[A-Za-z0-9_-]{1,63}){1,33}"
# Terraform would treat two spellings of a name as two zones; Azure treats them as one zone.
_NEW_ZONE = r"(?!.{254})[a-z0-9_-]{1,63}(\.[a-z0-9_-]{1,63}){1,33}"
PrivateDnsZoneId = Annotated[
    str,
    resource_id(
        rf"Microsoft\.Network/privateDnsZones/{_ZONE}",
        "the resource id of a private DNS zone",
        "the Azure resource id of a private DNS zone",
        f"{_EXAMPLE}/privateDnsZones/privatelink.japaneast.azmk8s.io",
    ),
]
PrivateDnsZone = Annotated[
    str,
    Text(
        pattern=rf"({_NEW_ZONE}|{ID}Microsoft\.Network/privateDnsZones/{_ZONE})",
        kind="a private DNS zone",
        rule="the name of a new private DNS zone, or the Azure resource id of an existing zone",
        example="privatelink.vaultcore.azure.net",
        why="a zone has 2 to 34 labels of lower-case letters, digits, - and _; write an existing zone as its id",
        see="https://learn.microsoft.com/azure/dns/private-dns-privatednszone",
    ),
]
LinkedZone = Annotated[
    str,
    Text(
        pattern=rf"({_NEW_ZONE}|{ID}Microsoft\.Network/privateDnsZones/{_ZONE})",
        kind="a private DNS zone",
        rule="one of `private_dns_zones`",
        example="corp.example.com",
        why="Azure registers machines only in a zone with a link to their VNet",
        see="https://learn.microsoft.com/azure/dns/private-dns-autoregistration",
    ),
]


def _one_storage(value: tuple[str, ...]) -> tuple[str, ...]:
    if {"Microsoft.Storage", "Microsoft.Storage.Global"} <= {*value}:
        raise refused(
            Message("the list contains {local} and {all}", local="Microsoft.Storage", all="Microsoft.Storage.Global"),
            Message("delete one of the two: {all} contains all regions", all="Microsoft.Storage.Global"),
            "Azure refuses a subnet with a local and a cross-region endpoint of Azure Storage "
            "(https://learn.microsoft.com/azure/storage/common/storage-network-security)",
        )
    return value


OneStorage = AfterValidator(_one_storage)
"""Refuses the two service endpoints of Azure Storage in one list."""
_BOTH: list[JsonValue] = [{"contains": {"const": name}} for name in ("Microsoft.Storage", "Microsoft.Storage.Global")]
ONE_STORAGE = Field(json_schema_extra={"not": {"allOf": _BOTH}})
"""The same condition for the JSON schema."""
