"""HVN959: a Kubernetes Secret gets the content of a different Vault path."""

from collections.abc import Iterator, Mapping

from hvn.diagnostics.finding import Finding, Level, Message, Rule
from hvn.diagnostics.message import Text
from hvn.kinds.secrets.inputs import SecretsInputs
from hvn.review.access import kv_mount
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
EMPTY: Mapping[str, str] = {}
LABEL = "hvn: interrupts"


def check(context: Context) -> Iterator[Finding]:
    """Yield a finding for each Kubernetes Secret with a changed path, engine or namespace."""
    for workspace, before, after in context.changed(SecretsInputs):
        now = _places(after) if after else {}
        # Vault moves the secrets of an engine with a new path.
        moved = {kv_mount(context.before): kv_mount(context.after)}
        for (namespace, name), place in _places(before, moved).items():
            new_place = now.get((namespace, name), place)
            if new_place != place:
                same_engine = new_place[:2] == place[:2]
                sides = (place, before), (new_place, after or before)
                path, new = (one[2] if same_engine else _text(one, inputs) for one, inputs in sides)
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


def _places(inputs: SecretsInputs, moved: Mapping[str, str] = EMPTY) -> Mapping[tuple[str, str], tuple[str, str, str]]:
    """Return Vault namespace, kv engine and path by namespace and name of the Kubernetes Secret.

    The Vault namespace is empty if it is the login's namespace, because HVN902 reports a change of that namespace.
    `moved` has the new paths of kv engines in the login's namespace.
    """
    return {
        (app.namespace, secret.destination): (
            app.vault_namespace or "",
            secret.mount if app.vault_namespace else moved.get(secret.mount, secret.mount),
            secret.path,
        )
        for app in inputs.apps
        for secret in app.secrets
    }


def _text(place: tuple[str, str, str], inputs: SecretsInputs) -> str:
    namespace, *rest = place
    return "/".join((namespace or inputs.vault_namespace, *rest))
