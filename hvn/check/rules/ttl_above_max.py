"""HVN606 ttl-above-max: an app's ttl is longer than its max_ttl."""

from collections.abc import Iterator

from hvn.diagnostics.finding import Finding, Message, Rule
from hvn.topology.apps import apps
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
    for at, _, value in apps(topology):
        if seconds(value.ttl) <= seconds(value.max_ttl):
            continue
        ttl, max_ttl = value.ttl, value.max_ttl
        message = Message("ttl {ttl} is longer than max_ttl {max_ttl}", ttl=ttl, max_ttl=max_ttl)
        if "ttl" not in value.model_fields_set:
            message = Message("the default ttl {ttl} is longer than max_ttl {max_ttl}", ttl=ttl, max_ttl=max_ttl)
        key = "ttl" if "ttl" in value.model_fields_set else "max_ttl"
        yield Finding(
            rule=RULE,
            path=(*at, key),
            message=message,
            fix=Message("set ttl to {max_ttl} or less, or max_ttl to {ttl} or more", ttl=ttl, max_ttl=max_ttl),
        )
