"""HVN608: a secret's path that begins with the mount, which is put in front of it anyway."""

from collections.abc import Iterator

from hvn.diagnostics.finding import Breach, Level, Rule
from hvn.topology.model import Topology

RULE = Rule(
    id="HVN608",
    name="secret-below-mount",
    level=Level.WARNING,
    why="the path is read below the mount: with the mount's name in it, Vault looks for it twice",
    see="https://developer.hashicorp.com/vault/docs/secrets/kv/kv-v2",
)


def check(topology: Topology) -> Iterator[Breach]:
    """Paths whose first name is that of vault.kv_mount."""
    mount = topology.vault.kv_mount
    for name, spoke in topology.spokes.items():
        for app, value in spoke.cluster.apps.items() if spoke.cluster else ():
            for index, secret in enumerate(value.secrets):
                first, _, rest = secret.path.partition("/")
                if first == mount and rest:
                    yield Breach(
                        ("spokes", name, "cluster", "apps", app, "secrets", index, "path"),
                        f"{secret.path} would be read at {mount}/data/{secret.path}",
                        f"write {rest.removeprefix('data/')}",
                    )
