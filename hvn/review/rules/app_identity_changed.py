"""HVN968: an app gets or loses a managed identity."""

from collections.abc import Iterator

from hvn.diagnostics.finding import Finding, Level, Message, Rule
from hvn.kinds.secrets.inputs import SecretsInputs
from hvn.review.context import Context

RULE = Rule(
    id="HVN968",
    name="app-identity-changed",
    level=Level.WARNING,
    reports="An app gets, changes or loses its managed identity.",
    why="pods of the service account log in to Azure as this identity; a removed identity loses its role assignments",
    fix="check the role assignments of the identity",
    example="""\
spokes:
  orders:
    cluster:
      apps:
        checkout: {workload_identity: id-orders-checkout}
""",
    see="https://learn.microsoft.com/azure/aks/workload-identity-overview",
)
LABEL = "hvn: opens"


def check(context: Context) -> Iterator[Finding]:
    """Yield a finding for each app that gets, changes or loses its identity, or uses it with a different service
    account."""
    for workspace, before, after in context.built(SecretsInputs):
        old, new = _identities(before) if before else {}, _identities(after)
        for app in sorted({*old, *new}):
            was, now = old.get(app), new.get(app)
            if now and now != was:
                message = Message("{account} logs in to Azure as {identity}", account=now[0], identity=now[1])
                yield Finding(rule=RULE, workspace=workspace.id, message=message)
            if was and (now is None or now[1] != was[1]):
                message = Message("the identity {identity} of {app} is removed", identity=was[1], app=app)
                yield Finding(rule=RULE, workspace=workspace.id, message=message)


def _identities(inputs: SecretsInputs) -> dict[str, tuple[str, str]]:
    """Return the service account and the identity of each app with an identity."""
    return {
        app.name: (f"{app.namespace}/{app.service_account}", app.identity.name) for app in inputs.apps if app.identity
    }
