"""HVN605: namespaces that Kubernetes itself makes."""

from collections.abc import Iterator

from hvn.diagnostics.finding import Breach, Rule
from hvn.topology.model import Topology
from hvn.topology.naming import VSO_NAMESPACE

RULE = Rule(
    id="HVN605",
    name="builtin-namespace",
    why="it would be created here, and is there already",
    see="https://kubernetes.io/docs/concepts/overview/working-with-objects/namespaces/",
)

BUILTIN = {"default", "kube-node-lease", "kube-public", "kube-system"}


def check(topology: Topology) -> Iterator[Breach]:
    """Apps in such a namespace that existing_namespaces does not name."""
    for name, spoke in topology.spokes.items():
        if spoke.cluster is None:
            continue
        for app, value in spoke.cluster.apps.items():
            if value.namespace == VSO_NAMESPACE:
                yield Breach(
                    ("spokes", name, "cluster", "apps", app, "namespace"),
                    "is the operator's own namespace, whose logins are open to all others",
                    "give the app a namespace of its own",
                )
            elif value.namespace in BUILTIN - set(spoke.cluster.existing_namespaces):
                yield Breach(
                    ("spokes", name, "cluster", "apps", app, "namespace"),
                    f"namespace {value.namespace} is there already",
                    f"give the app a namespace of its own, or add {value.namespace} to cluster.existing_namespaces",
                )
