"""The manual steps for declared secrets engines: the first password of a database, and the CA of a PKI engine."""

import shlex
from collections.abc import Iterator

from hvn.topology.engines import CONNECTION, Declared, declared
from hvn.topology.model import DatabaseEngine, PkiEngine, Topology
from hvn.topology.step import Step


def engine_steps(topology: Topology) -> Iterator[Step]:
    """Yield the steps after the deploy of `vault`, by namespace and mount."""
    for one in declared(topology):
        namespace = "/".join(filter(None, (topology.vault.namespace, one.namespace)))
        yield _database(one, namespace) if isinstance(one.engine, DatabaseEngine) else _pki(topology, one, namespace)


def _database(one: Declared, namespace: str) -> Step:
    """Return the step for the password. Vault checks the password before it stores the password."""
    assert isinstance(one.engine, DatabaseEngine)  # noqa: S101 - the caller selects the engine
    user = one.engine.username
    write = f"vault write -namespace={namespace} {one.mount}/config/{CONNECTION} password=-"
    rotate = f"vault write -namespace={namespace} -force {one.mount}/rotate-root/{CONNECTION}"
    return Step(
        f"After the first deploy of `vault`, write the password of the database user {user} into Vault: `{write}` "
        "reads the password from standard input. A newline at the end would be part of the password. Then let Vault "
        f"rotate the password: `{rotate}`. Only Vault knows the new password.",
        "vault",
        after="vault",
        commands=(write, rotate),
    )


def _pki(topology: Topology, one: Declared, namespace: str) -> Step:
    assert isinstance(one.engine, PkiEngine)  # noqa: S101 - the caller selects the engine
    name = shlex.quote(f"{topology.name} {one.mount}")
    at = f"-namespace={namespace} {one.mount}"
    root = (
        f"vault write {at}/root/generate/internal common_name={name} key_type=ec key_bits=256 ttl={one.engine.max_ttl}"
    )
    return Step(
        f"After the first deploy of `vault`, create the CA of {one.mount}; its key stays in Vault. For a root: "
        f"`{root}`. For an intermediate, sign the CSR of `{one.mount}/intermediate/generate/internal` with your CA, "
        f"and write the certificate to `{one.mount}/intermediate/set-signed`.",
        "vault",
        after="vault",
        commands=(root,),
    )
