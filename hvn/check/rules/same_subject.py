"""HVN602: two apps that Vault could not tell apart."""

from collections.abc import Iterator

from hvn.diagnostics.finding import Breach, Rule
from hvn.topology.model import Topology

RULE = Rule(
    id="HVN602",
    name="same-subject",
    why="Vault sees a service account, not an app: each of them could log in as the other and read its secrets",
    see="https://developer.hashicorp.com/vault/docs/auth/jwt/oidc-providers/kubernetes",
)


def check(topology: Topology) -> Iterator[Breach]:
    """Apps of one cluster with one namespace and one service account."""
    for name, spoke in topology.spokes.items():
        seen: dict[tuple[str, str], str] = {}
        at = ("spokes", name, "cluster", "apps")
        for app, value in spoke.cluster.apps.items() if spoke.cluster else ():
            first = seen.setdefault((value.namespace, value.service_account), app)
            if first != app:
                yield Breach(
                    (*at, app),
                    f"uses service account {value.namespace}/{value.service_account}, "
                    f"as `{first}` does (line {{line}})",
                    "give each app a service account of its own, or make them one app",
                    other=(*at, first),
                )
