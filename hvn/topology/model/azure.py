"""`azure` and `state`: tenant, subscription, region, tags, and the Terraform backend."""

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import Field

from hvn.topology.fields import (
    Container,
    DdosPlanId,
    Frozen,
    Host,
    Limit,
    Organization,
    Project,
    Region,
    ResourceGroup,
    StorageAccount,
    TagKey,
    TagValue,
    Uuid,
)
from hvn.topology.model.base import Model

_BACKEND = Limit(
    why="this project supports only these backends",
    see="https://developer.hashicorp.com/terraform/language/backend",
)
_TAGS = Limit(
    why="Azure allows at most 50 tags for a resource",
    see="https://learn.microsoft.com/azure/azure-resource-manager/management/tag-resources",
)
Tags = Annotated[Mapping[TagKey, TagValue], Frozen, Field(max_length=50), _TAGS]

_OWNED = Limit(
    why="Azure Policy in landing zones writes these arguments; Terraform reverts changes of all other arguments",
    see="https://github.com/Azure/Azure-Landing-Zones-Library",
)


class Azure(Model):
    """Tenant, default subscription, region and tags of the network."""

    tenant_id: Uuid
    """Entra tenant of all subscriptions in this file."""
    subscription_id: Uuid
    """Default subscription of the hub and the spokes."""
    region: Region
    """Azure region of the hub, the spokes and the clusters."""
    tags: Tags = Field(default={}, validate_default=True)
    """Tags of all resources that support tags, at most 50. Private DNS zones and links get only the first 15 tags that
    Azure DNS allows."""
    ddos_plan_id: DdosPlanId | None = None
    """DDoS protection plan of new VNets. [default: none]"""
    policy_owned: tuple[
        Annotated[
            Literal["aks_defender", "aks_monitoring", "aks_policy", "ddos_protection_plan", "tags"],
            _OWNED,
        ],
        ...,
    ] = ()
    """Arguments that Azure Policy writes after the apply. Terraform ignores their changes; the review shows only the
    number. With `tags`, a change of tags affects only new resources."""


class LocalState(Model):
    """State in local files, `state/<name>/<workspace>.tfstate`: for a trial, not for a team."""

    backend: Annotated[Literal["local"], _BACKEND]
    """Backend for Terraform's state."""


class AzurermState(Model):
    """State in an Azure storage account, one blob for each workspace. Terraform uses Entra roles, not account keys."""

    backend: Annotated[Literal["azurerm"], _BACKEND]
    """Backend for Terraform's state."""
    subscription_id: Uuid | None = None
    """Subscription of the storage account. [default: azure.subscription_id]"""
    resource_group: ResourceGroup
    """Resource group of the storage account."""
    storage_account: StorageAccount
    """Name of the storage account."""
    container: Container = "tfstate"
    """Name of the blob container."""


class CloudState(Model):
    """State and runs in HCP Terraform: one HCP Terraform workspace for each workspace of this project."""

    backend: Annotated[Literal["cloud"], _BACKEND]
    """Backend for Terraform's state."""
    organization: Organization
    """HCP Terraform organization."""
    project: Project | None = None
    """HCP Terraform project of the workspaces. [default: the organization's default project]"""
    hostname: Host = "app.terraform.io"
    """Host of HCP Terraform or of Terraform Enterprise."""


State = Annotated[LocalState | AzurermState | CloudState, Field(discriminator="backend")]
