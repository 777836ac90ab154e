"""HVN922: an app's namespace, or Vault Secrets Operator, is destroyed or replaced."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from hvn.diagnostics.finding import Finding, Message, Rule
from hvn.kinds.secrets.inputs import SecretsInputs
from hvn.review.commands import take_out_of_state
from hvn.review.context import Context
from hvn.review.losses import Loss, destroyed
from hvn.review.plan import ResourceChange

RULE = Rule(
    id="HVN922",
    name="app-lost",
    reports="A plan destroys or replaces an app's namespace, or Vault Secrets Operator.",
    why=("Kubernetes deletes all objects of a deleted namespace; without the operator no secret is renewed"),
    fix="undo the edit, or move the app to another namespace first. If the edit adds the namespace to "
    "`existing_namespaces`, remove the namespace from the state",
    example="""\
spokes:
  payments:
    cluster:
      apps:
        webapp: {namespace: web}
""",
    see="https://kubernetes.io/docs/concepts/overview/working-with-objects/namespaces/",
)
LABEL = "hvn: destroys"
LOSSES = {
    "kubernetes_namespace_v1": Loss("all objects in this namespace of {who}, such as pods, volumes and secrets"),
    "helm_release": Loss("the operator in {who}: no app's secret is synced or renewed"),
}
TYPES = tuple(LOSSES)


def check(context: Context) -> Iterator[Finding]:
    """Yield a finding for each workspace in which a plan destroys or replaces a namespace or an operator."""
    for workspace, changes in context.destroyed(*TYPES).items():
        finding = destroyed(RULE, context, workspace, changes, LOSSES)
        yield replace(finding, manual_steps=tuple(_keep(context, workspace, changes)))


def _keep(context: Context, workspace: str, changes: Sequence[ResourceChange]) -> Iterator[Message]:
    """Yield the step that keeps a namespace, if the topology now declares it as existing and an app still uses it."""
    sides = [side[workspace].inputs if workspace in side else None for side in (context.before, context.after)]
    before, after = sides
    if not isinstance(before, SecretsInputs) or not isinstance(after, SecretsInputs):
        return
    kept = ({*before.namespaces} - {*after.namespaces}) & {app.namespace for app in after.apps}
    addresses = {f"kubernetes_namespace_v1.namespace_{name}" for name in kept}
    if to_keep := [change.address for change in changes if change.address in addresses]:
        yield Message(
            "undo the edit, or keep the namespaces: {steps}. Then plan and review again",
            steps=take_out_of_state(workspace, to_keep),
        )
