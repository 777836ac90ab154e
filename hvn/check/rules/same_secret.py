"""HVN604 same-secret: two secrets of a cluster have the same Kubernetes Secret as destination."""

from collections.abc import Iterator

from hvn.diagnostics.finding import Finding, Message, Path, Rule
from hvn.diagnostics.message import Field, LineOf
from hvn.topology.model import Topology

RULE = Rule(
    id="HVN604",
    name="same-secret",
    reports="Two secrets of a cluster have the same namespace and destination.",
    why="the operator refuses the second secret, because the first one owns the Kubernetes Secret",
    fix="use another destination",
    example="""\
spokes:
  orders:
    cluster:
      apps:
        checkout:
          secrets:
            - {path: orders/checkout, destination: checkout-secrets}
            - {path: orders/refunds, destination: checkout-secrets}
""",
    see="https://developer.hashicorp.com/vault/docs/deploy/kubernetes/vso/api-reference",
)


def check(topology: Topology) -> Iterator[Finding]:
    """Yield a finding for each destination that an earlier secret of the cluster has in the same namespace."""
    for name, spoke in topology.spokes.items():
        seen: dict[tuple[str, str], Path] = {}
        for app, value in spoke.cluster.apps.items() if spoke.cluster else ():
            for index, secret in enumerate(value.secrets):
                path = ("spokes", name, "cluster", "apps", app, "secrets", index, "destination")
                first = seen.setdefault((value.namespace, secret.destination), path)
                if first != path:
                    example = secret.path.lower().replace("/", "-").replace("_", "-").strip("-")
                    if (value.namespace, example) in seen:
                        example = f"{example}-2"
                    yield Finding(
                        rule=RULE,
                        path=path,
                        message=Message(
                            "{other} (line {line}) is also {secret} in namespace {namespace}",
                            secret=secret.destination,
                            namespace=value.namespace,
                            other=Field(first),
                            line=LineOf(first),
                        ),
                        fix=Message(
                            "use another destination, for example {example}",
                            example=example,
                        ),
                    )
