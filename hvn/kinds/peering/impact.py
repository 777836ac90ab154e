"""The impact of replacing or removing the HVN's peering with the hub or a spoke."""

from collections.abc import Iterator, Mapping
from ipaddress import IPv4Network

from hvn.diagnostics.message import Message, joined
from hvn.kinds.kind import Reference, Subject
from hvn.kinds.network.inputs import NetworkInputs
from hvn.kinds.peering.inputs import RUNNERS as TO_RUNNERS
from hvn.kinds.peering.inputs import SITE, HvnRoute, PeeringInputs
from hvn.kinds.references import azure, hvn, hvn_peering
from hvn.kinds.workspace import Workspace, WorkspaceId

# The inputs for arguments of hcp_azure_peering_connection with ForceNew.
FORCES = ("hvn", "peering_id", "vnet", "location", "allow_forwarded_traffic")
RUNNERS = Message("the runners, which apply all workspaces in Vault and in the clusters")


def replaced_by(before: PeeringInputs, after: PeeringInputs) -> tuple[str, ...]:
    """Return the inputs that differ and that a peering cannot change in place. Terraform destroys a peering of this
    project if the file names another peering as existing."""
    if after.existing:
        return ("peering_id",) if not before.existing and before.peering_id != after.peering_id else ()
    differs = [name for name in FORCES if getattr(before, name) != getattr(after, name)]
    if before.hvn.hvn_id == after.hvn.hvn_id and None in (before.hvn.project_id, after.hvn.project_id):
        # Without a project id Terraform looks up the HVN's link. An equal id means the same HVN.
        differs = [name for name in differs if name != "hvn"]
    return tuple(differs)


def reads_at_plan(workspace: Workspace) -> tuple[WorkspaceId, ...]:
    """Return `hcp` if the plan must look up the HVN's link or an existing peering."""
    inputs = workspace.inputs
    if isinstance(inputs, PeeringInputs) and (inputs.existing or inputs.hvn.project_id is None):
        return tuple(id_ for id_ in workspace.after if id_.kind == "hcp")
    return ()


def identifies(inputs: PeeringInputs) -> Mapping[str, str | None]:
    """Return the properties that identify the HVN."""
    return {Subject.HVN: inputs.hvn.hvn_id, "the HCP project": inputs.hvn.project_id}


def removal(workspace: Workspace, workspaces: Mapping[str, Workspace]) -> Message:
    """Return the message that names the places without a route to Vault after the removal."""
    return Message("the route to Vault of {who}", who=cut_off(workspace, workspaces))


def cut_off(
    workspace: Workspace, workspaces: Mapping[str, Workspace], routes: tuple[HvnRoute, ...] | None = None
) -> Message:
    """Return the places that lose the route to Vault with this peering, or with only these routes. The message may be
    empty."""
    if workspace.spoke:
        # The operator's workspaces of other spokes in the same VNet also follow the peering.
        operators = (one.spoke for one in workspaces.values() if one.spoke and workspace.id in one.after)
        others = sorted({*operators} - {workspace.spoke})
        return Message("{spokes}", spokes=(workspace.spoke, *others))
    inputs = workspace.inputs
    if not isinstance(inputs, PeeringInputs):
        return Message("{workspace}", workspace=workspace.id)
    gone = inputs.routes if routes is None else routes
    pools = [IPv4Network(route.destination) for route in gone if route.next_hop and not route.name.startswith(SITE)]
    spokes = [
        other.spoke or ""
        for other in workspaces.values()
        if isinstance(other.inputs, NetworkInputs)
        and any(IPv4Network(cidr).subnet_of(pool) for cidr in other.inputs.cidrs for pool in pools)
    ]
    # Without the peering, the runners lose their route too.
    lost = [RUNNERS] if routes is None or any(route.name == TO_RUNNERS for route in gone) else []
    if spokes:
        lost.append(Message("{spokes} (via the hub)", spokes=spokes))
    if sites := [route.destination for route in gone if route.name.startswith(SITE)]:
        lost.append(Message("{ranges} (on-premises)", ranges=sites))
    return joined(lost)


def refers_to(inputs: PeeringInputs) -> Iterator[Reference]:
    """Yield the HVN, the backup HVN, the VNet, and an existing peering."""
    for peering in (inputs.own, *((inputs.backup,) if inputs.backup else ())):
        yield hvn(peering.hvn.hvn_id, peering.hvn.project_id, None)
    yield from azure("azurerm_virtual_network", inputs.vnet)
    if inputs.existing:
        yield hvn_peering(inputs.hvn, inputs.peering_id, inputs.vnet, forwards=inputs.allow_forwarded_traffic)
