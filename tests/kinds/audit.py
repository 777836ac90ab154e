"""Define `audit-<spoke>`, an example of a new workspace kind, with its inputs, rights and stack."""

from collections.abc import Mapping
from dataclasses import dataclass

from cdktf import TerraformStack
from cdktf_cdktf_provider_azurerm.resource_group import ResourceGroup

from hvn.diagnostics.message import Message
from hvn.kinds import common
from hvn.kinds.inputs import AzureInputs
from hvn.kinds.kind import Kind, Row, Site, Subject
from hvn.kinds.rights import RESOURCE_GROUP, Rights
from hvn.kinds.workspace import Workspace
from stacks import workspace as stacks


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditInputs(AzureInputs):
    """`audit-<spoke>`: a resource group for audit data."""

    subscription_id: str
    group: str


def derive(site: Site) -> Workspace | None:
    """Return the workspace of every spoke that has a cluster."""
    if site.spoke.cluster is None:
        return None
    id_ = site.id("audit")
    return Workspace(
        id=id_,
        inputs=AuditInputs(
            **common.in_azure(site.topology, id_),
            subscription_id=site.topology.azure.subscription_id,
            group=f"rg-{site.topology.name}-{site.name}-audit",
        ),
        after=(site.id("aks"),),
    )


def removal(workspace: Workspace, _workspaces: Mapping[str, Workspace]) -> Message:
    """Return the resources that are lost with the workspace."""
    return Message("the audit data of {spoke}", spoke=workspace.spoke or "")


def build(stack: TerraformStack, inputs: AuditInputs) -> None:
    """Build the resource group."""
    stacks.azurerm(stack, inputs, inputs.subscription_id)
    ResourceGroup(stack, "audit", name=inputs.group, location=inputs.location, tags=stacks.tags(inputs))


RIGHTS = Rights({"azurerm_resource_group": RESOURCE_GROUP})

KIND = Kind(
    name="audit",
    section=("cluster",),
    stack="tests.kinds.audit",
    rights="tests.kinds.audit",
    row=Row(holds="a resource group for audit data", when="for a spoke with a cluster"),
    derive=derive,
    reads_at_plan=lambda workspace: workspace.after,
    faults=("permission-denied",),
    follows=lambda _inputs: frozenset({Subject.CLUSTER}),
    removal=removal,
)
