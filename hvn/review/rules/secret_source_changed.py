"""HVN959: a Kubernetes Secret gets the content of a different Vault path."""

from collections.abc import Iterator, Mapping

from hvn.diagnostics.finding import Finding, Level, Message, Rule
from hvn.diagnostics.message import Text
from hvn.kinds.secrets.inputs import SecretsInputs
from hvn.review.context import Context

RULE = Rule(
    id="HVN959",
    name="secret-source-changed",
    level=Level.WARNING,
    reports="A Kubernetes Secret of an app keeps its name and gets the content of a different Vault path.",
    why="after the next refresh, the app reads different values from the same Secret",
    fix="check that the app needs the content of the new path, and that the path has the same keys",
    example="""\
spokes:
  payments:
    cluster:
      apps:
        webapp: {secrets: [{path: webapp/other, destination: webapp-config}]}
""",
    see="https://developer.hashicorp.com/vault/docs/deploy/kubernetes/vso/api-reference#vaultstaticsecret",
)
LABEL = "hvn: interrupts"


def check(context: Context) -> Iterator[Finding]:
    """Yield a finding for each Kubernetes Secret with a changed path."""
    for workspace, before, after in context.changed(SecretsInputs):
        now = _paths(after) if after else {}
        for (namespace, name), path in _paths(before).items():
            if (new := now.get((namespace, name), path)) != path:
                yield Finding(
                    rule=RULE,
                    workspace=workspace.id,
                    message=Message(
                        "Secret {name} in namespace {namespace}: {old} → {new}",
                        name=name,
                        namespace=namespace,
                        old=Text(path),
                        new=Text(new),
                    ),
                )


def _paths(inputs: SecretsInputs) -> Mapping[tuple[str, str], str]:
    """Return the paths of the kv engine by namespace and name of the Kubernetes Secret."""
    return {(app.namespace, secret.destination): secret.path for app in inputs.apps for secret in app.secrets}
