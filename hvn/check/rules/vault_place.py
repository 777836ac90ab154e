"""HVN629 vault-place: an app names a missing namespace or kv engine of Vault, or a kv engine is listed twice."""

from collections.abc import Iterator

from hvn.diagnostics.finding import Finding, Message, Path, Rule
from hvn.diagnostics.message import Field, Words
from hvn.diagnostics.suggest import closest
from hvn.topology import kv
from hvn.topology.apps import apps
from hvn.topology.model import Topology

RULE = Rule(
    id="HVN629",
    name="vault-place",
    reports="An app names a missing namespace or kv engine of Vault, or a namespace lists a kv engine twice.",
    why="Vault answers 403 for a missing namespace or engine, and refuses a second engine at one path",
    fix="add the namespace to vault.namespaces, or the engine to more_kv_mounts",
    example="""\
spokes:
  payments:
    cluster:
      apps:
        webapp: {vault_namespace: shop}
""",
    see="https://developer.hashicorp.com/vault/docs/enterprise/namespaces",
)


NAMESPACES = Field(("vault", "namespaces"))


def check(topology: Topology) -> Iterator[Finding]:
    """Yield a finding for each missing namespace, missing kv engine and repeated kv engine."""
    yield from _repeated(("vault",), kv.mounts(topology, None))
    for name in topology.vault.namespaces:
        yield from _repeated(("vault", "namespaces", name), kv.mounts(topology, name))
    for at, _, value in apps(topology):
        namespace = value.vault_namespace
        if namespace and namespace not in topology.vault.namespaces:
            yield _missing(
                (*at, "vault_namespace"), namespace, tuple(topology.vault.namespaces), "namespace", NAMESPACES
            )
            continue
        engines = kv.mounts(topology, namespace)
        section: Path = ("vault", "namespaces", namespace) if namespace else ("vault",)
        for index, secret in enumerate(value.secrets):
            if secret.mount and secret.mount not in engines:
                path, field = (*at, "secrets", index, "mount"), Field((*section, "more_kv_mounts"))
                yield _missing(path, secret.mount, engines, "kv engine", field)


def _missing(path: Path, text: str, known: tuple[str, ...], kind: str, field: Field) -> Finding:
    near = closest(text, known)
    return Finding(
        rule=RULE,
        path=path,
        message=Message("Vault has no {kind} {text} in this topology", kind=Words(kind), text=text),
        fix=Message("use {near}, or add {text} to {field}", near=near, text=text, field=field)
        if near
        else Message("add {text} to {field}", text=text, field=field),
    )


def _repeated(at: Path, engines: tuple[str, ...]) -> Iterator[Finding]:
    for index, mount in enumerate(engines):
        if mount in engines[:index]:
            yield Finding(
                rule=RULE,
                path=(*at, "more_kv_mounts", index - 1),
                message=Message("{mount} is already a kv engine of this namespace", mount=mount),
                fix=Message("remove {mount}", mount=mount),
            )
