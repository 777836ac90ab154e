"""HVN614 unused-namespace: no app uses a namespace in existing_namespaces."""

from collections.abc import Iterator

from hvn.diagnostics.finding import Finding, Level, Message, Rule
from hvn.diagnostics.suggest import closest
from hvn.topology.model import Topology

RULE = Rule(
    id="HVN614",
    name="unused-namespace",
    level=Level.WARNING,
    reports="No app of the cluster uses a namespace in existing_namespaces.",
    why=(
        "if the name misspells an app's namespace, the workspace tries to create the app's namespace, and fails "
        "because the namespace exists"
    ),
    fix="correct the name, or remove the name",
    example="""\
spokes:
  orders:
    cluster: {existing_namespaces: [chekout]}
""",
    see="docs/reference/topology.md",
)


def check(topology: Topology) -> Iterator[Finding]:
    """Yield a finding for each entry of existing_namespaces that is not the namespace of an app."""
    for name, spoke in topology.spokes.items():
        if spoke.cluster is None:
            continue
        used = {app.namespace for app in spoke.cluster.apps.values()}
        for index, namespace in enumerate(spoke.cluster.existing_namespaces):
            if namespace not in used:
                near = closest(namespace, sorted(used))
                yield Finding(
                    rule=RULE,
                    path=("spokes", name, "cluster", "existing_namespaces", index),
                    message=Message(
                        "the apps of this cluster do not use the namespace {namespace}", namespace=namespace
                    ),
                    fix=Message("use {near}, or remove {namespace}", near=near, namespace=namespace)
                    if near
                    else Message("remove {namespace}, or give an app this namespace", namespace=namespace),
                )
