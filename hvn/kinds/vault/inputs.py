"""The inputs of `vault`."""

from dataclasses import dataclass

from hvn.kinds.inputs import Inputs
from hvn.topology.policies import Policy


@dataclass(frozen=True, slots=True, kw_only=True)
class CiRole:
    """A role of a CI mount: tokens with this audience, and with a `sub` that is one of these (or matches, if glob)."""

    name: str
    audience: str
    subjects: tuple[str, ...]
    glob: bool
    user_claim: str
    policy: Policy


@dataclass(frozen=True, slots=True)
class CiMount:
    """A JWT mount for one CI system."""

    name: str
    path: str
    issuer: str
    roles: tuple[CiRole, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class VaultInputs(Inputs):
    """`vault`: what all spokes share in Vault. `namespace` is None where the environment says it."""

    namespace: str | None
    kv_mount: str
    ci: tuple[CiMount, ...]
