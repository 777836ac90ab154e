"""HVN922: an app's namespace, or the operator that brings its secrets, is destroyed or replaced."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from hvn.diagnostics.finding import Rule
from hvn.kinds.secrets.inputs import SecretsInputs
from hvn.review.context import Said, Situation
from hvn.review.destroyed import told
from hvn.review.plan import ResourceChange
from hvn.review.state_removal import out_of_the_state

RULE = Rule(
    id="HVN922",
    name="app-lost",
    why="a namespace takes everything in it along, and without the operator no secret is renewed",
    see="https://kubernetes.io/docs/concepts/overview/working-with-objects/namespaces/",
)
GOES = {
    "kubernetes_namespace_v1": "everything in this namespace of {here}: pods, volumes, secrets, whoever made them",
    "helm_release": "the operator in {here}: no app's secret is synced or renewed",
}
TYPES = tuple(GOES)


def check(situation: Situation) -> Iterator[Said]:
    """By what the plans destroy."""
    for id_, changes in situation.gone(*TYPES).items():
        said = told(situation, id_, changes, GOES)
        yield replace(said, by_hand=_kept(situation, id_, changes))


def _kept(situation: Situation, id_: str, changes: Sequence[ResourceChange]) -> str:
    """How a namespace lives on that the topology calls existing, while its app is still there; or nothing."""
    was, now = (each.get(id_) for each in (situation.before, situation.after))
    before, after = was.inputs if was else None, now.inputs if now else None
    if not isinstance(before, SecretsInputs) or not isinstance(after, SecretsInputs):
        return ""
    names = ({*before.namespaces} - {*after.namespaces}) & {app.namespace for app in after.apps}
    addresses = {f"kubernetes_namespace_v1.namespace_{name}" for name in names}
    if not (found := [each.address for each in changes if each.address in addresses]):
        return ""
    return f"{out_of_the_state(id_, found)}, then plan and review this once more; or take the edit back"
