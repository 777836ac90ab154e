"""HVN606 ttl-above-max: an app's ttl is longer than its max_ttl."""

from collections.abc import Iterator

from hvn.diagnostics.finding import Finding, Message, Rule
from hvn.topology.durations import seconds
from hvn.topology.model import Topology

RULE = Rule(
    id="HVN606",
    name="ttl-above-max",
    reports="An app's ttl is longer than its max_ttl.",
    why="Vault refuses the role: token_ttl cannot be greater than token_max_ttl",
    fix="lower ttl or raise max_ttl",
    example="""\
spokes:
  orders:
    cluster:
      apps:
        checkout: {ttl: 48h}
""",
    see="https://developer.hashicorp.com/vault/api-docs/auth/jwt",
)


def check(topology: Topology) -> Iterator[Finding]:
    """Yield a finding for each app with a ttl longer than its max_ttl."""
    for name, spoke in topology.spokes.items():
        for app, value in spoke.cluster.apps.items() if spoke.cluster else ():
            if seconds(value.ttl) > seconds(value.max_ttl):
                yield Finding(
                    rule=RULE,
                    path=("spokes", name, "cluster", "apps", app, "ttl"),
                    message=Message("{ttl} is longer than max_ttl {max_ttl}", ttl=value.ttl, max_ttl=value.max_ttl),
                    fix=Message("use {max_ttl} or less, or set max_ttl: {ttl}", ttl=value.ttl, max_ttl=value.max_ttl),
                )
