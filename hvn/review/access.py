"""Who may log in to Vault, how, and what they may read then: before and after, from the inputs of the workspaces."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from hvn.kinds.vault.inputs import CiRole, VaultInputs
from hvn.kinds.vault_auth.inputs import AppRole, VaultAuthInputs
from hvn.kinds.workspace import Workspace

READS = {"read", "list"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Login:
    """One role: which tokens it takes, for how long (seconds), and which paths it opens with which capabilities."""

    mount: str
    role: str
    subjects: tuple[str, ...]
    audience: str
    ttl: int = 0
    max_ttl: int = 0
    paths: tuple[tuple[str, tuple[str, ...]], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Trust:
    """Whose tokens a mount takes: keys by their fingerprints, or an issuer that Vault asks."""

    keys: tuple[str, ...]
    issuer: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """All logins by (mount, role), and what each mount trusts."""

    logins: Mapping[tuple[str, str], Login]
    trust: Mapping[str, Trust]


def access(workspaces: Iterable[Workspace]) -> Access:
    """The logins of all workspaces that are built."""
    logins: dict[tuple[str, str], Login] = {}
    trust: dict[str, Trust] = {}
    for each in workspaces:
        found: list[Login] = []
        if isinstance(each.inputs, VaultAuthInputs):
            auth = each.inputs
            trust[auth.mount] = Trust(keys=tuple(map(fingerprint, auth.pubkeys)), issuer=auth.bound_issuer or "")
            found = [_app(auth.mount, role) for role in auth.roles]
        elif isinstance(each.inputs, VaultInputs):
            found = [_ci(mount.path, role) for mount in each.inputs.ci for role in mount.roles]
            trust |= {mount.path: Trust(keys=(), issuer=mount.issuer) for mount in each.inputs.ci}
        logins |= {(login.mount, login.role): login for login in found}
    return Access(logins=logins, trust=trust)


def fingerprint(pem: str) -> str:
    """A public key by twelve hex digits of its SHA-256."""
    return hashlib.sha256(pem.encode()).hexdigest()[:12]


def _app(mount: str, role: AppRole) -> Login:
    return Login(
        mount=mount,
        role=role.name,
        subjects=(role.subject,),
        audience=role.audience,
        ttl=role.ttl,
        max_ttl=role.max_ttl,
        paths=tuple((rule.path, rule.capabilities) for rule in role.reader.rules),
    )


def _ci(mount: str, role: CiRole) -> Login:
    return Login(
        mount=mount,
        role=role.name,
        subjects=role.subjects,
        audience=role.audience,
        paths=tuple((rule.path, rule.capabilities) for rule in role.policy.rules),
    )


def as_named_now(found: Access, before: Mapping[str, Workspace], after: Mapping[str, Workspace]) -> Access:
    """The logins from before with the kv engine's path of now: a move of it opens nothing (rules/secrets_engine.py)."""
    old, new = _kv_mount(before), _kv_mount(after)
    if not old or not new or old == new:
        return found
    return replace(found, logins={key: _moved(login, f"{old}/", f"{new}/") for key, login in found.logins.items()})


def _kv_mount(workspaces: Mapping[str, Workspace]) -> str:
    return next((each.inputs.kv_mount for each in workspaces.values() if isinstance(each.inputs, VaultInputs)), "")


def _moved(login: Login, old: str, new: str) -> Login:
    paths = ((new + path.removeprefix(old) if path.startswith(old) else path, given) for path, given in login.paths)
    return replace(login, paths=tuple(paths))


def other_tokens(before: Login, after: Login) -> Iterator[str]:
    """By what a role takes tokens that it did not."""
    if before.audience != after.audience:
        yield "audience"
    if set(after.subjects) - set(before.subjects):
        yield "subject"


def longer(before: Login, after: Login) -> Iterator[str]:
    """Which of a role's times are longer than they were."""
    if after.ttl > before.ttl:
        yield "ttl"
    if after.max_ttl > before.max_ttl:
        yield "max_ttl"


def gained(before: Login, after: Login) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """What a role may that it could not: paths, with the capabilities that it did not have there."""
    known = {(path, one) for path, given in before.paths for one in given}
    more = ((path, tuple(one for one in given if (path, one) not in known)) for path, given in after.paths)
    return tuple((path, given) for path, given in more if given)


def written(login: Login) -> set[str]:
    """The paths that a role can change something at, beside its own token."""
    return {path for path, given in login.paths if not {*given} <= READS and not path.endswith("-self")}
