"""HVN900: workspaces get a new, empty state."""

from collections.abc import Iterator

from hvn.diagnostics.finding import Finding, Message, Rule
from hvn.kinds.hub.inputs import FirewallInputs, HubInputs
from hvn.kinds.inputs import AzurermBackend, Backend, CloudBackend, Inputs
from hvn.review.context import Context

RULE = Rule(
    id="HVN900",
    name="state-moved",
    reports=("A change of the backend or of the topology's name moves the state of a workspace."),
    why=(
        "with an empty state, Terraform no longer manages the existing resources. The apply fails, or creates the "
        "resources twice"
    ),
    fix="undo the edit, or move every state first",
    example="""\
name: other
""",
    see="docs/how-to/state.md",
)
LABEL = "hvn: unexplained"


def check(context: Context) -> Iterator[Finding]:
    """Yield one finding for all workspaces with a changed backend, or with a changed path in the backend."""
    moved = [
        workspace.id
        for workspace, before, after in context.changed(Inputs)
        if after is not None and before.backend != after.backend
    ]
    if moved:
        yield Finding(
            rule=RULE,
            message=Message(
                "the edit gives {workspaces} a different state, and Terraform does not move the old state by itself. "
                "With an empty state the plans create all resources again, and the existing resources stay. The rest "
                "of this comment assumes that the states were moved",
                workspaces=moved,
            ),
            manual_steps=(
                Message(
                    "undo the edit, or move every state before the first plan: {command} in each workspace",
                    command="terraform init -migrate-state",
                ),
                *_unreachable(context),
            ),
        )


def _unreachable(context: Context) -> Iterator[Message]:
    """Yield a step for the new state's host, if the firewall does not allow it for the runners yet."""
    for workspace, before, after in context.changed(HubInputs):
        host = _host(after.backend) if after else ""
        if host and before.firewall and host not in _allowed(before.firewall):
            yield Message(
                "the firewall does not allow the runners to reach {host} yet. Its rule is part of this change, and "
                "{workspace} is applied with the new state. Add the host to {field} in an earlier change; or move the "
                "state of {workspace} and apply it from outside the network first",
                host=host,
                workspace=workspace.id,
                field="hub.runners.allow_fqdns",
            )
            return


def _allowed(firewall: FirewallInputs) -> set[str]:
    return {name for group in firewall.groups for rule in group.application_rules for name in rule.fqdns}


def _host(backend: Backend) -> str:
    """Return the host of the state; empty for a local backend."""
    if isinstance(backend, AzurermBackend):
        return f"{backend.storage_account}.blob.core.windows.net"
    return backend.hostname if isinstance(backend, CloudBackend) else ""
