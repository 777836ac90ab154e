"""HVN606: a login that would last longer than it may."""

from collections.abc import Iterator

from hvn.diagnostics.finding import Breach, Rule
from hvn.topology.durations import seconds
from hvn.topology.model import Topology

RULE = Rule(
    id="HVN606",
    name="ttl-above-max",
    why="Vault refuses the role: token_ttl cannot be greater than token_max_ttl",
    see="https://developer.hashicorp.com/vault/api-docs/auth/jwt",
)


def check(topology: Topology) -> Iterator[Breach]:
    """Apps whose ttl is above their max_ttl."""
    for name, spoke in topology.spokes.items():
        for app, value in spoke.cluster.apps.items() if spoke.cluster else ():
            if seconds(value.ttl) > seconds(value.max_ttl):
                yield Breach(
                    ("spokes", name, "cluster", "apps", app, "ttl"),
                    f"{value.ttl} is longer than max_ttl, {value.max_ttl}",
                    "lower ttl or raise max_ttl",
                )
