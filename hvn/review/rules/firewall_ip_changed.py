"""HVN910: the firewall's private IP address changes, the next hop of every spoke's default route."""

from collections import defaultdict
from collections.abc import Iterator

from hvn.diagnostics.finding import Finding, Message, Rule
from hvn.kinds.hub.inputs import HubInputs
from hvn.kinds.network.inputs import NetworkInputs
from hvn.review.commands import command
from hvn.review.context import Context

RULE = Rule(
    id="HVN910",
    name="firewall-ip-changed",
    reports="The private IP address of the firewall, or the next hop of the spokes' default routes, changes.",
    why=("a spoke's traffic goes to an unassigned address between the apply of the hub and the apply of the spoke"),
    fix="undo the edit: Azure assigns the address, and an existing firewall keeps its address",
    example="""\
hub:
  firewall: {private_ip: 10.0.0.5}
""",
    see="docs/reference/facts.md",
)
LABEL = "hvn: interrupts"


def check(context: Context) -> Iterator[Finding]:
    """Yield the finding about another firewall address in the hub's inputs, and the findings about the next hop.

    The hub's inputs do not show a change from or to an existing firewall: the default routes show it.
    """
    for workspace, before, after in context.changed(HubInputs):
        if after and before.firewall.private_ip != after.firewall.private_ip:
            networks = [one.id for one in context.after.values() if isinstance(one.inputs, NetworkInputs)]
            yield Finding(
                rule=RULE,
                workspace=workspace.id,
                message=Message(
                    "the firewall's private IP address changes from {old} to {new}. Azure assigns it: as long as this "
                    "firewall exists, the hub's postcondition refuses another address, and every plan of the hub "
                    "fails. No traffic leaves a spoke until it is applied after the hub",
                    old=before.firewall.private_ip,
                    new=after.firewall.private_ip,
                ),
                impact=(Message("all egress of {networks}", networks=networks),),
                manual_steps=(_steps(workspace.id, before),),
            )
            return
    yield from _of_existing(context)


def _of_existing(context: Context) -> Iterator[Finding]:
    """Yield one finding for each change of the default routes' next hop, with all spokes that it affects."""
    moves: dict[tuple[str, str], list[str]] = defaultdict(list)
    for workspace, before, after in context.changed(NetworkInputs):
        old, new = _default(before), _default(after) if after else ""
        if old and new and old != new:
            moves[old, new].append(workspace.id)
    for (old, new), networks in moves.items():
        yield Finding(
            rule=RULE,
            message=Message(
                "the next hop of the default route changes from {old} to {new}. Terraform does not check that a "
                "firewall answers there, and does not know its rules. From the apply of a spoke's network on, "
                "the new next hop gets all its egress, including its route through the hub to Vault",
                old=old,
                new=new,
            ),
            impact=(Message("all egress of {networks}", networks=networks),),
            manual_steps=(
                Message(
                    "before you apply, check that a firewall with all rules has the address {new}, and keep the one at "
                    "{old} until all workspaces are applied; or undo the edit",
                    old=old,
                    new=new,
                ),
            ),
        )


def _default(network: NetworkInputs) -> str:
    return next((route.next_hop for route in network.route_table.routes if route.cidr == "0.0.0.0/0"), "")


def _steps(workspace: str, hub: HubInputs) -> Message:
    # `terraform destroy -target` would also destroy the runners' subnet, which depends on the firewall.
    return Message(
        "undo the edit. Or, if Azure will assign that address to another firewall: before the merge, delete this one "
        "from outside the network and in a maintenance window, because no traffic leaves a spoke from then on: "
        "{delete}. Then plan and review again, apply {workspace} from outside the network as well, and apply all "
        "spokes directly after it",
        delete=command("az", "network", "firewall", "delete", "-g", hub.group.name, "-n", hub.firewall.name),
        workspace=workspace,
    )
