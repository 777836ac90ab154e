"""HVN922: an app's namespace, or the operator that brings its secrets, is destroyed or replaced."""

from collections.abc import Iterator

from hvn.review.destroyed import told
from hvn.review.situation import Said, Situation
from hvn.topology.finding import Rule

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
        yield told(situation, id_, changes, GOES)
