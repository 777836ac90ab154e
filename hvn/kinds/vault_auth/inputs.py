"""The inputs of `vault-auth-<spoke>`."""

from dataclasses import dataclass

from hvn.kinds.inputs import ClusterRef, Inputs
from hvn.topology.policies import Policy


@dataclass(frozen=True, slots=True, kw_only=True)
class AppRole:
    """Who logs in as an app (one service account, one audience), for how long (seconds), and what that may read."""

    name: str
    audience: str
    subject: str
    ttl: int
    max_ttl: int
    reader: Policy
    writer: Policy


@dataclass(frozen=True, slots=True, kw_only=True)
class VaultAuthInputs(Inputs):
    """`vault-auth-<spoke>`: the JWT mount, checked with `pubkeys` or, if there are none, with the cluster's issuer."""

    namespace: str | None
    mount: str
    cluster: ClusterRef
    pubkeys: tuple[str, ...]
    bound_issuer: str | None
    roles: tuple[AppRole, ...]
