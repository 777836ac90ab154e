"""Vault policies: who may read, write and configure what. Every policy of the product is made here.

Paths of apps come from fields whose pattern has no `*` and no `+`; those that stand here are ours, for the CI's own
policies.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PathRule:
    """What a Vault policy allows on one path."""

    path: str
    capabilities: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Policy:
    """A Vault policy: its rules are all it holds."""

    name: str
    rules: tuple[PathRule, ...]

    @property
    def document(self) -> str:
        """The policy as Vault takes it. JSON, which Vault reads as it reads HCL, but no text can end a string in it."""
        rules = {rule.path: {"capabilities": sorted(rule.capabilities)} for rule in self.rules}
        return json.dumps({"path": rules}, sort_keys=True)


READ = ("read",)
WRITE = ("create", "delete", "read", "update")


def reader(topology: str, spoke: str, app: str, mount: str, paths: Iterable[str]) -> Policy:
    """An app's policy: read exactly its secrets (kv version 2 keeps values below `data/`)."""
    return Policy(
        policy_name(topology, spoke, app, "read"),
        tuple(PathRule(f"{mount}/data/{path}", READ) for path in _once(paths)),
    )


def writer(topology: str, spoke: str, app: str, mount: str, paths: Iterable[str]) -> Policy:
    """For the people who fill an app's secrets: new versions and their history, but not the values."""
    rules = []
    for path in _once(paths):
        rules.append(PathRule(f"{mount}/data/{path}", ("create", "patch", "update")))
        rules.append(PathRule(f"{mount}/metadata/{path}", READ))
    return Policy(policy_name(topology, spoke, app, "write"), tuple(rules))


def ci_plan(topology: str, kv_mount: str) -> Policy:
    """What refreshing `vault` and `vault-auth-<spoke>` reads (docs/reference/facts.md, "Vault's provider")."""
    return Policy(
        f"ci_{topology}_plan",
        (
            *_token(),
            *_read_vault(topology, kv_mount),
            PathRule("auth/jwt-*", READ),
            PathRule("sys/mounts/auth/jwt-*", READ),
            PathRule(f"sys/policies/acl/{topology}_*", READ),
        ),
    )


def ci_apply(topology: str, kv_mount: str) -> Policy:
    """What applying `vault-auth-<spoke>` needs. `vault` itself, with the CI's own roles, is a person's to apply.

    Whoever writes policies and roles can in the end give himself any of the namespace's rights: guard what may use it.
    """
    return Policy(
        f"ci_{topology}_apply",
        (
            *_token(),
            *_read_vault(topology, kv_mount),
            PathRule("auth/jwt-*", WRITE),
            PathRule("sys/auth/jwt-*", (*WRITE, "sudo")),
            PathRule("sys/mounts/auth/jwt-*", ("read", "update")),
            PathRule(f"sys/policies/acl/{topology}_*", WRITE),
        ),
    )


def _read_vault(topology: str, kv_mount: str) -> tuple[PathRule, ...]:
    """The workspace `vault`: read only, in a plan and in an apply."""
    return (
        PathRule("auth/ci-*", READ),
        PathRule(f"sys/mounts/{kv_mount}", READ),
        PathRule("sys/mounts/auth/ci-*", READ),
        PathRule(f"sys/policies/acl/ci_{topology}_*", READ),
    )


def _token() -> tuple[PathRule, ...]:
    """The provider looks its token up and makes a short-lived child of it; HCP Terraform renews and revokes it."""
    return (
        PathRule("auth/token/create", ("update",)),
        PathRule("auth/token/lookup-self", READ),
        PathRule("auth/token/renew-self", ("update",)),
        PathRule("auth/token/revoke-self", ("update",)),
    )


def policy_name(topology: str, spoke: str, app: str, what: str) -> str:
    """`<topology>_<spoke>_<app>_<what>`: no part has an underscore, so no two apps share a name."""
    return f"{topology}_{spoke}_{app}_{what}"


def _once(paths: Iterable[str]) -> list[str]:
    return sorted(set(paths))
