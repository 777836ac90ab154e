"""Compute the Vault logins, and the paths that each login can access, from the inputs of the workspaces."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from hvn.diagnostics.message import Message, Text, Words
from hvn.kinds.vault.inputs import CiRole, VaultInputs
from hvn.kinds.vault_auth.inputs import AppRole, VaultAuthInputs
from hvn.kinds.workspace import Workspace
from hvn.topology.policies import RENEW, REVOKE, Policy
from hvn.topology.policy_paths import matches

READS = {"read", "list"}
DENY = "deny"


@dataclass(frozen=True, slots=True, kw_only=True)
class Login:
    """A Vault role: the tokens that it accepts, its TTLs in seconds, and its paths with their capabilities."""

    mount: str
    role: str
    subjects: tuple[str, ...]
    audience: str
    ttl: int = 0
    max_ttl: int = 0
    paths: tuple[tuple[str, tuple[str, ...]], ...]
    creates: Mapping[str, str] = field(default_factory=dict)
    """The kind of secret that Vault generates, by path: `credentials` or `certificates`."""
    denied: frozenset[str] = frozenset()
    """The paths that the policy denies."""
    unknown: tuple[str, ...] = ()
    """The policies that are managed outside this project."""
    ci: bool = False
    """True for a role of a pipeline, False for a role of an app."""

    @property
    def tokens(self) -> Message:
        """Return the tokens that the role accepts. The text is not truncated, because a difference may be at its
        end."""
        return Message(
            "{subjects} with audience {audience}",
            subjects=[Text(subject) for subject in self.subjects],
            audience=Text(self.audience),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Trust:
    """The signers that a mount trusts: fingerprints of keys, an issuer, or both.

    Without configured keys, Vault fetches the keys of the issuer.
    """

    keys: tuple[str, ...]
    issuer: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """All logins by (mount, role), and the trust of each mount."""

    logins: Mapping[tuple[str, str], Login]
    trust: Mapping[str, Trust]


def access(workspaces: Iterable[Workspace]) -> Access:
    """Return the logins and trusted signers of all workspaces that are not blocked."""
    logins: dict[tuple[str, str], Login] = {}
    trust: dict[str, Trust] = {}
    for workspace in workspaces:
        roles: list[Login] = []
        inputs = workspace.inputs
        if isinstance(inputs, VaultAuthInputs):
            trust[inputs.mount] = Trust(keys=tuple(map(fingerprint, inputs.pubkeys)), issuer=inputs.bound_issuer or "")
            roles = [_app(inputs.mount, role) for role in inputs.roles]
        elif isinstance(inputs, VaultInputs):
            roles = [_ci(mount.path, role) for mount in inputs.ci for role in mount.roles]
            trust |= {mount.path: Trust(keys=(), issuer=mount.issuer) for mount in inputs.ci}
        logins |= {(login.mount, login.role): login for login in roles}
    return Access(logins=logins, trust=trust)


def fingerprint(pem: str) -> str:
    """Return the first twelve hex digits of a public key's SHA-256."""
    return hashlib.sha256(pem.encode()).hexdigest()[:12]


def _app(mount: str, role: AppRole) -> Login:
    return Login(
        mount=mount,
        role=role.name,
        subjects=(role.subject,),
        audience=role.audience,
        ttl=role.ttl,
        max_ttl=role.max_ttl,
        paths=tuple(_paths(role.reader)),
        creates={rule.path: rule.creates for rule in role.reader.rules if rule.creates},
        denied=frozenset(rule.path for rule in role.reader.rules if DENY in rule.capabilities),
        unknown=role.existing_policies,
    )


def _paths(policy: Policy) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield each allowed path with its capabilities. A rule about leases yields one item for each prefix of lease
    ids."""
    for rule in policy.rules:
        if DENY in rule.capabilities:
            continue
        yield from ((f"{rule.path} of {lease}*", rule.capabilities) for lease in rule.leases)
        if not rule.leases:
            yield rule.path, rule.capabilities


def _ci(mount: str, role: CiRole) -> Login:
    return Login(
        mount=mount,
        role=role.name,
        subjects=role.subjects,
        audience=role.audience,
        paths=tuple(_paths(role.policy)),
        ci=True,
    )


def under_new_names(access: Access, before: Mapping[str, Workspace], after: Mapping[str, Workspace]) -> Access:
    """Return the access of the base with the new names of kv engine, JWT mounts and roles.

    Vault moves the secrets and the mounts, so a new name alone grants no access (rules/secrets_engine_changed.py,
    rules/logins_lost.py).
    """
    old, new = kv_mount(before), kv_mount(after)
    logins = list(access.logins.values())
    if old and new and old != new:
        logins = [_moved(login, f"{old}/", f"{new}/") for login in logins]
    mounts: dict[str, str] = {}
    roles: dict[tuple[str, str], tuple[str, str]] = {}
    for id_, workspace in after.items():
        one, other = before[id_].inputs if id_ in before else None, workspace.inputs
        if isinstance(one, VaultAuthInputs) and isinstance(other, VaultAuthInputs):
            mounts.setdefault(one.mount, other.mount)
            names = renamed_roles(one, other)
            for key in ((one.mount, role.name) for role in one.roles):
                roles[key] = other.mount, names.get(key, key[1])
    places = [roles.get((login.mount, login.role), (login.mount, login.role)) for login in logins]
    logins = [replace(login, mount=place[0], role=place[1]) for login, place in zip(logins, places, strict=True)]
    return Access(
        logins={(login.mount, login.role): login for login in logins},
        trust={mounts.get(mount, mount): trust for mount, trust in access.trust.items()},
    )


def renamed_roles(before: VaultAuthInputs, after: VaultAuthInputs) -> dict[tuple[str, str], str]:
    """Return the new name of each renamed role, by its old mount and old name."""
    names = {role.app: role.name for role in after.roles}
    return {
        (before.mount, role.name): names[role.app]
        for role in before.roles
        if names.get(role.app, role.name) != role.name
    }


def kv_mount(workspaces: Mapping[str, Workspace]) -> str:
    """Return the path of the first kv engine; empty without the workspace `vault`."""
    vault = (workspace.inputs for workspace in workspaces.values())
    return next((inputs.kv_mount for inputs in vault if isinstance(inputs, VaultInputs)), "")


def _moved(login: Login, old: str, new: str) -> Login:
    paths = (
        (new + path.removeprefix(old) if path.startswith(old) else path, capabilities)
        for path, capabilities in login.paths
    )
    return replace(login, paths=tuple(paths))


def other_tokens(before: Login, after: Login) -> bool:
    """Return whether a role accepts tokens that it did not accept before."""
    return before.audience != after.audience or bool({*after.subjects} - {*before.subjects})


def longer(before: Login, after: Login) -> Iterator[str]:
    """Yield the names of a role's TTLs that become longer."""
    if after.ttl > before.ttl:
        yield "ttl"
    if after.max_ttl > before.max_ttl:
        yield "max_ttl"


Paths = tuple[tuple[str, tuple[str, ...]], ...]
"""Vault policy paths, each with its capabilities."""


def gained(before: Login, after: Login) -> Paths:
    """Return the paths with new capabilities, each with only the capabilities that the role did not have before.

    A path that loses its own rule gets the capabilities of a pattern: Vault applies only the most specific rule
    (developer.hashicorp.com/vault/docs/concepts/policies#priority-matching).
    """
    own = {path for path, _ in after.paths} | after.denied
    rules = [(path, capabilities, _known(before, path)) for path, capabilities in after.paths]
    rules += [(path, _by_patterns(after, path), frozenset(known)) for path, known in before.paths if path not in own]
    more = ((path, tuple(one for one in capabilities if one not in known)) for path, capabilities, known in rules)
    return tuple((path, capabilities) for path, capabilities in more if capabilities)


def _by_patterns(login: Login, path: str) -> tuple[str, ...]:
    """Return the capabilities that at least one matching pattern has."""
    return tuple(sorted({one for known, capabilities in login.paths if matches(known, path) for one in capabilities}))


def _known(login: Login, path: str) -> frozenset[str]:
    """Return the capabilities on a path. Without a rule for the path, return those that all matching patterns have."""
    own = [capabilities for known, capabilities in login.paths if known == path]
    if not own and any(matches(pattern, path) for pattern in login.denied):
        return frozenset()
    rules = own or [capabilities for known, capabilities in login.paths if matches(known, path)]
    return frozenset(rules[0]).intersection(*rules[1:]) if rules else frozenset()


def with_capabilities(paths: Paths) -> tuple[Message, ...]:
    """Return each path with its capabilities. The list is never cut, because reviewers would miss an omitted path."""
    return tuple(
        Message("{path} ({capabilities})", path=Text(path), capabilities=Words(", ".join(capabilities)))
        for path, capabilities in paths
    )


def written(login: Login) -> set[str]:
    """Return the paths that a role can write, except its own token (`…-self`), its leases and its certificates."""
    writes = {path for path, capabilities in login.paths if not {*capabilities} <= READS}
    leases = (RENEW, REVOKE)
    own = {path for path in writes if path.endswith("-self") or path in login.creates}
    own |= {path for path in writes if any(f"/{lease}" in f"/{path}" for lease in leases)}
    return writes - own
