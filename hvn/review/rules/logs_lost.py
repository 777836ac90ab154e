"""HVN946: logs of a resource or of Vault are no longer sent to a destination."""

from collections.abc import Iterator, Mapping

from hvn.diagnostics.finding import Finding, Level, Message, Rule
from hvn.diagnostics.message import Words
from hvn.kinds.aks.inputs import AksInputs
from hvn.kinds.hcp.inputs import HcpInputs, StreamInputs
from hvn.kinds.hub.inputs import HubInputs
from hvn.kinds.inputs import LoggedInputs
from hvn.kinds.network.inputs import NetworkInputs
from hvn.kinds.policy_owned import CLUSTER
from hvn.review.context import Context
from hvn.review.losses import Loss, impact, with_plan

RULE = Rule(
    id="HVN946",
    name="logs-lost",
    level=Level.WARNING,
    reports=(
        "An edit changes or removes a destination of `logs` or of an add-on, or a stream of Vault. A plan destroys or "
        "replaces a diagnostic setting."
    ),
    why=(
        "Azure and HCP keep no other copy: without a destination the logs are lost. Everybody with access to a new "
        "destination can read the logs"
    ),
    fix="check that no alert or audit needs the logs at the old destination",
    example="an edit that removes `logs`, or a plan that destroys `azurerm_monitor_diagnostic_setting.logs_cluster`",
    see="https://learn.microsoft.com/azure/azure-monitor/essentials/diagnostic-settings",
)
LABEL = "hvn: destroys"
SETTING = "azurerm_monitor_diagnostic_setting"
TYPES = (SETTING,)
LOSSES = {SETTING: Loss("the resource logs of {who}, with the audit log of the API server")}
LOSSES_OF_A_NETWORK = {SETTING: Loss("the logs of the network security groups of {who}")}
LOSSES_OF_THE_HUB = {SETTING: Loss("the resource logs of the hub, with the firewall's log of {who}", everyone=True)}
STREAMS = {"audit_log": "audit log", "metrics": "metrics"}
BY_INPUTS: Mapping[type, Mapping[str, Loss]] = {HubInputs: LOSSES_OF_THE_HUB, NetworkInputs: LOSSES_OF_A_NETWORK}
ADDONS = ("oms_agent", "microsoft_defender")
DESTINATIONS = ("workspace_id", "storage_account_id", "event_hub_rule_id")


def check(context: Context) -> Iterator[Finding]:
    """Yield a finding for each workspace that loses a destination by an edit, or a diagnostic setting by a plan."""
    yield from _streams(context)
    removed = {
        str(workspace.id): destinations
        for workspace, before, after in context.changed(LoggedInputs)
        if after and (destinations := [*_removed(before, after), *_of_addons(before, after)])
    }
    planned = context.destroyed(*TYPES)
    for id_ in dict.fromkeys((*removed, *planned)):
        changes = planned.get(id_, [])
        lost = removed.get(id_, [])
        reasons = [Message("logs are no longer sent to {destinations}", destinations=lost)] if lost else []
        losses = BY_INPUTS.get(type(context.inputs(id_)), LOSSES)
        yield Finding(
            rule=RULE,
            workspace=id_,
            message=with_plan(reasons, changes),
            impact=impact(context, id_, TYPES, losses),
        )


def _streams(context: Context) -> Iterator[Finding]:
    """Yield the streams of Vault that an edit ends or sends to a different system."""
    for workspace, before, after in context.changed(HcpInputs):
        old, new = before.new_vault, after.new_vault if after else None
        for name, words in STREAMS.items() if old and new else ():
            was, now = _stream(getattr(old, name)), _stream(getattr(new, name))
            if was and was != now:
                message = Message("{stream} of Vault: {old} → {new}", stream=Words(words), old=was, new=now or "none")
                yield Finding(rule=RULE, workspace=workspace.id, message=message)


def _stream(stream: StreamInputs | None) -> str:
    """Return the type of a stream with its endpoint or region; empty without a stream."""
    return f"{stream.type} {stream.endpoint or stream.region or ''}".rstrip() if stream else ""


def _has_logs(inputs: LoggedInputs) -> bool:
    """Return whether the workspace has a resource with logs. A spoke without an NSG of this project has no such
    resource."""
    if not isinstance(inputs, NetworkInputs):
        return True
    return bool(inputs.more_nsgs) or any(subnet.security_group.rules is not None for subnet in inputs.subnets)


def _removed(before: LoggedInputs, after: LoggedInputs) -> Iterator[Message]:
    """Yield the destinations that are removed or changed."""
    for name in DESTINATIONS if _has_logs(after) else ():
        old, new = (getattr(side.logs, name) or "" if side.logs else "" for side in (before, after))
        if _other(old, new):
            yield Message("{argument} {id}", argument=Words(f"`{name}`"), id=old)


def _of_addons(before: LoggedInputs, after: LoggedInputs) -> Iterator[Message]:
    """Yield the workspaces to which an add-on of a cluster no longer sends logs. HVN969 reports removed add-ons."""
    for name in ADDONS if isinstance(before, AksInputs) else ():
        old, new = (getattr(side, name) or "" for side in (before, after))
        if new and _other(old, new) and (CLUSTER, name) not in after.policy_owned:
            yield Message("{argument} {id}", argument=Words(f"`{name}`"), id=old)


def _other(old: str, new: str) -> bool:
    """Return whether an old id exists and differs from the new one. Azure ignores the case of ids."""
    return bool(old) and old.casefold() != new.casefold()
