"""The resource group of a workspace: new, or existing."""

from dataclasses import dataclass

from cdktf import TerraformStack
from cdktf_cdktf_provider_azurerm.resource_group import ResourceGroup

from hvn.kinds.hub.inputs import HubInputs
from hvn.kinds.network.inputs import NetworkInputs
from stacks import workspace


@dataclass(frozen=True, slots=True)
class Group:
    """A resource group by name. `created` is empty if the workspace does not create the group."""

    name: str
    created: tuple[ResourceGroup, ...] = ()


def resource_group(stack: TerraformStack, id_: str, inputs: HubInputs | NetworkInputs) -> Group:
    """Return the workspace's resource group. Create the group unless it exists outside this project."""
    if not inputs.new_group:
        return Group(inputs.group.name)
    tags = workspace.tags(inputs)
    group = ResourceGroup(stack, id_, name=inputs.group.name, location=inputs.location, tags=tags)
    return Group(group.name, (group,))
