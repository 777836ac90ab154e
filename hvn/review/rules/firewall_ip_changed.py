"""HVN910: the firewall's private IP address, the next hop of the spokes' default routes, changes."""

from collections import defaultdict
from collections.abc import Iterator

from hvn.diagnostics.finding import Finding, Message, Rule
from hvn.kinds.network.inputs import NetworkInputs
from hvn.review.commands import command
from hvn.review.context import Context
from hvn.review.firewall_diff import firewalls

RULE = Rule(
    id="HVN910",
    name="firewall-ip-changed",
    reports="An edit sets or changes the firewall's private IP address, or the next hop of the spokes' default routes.",
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
    """Yield the finding about a changed firewall address in the hub's inputs, and the findings about the next hop.

    The hub's inputs do not show a change from or to an existing firewall: the default routes show it.
    """
    for workspace, hub, before, after in firewalls(context):
        if before.private_ip != after.private_ip:
            networks = [one.id for one in context.after.values() if isinstance(one.inputs, NetworkInputs)]
            yield Finding(
                rule=RULE,
                workspace=workspace,
                message=Message(
                    "the file changes the firewall's private IP address from {old} to {new}, but the existing firewall "
                    "keeps the address that Azure assigned. The hub's plan compares both addresses and fails. After a "
                    "new firewall gets {new}, a spoke has no egress until its workspace is applied",
                    old=before.private_ip,
                    new=after.private_ip,
                ),
                impact=(Message("all egress of {networks}", networks=networks),),
                manual_steps=(_steps(workspace, hub.group.name, before.name),),
            )
            return
    yield from _of_existing(context)


def _of_existing(context: Context) -> Iterator[Finding]:
    """Yield one finding for each change of the default routes' next hop, with all spokes that it affects."""
    moves: dict[tuple[str, str], list[str]] = defaultdict(list)
    for workspace, before, after in context.changed(NetworkInputs):
        old, new = before.default_hop, after.default_hop if after else ""
        if after and new and old != new:
            moves[old, new].append(workspace.id)
    for (old, new), networks in moves.items():
        yield _moved(old, new, networks) if old else _added(new, networks)


def _moved(old: str, new: str, networks: list[str]) -> Finding:
    return Finding(
        rule=RULE,
        message=Message(
            "the next hop of the default route changes from {old} to {new}. Terraform does not check that the new "
            "next hop is a firewall with the same rules. After the apply of a spoke's network, this next hop "
            "receives all egress of the spoke, including its traffic through the hub to Vault",
            old=old,
            new=new,
        ),
        impact=(Message("all egress of {networks}", networks=networks),),
        manual_steps=(
            Message(
                "undo the edit, or check before the apply that a firewall with all rules has the address {new}. Keep "
                "the firewall at {old} until all workspaces are applied",
                old=old,
                new=new,
            ),
        ),
    )


def _added(address: str, networks: list[str]) -> Finding:
    """Return the finding about spokes that get their first default route to a firewall."""
    return Finding(
        rule=RULE,
        message=Message(
            "the default route of {networks} now leads to the firewall {address}: the firewall drops traffic that no "
            "rule allows. External systems see the firewall's public address",
            networks=networks,
            address=address,
        ),
        impact=(Message("traffic of {networks} that no firewall rule allows", networks=networks),),
        manual_steps=(
            Message(
                "before you apply {networks}, add a firewall rule for each host that these networks need",
                networks=networks,
            ),
        ),
    )


def _steps(workspace: str, group: str, firewall: str) -> Message:
    # `terraform destroy -target` would also destroy the runners' subnet, which depends on the firewall.
    return Message(
        "undo the edit. Keep the edit only if Azure will assign the new address to a new firewall. Then, before the "
        "merge and in a maintenance window, delete the current firewall from outside the network: {delete}. After "
        "that, no traffic leaves a spoke. Plan and review again, apply {workspace} from outside the network, and apply "
        "all spokes directly after {workspace}",
        delete=command("az", "network", "firewall", "delete", "-g", group, "-n", firewall),
        workspace=workspace,
    )
