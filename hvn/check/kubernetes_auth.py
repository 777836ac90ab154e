"""HVN024: Vault's `kubernetes` auth method, asked for in whatever place people write it."""

from collections.abc import Mapping
from typing import Any

from hvn.diagnostics.finding import Breach, Path, Rule

RULE = Rule(
    id="HVN024",
    name="kubernetes-auth",
    why="that method makes Vault call the cluster's API server, and a private one has its name in a private DNS zone "
    "of your tenant, which HCP cannot see: every login fails with `no such host`",
    see="docs/decisions/0003-jwt-not-kubernetes-auth.md",
)

_KEYS = {"kubernetes", "kubernetes_auth", "kubernetes_host", "kubernetes_ca_cert", "token_reviewer_jwt"}
_METHODS = {"auth", "auth_method", "keys", "method", "vault_auth", "vault_login"}


def asked(path: Path, value: Any) -> Breach | None:
    """What to say of a value or key that the model refuses, if it asks for this method; else None."""
    if "cluster" not in path:
        return None
    named = "kubernetes" in (value.values() if isinstance(value, Mapping) else (value,))
    if path[-1] in _KEYS or (path[-1] in _METHODS and named):
        return Breach(
            path,
            "asks for Vault's kubernetes auth method, which cannot work here",
            "leave it out: Vault checks the tokens itself by the cluster's public keys, or write "
            "`vault_login: {keys: issuer}` for those of its OIDC issuer",
        )
    return None
