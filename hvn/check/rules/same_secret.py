"""HVN604 same-secret: two secrets of a cluster have the same Kubernetes Secret as destination."""

import itertools
from collections.abc import Iterator, Mapping

from hvn.diagnostics.finding import Finding, Message, Path, Rule
from hvn.diagnostics.message import Field, LineOf
from hvn.topology.model import App, Topology

RULE = Rule(
    id="HVN604",
    name="same-secret",
    reports="Two secrets of a cluster have the same namespace and destination.",
    why="the operator refuses the second secret, because the first secret owns the Kubernetes Secret",
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
            for field, index, secret in value.synced:
                destination = secret.destination
                path = ("spokes", name, "cluster", "apps", app, field, index, "destination")
                first = seen.setdefault((value.namespace, destination), path)
                if first != path:
                    yield Finding(
                        rule=RULE,
                        path=path,
                        message=Message(
                            "{other} (line {line}) has the same destination {secret} in namespace {namespace}",
                            secret=destination,
                            namespace=value.namespace,
                            other=Field(first),
                            line=LineOf(first),
                        ),
                        fix=Message("use another destination, for example {example}", example=_free(seen, value, app)),
                    )


def _free(seen: Mapping[tuple[str, str], Path], app: App, name: str) -> str:
    """Return the first destination `<app>-<number>` that earlier secrets do not have."""
    numbered = (f"{name}-{number}" for number in itertools.count(2))
    return next(example for example in numbered if (app.namespace, example) not in seen)
