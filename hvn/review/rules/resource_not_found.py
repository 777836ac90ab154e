"""HVN930: a plan did not find a resource that is in the state."""

from collections.abc import Iterator

from hvn.diagnostics.finding import Finding, Message, Rule
from hvn.review.context import Context
from hvn.review.namespaces import left_behind
from hvn.review.rules import cluster_replaced, secrets_engine_changed, vault_lost

RULE = Rule(
    id="HVN930",
    name="resource-not-found",
    reports="A plan's refresh did not find a resource of the state.",
    why=(
        "somebody deleted the resource, or the provider could not read it. If the resource still exists, an apply "
        "fails or creates a duplicate"
    ),
    fix=(
        "check whether the resource exists. If the resource was deleted, apply the base first; otherwise correct the "
        "access of the plan's job and plan again"
    ),
    example="a plan that deletes `azurerm_route_table.spoke` in its `resource_drift`",
    see="docs/how-to/review-a-pull-request.md",
)
LABEL = "hvn: unexplained"
ELSEWHERE = frozenset({cluster_replaced.CLUSTER, *secrets_engine_changed.TYPES, *vault_lost.TYPES})
"""The types for which other rules report a deletion outside Terraform, with the loss."""
RELEASE = "helm_release"


def check(context: Context) -> Iterator[Finding]:
    """Yield one finding for each workspace, and one for its Helm releases."""
    for workspace, changes in context.deleted_outside().items():
        known = left_behind(context, workspace)
        missing = [change for change in changes if change.type not in ELSEWHERE and change.address not in known]
        if releases := [change.address for change in missing if change.type == RELEASE]:
            yield Finding(
                rule=RULE,
                workspace=workspace,
                message=Message(
                    "the plan did not find {addresses}: somebody uninstalled the release, or the API server did not "
                    "answer. The helm provider does not distinguish the two cases",
                    addresses=releases,
                ),
            )
        if rest := [change.address for change in missing if change.type != RELEASE]:
            yield Finding(
                rule=RULE,
                workspace=workspace,
                message=Message(
                    "the plan did not find {addresses}: somebody deleted them outside Terraform, or the provider could "
                    "not read them",
                    addresses=rest,
                ),
            )
