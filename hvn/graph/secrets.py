"""List the logins to Vault: the accepted tokens, and their capabilities for each path. The list includes the logins of
blocked workspaces."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from hvn.kinds.vault.inputs import vault
from hvn.kinds.vault_auth.inputs import AppRole, vault_auth
from hvn.topology.model import Topology
from hvn.topology.policies import PathRule


@dataclass(frozen=True, slots=True, kw_only=True)
class Login:
    """A role of a JWT mount. `box` is the id of the app's box; empty for a pipeline.

    `rules` are pairs of a path and its capabilities, `writes` those of the policy for people who write the secrets.
    """

    who: str
    box: str
    mount: str
    role: str
    subjects: tuple[str, ...]
    audience: str
    rules: tuple[tuple[str, str], ...]
    writes: tuple[tuple[str, str], ...] = ()


def logins(topology: Topology) -> Iterator[Login]:
    """Yield the logins of the apps by spoke and name, then the logins of the pipelines."""
    for name, spoke in sorted(topology.spokes.items()):
        if spoke.cluster and spoke.cluster.apps:
            # The keys of the cluster do not change the roles.
            inputs = vault_auth(topology, name, spoke, spoke.cluster, None)
            yield from (_app(name, inputs.mount, role) for role in inputs.roles)
    for mount in vault(topology).ci:
        for ci in mount.roles:
            yield Login(
                who=f"pipeline {mount.name}: {ci.name}",
                box="",
                mount=mount.path,
                role=ci.name,
                subjects=ci.subjects,
                audience=ci.audience,
                rules=_paths(ci.policy.rules),
            )


def _app(spoke: str, mount: str, role: AppRole) -> Login:
    return Login(
        who=f"{spoke}/{role.app}",
        box=f"spokes.{spoke}.cluster.apps.{role.app}",
        mount=mount,
        role=role.name,
        subjects=(role.subject,),
        audience=role.audience,
        rules=(
            *_paths(role.reader.rules),
            *((f"existing policy {policy}", "unknown") for policy in role.existing_policies),
        ),
        writes=_paths(role.writer.rules) if role.writer else (),
    )


def _paths(rules: Iterable[PathRule]) -> tuple[tuple[str, str], ...]:
    return tuple((rule.path, ", ".join(rule.capabilities)) for rule in rules)
