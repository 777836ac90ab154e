"""The Vault policies of apps and CI. This module builds all policies of this project.

The fields for paths of apps refuse `*` and `+`. Only paths in the policies of CI have wildcards.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PathRule:
    """The capabilities that a Vault policy allows on one path."""

    path: str
    capabilities: tuple[str, ...]
    leases: tuple[str, ...] = ()
    """The beginnings of the lease ids that a request may name; empty if the rule does not limit requests."""
    creates: str = ""
    """`credentials` or `certificates`, if each request creates new ones; empty for stored values."""

    @property
    def document(self) -> Mapping[str, object]:
        """Return the rule in the form of a policy. Vault refuses parameters outside `allowed_parameters`."""
        rule: dict[str, object] = {"capabilities": sorted(self.capabilities)}
        if self.leases:
            rule["allowed_parameters"] = {"lease_id": [f"{lease}*" for lease in self.leases]}
        return rule


@dataclass(frozen=True, slots=True)
class Policy:
    """A Vault policy: a name, and the rules for paths."""

    name: str
    rules: tuple[PathRule, ...]

    @property
    def document(self) -> str:
        """Return the policy as JSON, which Vault accepts like HCL. JSON escapes quotes, so a quote in a path cannot end
        the path's string."""
        rules = {rule.path: rule.document for rule in self.rules}
        return json.dumps({"path": rules}, sort_keys=True)


READ = ("read",)
REVOKE = "sys/leases/revoke"
WRITE = ("create", "delete", "read", "update")


def reader(topology: str, spoke: str, app: str, rules: Iterable[PathRule]) -> Policy:
    """Return an app's policy: the rules for its secrets, each once."""
    by_path = {rule.path: rule for rule in rules}
    return Policy(policy_name(topology, spoke, app, "read"), tuple(by_path[path] for path in sorted(by_path)))


def secrets(mount: str, paths: Iterable[str]) -> Iterator[PathRule]:
    """Yield the rules to read static secrets. kv version 2 has the values below `data/`."""
    yield from (PathRule(f"{mount}/data/{path}", READ) for path in paths)


def credentials(roles: Iterable[tuple[str, str]], revoked: Iterable[tuple[str, str]]) -> Iterator[PathRule]:
    """Yield the rules to get the credentials of roles, each as (mount, role), and to revoke leases of some of them.

    The policy `default` lets every token renew a lease, but not revoke one. Vault revokes every lease that a request
    names, also leases of other apps, so the rule limits the lease ids.
    """
    yield from (PathRule(f"{mount}/creds/{role}", READ, creates="credentials") for mount, role in roles)
    if leases := tuple(f"{mount}/creds/{role}/" for mount, role in sorted(set(revoked))):
        yield PathRule(REVOKE, ("update",), leases)


def certificates(roles: Iterable[tuple[str, str]]) -> Iterator[PathRule]:
    """Yield the rules to issue certificates of roles, each as (mount, role)."""
    yield from (PathRule(f"{mount}/issue/{role}", ("update",), creates="certificates") for mount, role in roles)


def writer(topology: str, spoke: str, app: str, mount: str, paths: Iterable[str]) -> Policy:
    """Return the policy for people who write an app's secrets: new versions and metadata, not the values."""
    rules = []
    for path in _unique(paths):
        rules.append(PathRule(f"{mount}/data/{path}", ("create", "patch", "update")))
        rules.append(PathRule(f"{mount}/metadata/{path}", READ))
    return Policy(policy_name(topology, spoke, app, "write"), tuple(rules))


def ci_plan(topology: str, kv_mount: str, jwt_mounts: str) -> Policy:
    """Return the policy to refresh `vault` and `vault-auth-<spoke>` (docs/reference/facts.md, "Vault's provider").

    `jwt_mounts` is the common beginning of the paths of all JWT mounts.
    """
    return Policy(
        f"ci_{topology}_plan",
        (
            *_token(),
            *_read_vault(topology, kv_mount),
            PathRule(f"auth/{jwt_mounts}*", READ),
            PathRule(f"sys/mounts/auth/{jwt_mounts}*", READ),
            PathRule(f"sys/policies/acl/{topology}_*", READ),
        ),
    )


def ci_apply(topology: str, kv_mount: str, jwt_mounts: str) -> Policy:
    """Return the policy to apply `vault-auth-<spoke>`. A person applies `vault`, which contains the CI's own roles.

    A login that writes policies and roles can grant itself every right in the namespace: protect the contexts that may
    use this login.
    """
    return Policy(
        f"ci_{topology}_apply",
        (
            *_token(),
            *_read_vault(topology, kv_mount),
            PathRule(f"auth/{jwt_mounts}*", WRITE),
            PathRule(f"sys/auth/{jwt_mounts}*", (*WRITE, "sudo")),
            PathRule(f"sys/mounts/auth/{jwt_mounts}*", ("read", "update")),
            PathRule(f"sys/policies/acl/{topology}_*", WRITE),
        ),
    )


def _read_vault(topology: str, kv_mount: str) -> tuple[PathRule, ...]:
    """Return the rules to read the resources of the workspace `vault`, for plan and apply."""
    return (
        PathRule("auth/ci-*", READ),
        PathRule(f"sys/mounts/{kv_mount}", READ),
        PathRule("sys/mounts/auth/ci-*", READ),
        PathRule(f"sys/policies/acl/ci_{topology}_*", READ),
    )


def _token() -> tuple[PathRule, ...]:
    """Return the rules for the token of a run.

    The vault provider looks up the token and creates a short-lived child token. HCP Terraform renews and revokes the
    token.
    """
    return (
        PathRule("auth/token/create", ("update",)),
        PathRule("auth/token/lookup-self", READ),
        PathRule("auth/token/renew-self", ("update",)),
        PathRule("auth/token/revoke-self", ("update",)),
    )


def policy_name(topology: str, spoke: str, app: str, what: str) -> str:
    """Return `<topology>_<spoke>_<app>_<what>`. No part has an underscore, so the names of two apps differ."""
    return f"{topology}_{spoke}_{app}_{what}"


def _unique(paths: Iterable[str]) -> list[str]:
    return sorted(set(paths))
