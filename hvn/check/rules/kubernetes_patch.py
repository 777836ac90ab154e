"""HVN508: a Kubernetes version with its patch."""

from collections.abc import Iterator

from hvn.diagnostics.finding import Breach, Level, Rule
from hvn.topology.model import Topology

RULE = Rule(
    id="HVN508",
    name="kubernetes-patch",
    level=Level.WARNING,
    why="a patch is taken away some months after the next one: then neither clusters nor nodes can be made with it",
    see="https://learn.microsoft.com/azure/aks/supported-kubernetes-versions",
)


def check(topology: Topology) -> Iterator[Breach]:
    """Versions of three numbers."""
    for name, spoke in topology.spokes.items():
        if spoke.cluster and spoke.cluster.kubernetes_version.count(".") == 2:
            minor = spoke.cluster.kubernetes_version.rpartition(".")[0]
            yield Breach(
                ("spokes", name, "cluster", "kubernetes_version"),
                f"{spoke.cluster.kubernetes_version} names a patch",
                f'write "{minor}", which stands for its newest patch',
            )
