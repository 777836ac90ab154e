"""HVN931: the images of Vault Secrets Operator come from a different registry."""

from collections.abc import Iterator

from hvn.diagnostics.finding import Finding, Level, Message, Rule
from hvn.diagnostics.message import joined
from hvn.kinds.vso.inputs import VsoInputs
from hvn.review.context import Context
from hvn.review.diff import difference

RULE = Rule(
    id="HVN931",
    name="operator-source-changed",
    level=Level.WARNING,
    reports="The images of Vault Secrets Operator come from a different registry.",
    why=("the operator can read every Secret in the cluster and log in to Vault as any app of the cluster"),
    fix="check who can write to the new registry, and that its images are HashiCorp's images",
    example="""\
spokes:
  payments:
    cluster:
      vso: {image_registry: registry.example.com}
""",
    see="https://developer.hashicorp.com/vault/docs/deploy/kubernetes/vso/installation",
)
LABEL = "hvn: opens"
SOURCES = ("repository", "operator_image", "proxy_image")


def check(context: Context) -> Iterator[Finding]:
    """Yield one finding for each cluster with a changed source of the operator. A new version alone is not reported."""
    for workspace, before, after in context.changed(VsoInputs):
        if after is None:
            continue
        changes = [
            difference(getattr(before, name), getattr(after, name))
            for name in SOURCES
            if getattr(before, name) != getattr(after, name)
        ]
        if changes:
            yield Finding(
                rule=RULE,
                workspace=workspace.id,
                message=Message("the operator's images come from another registry: {changes}", changes=joined(changes)),
            )
