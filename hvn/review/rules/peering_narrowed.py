"""HVN985: a half of a peering refuses traffic that it allowed."""

from collections.abc import Iterator, Mapping

from hvn.diagnostics.finding import Finding, Level, Message, Rule
from hvn.diagnostics.message import Fact
from hvn.kinds.hub.inputs import HubInputs
from hvn.kinds.network.inputs import NetworkInputs
from hvn.review.context import Context

RULE = Rule(
    id="HVN985",
    name="peering-narrowed",
    reports="A half of a VNet peering loses a setting that allows traffic.",
    why="Azure drops the traffic that the setting allowed",
    fix="find the cause of the change, and check that no client needs the traffic",
    example="a plan that sets `allow_forwarded_traffic` of `azurerm_virtual_network_peering.to_hub` to false",
    see="https://learn.microsoft.com/azure/virtual-network/virtual-network-manage-peering",
)
LABEL = "hvn: interrupts"
FORWARDED, TRANSIT, REMOTE = "allow_forwarded_traffic", "allow_gateway_transit", "use_remote_gateways"
TYPE = "azurerm_virtual_network_peering"
EFFECTS = {
    "allow_virtual_network_access": "all traffic between the two VNets",
    FORWARDED: "all traffic that a firewall or an appliance forwards",
    TRANSIT: "all traffic through the gateway",
    REMOTE: "all traffic through the gateway",
    "peer_complete_virtual_networks_enabled": "all traffic of the other subnets",
    "local_subnet_names": "all traffic of the removed subnets",
    "remote_subnet_names": "all traffic of the removed subnets",
}

Settings = Mapping[str, frozenset[str]]
"""The settings that are on, by the address of the half of a peering."""


def check(context: Context) -> Iterator[Finding]:
    """Yield an error for settings that only the plan turns off, and a warning for settings that an edit turns off.

    HVN973 reports an edit that removes `use_remote_gateways` or gateway transit.
    """
    edited = dict(_edited(context))
    for id_ in sorted({*edited, *context.plans}):
        by_edit = edited.get(id_, {})
        planned = _planned(context, id_)
        rest = {
            address: left for address, lost in planned.items() if (left := lost - by_edit.get(address, frozenset()))
        }
        forwarded = {address: frozenset({FORWARDED}) for address, lost in by_edit.items() if FORWARDED in lost}
        if rest:
            yield _finding(id_, rest, Level.ERROR)
        if forwarded:
            yield _finding(id_, forwarded, Level.WARNING)


def _edited(context: Context) -> Iterator[tuple[str, Settings]]:
    for network, was, now in context.changed(NetworkInputs):
        if now:
            yield network.id, _lost(was, now)
    for hub, before, after in context.changed(HubInputs):
        if after:
            yield hub.id, _lost(before, after)


def _finding(workspace: str, lost: Settings, level: Level) -> Finding:
    halves: list[Fact] = [
        Message("{settings} of {address}", settings=sorted(settings), address=address)
        for address, settings in sorted(lost.items())
    ]
    effects = dict.fromkeys(EFFECTS[setting] for _, settings in sorted(lost.items()) for setting in sorted(settings))
    return Finding(
        rule=RULE,
        level=level,
        workspace=workspace,
        message=Message("the apply turns off {halves}", halves=halves),
        impact=tuple(Message(effect) for effect in effects),
    )


def _planned(context: Context, workspace: str) -> Settings:
    plan = context.plans.get(workspace)
    changes = plan.changes if plan else ()
    return {
        change.address: frozenset(closing.aspect for closing in change.closings)
        for change in changes
        if change.closings
    }


def _lost(before: NetworkInputs | HubInputs, after: NetworkInputs | HubInputs) -> Settings:
    """Return the settings that an edit turns off. HVN905 reports a removed half."""
    old, new = dict(_settings(before)), dict(_settings(after))
    return {address: lost for address, on in old.items() if address in new and (lost := on - new[address])}


def _settings(inputs: NetworkInputs | HubInputs) -> Iterator[tuple[str, frozenset[str]]]:
    """Yield the settings of each half that an edit can change (stacks/network.py, stacks/vnet_peerings.py)."""
    for peering in inputs.peerings:
        to_other, from_other = peering.resources
        yield f"{TYPE}.{to_other}", _on({FORWARDED: peering.accepts_forwarded, TRANSIT: peering.gateway_transit})
        if peering.reverse:
            on = {FORWARDED: peering.reverse_accepts_forwarded, REMOTE: peering.uses_gateway}
            yield f"{TYPE}.{from_other}", _on(on)
    if isinstance(inputs, NetworkInputs) and inputs.hub_peering:
        yield f"{TYPE}.to_hub", _on({REMOTE: inputs.use_remote_gateways})
        yield f"{TYPE}.from_hub", _on({TRANSIT: inputs.use_remote_gateways})


def _on(settings: Mapping[str, bool]) -> frozenset[str]:
    return frozenset(name for name, on in settings.items() if on)
