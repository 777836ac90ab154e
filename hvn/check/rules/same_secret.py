"""HVN604: two secrets of Vault that would become one Kubernetes Secret."""

from collections.abc import Iterator

from hvn.diagnostics.finding import Breach, Path, Rule
from hvn.topology.model import Topology

RULE = Rule(
    id="HVN604",
    name="same-secret",
    why="the operator refuses the second one: it is not the owner of the Secret that is there",
    see="https://developer.hashicorp.com/vault/docs/deploy/kubernetes/vso/api-reference",
)


def check(topology: Topology) -> Iterator[Breach]:
    """Secrets of one cluster with one namespace and one `into`."""
    for name, spoke in topology.spokes.items():
        seen: dict[tuple[str, str], Path] = {}
        for app, value in spoke.cluster.apps.items() if spoke.cluster else ():
            for index, secret in enumerate(value.secrets):
                path = ("spokes", name, "cluster", "apps", app, "secrets", index, "destination")
                first = seen.setdefault((value.namespace, secret.destination), path)
                if first != path:
                    yield Breach(
                        path,
                        f"Secret {value.namespace}/{secret.destination} is made already (line {{line}})",
                        "choose another name",
                        other=first,
                    )
