"""HVN309 logs-without-effect: `logs` has no destination, or no resource with logs exists."""

from collections.abc import Iterator

from hvn.diagnostics.finding import Finding, Level, Message, Rule
from hvn.diagnostics.message import Field
from hvn.topology.model import NewHub, Topology
from hvn.topology.security import has_nsg

RULE = Rule(
    id="HVN309",
    name="logs-without-effect",
    level=Level.WARNING,
    reports="The file has `logs` without a destination, or without a resource that sends logs.",
    why="this project creates no diagnostic setting, so Azure sends no logs",
    fix="set logs.workspace_id, logs.storage_account_id or logs.event_hub_rule_id, or remove logs",
    example="""\
logs: {}
""",
    see="https://learn.microsoft.com/azure/azure-monitor/essentials/diagnostic-settings",
    needs_all_items=True,
)


def check(topology: Topology) -> Iterator[Finding]:
    """Yield a finding if `logs` is set without a destination, or no workspace creates a resource with logs."""
    logs = topology.logs
    if logs is None:
        return
    if not (logs.workspace_id or logs.storage_account_id or logs.event_hub_rule_id):
        yield Finding(
            rule=RULE,
            path=("logs",),
            at_key=True,
            message=Message("logs has no destination"),
            fix=Message(
                "add {workspace}, {account} or {rule}",
                workspace=Field(("logs", "workspace_id")),
                account=Field(("logs", "storage_account_id")),
                rule=Field(("logs", "event_hub_rule_id")),
            ),
        )
    elif not isinstance(topology.hub, NewHub) and not any(
        has_nsg(spoke) or spoke.nat_gateway for spoke in topology.spokes.values()
    ):
        yield Finding(
            rule=RULE,
            path=("logs",),
            at_key=True,
            message=Message(
                "no workspace creates a resource with logs: this project creates no hub, and the spokes have no "
                "cluster, NSG or NAT gateway of this project"
            ),
            fix=Message("remove {logs}", logs=Field(("logs",))),
        )
