"""HVN918: the firewall, what it lets through, its address or the way to it is destroyed or replaced."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from hvn.diagnostics.finding import Rule
from hvn.kinds.hub.inputs import FirewallInputs, HubInputs
from hvn.kinds.network.inputs import NetworkInputs
from hvn.review.context import Said, Situation
from hvn.review.destroyed import goes_with, listed, told
from hvn.review.markdown import code
from hvn.review.plan import ResourceChange

RULE = Rule(
    id="HVN918",
    name="egress-cut",
    why="every spoke's default route leads to the firewall: without it nothing leaves, and `via-hub` spokes lose Vault",
    see="https://registry.terraform.io/providers/hashicorp/azurerm/4.55.0/docs/resources/firewall",
)
ALL = "every way out, and every way through the hub to Vault, of {all}"
HERE = "every way out of {here}"
GOES = {
    "azurerm_firewall": ALL,
    "azurerm_firewall_policy": ALL,
    "azurerm_firewall_policy_rule_collection_group": ALL,
    "azurerm_public_ip": "the address by which others know {all}",
    "azurerm_route_table": HERE,
    "azurerm_subnet_route_table_association": HERE,
}
TYPES = tuple(GOES)
# ForceNew of these types (hvn/rehearsal/tables/azurerm.json), as the inputs name them; the firewall's tier is its
# policy's `sku`.
FORCES = {
    "zones": ("azurerm_firewall", "azurerm_public_ip"),
    "name": ("azurerm_firewall",),
    "public_ip": ("azurerm_public_ip",),
    "policy": ("azurerm_firewall_policy",),
    "sku_tier": ("azurerm_firewall_policy",),
}
# All of them that have a `location` of their own.
OF_THE_HUB = ("azurerm_firewall", "azurerm_firewall_policy", "azurerm_public_ip", "azurerm_route_table")
OF_A_SPOKE = ("azurerm_route_table",)


def check(situation: Situation) -> Iterator[Said]:
    """By the hub's inputs, and by what the plans destroy."""
    planned = situation.gone(*TYPES)
    for workspace, was, now in situation.pairs(NetworkInputs):
        # A subnet that the edit takes away needs no way out; that it goes is another rule's.
        taken = _associations(was) - _associations(now) if now else set()
        left = [each for each in planned.pop(workspace.id, ()) if each.address not in taken]
        if now and was.location != now.location:
            reasons = [_changed("location", was.location, now.location)]
            yield _replaced(situation, workspace.id, reasons, OF_A_SPOKE, left)
        elif left:
            planned[workspace.id] = left
    for workspace, before, after in situation.pairs(HubInputs):
        names = [name for name in FORCES if after and _of(before.firewall, name) != _of(after.firewall, name)]
        reasons = [_changed(name, _of(before.firewall, name), _of(after.firewall, name)) for name in names if after]
        forced = [kind for name in names for kind in FORCES[name]]
        if after and before.location != after.location:
            reasons.append(_changed("location", before.location, after.location))
            forced += OF_THE_HUB
        if reasons:
            yield _replaced(situation, workspace.id, reasons, forced, planned.pop(workspace.id, ()))
    for id_, changes in planned.items():
        yield replace(told(situation, id_, changes, GOES), by_hand=_by_hand(id_))


def _changed(name: str, old: str, new: str) -> str:
    return f"{name} {code(old)} → {code(new)}"


def _replaced(
    situation: Situation,
    workspace: str,
    reasons: Sequence[str],
    forced: Sequence[str],
    changes: Sequence[ResourceChange],
) -> Said:
    kinds = sorted({kind.removeprefix("azurerm_") for kind in forced})
    more = f"; the plan has {listed(changes)}" if changes else ""
    return Said(
        workspace=workspace,
        text=f"replaced ({', '.join(kinds)}), for it cannot change: {', '.join(reasons)}{more}. With it goes:",
        goes_with=goes_with(situation, workspace, [*(each.type for each in changes), *forced], GOES),
        by_hand=_by_hand(workspace),
    )


def _associations(network: NetworkInputs) -> set[str]:
    return {f"azurerm_subnet_route_table_association.routes_{each.name}" for each in network.subnets}


def _by_hand(workspace: str) -> str:
    """The hub holds the runners' way out: who applies it from there loses Azure and the state with it."""
    if workspace != "hub":
        return ""
    return (
        "apply `hub` from outside of the network, not by a job on its runners: their only way out is what goes here, "
        "so the apply would end half-way and leave the state locked"
    )


def _of(firewall: FirewallInputs, name: str) -> str:
    value = getattr(firewall, name)
    return value if isinstance(value, str) else ", ".join(value) or "none"
