"""The common parts of the workspaces: backend, providers, tags."""

from cdktf import (
    App,
    AzurermBackend,
    CloudBackend,
    LocalBackend,
    NamedCloudWorkspace,
    TerraformResource,
    TerraformResourceLifecycle,
    TerraformStack,
)
from cdktf_cdktf_provider_azuread.provider import AzureadProvider
from cdktf_cdktf_provider_azurerm.provider import AzurermProvider, AzurermProviderFeatures
from cdktf_cdktf_provider_azurerm.virtual_network import VirtualNetworkDdosProtectionPlan
from cdktf_cdktf_provider_hcp.provider import HcpProvider

from hvn.kinds import inputs as topology
from hvn.kinds.inputs import AzureInputs, Inputs
from hvn.kinds.policy_owned import EVERY_TYPE

# The minimum version of Terraform: `project` in the `cloud` block exists since 1.6 (hashicorp/terraform #33489).
TERRAFORM = ">= 1.6.0"
# Azure deletes no NSG and no route table that a subnet uses. With this setting, Terraform updates the VNet first and
# then deletes the resource. Without it, Terraform deletes the resource first.
UNUSED_FIRST = TerraformResourceLifecycle(create_before_destroy=True)


def workspace(app: App, inputs: Inputs) -> TerraformStack:
    """Return a stack with the workspace's backend and without resources."""
    stack = TerraformStack(app, inputs.workspace)
    stack.add_override("terraform.required_version", TERRAFORM)
    backend = inputs.backend
    if isinstance(backend, topology.AzurermBackend):
        AzurermBackend(
            stack,
            tenant_id=backend.tenant_id,
            subscription_id=backend.subscription_id,
            resource_group_name=backend.resource_group,
            storage_account_name=backend.storage_account,
            container_name=backend.container,
            key=backend.key,
            # Log in with Entra and the role on the container. By default the backend fetches the account's keys, which
            # give full access.
            use_azuread_auth=True,
        )
    elif isinstance(backend, topology.CloudBackend):
        CloudBackend(
            stack,
            hostname=backend.hostname,
            organization=backend.organization,
            workspaces=NamedCloudWorkspace(name=backend.name, project=backend.project),
        )
    else:
        LocalBackend(stack, path=backend.path)
    return stack


def azurerm(
    stack: TerraformStack, inputs: Inputs, subscription_id: str, *, alias: str | None = None
) -> AzurermProvider:
    """Return the azurerm provider for a subscription. The environment (`ARM_*`) sets only the credentials.

    The provider registers no resource providers, because a plan-only identity has no right to register them, and every
    plan would fail. An administrator registers the resource providers once.
    """
    return AzurermProvider(
        stack,
        f"provider_azurerm_{alias}" if alias else "provider_azurerm",
        alias=alias,
        features=[AzurermProviderFeatures()],
        tenant_id=inputs.tenant_id,
        subscription_id=subscription_id,
        resource_provider_registrations="none",
    )


def azuread(stack: TerraformStack, inputs: Inputs) -> AzureadProvider:
    """Return the azuread provider for the topology's tenant. The environment (`ARM_*`) sets the credentials."""
    return AzureadProvider(stack, "provider_azuread", tenant_id=inputs.tenant_id)


def hcp(stack: TerraformStack, project_id: str | None) -> HcpProvider:
    """Return the hcp provider. The environment (`HCP_*`) sets the credentials, and the project if the topology has
    none."""
    return HcpProvider(stack, "provider_hcp", project_id=project_id)


def tags(inputs: AzureInputs) -> dict[str, str]:
    """Return the tags of all resources that support tags, except private DNS zones and their links."""
    return dict(inputs.tags)


def dns_tags(inputs: AzureInputs) -> dict[str, str]:
    """Return the tags of private DNS zones and their links."""
    return dict(inputs.dns_tags)


def ddos_protection(plan_id: str | None) -> VirtualNetworkDdosProtectionPlan | None:
    """Return the argument with the DDoS protection plan of a VNet; None if the topology has no plan."""
    return VirtualNetworkDdosProtectionPlan(id=plan_id, enable=True) if plan_id else None


def leave_to_policy(stack: TerraformStack, inputs: AzureInputs) -> None:
    """Add the arguments of `azure.policy_owned` to the `ignore_changes` of each resource."""
    for construct in stack.node.find_all() if inputs.policy_owned else ():
        if not isinstance(construct, TerraformResource):
            continue
        type_ = construct.terraform_resource_type
        arguments = [
            argument
            for owner, argument in inputs.policy_owned
            if owner == type_ or (owner == EVERY_TYPE and getattr(construct, f"{argument}_input", None) is not None)
        ]
        if arguments:
            # cdktf appends an overriding list to the resource's own list.
            construct.add_override("lifecycle.ignore_changes", arguments)
