"""HVN945: the DNS servers of a VNet or of the firewall change; running machines keep the old servers of their VNet."""

from collections.abc import Iterator, Sequence

from hvn.diagnostics.finding import Finding, Level, Message, Rule
from hvn.kinds.hub.inputs import HubInputs
from hvn.kinds.network.inputs import NetworkInputs
from hvn.review.context import Context
from hvn.review.firewall_diff import firewalls

RULE = Rule(
    id="HVN945",
    name="dns-servers-changed",
    level=Level.WARNING,
    reports="The DNS servers of a VNet or of the firewall's DNS proxy change.",
    why="azurerm updates the VNet in place, but a running machine uses the old DNS servers until it restarts or "
    "renews its DHCP lease",
    fix="keep the old servers running until all machines of the VNet have restarted",
    example="""\
spokes:
  orders: {dns_servers: [10.0.0.4]}
""",
    see="https://learn.microsoft.com/azure/virtual-network/manage-virtual-network",
)
LABEL = "hvn: interrupts"


def check(context: Context) -> Iterator[Finding]:
    """Yield a finding for each VNet and each firewall with changed DNS servers."""
    for workspace, hub, new_hub in context.changed(HubInputs):
        if new_hub and hub.dns_servers != new_hub.dns_servers:
            yield _finding(workspace.id, hub.vnet.name, hub.dns_servers, new_hub.dns_servers)
    for id_, _, firewall, new_firewall in firewalls(context):
        if firewall.dns_servers != new_firewall.dns_servers:
            old, new = (_servers(one.dns_servers) for one in (firewall, new_firewall))
            yield Finding(
                rule=RULE,
                workspace=id_,
                message=Message(
                    "the firewall {firewall} queries different DNS servers: {old} → {new}. Its rules with host names, "
                    "and the clients of its DNS proxy, use the answers of these servers",
                    firewall=firewall.name,
                    old=old,
                    new=new,
                ),
            )
    for workspace, spoke, new_spoke in context.changed(NetworkInputs):
        if new_spoke and spoke.dns_servers != new_spoke.dns_servers:
            yield _finding(workspace.id, spoke.vnet.name, spoke.dns_servers, new_spoke.dns_servers)


def _finding(workspace: str, vnet: str, before: Sequence[str], after: Sequence[str]) -> Finding:
    old, new = _servers(before), _servers(after)
    return Finding(
        rule=RULE,
        workspace=workspace,
        message=Message("DNS servers of {vnet}: {old} → {new}", vnet=vnet, old=old, new=new),
        manual_steps=(
            Message(
                "after the apply of {workspace}, restart the machines in {vnet}, and the nodes of its cluster one pool "
                "at a time",
                workspace=workspace,
                vnet=vnet,
            ),
        ),
    )


def _servers(servers: Sequence[str]) -> str:
    return ", ".join(servers) or "Azure DNS"
