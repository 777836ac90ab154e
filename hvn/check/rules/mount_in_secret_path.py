"""HVN608 mount-in-secret-path: a secret's path begins with the name of the kv mount."""

from collections.abc import Iterator

from hvn.diagnostics.finding import Finding, Level, Message, Rule
from hvn.topology import kv
from hvn.topology.apps import apps
from hvn.topology.model import Topology

RULE = Rule(
    id="HVN608",
    name="mount-in-secret-path",
    level=Level.WARNING,
    reports="A secret's path begins with the name of its kv mount.",
    why="a path is relative to the mount: Vault would read a path that contains the mount's name twice",
    fix="remove the name of the mount from the path",
    example="""\
spokes:
  orders:
    cluster:
      apps:
        checkout:
          secrets: [{path: kvv2/orders/checkout, destination: checkout-secrets}]
""",
    see="https://developer.hashicorp.com/vault/docs/secrets/kv/kv-v2",
)


def check(topology: Topology) -> Iterator[Finding]:
    """Yield a finding for each path of a secret with its kv mount as its first part."""
    for at, _, value in apps(topology):
        for index, secret in enumerate(value.secrets):
            mount = kv.mount_of(topology, value, secret)
            first, _, rest = secret.path.partition("/")
            if first == mount and rest:
                yield Finding(
                    rule=RULE,
                    path=(*at, "secrets", index, "path"),
                    message=Message(
                        "Vault reads {path} at {place}", path=secret.path, place=f"{mount}/data/{secret.path}"
                    ),
                    fix=Message("use {path}", path=rest.removeprefix("data/")),
                )
