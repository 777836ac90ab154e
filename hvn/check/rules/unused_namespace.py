"""HVN614: a namespace that is said to be there, and that no app is in."""

from collections.abc import Iterator

from hvn.diagnostics.finding import Breach, Level, Rule
from hvn.diagnostics.suggest import closest
from hvn.topology.model import Topology

RULE = Rule(
    id="HVN614",
    name="unused-namespace",
    level=Level.WARNING,
    why="if an app's namespace is meant and spelt in another way, it would be created, and that fails: it is there",
    see="docs/reference/topology.md",
)


def check(topology: Topology) -> Iterator[Breach]:
    """Entries of existing_namespaces that are no app's namespace."""
    for name, spoke in topology.spokes.items():
        if spoke.cluster is None:
            continue
        used = {app.namespace for app in spoke.cluster.apps.values()}
        for index, namespace in enumerate(spoke.cluster.existing_namespaces):
            if namespace not in used:
                near = closest(namespace, sorted(used))
                yield Breach(
                    ("spokes", name, "cluster", "existing_namespaces", index),
                    f"no app of this cluster is in the namespace {namespace}",
                    f"{f'did you mean `{near}`? ' if near else ''}take it out, or give an app this namespace",
                )
