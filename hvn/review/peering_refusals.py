"""Changes of VNet peerings that Azure refuses, although the plan succeeds.

Azure refuses a second peering between the same two VNets (`AnotherPeeringAlreadyReferencesRemoteVnet`). A half becomes
Disconnected if Terraform deletes its counterpart, and Azure then refuses a new counterpart
(`RemotePeeringIsDisconnected`, hashicorp/terraform-provider-azurerm#14051). azurerm 4.55.0 retries neither error
(internal/services/network/virtual_network_peering_resource.go). `name` is ForceNew.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from hvn.diagnostics.message import Message
from hvn.kinds.hub.inputs import HubInputs
from hvn.kinds.network.inputs import NetworkInputs
from hvn.review.commands import command
from hvn.review.context import DESTROYS, Context
from hvn.review.plan import Action
from hvn.review.vnet_subnets import VNET
from hvn.topology.naming import Resource

PEERING = "azurerm_virtual_network_peering"
_ABSENT = (*DESTROYS, Action.CREATE)


@dataclass(frozen=True, slots=True)
class _Half:
    """A half of a peering: its VNet, its name, the remote VNet, and the Terraform address of the other half. The
    address is empty if somebody else manages the other half."""

    vnet: Resource
    name: str
    remote: Resource
    other: str


@dataclass(frozen=True, slots=True)
class Refusal:
    """A change of peerings that Azure refuses, with the step that avoids or repeats it."""

    workspace: str
    message: Message
    step: Message


def refusals(context: Context) -> Iterator[Refusal]:
    """Yield the refusals of each workspace: of edits, and of replacements that only a plan shows."""
    for id_, before, after in _workspaces(context):
        if _absent(context, id_, VNET):
            continue  # the halves of a missing VNet are missing too
        old, new = dict(_halves(before)), dict(_halves(after))
        if renamed := dict(_renamed(old, new)):
            yield _second(id_, renamed)
        planned = _absent(context, id_, PEERING)
        forced = {name for name in old.keys() & new.keys() if old[name].name != new[name].name}
        deleted = old.keys() - new.keys() | planned.keys() | forced
        for name in sorted(forced | {name for name, action in planned.items() if action is Action.REPLACE}):
            half = new.get(name) or old.get(name)
            if half and half.other not in deleted:
                yield _disconnected(id_, name, half, old)


def _workspaces(
    context: Context,
) -> Iterator[tuple[str, NetworkInputs | HubInputs, NetworkInputs | HubInputs]]:
    for id_, workspace in context.after.items():
        earlier = context.before.get(id_)
        after, before = workspace.inputs, earlier.inputs if earlier else workspace.inputs
        if isinstance(after, NetworkInputs) and isinstance(before, NetworkInputs):
            same_hub = before.hub == after.hub or None in (before.hub, after.hub)
            if before.vnet == after.vnet and same_hub:  # HVN904 reports a VNet that moves
                yield str(id_), before, after
        elif isinstance(after, HubInputs) and isinstance(before, HubInputs) and before.vnet == after.vnet:
            yield str(id_), before, after


def _halves(inputs: NetworkInputs | HubInputs) -> Iterator[tuple[str, _Half]]:
    """Yield the halves of the peerings by Terraform address (stacks/network.py, stacks/vnet_peerings.py)."""
    for peering in inputs.peerings:
        to_other, from_other = (f"{PEERING}.{name}" for name in peering.resources)
        reverse = bool(peering.reverse)
        yield to_other, _Half(inputs.vnet, peering.name, peering.vnet, from_other if reverse else "")
        if reverse:
            yield from_other, _Half(peering.vnet, peering.reverse, inputs.vnet, to_other)
    if isinstance(inputs, NetworkInputs) and inputs.hub_peering and inputs.hub:
        to_hub, from_hub = f"{PEERING}.to_hub", f"{PEERING}.from_hub"
        yield to_hub, _Half(inputs.vnet, inputs.peering_to_hub, inputs.hub.vnet, from_hub)
        yield from_hub, _Half(inputs.hub.vnet, inputs.peering_from_hub, inputs.vnet, to_hub)


def _renamed(old: Mapping[str, _Half], new: Mapping[str, _Half]) -> Iterator[tuple[str, str]]:
    """Yield the addresses of new halves, each with the address of the deleted half between the same two VNets."""
    deleted = {(half.vnet, half.remote): name for name, half in old.items() if name not in new}
    for name, half in new.items():
        if name not in old and (half.vnet, half.remote) in deleted:
            yield name, deleted[half.vnet, half.remote]


def _absent(context: Context, workspace: str, type_: str) -> Mapping[str, Action]:
    """Return the resources of a type that the plan deletes or replaces, or that do not exist before the apply."""
    plan = context.plans.get(workspace)
    changes = plan.changes if plan else ()
    return {change.address: change.action for change in changes if change.type == type_ and change.action in _ABSENT}


def _second(workspace: str, renamed: Mapping[str, str]) -> Refusal:
    return Refusal(
        workspace,
        Message(
            "Azure refuses a second peering between two VNets: Terraform may create {new} before it deletes {old}",
            new=sorted(renamed),
            old=sorted(renamed.values()),
        ),
        Message("keep the key of the peering, or apply {workspace} again after the refusal", workspace=workspace),
    )


def _disconnected(workspace: str, name: str, half: _Half, old: Mapping[str, _Half]) -> Refusal:
    message = Message(
        "Azure refuses the new {half}: its other half in {vnet} stays, and becomes Disconnected",
        half=name,
        vnet=half.remote.name,
    )
    if half.other not in old:
        owner = Message("the owner of {vnet} must delete the other half before the apply", vnet=half.remote.name)
        return Refusal(workspace, message, owner)
    other = old[half.other]
    delete = command(
        *("az", "network", "vnet", "peering", "delete", "--subscription", other.vnet.group.subscription_id),
        *("-g", other.vnet.group.name, "--vnet-name", other.vnet.name, "-n", other.name),
    )
    step = Message("before the apply, delete the other half, and plan again: {delete}", delete=delete)
    return Refusal(workspace, message, step)
