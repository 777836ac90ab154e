"""HVN637 engine-path: two new secrets engines of Vault have one path."""

from collections.abc import Iterator

from hvn.diagnostics.finding import Finding, Message, Path, Rule
from hvn.diagnostics.message import Field
from hvn.topology import kv
from hvn.topology.engines import declared
from hvn.topology.model import Topology

RULE = Rule(
    id="HVN637",
    name="engine-path",
    reports="Two engines of a namespace in Vault have one path.",
    why="Vault refuses a second engine at one path: path is already in use",
    fix="rename one engine",
    example="""\
vault:
  pki_engines: {kvv2: {roles: {checkout: {allowed_domains: [checkout.example.com]}}}}
""",
    see="https://developer.hashicorp.com/vault/api-docs/system/mounts",
)


def check(topology: Topology) -> Iterator[Finding]:
    """Yield a finding for each declared engine with the path of a kv engine or of an earlier engine."""
    first: dict[tuple[str, str], Path] = {}
    for namespace in ("", *topology.vault.namespaces):
        section: Path = ("vault", "namespaces", namespace) if namespace else ("vault",)
        for index, mount in enumerate(kv.mounts(topology, namespace)):
            at: Path = (*section, "more_kv_mounts", index - 1) if index else (*section, "kv_mount")
            first.setdefault((namespace, mount), at)
    for one in declared(topology):
        other = first.setdefault((one.namespace, one.mount), one.at)
        if other != one.at:
            message = Message("{other} also has the path {mount}", other=Field(other), mount=one.mount)
            yield Finding(rule=RULE, path=one.at, at_key=True, message=message)
