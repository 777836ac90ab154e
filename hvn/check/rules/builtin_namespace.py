"""HVN605 builtin-namespace: an app is in a namespace of Kubernetes or of the operator."""

from collections.abc import Iterator

from hvn.diagnostics.finding import Finding, Message, Rule
from hvn.topology.model import Topology
from hvn.topology.naming import VSO_NAMESPACE

RULE = Rule(
    id="HVN605",
    name="builtin-namespace",
    reports="An app is in a namespace that Kubernetes creates, or in the operator's namespace.",
    why="the workspace creates the app's namespace, and fails because the namespace exists",
    fix="give the app its own namespace, or add a namespace of Kubernetes to cluster.existing_namespaces",
    example="""\
spokes:
  orders:
    cluster:
      apps:
        checkout: {namespace: default}
""",
    see="https://kubernetes.io/docs/concepts/overview/working-with-objects/namespaces/",
)

BUILTIN = {"default", "kube-node-lease", "kube-public", "kube-system"}
OPERATOR = Message("apps in all other namespaces can log in with a VaultAuth named default in the operator's namespace")


def check(topology: Topology) -> Iterator[Finding]:
    """Yield a finding for each app in the operator's namespace, or in a built-in namespace outside
    existing_namespaces."""
    for name, spoke in topology.spokes.items():
        if spoke.cluster is None:
            continue
        for app, value in spoke.cluster.apps.items():
            path = ("spokes", name, "cluster", "apps", app, "namespace")
            if value.namespace == VSO_NAMESPACE:
                yield Finding(
                    rule=RULE,
                    path=path,
                    message=Message(
                        "{namespace} is the namespace of Vault Secrets Operator", namespace=value.namespace
                    ),
                    why=OPERATOR,
                    fix=Message("give the app its own namespace, for example {namespace}", namespace=_own(app)),
                )
            elif value.namespace in BUILTIN - set(spoke.cluster.existing_namespaces):
                yield Finding(
                    rule=RULE,
                    path=path,
                    message=Message("Kubernetes creates the namespace {namespace}", namespace=value.namespace),
                    fix=Message(
                        "give the app its own namespace, for example {example}, or add {namespace} to "
                        "cluster.existing_namespaces",
                        example=_own(app),
                        namespace=value.namespace,
                    ),
                )


def _own(app: str) -> str:
    """Return a namespace for an app: its name, unless Kubernetes or the operator uses the name."""
    return f"{app}-app" if app in {*BUILTIN, VSO_NAMESPACE} else app
