"""HVN918: the firewall, its policy, its public IP address or a route to it is destroyed or replaced."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from hvn.diagnostics.finding import Finding, Message, Rule
from hvn.diagnostics.message import Command, Words, joined
from hvn.kinds.hub.inputs import FirewallInputs, HubInputs
from hvn.kinds.network.inputs import NetworkInputs
from hvn.review.context import Context
from hvn.review.losses import Loss, destroyed, impact, with_plan
from hvn.review.nat_gateways import ADDRESS
from hvn.review.plan import ResourceChange
from hvn.review.rebuild_steps import moved_elsewhere
from hvn.topology.naming import identifier

RULE = Rule(
    id="HVN918",
    name="egress-cut",
    reports="The firewall, its policy, its public IP address, a route table or its association is destroyed or "
    "replaced.",
    why=("without the firewall or the route to it, spokes lose their egress, and `via-hub` spokes lose Vault"),
    fix="undo the edit, or apply the edit in a maintenance window",
    example="""\
hub:
  firewall: {zones: ['1', '2']}
""",
    see="https://registry.terraform.io/providers/hashicorp/azurerm/4.55.0/docs/resources/firewall",
)
LABEL = "hvn: destroys"
OF_FIREWALL = "azurerm_route_table.route_table_firewall"
EVERYONE = Loss("all egress, and every route through the hub to Vault, of {who}", everyone=True)
HERE = Loss("all egress of {who}")
LOSSES = {
    "azurerm_firewall": EVERYONE,
    "azurerm_firewall_policy": EVERYONE,
    "azurerm_firewall_policy_rule_collection_group": EVERYONE,
    "azurerm_public_ip": Loss(
        "the public source address of {who}: other systems may allow only this address", everyone=True
    ),
    "azurerm_route_table": HERE,
    "azurerm_subnet_route_table_association": HERE,
}
TYPES = tuple(LOSSES)
GROUP = "azurerm_firewall_policy_rule_collection_group"
# The hub's rule collection groups, in the order of `FirewallInputs.groups` (stacks/hub.py).
GROUPS = ("firewall_rules", "shared_firewall_rules")
# A spoke's rule collection group contains only the rules of this spoke.
LOSSES_OF_A_SPOKE = {**LOSSES, GROUP: Loss("all traffic of {who} that the spoke's own firewall rules allow")}
# The inputs that set a ForceNew argument (hvn/rehearsal/tables/azurerm.json), with the types that they replace. The
# firewall's tier is the `sku` of its policy.
FORCES = {
    "zones": ("azurerm_firewall",),
    "address_zones": ("azurerm_public_ip",),
    "name": ("azurerm_firewall",),
    "public_ip": ("azurerm_public_ip",),
    "management_ip": ("azurerm_firewall",),
    "policy": ("azurerm_firewall_policy",),
    "sku_tier": ("azurerm_firewall_policy",),
}
# The types with a `location` argument.
OF_THE_HUB = ("azurerm_firewall", "azurerm_firewall_policy", "azurerm_public_ip", "azurerm_route_table")
OF_A_SPOKE = ("azurerm_route_table",)


def check(context: Context) -> Iterator[Finding]:
    """Yield findings about resources that an edit of the hub or of a spoke replaces, or that the plans destroy."""
    moved = moved_elsewhere(context)
    planned = {id_: _without_nat(changes) for id_, changes in context.destroyed(*TYPES).items() if id_ not in moved}
    for workspace, was, now in context.changed(NetworkInputs):
        if workspace.id in moved:
            continue
        # HVN904 reports a subnet that the edit removes.
        removed = _associations(was) - _associations(now) if now else set()
        if now and was.rules and not now.rules:  # HVN926 reports the rules
            removed.add(f"{GROUP}.firewall_rules")
        changes = planned.pop(workspace.id, ())
        if now and was.route_table and not now.route_table:  # HVN953 reports the routes
            continue
        rest = [change for change in changes if change.address not in removed]
        if now and was.location != now.location:
            reasons = [_changed("location", was.location, now.location)]
            yield _replaced(context, workspace.id, reasons, OF_A_SPOKE, rest)
        elif rest:
            planned[workspace.id] = rest
    for workspace, before, after in context.changed(HubInputs):
        if after is None:
            continue
        if before.firewall and after.firewall is None:  # HVN953 reports the firewall
            planned.pop(workspace.id, None)
            continue
        sides = before.firewall, after.firewall
        names = [name for name in FORCES if before.firewall and _value(sides[0], name) != _value(sides[1], name)]
        reasons = [_changed(name, _value(sides[0], name), _value(sides[1], name)) for name in names]
        types = [type_ for name in names for type_ in FORCES[name]]
        if before.location != after.location:
            reasons.append(_changed("location", before.location, after.location))
            types += OF_THE_HUB
        groups = len(after.firewall.groups) if after.firewall else 0
        fewer = {f"{GROUP}.{name}" for name in GROUPS[groups:]}  # HVN926 reports their rules
        changes = [change for change in planned.pop(workspace.id, []) if change.address not in fewer]
        if reasons:
            yield _replaced(context, workspace.id, reasons, types, changes)
        elif changes:
            planned[workspace.id] = changes
    for id_, changes in planned.items():
        if not changes:
            continue
        yield replace(
            destroyed(RULE, context, id_, changes, _losses(context, id_)),
            manual_steps=tuple(_steps(context, id_, [change.type for change in changes])),
        )


def _without_nat(changes: list[ResourceChange]) -> list[ResourceChange]:
    """Return the changes that no other rule reports.

    HVN972 reports the addresses of NAT gateways, and HVN905 the routes of the firewall to remote VNets.
    """
    return [change for change in changes if not change.address.startswith(ADDRESS) and change.address != OF_FIREWALL]


def _changed(name: str, old: str, new: str) -> Message:
    return Message("{name} {old} → {new}", name=Words(name), old=old, new=new)


def _replaced(
    context: Context,
    workspace: str,
    reasons: Sequence[Message],
    types: Sequence[str],
    changes: Sequence[ResourceChange],
) -> Finding:
    message = Message(
        "Azure cannot change {reasons}, so Terraform replaces {types}",
        types=sorted({*types}),
        reasons=joined(reasons, ", "),
    )
    return Finding(
        rule=RULE,
        workspace=workspace,
        message=with_plan([message], changes),
        impact=impact(context, workspace, [*(change.type for change in changes), *types], _losses(context, workspace)),
        manual_steps=tuple(_steps(context, workspace, types)),
    )


def _losses(context: Context, workspace: str) -> Mapping[str, Loss]:
    return LOSSES if isinstance(context.inputs(workspace), HubInputs) else LOSSES_OF_A_SPOKE


def _associations(network: NetworkInputs) -> set[str]:
    return {f"azurerm_subnet_route_table_association.routes_{identifier(subnet.key)}" for subnet in network.subnets}


def _steps(context: Context, workspace: str, types: Iterable[str]) -> Iterator[Message]:
    """Yield the steps that apply the hub from outside the network and then restore the rules of the spokes.

    The change cuts the runners' access to Azure and to the state. Azure deletes the spokes' rules with their policy.
    """
    if not isinstance(context.inputs(workspace), HubInputs):
        return
    yield Message(
        "apply {workspace} from outside the network. This change cuts the runners' only egress, so an apply from a "
        "runner would fail and leave the state locked",
        workspace=workspace,
    )
    spokes = context.before_of(lambda _kind, inputs: isinstance(inputs, NetworkInputs) and inputs.rules is not None)
    if "azurerm_firewall_policy" in types and spokes:
        yield Message(
            "then restore the rules of the spokes, which Azure deletes with their policy: {command}",
            command=Command(f"bin/cdktf deploy {' '.join(spokes)}"),
        )


def _value(firewall: FirewallInputs | None, name: str) -> str:
    value = getattr(firewall, name, None)
    return value if isinstance(value, str) else ", ".join(value or ()) or "none"
