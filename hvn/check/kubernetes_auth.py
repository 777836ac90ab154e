"""HVN024: a key or value selects Vault's `kubernetes` auth method."""

from collections.abc import Mapping
from typing import Any

from hvn.diagnostics.finding import Finding, Message, Path, Rule

RULE = Rule(
    id="HVN024",
    name="kubernetes-auth",
    reports="A key or value below a cluster selects Vault's `kubernetes` auth method.",
    why=(
        "with this method Vault calls the cluster's API server. Without DNS forwarding HCP cannot resolve the name "
        "of a private API server, and logins fail with `no such host`. With DNS forwarding, HCP does not support "
        "the certificates of a private CA"
    ),
    fix=(
        "delete the key, so that Vault checks tokens with the cluster's public keys; or write `vault_login: {keys: "
        "issuer}` for the keys of the cluster's OIDC issuer"
    ),
    example="spokes:\n  payments:\n    cluster:\n      vault_login: {method: kubernetes}",
    see="docs/decisions/0003-jwt-not-kubernetes-auth.md",
)

_KEYS = {"kubernetes", "kubernetes_auth", "kubernetes_host", "kubernetes_ca_cert", "token_reviewer_jwt"}
_METHODS = {"auth", "auth_method", "keys", "method", "vault_auth", "vault_login"}


def finding(path: Path, value: Any) -> Finding | None:
    """Return the finding if a key or value that the model refuses selects this method, otherwise None."""
    if "cluster" not in path:
        return None
    named = "kubernetes" in (value.values() if isinstance(value, Mapping) else (value,))
    if path[-1] in _KEYS or (path[-1] in _METHODS and named):
        message = Message("the file selects Vault's kubernetes auth method, which does not work with a private cluster")
        fix = Message(
            "delete the key, so that Vault checks tokens with the cluster's public keys; or write {issuer} for the "
            "keys of the cluster's OIDC issuer",
            issuer="vault_login: {keys: issuer}",
        )
        return Finding(rule=RULE, path=path, message=message, fix=fix)
    return None
