"""HVN953: the hub loses its firewall, and the spokes lose their default route to the firewall."""

from collections.abc import Iterator, Sequence

from hvn.diagnostics.finding import Finding, Message, Rule
from hvn.diagnostics.message import Command
from hvn.kinds.aks.inputs import AksInputs
from hvn.kinds.hub.inputs import HubInputs
from hvn.kinds.network.inputs import NetworkInputs
from hvn.review.commands import command
from hvn.review.context import Context

RULE = Rule(
    id="HVN953",
    name="firewall-removed",
    reports="The hub loses its firewall, and the spokes lose their default route to the firewall.",
    why="nothing filters or logs the traffic of the spokes to the internet; subnets without a NAT gateway, "
    "load balancer or public addresses lose internet access",
    fix="keep the firewall, or write `nat_gateway: true` for every subnet that needs internet access",
    example="""\
hub:
  firewall: none
  vault_peering: {transit_pools: []}
spokes:
  analytics: null
""",
    see="docs/decisions/0017-hubs-without-a-firewall.md",
)
LABEL = "hvn: opens"


def check(context: Context) -> Iterator[Finding]:
    """Yield one finding about the hub that loses its firewall and the spokes that lose their default route to it."""
    networks = [
        workspace.id
        for workspace, before, after in context.changed(NetworkInputs)
        if after and before.default_hop and not after.default_hop
    ]
    hubs = [
        (workspace.id, before)
        for workspace, before, after in context.changed(HubInputs)
        if before.firewall and after and after.firewall is None
    ]
    if not networks and not hubs:
        return
    clusters = [
        workspace.id
        for workspace, _, after in context.changed(AksInputs)
        if after and after.outbound_type == "loadBalancer"
    ]
    yield Finding(
        rule=RULE,
        workspace=hubs[0][0] if hubs else "",
        message=Message(
            "the hub loses its firewall: nothing filters the traffic of {networks} to the internet",
            networks=networks,
        )
        if networks
        else Message("the hub loses its firewall"),
        impact=(Message("the firewall's rules and logs, its public address, and the runners' internet access"),),
        manual_steps=tuple(_steps([*clusters, *networks], hubs)),
    )


def _steps(first: Sequence[str], hubs: Sequence[tuple[str, HubInputs]]) -> Iterator[Message]:
    """Yield the steps in the order of the applies. Azure does not delete the subnet of an existing firewall, and
    traffic to a deleted firewall is lost."""
    if first:
        yield Message(
            "do not apply the hub first: apply the clusters, then the networks, so that no route leads to a deleted "
            "firewall: {commands}",
            commands=[Command(f"bin/cdktf deploy {workspace}") for workspace in first],
        )
    for workspace, hub in hubs:
        if hub.firewall:
            yield Message(
                "then delete the firewall from outside the network, because Azure does not delete the subnet of an "
                "existing firewall: {delete}. After that, apply {workspace}",
                delete=command("az", "network", "firewall", "delete", "-g", hub.group.name, "-n", hub.firewall.name),
                workspace=workspace,
            )
