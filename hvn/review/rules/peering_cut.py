"""HVN905: a peering, or a route of the HVN or the firewall, is destroyed or replaced."""

from collections.abc import Iterator, Sequence
from ipaddress import IPv4Address, IPv4Network

from hvn.diagnostics.finding import Finding, Level, Message, Rule
from hvn.diagnostics.message import Words
from hvn.kinds.hub.inputs import HubInputs
from hvn.kinds.network.inputs import NetworkInputs
from hvn.kinds.peering.impact import RUNNERS, cut_off, replaced_by
from hvn.kinds.peering.inputs import DNS, HvnRoute, PeeringInputs
from hvn.kinds.peerings import VnetPeering
from hvn.review import backup
from hvn.review.commands import take_out_of_state
from hvn.review.context import Context
from hvn.review.losses import with_plan
from hvn.review.plan import ResourceChange
from hvn.review.rebuild_steps import moved_elsewhere

RULE = Rule(
    id="HVN905",
    name="peering-cut",
    reports="A peering, or a route of the HVN or the firewall, is destroyed or replaced.",
    why="traffic over the peering or route fails until Azure or HCP has created the new one",
    fix="undo the edit, or apply the edit in a maintenance window",
    example="""\
hub:
  runners: {cidr: 10.0.0.96/27}
""",
    see="https://registry.terraform.io/providers/hashicorp/hcp/0.111.0/docs/resources/azure_peering_connection",
)
LABEL = "hvn: destroys"
OF_PEERING = (
    "hcp_azure_peering_connection.peering",
    "azuread_service_principal.hcp",
    "azurerm_role_definition.peer",
    "azurerm_role_assignment.hcp_may_peer",
)
"""The resources of a peering that Terraform manages, apart from its routes."""
TYPES = ("hcp_azure_peering_connection", "hcp_hvn_route", "azurerm_virtual_network_peering")
OF_FIREWALL = "azurerm_route_table.route_table_firewall"
"""The route table with the firewall's routes to remote VNets."""


def check(context: Context) -> Iterator[Finding]:
    """Yield findings about peerings and routes that the topology replaces or removes, or that the plans destroy."""
    moved = moved_elsewhere(context)
    destroyed, _ = backup.split(_destroyed(context))  # HVN976 reports the backup HVN's peerings
    planned = {id_: changes for id_, changes in destroyed.items() if id_ not in moved}
    for workspace, before, after in context.changed(PeeringInputs):
        if after and becomes_existing(before, after):
            yield _kept(context, workspace.id, before, planned.pop(workspace.id, []))
            continue
        reasons = list(_reasons(before, after)) if after else []
        if reasons:
            yield _cut(context, workspace.id, reasons, planned.pop(workspace.id, []))
    for workspace, old, new in context.changed(HubInputs):
        removed = _removed(old, new)
        routes = _lost_routes(old, new, removed) if new else []
        if removed or routes:
            yield _remote_cut(workspace.id, "", removed, routes, planned.pop(workspace.id, []))
    for workspace, was, now in context.changed(NetworkInputs):
        if removed := _removed(was, now):
            # Other findings report the spoke's peering with the hub.
            names = {name for one in removed for name in one.resources}
            destroys = planned.pop(workspace.id, [])
            own = [change for change in destroys if change.address.partition(".")[2] in names]
            if others := [change for change in destroys if change not in own]:
                planned[workspace.id] = others
            yield _remote_cut(workspace.id, workspace.spoke or "", removed, [], own)
    for id_, changes in planned.items():
        owner = context.before.get(id_) or context.after.get(id_)
        inputs = owner.inputs if owner else None
        if isinstance(inputs, HubInputs):
            yield _planned_cut(id_, inputs, changes)
        elif isinstance(inputs, NetworkInputs):
            yield from _planned_cuts(context, id_, inputs, changes)
        else:
            yield _cut(context, id_, [], changes)


def _destroyed(context: Context) -> dict[str, list[ResourceChange]]:
    """Return the peerings and routes that the plans destroy, by workspace."""
    planned = {
        id_: [one for one in changes if one.type in TYPES or one.address == OF_FIREWALL]
        for id_, changes in context.destroyed(*TYPES, "azurerm_route_table").items()
    }
    return {id_: changes for id_, changes in planned.items() if changes}


def _removed(before: HubInputs | NetworkInputs, after: HubInputs | NetworkInputs | None) -> list[VnetPeering]:
    """Return the peerings that the new inputs of a kept workspace no longer have."""
    return [one for one in before.peerings if after and not any(_keeps(other, one) for other in after.peerings)]


def _keeps(after: VnetPeering, before: VnetPeering) -> bool:
    """Return whether a peering keeps both halves. A key is part of the names and of Terraform's addresses."""
    halves = (before.key, before.vnet, before.name)
    return (after.key, after.vnet, after.name) == halves and before.reverse in ("", after.reverse)


def _planned_cut(workspace: str, inputs: HubInputs, changes: Sequence[ResourceChange]) -> Finding:
    """Return the finding about the hub's peerings and the firewall's routes that only the plan destroys."""
    names = {change.address.partition(".")[2] for change in changes}
    removed = [one for one in inputs.peerings if names & {*one.resources}]
    routes = _other_routes(inputs, removed) if OF_FIREWALL in {change.address for change in changes} else []
    return _remote_cut(workspace, "", removed, routes, changes)


def _planned_cuts(
    context: Context, workspace: str, inputs: NetworkInputs, changes: Sequence[ResourceChange]
) -> Iterator[Finding]:
    """Yield the findings about a spoke's own peerings and about its peering with the hub that only the plan
    destroys."""
    addresses = {name: one for one in inputs.peerings for name in one.resources}
    own = [change for change in changes if change.address.partition(".")[2] in addresses]
    if own:
        removed = dict.fromkeys(addresses[change.address.partition(".")[2]] for change in own)
        yield _remote_cut(workspace, context.spoke(workspace) or "", [*removed], [], own)
    if rest := [change for change in changes if change not in own]:
        yield _cut(context, workspace, [], rest)


def _lost_routes(before: HubInputs, after: HubInputs, removed: Sequence[VnetPeering]) -> list[str]:
    """Return the ranges behind remote firewalls that the hub's firewall no longer reaches, apart from those of removed
    peerings."""
    kept = [IPv4Network(route.cidr) for route in after.remote_routes]
    ranges = _other_routes(before, removed)
    return [cidr for cidr in ranges if not any(IPv4Network(cidr).subnet_of(one) for one in kept)]


def _other_routes(inputs: HubInputs, removed: Sequence[VnetPeering]) -> list[str]:
    """Return the ranges behind remote firewalls, except those behind the removed peerings."""
    vnets = [IPv4Network(cidr) for peering in removed for cidr in peering.cidrs]
    routes = inputs.remote_routes
    return [route.cidr for route in routes if not any(IPv4Address(route.next_hop) in vnet for vnet in vnets)]


def _remote_cut(
    workspace: str,
    spoke: str,
    removed: Sequence[VnetPeering],
    routes: Sequence[str],
    changes: Sequence[ResourceChange],
) -> Finding:
    """Return the finding about peerings of a spoke, or about peerings of the hub and the firewall's routes through
    these peerings."""
    vnets, reasons, lost = [one.spoke or one.vnet.name for one in removed], [], []
    if spoke:
        text = "the peering of {spoke} with {vnets} is removed or replaced"
        reasons.append(Message(text, spoke=spoke, vnets=vnets))
        lost.append(Message("{spoke} and {vnets} lose their direct route to each other", spoke=spoke, vnets=vnets))
    elif vnets:
        reasons.append(Message("the hub's peering with {vnets} is removed or replaced", vnets=vnets))
        text = "this network loses its connections with {vnets} and the networks behind their firewalls"
        lost.append(Message(text, vnets=vnets))
    if routes:
        reasons.append(Message("the firewall's route to {cidrs} is removed", cidrs=routes))
        lost.append(Message("this network loses its connections with {cidrs}", cidrs=routes))
    return Finding(rule=RULE, workspace=workspace, message=with_plan(reasons, changes), impact=tuple(lost))


def becomes_existing(before: PeeringInputs, after: PeeringInputs) -> bool:
    """Return whether the topology now declares as existing a peering that Terraform managed before."""
    return after.existing and not before.existing and before.peering_id == after.peering_id


def _kept(context: Context, workspace: str, before: PeeringInputs, changes: Sequence[ResourceChange]) -> Finding:
    reason = Message(
        "the topology declares the peering {id} as existing, so Terraform destroys it", id=before.peering_id
    )
    owner = context.before.get(workspace)
    return Finding(
        rule=RULE,
        workspace=workspace,
        message=with_plan([reason], changes),
        impact=(Message("no route to Vault for {who}", who=cut_off(owner, context.before)),) if owner else (),
        manual_steps=(take_out_of_state(workspace, OF_PEERING),),
    )


def _reasons(before: PeeringInputs, after: PeeringInputs) -> Iterator[Message]:
    forced = replaced_by(before, after)
    removed = [route.destination for route in before.routes if route not in after.routes]
    if forced:
        yield Message(
            "the HVN's peering is replaced, because HCP cannot change {arguments}", arguments=Words(", ".join(forced))
        )
    elif removed:
        yield Message("the HVN's route to {destinations} is removed or replaced", destinations=removed)


def _routes(context: Context, workspace: str, changes: Sequence[ResourceChange]) -> tuple[HvnRoute, ...] | None:
    """Return the routes that the edit or the plan removes; None if the peering itself is removed or replaced."""
    before, after = context.before.get(workspace), context.after.get(workspace)
    was, now = before.inputs if before else None, after.inputs if after else None
    if not isinstance(was, PeeringInputs) or not isinstance(now, PeeringInputs) or replaced_by(was, now):
        return None
    by_address = {f"hcp_hvn_route.route_{route.name}": route for route in was.routes}
    if any(change.address not in by_address for change in changes):
        return None
    planned = [by_address[change.address] for change in changes]
    return tuple(route for route in was.routes if route not in now.routes or route in planned)


def _cut(context: Context, name: str, reasons: Sequence[Message], changes: Sequence[ResourceChange]) -> Finding:
    facts = {"reasons": with_plan(reasons, changes)}
    workspace = context.before.get(name) or context.after.get(name)
    if workspace is None:
        return Finding(rule=RULE, workspace=name, message=Message("{reasons}", **facts))
    routes = _routes(context, name, changes)
    lost = cut_off(workspace, context.before or context.after, routes)
    if not lost and routes and all(route.name.startswith(DNS) for route in routes):
        message = Message("{reasons}. Vault cannot query these DNS servers until their routes exist", **facts)
        return Finding(rule=RULE, level=Level.WARNING, workspace=name, message=message)
    if not lost:
        return Finding(
            rule=RULE,
            workspace=name,
            message=Message("{reasons}. No network uses this peering to reach Vault", **facts),
        )
    if isinstance(workspace.inputs, PeeringInputs):
        message = Message(
            "{reasons}. No traffic passes until the replacement exists and the peering is ACTIVE", **facts
        )
        impact = Message("no route to Vault for {who}", who=lost)
    else:
        message = Message("{reasons}. No traffic passes until the peering is created again", **facts)
        impact = Message("no route to the hub, its firewall and the networks behind it for {who}", who=lost)
    return Finding(
        rule=RULE,
        workspace=name,
        message=message,
        impact=(impact,),
        manual_steps=(_alone(name),) if RUNNERS in (fact for _, fact in lost.facts) else (),
    )


def _alone(workspace: str) -> Message:
    return Message(
        "apply {workspace} alone: the runners reach Vault through this peering. Plan and apply the workspaces of Vault "
        "after the peering is ACTIVE",
        workspace=workspace,
    )
