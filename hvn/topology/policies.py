"""The Vault policies of apps and CI. This module builds all policies of this project.

The fields for secrets refuse `*` and `+`. Only `more_paths` and the policies of CI have wildcards.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace


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
REVOKE, RENEW = "sys/leases/revoke", "sys/leases/renew"
WRITE = ("create", "delete", "read", "update")


def reader(topology: str, spoke: str, app: str, rules: Iterable[PathRule]) -> Policy:
    """Return an app's policy with one rule for each path. Like Vault, this function joins the capabilities of two rules
    for one path. If one of the two rules has no leases, the joined rule does not limit requests."""
    by_path: dict[str, PathRule] = {}
    for rule in rules:
        first = by_path.setdefault(rule.path, rule)
        capabilities = tuple(sorted({*first.capabilities, *rule.capabilities}))
        leases = first.leases if first.leases and rule.leases else ()
        by_path[rule.path] = replace(first, capabilities=capabilities, leases=leases)
    return Policy(policy_name(topology, spoke, app, "read"), tuple(by_path[path] for path in sorted(by_path)))


def below(namespace: str | None) -> str:
    """Return the beginning of all paths of a team's namespace, as policies of the parent namespace write them:
    https://developer.hashicorp.com/vault/docs/enterprise/namespaces"""
    return f"{namespace}/" if namespace else ""


def secrets(places: Iterable[tuple[str, str]]) -> Iterator[PathRule]:
    """Yield the rules to read static secrets. `places` has pairs (mount, path). kv version 2 has the values below
    `data/`."""
    yield from (PathRule(f"{mount}/data/{path}", READ) for mount, path in places)


def credentials(
    roles: Iterable[tuple[str, str]], revoked: Iterable[tuple[str, str]], inside: str = ""
) -> Iterator[PathRule]:
    """Yield the rules to get the credentials of `roles`, and to revoke the leases of the roles in `revoked`. A role is
    a pair (mount, role). `inside` is the beginning of the paths of a team's namespace.

    The policy `default` lets every token renew a lease of the login's own namespace, but not revoke one. Vault revokes
    every lease that a request names, also leases of other apps, so the rules limit the lease ids.
    """
    own = sorted(set(roles))
    yield from (PathRule(f"{inside}{mount}/creds/{role}", READ, creates="credentials") for mount, role in own)
    if inside and own:
        yield PathRule(f"{inside}{RENEW}", ("update",), tuple(f"{mount}/creds/{role}/" for mount, role in own))
    if leases := tuple(f"{mount}/creds/{role}/" for mount, role in sorted(set(revoked))):
        yield PathRule(f"{inside}{REVOKE}", ("update",), leases)


def static_credentials(roles: Iterable[tuple[str, str]], inside: str = "") -> Iterator[PathRule]:
    """Yield the rules to read the credentials of static roles, which have no lease. A role is a pair (mount, role)."""
    yield from (PathRule(f"{inside}{mount}/static-creds/{role}", READ) for mount, role in roles)


def certificates(roles: Iterable[tuple[str, str]], inside: str = "") -> Iterator[PathRule]:
    """Yield the rules to issue certificates of roles. A role is a pair (mount, role)."""
    yield from (PathRule(f"{inside}{mount}/issue/{role}", ("update",), creates="certificates") for mount, role in roles)


def more(paths: Mapping[str, Iterable[str]], inside: str = "") -> Iterator[PathRule]:
    """Yield the rules for the paths that the topology file adds to an app's policy."""
    yield from (PathRule(f"{inside}{path}", tuple(sorted({*paths[path]}))) for path in sorted(paths))


def writer(topology: str, spoke: str, app: str, places: Iterable[tuple[str, str]]) -> Policy:
    """Return the policy for people who write an app's secrets. `places` has pairs (mount, path). The policy allows new
    versions and reading metadata, but not reading values."""
    rules = []
    for mount, path in sorted(set(places)):
        rules.append(PathRule(f"{mount}/data/{path}", ("create", "patch", "update")))
        rules.append(PathRule(f"{mount}/metadata/{path}", READ))
    return Policy(policy_name(topology, spoke, app, "write"), tuple(rules))


def ci_plan(topology: str, engines: Iterable[str], jwt_mounts: str) -> Policy:
    """Return the policy to refresh `vault` and `vault-auth-<spoke>` (docs/reference/facts.md, "Vault's provider").

    `engines` are the API's paths of the secrets engines and of the teams' namespaces. `jwt_mounts` is the common
    beginning of the paths of all JWT mounts.
    """
    return Policy(
        f"ci_{topology}_plan",
        (
            *_token(),
            *_read_vault(topology, engines),
            PathRule(f"auth/{jwt_mounts}*", READ),
            PathRule(f"sys/mounts/auth/{jwt_mounts}*", READ),
            PathRule(f"sys/policies/acl/{topology}_*", READ),
        ),
    )


def ci_apply(topology: str, engines: Iterable[str], jwt_mounts: str) -> Policy:
    """Return the policy to apply `vault-auth-<spoke>`. A person applies `vault`, which contains the CI's own roles.

    A login that writes policies and roles can grant itself every right in the namespace: protect the contexts that may
    use this login.
    """
    return Policy(
        f"ci_{topology}_apply",
        (
            *_token(),
            *_read_vault(topology, engines),
            PathRule(f"auth/{jwt_mounts}*", WRITE),
            PathRule(f"sys/auth/{jwt_mounts}*", (*WRITE, "sudo")),
            PathRule(f"sys/mounts/auth/{jwt_mounts}*", ("read", "update")),
            PathRule(f"sys/policies/acl/{topology}_*", WRITE),
        ),
    )


def _read_vault(topology: str, engines: Iterable[str]) -> tuple[PathRule, ...]:
    """Return the rules to read the resources of the workspace `vault`, for plan and apply."""
    return (
        PathRule("auth/ci-*", READ),
        *(PathRule(path, READ) for path in engines),
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


def of_project(topology: str, name: str) -> bool:
    """Return whether a policy's name has a prefix of this topology's policies."""
    return name.startswith((f"{topology}_", f"ci_{topology}_"))
