"""HVN950: an app loses dynamic secrets, and their credentials stay valid."""

from collections.abc import Iterator, Mapping

from hvn.diagnostics.finding import Finding, Level, Message, Rule
from hvn.diagnostics.message import Text
from hvn.kinds.secrets.inputs import SecretsInputs
from hvn.kinds.workspace import WorkspaceId
from hvn.review.commands import command
from hvn.review.context import Context

RULE = Rule(
    id="HVN950",
    name="credentials-left",
    level=Level.WARNING,
    reports="An edit removes or changes a dynamic secret, and its credentials may stay valid.",
    why="a deploy of all workspaces applies `vault-auth-<spoke>` first, and removes the operator's right to revoke "
    "the credentials",
    fix="apply `secrets-<spoke>` before `vault-auth-<spoke>`",
    example="""\
spokes:
  payments:
    cluster:
      apps:
        webapp: {dynamic_secrets: []}
""",
    see="docs/how-to/dynamic-secrets.md",
)
LABEL = "hvn: opens"


def check(context: Context) -> Iterator[Finding]:
    """Yield a finding for each Kubernetes Secret with credentials of a role that its app may no longer revoke.

    The operator revokes a lease when the lease's custom resource is deleted, not when the path in the resource changes.
    A cluster without apps loses its login mount, and Vault then revokes all leases.
    """
    for workspace, before, after in context.changed(SecretsInputs):
        if after is None or workspace.spoke is None:
            continue
        left = _leases(after)
        for app, leases in _leases(before).items():
            now = left.get(app, {})
            for destination, lease in leases.items():
                if lease not in now.values():
                    yield _finding(workspace.id, *lease, app=app, removed=destination not in now)


def _leases(inputs: SecretsInputs) -> Mapping[str, Mapping[str, tuple[str, str]]]:
    """Return Vault namespace and path of the credentials that the operator revokes, by app and Kubernetes Secret."""
    return {
        app.name: {
            secret.destination: (app.vault_namespace or inputs.vault_namespace, f"{secret.mount}/{secret.path}")
            for secret in app.dynamic_secrets
            if secret.revoke
        }
        for app in inputs.apps
    }


def _finding(workspace: WorkspaceId, namespace: str, lease: str, *, app: str, removed: bool) -> Finding:
    login = WorkspaceId("vault-auth", workspace.spoke)
    first = Message(
        "apply {secrets} first: {deploy}. After {login} is applied, the operator cannot revoke the credentials",
        secrets=workspace,
        deploy=command("bin/cdktf", "deploy", workspace),
        login=login,
    )
    revoke = command("vault", "lease", "revoke", f"-namespace={namespace}", "-prefix", lease)
    later = Message(
        "after the apply, revoke all leases of the role, including leases of other apps: {revoke}", revoke=revoke
    )
    return Finding(
        rule=RULE,
        workspace=workspace,
        message=Message(
            "{app} no longer gets credentials from {path}. Its existing credentials stay valid until their lease "
            "ends, unless somebody revokes them",
            app=app,
            path=Text(lease),
        ),
        manual_steps=(first if removed else later,),
    )
