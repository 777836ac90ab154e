"""Vault refuses a JWT mount with an invalid configuration, and strips white space from the mount's keys.

A JWT mount has either keys, JWKS URLs or a discovery URL. Each key is one PEM block: a public key (PKIX), or a
certificate with the key. Vault refuses `BEGIN RSA PUBLIC KEY` (PKCS #1), and a key in which YAML folded the newlines.
Vault stores keys without their final newline, so a configured key with a final newline shows a change at every plan.

vault-plugin-auth-jwt path_config.go (pathConfigWrite); cap jwt/algs.go; Vault sdk/helper/certutil ParsePublicKeyPEM;
terraform-provider-vault resource_jwt_auth_backend.go (CustomizeDiff).
"""

from collections.abc import Iterator

from hvn.login.pem import NotAKey, public_key
from hvn.rehearsal.behaviours import Change, Refusal
from hvn.rehearsal.cloud import Object

SOURCES = ("oidc_discovery_url", "jwks_url", "jwks_pairs", "jwt_validation_pubkeys")
ALGORITHMS = frozenset(
    ("RS256", "RS384", "RS512", "ES256", "ES384", "ES512", "PS256", "PS384", "PS512", "EdDSA"),
)
RESPONSE_TYPES = ("code", "id_token")
PROVIDERS = ("azure", "gsuite", "ibmisam", "okta", "secureauth")


def plan(change: Change) -> None:
    """Refuse a JWT mount without keys and without a URL, as the provider does at plan."""
    if change.after["type"] == "jwt" and not any(change.after.get(source) for source in SOURCES):
        raise Refusal(
            "exactly one of oidc_discovery_url, jwks_url, jwks_pairs, or jwt_validation_pubkeys should be provided"
        )


def write(change: Change) -> None:
    """Check a mount's configuration as Vault does. Strip white space from the keys."""
    if error := next(_errors(change.after), ""):
        raise Refusal(
            f"error updating configuration to Vault for path {change.after['path']}: Error making API request.",
            f"Code: 400. Errors:\n\n* {error}",
        )
    if keys := change.after.get("jwt_validation_pubkeys"):
        change.after["jwt_validation_pubkeys"] = [key.strip() for key in keys]


def _errors(config: Object) -> Iterator[str]:
    """Yield Vault's errors for a mount's configuration, in Vault's order."""
    if sum(bool(config.get(source)) for source in SOURCES) != 1:
        yield "exactly one of 'jwt_validation_pubkeys', 'jwks_url', 'jwks_pairs' or 'oidc_discovery_url' must be set"
    client_id, secret = config.get("oidc_client_id"), config.get("oidc_client_secret")
    if bool(client_id) != bool(secret):
        yield "both 'oidc_client_id' and 'oidc_client_secret' must be set for OIDC"
    if client_id and not config.get("oidc_discovery_url"):
        yield "'oidc_discovery_url' must be set for OIDC"
    if config.get("jwks_pairs"):
        if config.get("jwks_ca_pem"):
            yield "CA PEMs must be provided as part of the 'jwks_pairs' when using multiple JWKS URLs"
        if config.get("bound_issuer"):
            yield "Bound issuer is not supported for use with 'jwks_pairs'"
    for key in config.get("jwt_validation_pubkeys") or ():
        try:
            public_key(key.strip())
        except NotAKey as error:
            yield f"error parsing public key: {error}"
    for algorithm in config.get("jwt_supported_algs") or ():
        if algorithm.strip() not in ALGORITHMS:
            yield f'invalid jwt_supported_algs: unsupported signing algorithm "{algorithm.strip()}"'
    yield from _oidc_errors(config)


def _oidc_errors(config: Object) -> Iterator[str]:
    """Yield Vault's errors for the fields of browser logins (OIDC). Vault checks these fields of every JWT mount."""
    types, mode = config.get("oidc_response_types") or (), config.get("oidc_response_mode") or ""
    if not set(types) <= set(RESPONSE_TYPES):
        yield f"invalid response_types [{' '.join(types)}]. 'code' and 'id_token' are allowed"
    if mode in ("", "query") and "id_token" in types:
        yield "query response_mode may not be used with an id_token response_type"
    if mode not in ("", "query", "form_post"):
        yield f'invalid response_mode: "{mode}"'
    provider = config.get("provider_config") or {}
    if provider and "provider" not in provider:
        yield "invalid provider_config: 'provider' field not found in provider_config"
    elif provider and provider["provider"] not in PROVIDERS:
        yield f'invalid provider_config: provider "{provider["provider"]}" not found in custom providers'


PLAN = {"vault_jwt_auth_backend": plan}
CREATE = {"vault_jwt_auth_backend": write}
UPDATE = {"vault_jwt_auth_backend": write}
