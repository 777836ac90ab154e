"""HVN621 engine-type: a mount would need two types of secrets engines."""

from collections.abc import Iterator

from hvn.diagnostics.finding import Finding, Message, Path, Rule
from hvn.diagnostics.message import Field
from hvn.topology import kv
from hvn.topology.apps import apps
from hvn.topology.engines import Declared, declared
from hvn.topology.model import App, Topology

RULE = Rule(
    id="HVN621",
    name="engine-type",
    reports="A dynamic secret or certificate names a mount of another engine type.",
    why="a mount has one engine type (kv, PKI or an engine with leases), and Vault refuses a mount below another mount",
    fix="use the engine's path in Vault: `vault secrets list` prints all paths",
    example="""\
spokes:
  orders:
    cluster:
      apps:
        checkout:
          dynamic_secrets:
            - mount: kvv2
              role: checkout
              destination: checkout-db
              restart: [{kind: Deployment, name: checkout}]
""",
    see="https://developer.hashicorp.com/vault/docs/secrets",
)


def check(topology: Topology) -> Iterator[Finding]:
    """Yield a finding for each mount of an engine of another type, and for each mount with a second engine type."""
    first: dict[tuple[str | None, str], tuple[str, Path]] = {}
    new = tuple(declared(topology))
    for at, _, value in apps(topology):
        for field, index, mount in _mounts(value):
            path = (*at, field, index, "mount")
            engines = kv.mounts(topology, value.vault_namespace)
            if engine := next((one for one in engines if f"{mount}/".startswith(f"{one}/")), None):
                message = Message("{mount} belongs to the kv engine at {kv}", mount=mount, kv=engine)
                yield Finding(rule=RULE, path=path, message=message)
                continue
            if own := next((one for one in new if _other_type(one, value.vault_namespace, field, mount)), None):
                yield Finding(
                    rule=RULE, path=path, message=Message("{mount} belongs to {own}", mount=mount, own=Field(own.at))
                )
                continue
            other, place = first.setdefault((value.vault_namespace, mount), (field, path))
            if other != field:
                message = Message(
                    "{other} also uses the mount {mount}, for another engine type", mount=mount, other=Field(place)
                )
                yield Finding(rule=RULE, path=path, message=message)


def _other_type(one: Declared, namespace: str | None, field: str, mount: str) -> bool:
    """Return whether a mount is a declared engine of another type, or a path below a declared engine."""
    inside = one.namespace == (namespace or "") and f"{mount}/".startswith(f"{one.mount}/")
    return inside and (one.field != field or mount != one.mount)


def _mounts(app: App) -> Iterator[tuple[str, int, str]]:
    yield from (("dynamic_secrets", index, secret.mount) for index, secret in enumerate(app.dynamic_secrets))
    yield from (("certificates", index, certificate.mount) for index, certificate in enumerate(app.certificates))
